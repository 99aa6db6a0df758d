/// The layers by key paths of the rows' type, whose name the first of them gives.
///
/// ```swift
/// Chart(points).line(x: \Point.epoch, y: \.loss, color: \.split)
/// ```
extension Chart {
  /// Adds lines, one for each value of `color`.
  public func line<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil,
    name: String = ""
  ) -> Chart {
    line(x: self.name(x), y: self.name(y), color: color.map { self.name($0) }, name: name)
  }

  /// Adds points, with a colour for each value of `color` or on a scale for `value`.
  public func scatter<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil,
    value: PartialKeyPath<Row>? = nil, name: String = ""
  ) -> Chart {
    scatter(
      x: self.name(x), y: self.name(y), color: color.map { self.name($0) },
      value: value.map { self.name($0) }, name: name)
  }

  /// Adds bars; they lie where `y` has texts and `x` numbers.
  public func bar<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil,
    stacking: Stacking = .stacked, name: String = ""
  ) -> Chart {
    bar(
      x: self.name(x), y: self.name(y), color: color.map { self.name($0) }, stacking: stacking,
      name: name)
  }

  /// Adds areas between zero and lines.
  public func area<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil,
    stacking: Stacking = .stacked, name: String = ""
  ) -> Chart {
    area(
      x: self.name(x), y: self.name(y), color: color.map { self.name($0) }, stacking: stacking,
      name: name)
  }

  /// Adds bands between two properties.
  public func band<Row>(
    x: PartialKeyPath<Row>, low: PartialKeyPath<Row>, high: PartialKeyPath<Row>,
    color: PartialKeyPath<Row>? = nil, name: String = ""
  ) -> Chart {
    band(
      x: self.name(x), low: self.name(low), high: self.name(high),
      color: color.map { self.name($0) }, name: name)
  }

  /// Adds upright lines between two properties.
  public func errorBars<Row>(
    x: PartialKeyPath<Row>, low: PartialKeyPath<Row>, high: PartialKeyPath<Row>,
    color: PartialKeyPath<Row>? = nil, name: String = ""
  ) -> Chart {
    errorBars(
      x: self.name(x), low: self.name(low), high: self.name(high),
      color: color.map { self.name($0) }, name: name)
  }

  /// Adds boxes of samples, one for each value of `x` and `color`.
  public func box<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil,
    name: String = ""
  ) -> Chart {
    box(x: self.name(x), y: self.name(y), color: color.map { self.name($0) }, name: name)
  }

  /// Adds counts of numbers in equal bins.
  public func histogram<Row>(
    x: PartialKeyPath<Row>, color: PartialKeyPath<Row>? = nil, bins: Int = 0,
    stacking: Stacking = .layered, name: String = ""
  ) -> Chart {
    histogram(
      x: self.name(x), color: color.map { self.name($0) }, bins: bins, stacking: stacking,
      name: name)
  }

  /// Adds cells at names, coloured by `value`.
  public func heatmap<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, value: PartialKeyPath<Row>
  ) -> Chart {
    heatmap(x: self.name(x), y: self.name(y), value: self.name(value))
  }

  /// Adds texts at points.
  public func text<Row>(
    x: PartialKeyPath<Row>, y: PartialKeyPath<Row>, text: PartialKeyPath<Row>
  ) -> Chart {
    self.text(x: self.name(x), y: self.name(y), text: self.name(text))
  }

  /// Returns the chart with a panel for each value of a property.
  public func facet<Row>(by property: PartialKeyPath<Row>, columns: Int = 3) -> Chart {
    facet(by: name(property), columns: columns)
  }
}
