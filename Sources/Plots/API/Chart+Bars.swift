extension Chart {
  /// Creates a chart of bars.
  ///
  /// - Parameters:
  ///   - labels: The bars' names, in their order.
  ///   - values: The bars' lengths; those of equal names add up.
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
    let layer = ChartLayer(
      mark: .bar(.stacked), x: Field(x, .texts(labels)),
      y: Field(y, .numbers(values.map { Double($0) })))
    return Chart(title, x, y).adding(layer, "bar")
  }

  /// Creates a chart of bars for several series, with a bar of each for every label.
  ///
  /// - Parameters:
  ///   - labels: The places along the axis, in their order.
  ///   - series: The bars' lengths by the name of their series.
  ///   - stacking: Whether the bars of a label stand beside or on top of each other.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  /// - Returns: The chart.
  /// - Precondition: Each series has as many values as there are labels.
  public static func bar<Value: BinaryFloatingPoint>(
    _ labels: [String], _ series: KeyValuePairs<String, [Value]>, stacking: Stacking = .grouped,
    title: String = "", x: String = "", y: String = "value"
  ) -> Chart {
    for (name, values) in series where values.count != labels.count {
      fatalError(
        "Chart.bar: \(labels.count) labels but \(values.count) values of \"\(name)\"; there must be as many of each"
      )
    }
    let layer = ChartLayer(
      mark: .bar(stacking), x: Field(x, .texts(series.flatMap { _ in labels })),
      y: Field(y, .numbers(series.flatMap { $0.value.map { Double($0) } })),
      color: Field(
        "", .texts(series.flatMap { [String](repeating: $0.key, count: labels.count) })))
    return Chart(title, x, y).adding(layer, "bar")
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
    let layer = ChartLayer(
      mark: .histogram(bins: bins, stacking: .layered),
      x: Field(x, .numbers(values.map { Double($0) })))
    return Chart(title, x, y).adding(layer, "histogram")
  }

  /// Creates a chart of boxes: median, quartiles, reach and outliers of each sample.
  ///
  /// - Parameters:
  ///   - samples: The samples by name; what is not finite is left out.
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  /// - Returns: The chart.
  /// - SeeAlso: Tukey, "Exploratory Data Analysis", 1977.
  public static func box<Value: BinaryFloatingPoint>(
    _ samples: KeyValuePairs<String, [Value]>, title: String = "", x: String = "",
    y: String = "value"
  ) -> Chart {
    let layer = ChartLayer(
      mark: .box,
      x: Field(
        x, .texts(samples.flatMap { [String](repeating: $0.key, count: $0.value.count) })),
      y: Field(y, .numbers(samples.flatMap { $0.value.map { Double($0) } })))
    return Chart(title, x, y).adding(layer, "box")
  }
}
