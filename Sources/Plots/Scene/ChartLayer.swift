/// A named column of a layer.
struct Field: Equatable, Sendable {
  /// What the axis or legend says; empty for none.
  var name: String
  var values: ChartValues

  init(_ name: String, _ values: ChartValues) {
    (self.name, self.values) = (name, values)
  }

  func picked(_ places: [Int]) -> Field { Field(name, values.picked(places)) }
}

/// How bars or areas of the same place go together.
public enum Stacking: String, Equatable, Sendable {
  /// On top of each other.
  case stacked
  /// Beside each other.
  case grouped
  /// On top of each other, as shares of their sum.
  case normalized
  /// Over each other, half transparent.
  case layered
}

/// What one layer of a chart draws, before anything is counted or placed.
struct ChartLayer: Equatable, Sendable {
  enum Mark: Equatable, Sendable {
    case line, points
    case bar(Stacking)
    case area(Stacking)
    /// Between `y` and `y2`.
    case band, errorBars
    case box
    case histogram(bins: Int, stacking: Stacking)
    /// Cells that `value` colours.
    case cells(areCounts: Bool, showsNumbers: Bool?)
    case rule
    case text
    case contour(Contours)
  }

  var mark: Mark
  var x: Field?
  var y: Field?
  var y2: Field?
  var color: Field?
  /// A number that is shown as a colour or as a size.
  var value: Field?
  var text: Field?
  /// The legend's name for the whole layer; `color` goes before it.
  var name = ""
  /// The colours of its series, if they are not the chart's.
  var colors: [String] = []
  /// Whether its rows are those of the chart's data, so that facets split them.
  var isFromSource = false

  var fields: [Field] { [x, y, y2, color, value, text].compactMap { $0 } }

  /// Stops unless all columns are equally long.
  func checked(_ call: String) -> ChartLayer {
    guard let first = fields.first else { return self }
    for field in fields where field.values.count != first.values.count {
      fatalError(
        "Chart.\(call): \(first.values.count) values for \(Self.shown(first)) but \(field.values.count) for "
          + "\(Self.shown(field)); there must be as many of each")
    }
    return self
  }

  private static func shown(_ field: Field) -> String {
    field.name.isEmpty ? "one column" : "\"\(field.name)\""
  }

  /// The layer with some of its rows.
  func picked(_ places: [Int]) -> ChartLayer {
    var layer = self
    layer.x = x?.picked(places)
    layer.y = y?.picked(places)
    layer.y2 = y2?.picked(places)
    layer.color = color?.picked(places)
    layer.value = value?.picked(places)
    layer.text = text?.picked(places)
    return layer
  }
}
