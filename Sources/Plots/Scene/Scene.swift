/// A chart with everything counted out: its panels, the axes that they share, and its legends.
struct Scene {
  /// One set of axes; charts without facets have one.
  struct Panel {
    var title: String
    var figures: [Figure]
  }

  /// What one colour stands for.
  struct Entry: Equatable {
    /// What the legend says; `nil` to leave it out.
    var name: String?
    var colour: String
    /// Whether the colour has occurred before, so that lines must differ by their dashes.
    var isRepeated: Bool
  }

  let content: ChartContent
  private(set) var panels: [Panel] = []
  private(set) var x: Axis
  private(set) var y: Axis
  private(set) var entries: [Entry] = []
  /// The colours of numbers, if there are any.
  var colors: ColorRange?
  /// What the reader must know, such as how many points were left out.
  var notes: [String] = []
  private var entryByName: [String: Int] = [:]

  /// The title of an axis: the names of the layers' columns.
  static func title(of field: KeyPath<ChartLayer, Field?>, in layers: [ChartLayer]) -> String {
    var names: [String] = []
    for case let name? in layers.map({ $0[keyPath: field]?.name })
    where !name.isEmpty && !names.contains(name) {
      names.append(name)
    }
    return names.joined(separator: ", ")
  }

  var xTitle: String { content.xTitle ?? Self.title(of: \.x, in: content.layers) }
  var yTitle: String { content.yTitle ?? Self.title(of: \.y, in: content.layers) }
  var colorTitle: String {
    if let title = content.colorTitle { return title }
    return Self.title(of: colors == nil ? \.color : \.value, in: content.layers)
  }

  /// The number of panels in a row, and of rows.
  var grid: (columns: Int, rows: Int) {
    let columns = min(max(content.facetColumns, 1), max(panels.count, 1))
    return (columns, (panels.count + columns - 1) / columns)
  }

  var isEmpty: Bool { panels.allSatisfy { $0.figures.allSatisfy(\.isEmpty) } }
  var hasLegend: Bool { entries.count { $0.name != nil } > 1 }

  init(_ content: ChartContent) {
    self.content = content
    let placing = Placing(content)
    (x, y) = (Axis([]), Axis([]))
    let names = content.facet.map { ChartValues.texts($0).categories } ?? [""]
    var rows: [String: [Int]] = [:]
    for (place, name) in (content.facet ?? []).enumerated() {
      rows[name, default: []].append(place)
    }
    // Colours are given out in the order of all the data, whatever panel has it.
    let keys = content.layers.map { enter($0) }
    // So are the bins of histograms.
    let edges = content.layers.map { Histogram.edges(of: $0) }
    for name in names {
      var panel = Panel(title: name, figures: [])
      for (number, layer) in content.layers.enumerated() {
        let splits = content.facet != nil && layer.isFromSource
        let picked = splits ? layer.picked(rows[name] ?? []) : layer
        let key = splits ? (rows[name] ?? []).map { keys[number][$0] } : keys[number]
        let figure = figure(PlacedLayer(picked, key, placing, edges[number]))
        panel.figures.append(figure)
      }
      panels.append(panel)
    }
    setColors()
    setAxes(placing)
  }

  /// The number of each row's colour.
  private mutating func enter(_ layer: ChartLayer) -> [Int] {
    let count = layer.fields.first?.values.count ?? 1
    if let color = layer.color {
      for name in color.values.categories { _ = entry(name, layer) }
      return color.values.labels.map { entry($0, layer) }
    }
    if layer.value != nil || layer.mark == .text { return [Int](repeating: 0, count: count) }
    if case .contour = layer.mark { return [] }
    let number = layer.name.isEmpty ? newEntry(nil, layer) : entry(layer.name, layer)
    return [Int](repeating: number, count: count)
  }

  private mutating func entry(_ name: String, _ layer: ChartLayer) -> Int {
    if let number = entryByName[name] { return number }
    entryByName[name] = entries.count
    return newEntry(name, layer)
  }

  private mutating func newEntry(_ name: String?, _ layer: ChartLayer) -> Int {
    let own = layer.colors.isEmpty ? content.colors : layer.colors
    let colours = own.isEmpty ? Palette.series : own
    entries.append(
      Entry(
        name: name, colour: colours[entries.count % colours.count],
        isRepeated: entries.count >= colours.count))
    return entries.count - 1
  }

  private mutating func setColors() {
    var (values, hasCells, areCounts) = ([Double](), false, false)
    for figure in panels.flatMap(\.figures) {
      switch figure {
      case .cells(let cells):
        values += cells.cells.map(\.value)
        (hasCells, areCounts) = (true, areCounts || cells.areCounts)
      case .points(let dots): values += dots.compactMap(\.value)
      case .rings(let rings): values += rings.flatMap { [$0.level, $0.fill ?? $0.level] }
      default: break
      }
    }
    guard hasCells || !values.isEmpty else { return }
    let scale = content.colorScale ?? (hasCells ? .blues : .viridis)
    colors = ColorRange(values, scale: scale, includesZero: areCounts)
  }

  private mutating func setAxes(_ placing: Placing) {
    let figures = panels.flatMap(\.figures)
    let (xs, ys) = (figures.flatMap(\.xs), figures.flatMap(\.ys))
    // A field of colours ends where the axes do, whatever else is drawn on it.
    let fields = figures.filter { if case .rings = $0 { true } else { false } }
    let fits = (fields.isEmpty ? figures : fields).map(\.fits)
    let xFit = fits.map(\.x).max { $0.rawValue < $1.rawValue } ?? .exact
    let yFit = fits.map(\.y).max { $0.rawValue < $1.rawValue } ?? .exact
    let (columns, rows) = (Double(grid.columns), Double(grid.rows))
    x = Axis(
      xs, kind: placing.x, fit: xFit, includesZero: placing.xIncludesZero, domain: content.xDomain,
      wantedTicks: min(max(Int(Double(content.width) / columns / 90), 2), 10))
    y = Axis(
      ys, kind: placing.y, fit: yFit, includesZero: placing.yIncludesZero, domain: content.yDomain,
      wantedTicks: min(max(Int(Double(content.height) / rows / 60), 2), 10))
    for (axis, numbers, name) in [(x, xs, "x"), (y, ys, "y")] where axis.kind == .numbers(.log) {
      // Bars begin at the axis's end; their zeros are none of the data.
      let count = numbers.count { $0.isFinite && $0 <= 0 }
      if count > 0, !(name == "x" ? placing.xIncludesZero : placing.yIncludesZero) {
        notes.append(
          "\(count) \(name) value\(count == 1 ? "" : "s") not positive: not on the logarithmic axis"
        )
      }
    }
  }
}
