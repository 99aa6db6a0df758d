extension Chart {
  /// Adds lines, one for each value of `color`; without `x` along the rows' numbers.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`, as for the others.
  ///   - y: The column along the vertical axis; a NaN interrupts the line.
  ///   - color: The column whose values have a line each.
  ///   - name: What the legend calls the line.
  /// - Returns: The chart with the lines.
  public func line(
    x: String? = nil, y: String? = nil, color: String? = nil, name: String = ""
  ) -> Chart {
    adding(xy(.line, x, y, color, name, "line"), "line")
  }

  /// Adds points; those with a `value` have a colour for it on a scale, others one for each value of `color`.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`, as for the others.
  ///   - y: The column along the vertical axis.
  ///   - color: The column whose values have a colour each.
  ///   - value: The column of numbers that a scale of colours shows.
  ///   - name: What the legend calls the points.
  /// - Returns: The chart with the points.
  public func scatter(
    x: String? = nil, y: String? = nil, color: String? = nil, value: String? = nil,
    name: String = ""
  ) -> Chart {
    var layer = xy(.points, x, y, color, name, "scatter")
    layer.value = value.map { Field($0, columns.values($0)) }
    return adding(layer, "scatter")
  }

  /// Adds bars; they lie where `y` has texts and `x` numbers, and those of one place and colour add up.
  ///
  /// - Parameters:
  ///   - x: The column of the bars' names; what the chart was made with if `nil`, as for the others.
  ///   - y: The column of the bars' lengths.
  ///   - color: The column whose values have a bar each.
  ///   - stacking: How bars of one name go together.
  ///   - name: What the legend calls the bars.
  /// - Returns: The chart with the bars.
  public func bar(
    x: String? = nil, y: String? = nil, color: String? = nil, stacking: Stacking = .stacked,
    name: String = ""
  ) -> Chart {
    adding(xy(.bar(stacking), x, y, color, name, "bar"), "bar")
  }

  /// Adds areas between zero and lines.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`, as for the others.
  ///   - y: The column of the heights.
  ///   - color: The column whose values have an area each.
  ///   - stacking: How areas of one place go together.
  ///   - name: What the legend calls the area.
  /// - Returns: The chart with the areas.
  public func area(
    x: String? = nil, y: String? = nil, color: String? = nil, stacking: Stacking = .stacked,
    name: String = ""
  ) -> Chart {
    adding(xy(.area(stacking), x, y, color, name, "area"), "area")
  }

  /// Adds bands between two columns, such as a mean less and plus its error.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`.
  ///   - low: The column of the lower ends.
  ///   - high: The column of the upper ends.
  ///   - color: The column whose values have a band each.
  ///   - name: What the legend calls the band.
  /// - Returns: The chart with the bands.
  public func band(
    x: String? = nil, low: String, high: String, color: String? = nil, name: String = ""
  ) -> Chart {
    adding(between(.band, x, low, high, color, name), "band")
  }

  /// Adds upright lines between two columns.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`.
  ///   - low: The column of the lower ends.
  ///   - high: The column of the upper ends.
  ///   - color: The column whose values have a colour each.
  ///   - name: What the legend calls them.
  /// - Returns: The chart with the lines.
  public func errorBars(
    x: String? = nil, low: String, high: String, color: String? = nil, name: String = ""
  ) -> Chart {
    adding(between(.errorBars, x, low, high, color, name), "errorBars")
  }

  /// Adds boxes of samples: median, quartiles, reach and outliers, one for each value of `x` and `color`.
  ///
  /// - Parameters:
  ///   - x: The column of the samples' names; what the chart was made with if `nil`, as for the others.
  ///   - y: The column of the numbers.
  ///   - color: The column whose values have a box each.
  ///   - name: What the legend calls the boxes.
  /// - Returns: The chart with the boxes.
  /// - SeeAlso: Tukey, "Exploratory Data Analysis", 1977.
  public func box(
    x: String? = nil, y: String? = nil, color: String? = nil, name: String = ""
  ) -> Chart {
    adding(
      ChartLayer(
        mark: .box, x: field(x, or: \.x), y: field(y, or: \.y, "y", "box"),
        color: field(color, or: \.color), name: name, isFromSource: true), "box")
  }

  /// Adds counts of numbers in equal bins.
  ///
  /// - Parameters:
  ///   - x: The column of the numbers; what the chart was made with if `nil`, as for the others.
  ///   - color: The column whose values are counted apart.
  ///   - bins: The number of bins; with 0, as many as the data asks for.
  ///   - stacking: How bars of one bin go together.
  ///   - name: What the legend calls the counts.
  /// - Returns: The chart with the counts.
  public func histogram(
    x: String? = nil, color: String? = nil, bins: Int = 0, stacking: Stacking = .layered,
    name: String = ""
  ) -> Chart {
    // A plain array of numbers is what is counted.
    let numbers = field(x, or: \.x) ?? encoding.y ?? field(x, or: \.x, "x", "histogram")
    return adding(
      ChartLayer(
        mark: .histogram(bins: Self.checked(bins: bins), stacking: stacking), x: numbers,
        color: field(color, or: \.color), name: name, isFromSource: true), "histogram")
  }

  /// Adds cells at names, coloured by numbers.
  ///
  /// - Parameters:
  ///   - x: The column of the cells' columns; what the chart was made with if `nil`.
  ///   - y: The column of the cells' rows; what the chart was made with if `nil`.
  ///   - value: The column of the numbers.
  /// - Returns: The chart with the cells.
  public func heatmap(x: String? = nil, y: String? = nil, value: String) -> Chart {
    adding(
      ChartLayer(
        mark: .cells(areCounts: false, showsNumbers: nil), x: field(x, or: \.x, "x", "heatmap"),
        y: field(y, or: \.y, "y", "heatmap"), value: Field(value, columns.values(value)),
        isFromSource: true), "heatmap")
  }

  /// Adds texts at points.
  ///
  /// - Parameters:
  ///   - x: The column along the horizontal axis; what the chart was made with if `nil`.
  ///   - y: The column along the vertical axis; what the chart was made with if `nil`.
  ///   - text: The column of the texts.
  /// - Returns: The chart with the texts.
  public func text(x: String? = nil, y: String? = nil, text: String) -> Chart {
    var layer = xy(.text, x, y, nil, "", "text")
    layer.color = nil
    layer.text = Field(text, columns.values(text))
    return adding(layer, "text")
  }

  /// Adds an upright line at each of some places, with its name in the legend if it has one.
  public func rule(x: Double..., name: String = "") -> Chart {
    adding(ChartLayer(mark: .rule, x: Field("", .numbers(x)), name: name), "rule")
  }

  /// Adds a level line at each of some heights, with its name in the legend if it has one.
  public func rule(y: Double..., name: String = "") -> Chart {
    adding(ChartLayer(mark: .rule, y: Field("", .numbers(y)), name: name), "rule")
  }

  /// Returns the chart with a panel for each value of a column, in rows of some panels.
  ///
  /// The panels share their axes and colours. Layers of other charts are in every panel.
  public func facet(by column: String, columns: Int = 3) -> Chart {
    faceted(Field(column, self.columns.values(column)), columns)
  }

  // MARK: Making layers

  private func xy(
    _ mark: ChartLayer.Mark, _ x: String?, _ y: String?, _ color: String?, _ name: String,
    _ call: String
  ) -> ChartLayer {
    let y = field(y, or: \.y, "y", call)
    return ChartLayer(
      mark: mark, x: places(x, for: y), y: y, color: field(color, or: \.color), name: name,
      isFromSource: true)
  }

  private func between(
    _ mark: ChartLayer.Mark, _ x: String?, _ low: String, _ high: String, _ color: String?,
    _ name: String
  ) -> ChartLayer {
    let y = Field(low, columns.values(low))
    return ChartLayer(
      mark: mark, x: places(x, for: y), y: y, y2: Field(high, columns.values(high)),
      color: field(color, or: \.color), name: name, isFromSource: true)
  }

  func faceted(_ field: Field, _ columns: Int) -> Chart {
    if columns < 1 {
      fatalError("Chart.facet: \(columns) columns; there must be at least one")
    }
    let names = field.values.categories
    if names.count > 60 {
      fatalError(
        "Chart.facet: \"\(field.name)\" has \(names.count) values; 60 panels are the most that can be seen"
      )
    }
    return with {
      $0.content.facet = field.values.labels
      $0.content.facetColumns = columns
    }
  }

  static func checked(bins: Int) -> Int {
    if bins < 0 || bins > 10_000 {
      fatalError("Chart.histogram: \(bins) bins; give it 1 to 10000, or 0 for as many as fit")
    }
    return bins
  }
}
