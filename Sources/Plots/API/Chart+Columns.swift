/// Charts straight from columns: arrays of numbers, texts or dates, ranges, tensors.
extension Chart {
  /// Creates a line through points, such as `Chart.line(y: losses)`.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions; 0, 1, 2 and so on if `nil`.
  ///   - y: The vertical positions; a NaN interrupts the line.
  ///   - color: Names that have a line each.
  ///   - name: What the legend calls the line.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func line(
    x: (any ChartColumn)? = nil, y: any ChartColumn, color: (any ChartColumn)? = nil,
    name: String = ""
  ) -> Chart {
    of(.line, x, y, color, name, "line")
  }

  /// Creates points, such as `Chart.scatter(x: heights, y: weights, value: ages)`.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions.
  ///   - y: The vertical positions.
  ///   - color: Names that have a colour each.
  ///   - value: Numbers that a scale of colours shows.
  ///   - name: What the legend calls the points.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func scatter(
    x: any ChartColumn, y: any ChartColumn, color: (any ChartColumn)? = nil,
    value: (any ChartColumn)? = nil, name: String = ""
  ) -> Chart {
    var layer = layer(.points, x, y, color, name)
    layer.value = value.map { Field("", $0.chartValues(named: "value")) }
    return Chart().adding(layer, "scatter")
  }

  /// Creates bars; they lie where `y` has texts and `x` numbers.
  ///
  /// - Parameters:
  ///   - x: The bars' names.
  ///   - y: The bars' lengths; those of one name and colour add up.
  ///   - color: Names that have a bar each.
  ///   - stacking: How bars of one name go together.
  ///   - name: What the legend calls the bars.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func bar(
    x: any ChartColumn, y: any ChartColumn, color: (any ChartColumn)? = nil,
    stacking: Stacking = .stacked, name: String = ""
  ) -> Chart {
    of(.bar(stacking), x, y, color, name, "bar")
  }

  /// Creates areas between zero and lines.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions; 0, 1, 2 and so on if `nil`.
  ///   - y: The heights.
  ///   - color: Names that have an area each.
  ///   - stacking: How areas of one place go together.
  ///   - name: What the legend calls the area.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func area(
    x: (any ChartColumn)? = nil, y: any ChartColumn, color: (any ChartColumn)? = nil,
    stacking: Stacking = .stacked, name: String = ""
  ) -> Chart {
    of(.area(stacking), x, y, color, name, "area")
  }

  /// Creates a band between two numbers, such as a mean less and plus its error.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions; 0, 1, 2 and so on if `nil`.
  ///   - low: The lower ends.
  ///   - high: The upper ends.
  ///   - name: What the legend calls the band.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func band(
    x: (any ChartColumn)? = nil, low: any ChartColumn, high: any ChartColumn, name: String = ""
  ) -> Chart {
    var layer = layer(.band, x, low, nil, name)
    layer.y2 = Field("", high.chartValues(named: "high"))
    return Chart().adding(layer, "band")
  }

  /// Creates upright lines between two numbers.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions; 0, 1, 2 and so on if `nil`.
  ///   - low: The lower ends.
  ///   - high: The upper ends.
  ///   - name: What the legend calls them.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func errorBars(
    x: (any ChartColumn)? = nil, low: any ChartColumn, high: any ChartColumn, name: String = ""
  ) -> Chart {
    var layer = layer(.errorBars, x, low, nil, name)
    layer.y2 = Field("", high.chartValues(named: "high"))
    return Chart().adding(layer, "errorBars")
  }

  /// Creates counts of numbers in equal bins.
  ///
  /// - Parameters:
  ///   - x: The numbers; those that are not finite are left out.
  ///   - color: Names that are counted apart.
  ///   - bins: The number of bins; with 0, as many as the data asks for.
  ///   - stacking: How bars of one bin go together.
  ///   - name: What the legend calls the counts.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func histogram(
    x: any ChartColumn, color: (any ChartColumn)? = nil, bins: Int = 0,
    stacking: Stacking = .layered, name: String = ""
  ) -> Chart {
    let layer = ChartLayer(
      mark: .histogram(bins: checked(bins: bins), stacking: stacking),
      x: Field("", x.chartValues(named: "x")),
      color: color.map { Field("", $0.chartValues(named: "color")) }, name: name)
    return Chart().adding(layer, "histogram")
  }

  /// Creates texts at points.
  ///
  /// - Parameters:
  ///   - x: The horizontal positions.
  ///   - y: The vertical positions.
  ///   - text: What stands there.
  /// - Returns: The chart.
  /// - Precondition: There are as many of each.
  public static func text(
    x: any ChartColumn, y: any ChartColumn, text: any ChartColumn
  ) -> Chart {
    var layer = layer(.text, x, y, nil, "")
    layer.text = Field("", text.chartValues(named: "text"))
    return Chart().adding(layer, "text")
  }

  private static func of(
    _ mark: ChartLayer.Mark, _ x: (any ChartColumn)?, _ y: any ChartColumn,
    _ color: (any ChartColumn)?, _ name: String, _ call: String
  ) -> Chart {
    Chart().adding(layer(mark, x, y, color, name), call)
  }

  private static func layer(
    _ mark: ChartLayer.Mark, _ x: (any ChartColumn)?, _ y: any ChartColumn,
    _ color: (any ChartColumn)?, _ name: String
  ) -> ChartLayer {
    let values = y.chartValues(named: "y")
    let places = x?.chartValues(named: "x") ?? .numbers((0..<values.count).map { Double($0) })
    return ChartLayer(
      mark: mark, x: Field("", places), y: Field("", values),
      color: color.map { Field("", $0.chartValues(named: "color")) }, name: name)
  }
}
