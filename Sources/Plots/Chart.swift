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

/// How positions grow along an axis.
public enum Scale: String, Equatable, Sendable {
  /// Equal steps add.
  case linear
  /// Equal steps multiply; numbers that are not positive are left out.
  case log
}

/// A chart, as a value.
///
/// ```swift
/// let chart = Chart.line(
///   [Series("train", y: [0.9, 0.4, 0.2]), Series("test", y: [1.0, 0.6, 0.5])],
///   title: "Loss", x: "epoch", y: "loss", yScale: .log)
/// chart.vegaLite  // For notebooks and pages that draw Vega-Lite.
/// chart.svg()  // A picture that needs nothing else.
/// ```
public struct Chart: Equatable, Sendable {
  /// What is drawn.
  enum Content: Equatable, Sendable {
    case line([Series])
    case scatter([Series])
    case bar(labels: [String], values: [Double])
    case histogram(edges: [Double], counts: [Int])
    case heatmap(Heatmap)
  }

  /// A matrix of colours.
  struct Heatmap: Equatable, Sendable {
    var values: [[Double]]
    var rows: [String]
    var columns: [String]
    /// Whether the cells are counts, written without a fraction.
    var areCounts: Bool
  }

  var content: Content
  /// The text above the chart; empty for none.
  public var title: String
  /// The text below the horizontal axis.
  public var xTitle: String
  /// The text beside the vertical axis.
  public var yTitle: String
  /// How the horizontal axis grows; bars, histograms and heat maps ignore it.
  public var xScale = Scale.linear
  /// How the vertical axis grows; bars, histograms and heat maps ignore it.
  public var yScale = Scale.linear
  /// The picture's width in pixels.
  public var width = 640
  /// The picture's height in pixels.
  public var height = 400
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
    Chart(
      content: .line(series), title: title, xTitle: x, yTitle: y, xScale: xScale, yScale: yScale)
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
    Chart(
      content: .scatter(series), title: title, xTitle: x, yTitle: y, xScale: xScale, yScale: yScale)
  }

  /// Creates a chart of bars.
  ///
  /// - Parameters:
  ///   - labels: The bars' names, in their order.
  ///   - values: The bars' lengths.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  /// - Returns: The chart.
  /// - Precondition: There are as many labels as values.
  public static func bar<Value: BinaryFloatingPoint>(
    _ labels: [String], _ values: [Value], title: String = "", x: String = "", y: String = "value"
  ) -> Chart {
    if labels.count != values.count {
      fatalError(
        "Chart.bar: \(labels.count) labels but \(values.count) values; there must be as many of each"
      )
    }
    return Chart(
      content: .bar(labels: labels, values: values.map { Double($0) }), title: title, xTitle: x,
      yTitle: y)
  }

  /// Creates a chart of how many values fall into each of some equal intervals.
  ///
  /// - Parameters:
  ///   - values: The values; those that are not finite are left out.
  ///   - bins: The number of intervals.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  /// - Returns: The chart.
  /// - Precondition: There is at least one bin.
  public static func histogram<Value: BinaryFloatingPoint>(
    _ values: [Value], bins: Int = 20, title: String = "", x: String = "value", y: String = "count"
  ) -> Chart {
    if bins < 1 { fatalError("Chart.histogram: \(bins) bins; there must be at least one") }
    let finite = values.lazy.map { Double($0) }.filter { $0.isFinite }
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let width = high / Double(bins) - low / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in finite {
      counts[min(Int(value / width - low / width), bins - 1)] += 1
    }
    let edges = (0...bins).map { $0 == bins ? high : low + Double($0) * width }
    return Chart(
      content: .histogram(edges: edges, counts: counts), title: title, xTitle: x, yTitle: y)
  }

  /// Creates a matrix of coloured cells with their numbers.
  ///
  /// - Parameters:
  ///   - values: The rows, the first at the top.
  ///   - rows: The rows' names; their numbers if empty.
  ///   - columns: The columns' names; their numbers if empty.
  ///   - title: The text above.
  ///   - x: The text below the columns.
  ///   - y: The text beside the rows.
  /// - Returns: The chart.
  /// - Precondition: Rows are equally long, and there are as many names as rows and columns.
  public static func heatmap<Value: BinaryFloatingPoint>(
    _ values: [[Value]], rows: [String] = [], columns: [String] = [], title: String = "",
    x: String = "", y: String = ""
  ) -> Chart {
    let cells = values.map { $0.map { Double($0) } }
    let map = Heatmap(checking: cells, rows: rows, columns: columns, areCounts: false)
    return Chart(content: .heatmap(map), title: title, xTitle: x, yTitle: y)
  }

  /// Creates a confusion matrix: how often each true class was taken for each class.
  ///
  /// - Parameters:
  ///   - counts: A row for each true class, a column for each predicted one.
  ///   - labels: The classes' names; their numbers if empty.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: The matrix is square, and there are as many names as classes.
  public static func confusionMatrix<Count: BinaryInteger>(
    _ counts: [[Count]], labels: [String] = [], title: String = "Confusion matrix"
  ) -> Chart {
    let cells = counts.map { $0.map { Double($0) } }
    let map = Heatmap(checking: cells, rows: labels, columns: labels, areCounts: true)
    return Chart(content: .heatmap(map), title: title, xTitle: "predicted", yTitle: "true")
  }
}

extension Chart.Heatmap {
  fileprivate init(checking values: [[Double]], rows: [String], columns: [String], areCounts: Bool)
  {
    let width = values.first?.count ?? 0
    if let wrong = values.firstIndex(where: { $0.count != width }) {
      fatalError(
        "Chart: row \(wrong) has \(values[wrong].count) cells but row 0 has \(width); they must be equally many"
      )
    }
    let rows = rows.isEmpty ? values.indices.map { "\($0)" } : rows
    let columns = columns.isEmpty ? (0..<width).map { "\($0)" } : columns
    if rows.count != values.count || columns.count != width {
      fatalError(
        "Chart: \(rows.count) row names and \(columns.count) column names for \(values.count) rows and "
          + "\(width) columns; they must agree")
    }
    self.init(values: values, rows: rows, columns: columns, areCounts: areCounts)
  }
}
