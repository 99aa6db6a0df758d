/// A named sequence of points.
public struct Series: Equatable, Sendable {
  /// What the legend calls it.
  public var name: String
  /// The horizontal positions.
  public var x: [Double]
  /// The vertical positions; a NaN interrupts a line.
  public var y: [Double]

  /// Creates a series of points.
  ///
  /// - Precondition: There are as many `x` as `y`.
  public init<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(_ name: String, x: [X], y: [Y]) {
    if x.count != y.count {
      fatalError("Series \"\(name)\": \(x.count) x but \(y.count) y; there must be as many of each")
    }
    self.name = name
    self.x = x.map { Double($0) }
    self.y = y.map { Double($0) }
  }

  /// Creates a series whose points stand at 0, 1, 2 and so on, such as a metric after each epoch.
  public init<Y: BinaryFloatingPoint>(_ name: String, y: [Y]) {
    self.init(name, x: y.indices.map { Double($0) }, y: y)
  }
}

extension Chart {
  /// Creates a chart of lines, one for each series.
  ///
  /// - Parameters:
  ///   - series: The lines; their names make the legend if there are several.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  ///   - xScale: How the horizontal axis grows.
  ///   - yScale: How the vertical axis grows.
  /// - Returns: The chart.
  public static func line(
    _ series: [Series], title: String = "", x: String = "x", y: String = "y",
    xScale: Scale = .linear, yScale: Scale = .linear
  ) -> Chart {
    of(series, .line, title, x, y, xScale, yScale)
  }

  /// Creates a chart of points, coloured by series.
  ///
  /// - Parameters:
  ///   - series: The clouds of points; their names make the legend if there are several.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  ///   - xScale: How the horizontal axis grows.
  ///   - yScale: How the vertical axis grows.
  /// - Returns: The chart.
  public static func scatter(
    _ series: [Series], title: String = "", x: String = "x", y: String = "y",
    xScale: Scale = .linear, yScale: Scale = .linear
  ) -> Chart {
    of(series, .points, title, x, y, xScale, yScale)
  }

  private static func of(
    _ series: [Series], _ mark: ChartLayer.Mark, _ title: String, _ x: String, _ y: String,
    _ xScale: Scale, _ yScale: Scale
  ) -> Chart {
    let layer = ChartLayer(
      mark: mark, x: Field(x, .numbers(series.flatMap(\.x))),
      y: Field(y, .numbers(series.flatMap(\.y))),
      color: Field(
        "", .texts(series.flatMap { [String](repeating: $0.name, count: $0.x.count) })))
    return Chart(title, x, y).adding(layer, "line").scaled(x: xScale, y: yScale)
  }

  /// An empty chart with texts; empty ones are left to the columns' names.
  init(_ title: String, _ x: String, _ y: String) {
    self.init()
    content.title = title
    content.xTitle = x
    content.yTitle = y
  }
}
