/// What lies along the axes of all layers of a chart together.
struct Placing {
  private(set) var x: AxisKind
  private(set) var y: AxisKind
  private(set) var xIncludesZero = false
  private(set) var yIncludesZero = false
  private var xPlaces: [String: Double] = [:]
  private var yPlaces: [String: Double] = [:]

  init(_ content: ChartContent) {
    let layers = content.layers
    x = Self.kind(layers.compactMap { l in l.x.map { ($0, l.namesX) } }, content.xScale)
    y = Self.kind(layers.compactMap { l in l.y.map { ($0, l.namesY) } }, content.yScale)
    for layer in layers {
      switch layer.mark {
      case .bar:
        if layer.isHorizontal { xIncludesZero = true } else { yIncludesZero = true }
      case .area, .histogram: yIncludesZero = true
      // A box has a place even where none is named.
      case .box where layer.x == nil: x = .categories([""])
      default: break
      }
      if case .histogram = layer.mark { y = .numbers(content.yScale) }
    }
    for (place, name) in (x.categories ?? []).enumerated() { xPlaces[name] = Double(place) }
    for (place, name) in (y.categories ?? []).enumerated() { yPlaces[name] = Double(place) }
  }

  private static func kind(_ fields: [(field: Field, areNames: Bool)], _ scale: Scale) -> AxisKind {
    let hasNames = fields.contains { field, areNames in
      if case .texts = field.values { return true }
      return areNames
    }
    if hasNames {
      var (names, seen) = ([String](), Set<String>())
      for name in fields.flatMap({ $0.field.values.categories }) where seen.insert(name).inserted {
        names.append(name)
      }
      return .categories(names)
    }
    return fields.contains { $0.field.values.isTime } ? .times : .numbers(scale)
  }

  /// Where the values of a column lie on the horizontal axis.
  func xs(_ field: Field) -> [Double] { Self.positions(field.values, xPlaces, x) }
  /// Where the values of a column lie on the vertical axis.
  func ys(_ field: Field) -> [Double] { Self.positions(field.values, yPlaces, y) }

  private static func positions(
    _ values: ChartValues, _ places: [String: Double], _ kind: AxisKind
  ) -> [Double] {
    if kind.categories != nil { return values.labels.map { places[$0] ?? .nan } }
    return values.numbers ?? [Double](repeating: .nan, count: values.count)
  }
}

extension ChartLayer {
  /// Whether bars lie: their names are at the vertical axis and their numbers at the other.
  var isHorizontal: Bool {
    guard case .bar = mark, case .texts? = y?.values, case .numbers? = x?.values else {
      return false
    }
    return true
  }

  /// Whether the horizontal values are names even if they are numbers.
  var namesX: Bool {
    switch mark {
    case .bar: !isHorizontal
    case .box, .cells: true
    default: false
    }
  }

  /// Whether the vertical values are names even if they are numbers.
  var namesY: Bool {
    if case .cells = mark { return true }
    return false
  }
}

/// A layer whose rows have places and colours.
struct PlacedLayer {
  let layer: ChartLayer
  /// The number of each row's colour.
  let series: [Int]
  let x: [Double]
  let y: [Double]
  let y2: [Double]
  /// The ends of a histogram's bins.
  let edges: [Double]

  init(_ layer: ChartLayer, _ series: [Int], _ placing: Placing, _ edges: [Double]) {
    (self.layer, self.series, self.edges) = (layer, series, edges)
    x = layer.x.map { placing.xs($0) } ?? []
    y = layer.y.map { placing.ys($0) } ?? []
    y2 = layer.y2.map { placing.ys($0) } ?? []
  }

  /// The rows of each colour, colours in the order of their numbers.
  var groups: [(series: Int, rows: [Int])] {
    Dictionary(grouping: series.indices) { series[$0] }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }
}
