extension Chart {
  // MARK: Named columns

  /// Creates a chart of named columns: arrays of numbers, texts or dates, ranges, tensors.
  ///
  /// ```swift
  /// Chart(["epoch": 1...3, "loss": [0.9, 0.4, 0.2]]).line(x: "epoch", y: "loss")
  /// ```
  ///
  /// - Precondition: All are equally long.
  public init(_ columns: [String: any ChartColumn]) { self.columns = ChartColumns(columns) }

  /// Creates a chart of a table's columns.
  public init(_ table: some ChartTable) { columns = ChartColumns(table) }

  /// Creates a chart of an array, whose columns are the stored properties of structs and classes, the parts of tuples, or
  /// the keys of dictionaries; an array of numbers is drawn as it is.
  ///
  /// ```swift
  /// Chart(points).line(x: "epoch", y: "loss", color: "split")
  /// Chart(points).line(x: \Point.epoch, y: \.loss, color: \.split)
  /// Chart(losses).line()
  /// ```
  public init<Row>(_ rows: [Row]) {
    columns = ChartColumns(rows: rows)
    if columns.chartColumnNames.isEmpty, case .success(let values) = ValueReader.read(rows) {
      encoding.y = Field("", values)
    }
  }

  // MARK: Columns of each element

  /// Creates a chart of an array, with what its layers draw.
  ///
  /// ```swift
  /// Chart(points, x: \.epoch, y: \.loss, color: \.split).line()
  /// ```
  ///
  /// - Parameters:
  ///   - rows: The elements.
  ///   - x: What lies along the horizontal axis; the elements' numbers if `nil`.
  ///   - y: What lies along the vertical axis.
  ///   - color: What has a colour each.
  ///   - facet: What has a panel each.
  public init<Row>(
    _ rows: [Row], x: PartialKeyPath<Row>? = nil, y: PartialKeyPath<Row>? = nil,
    color: PartialKeyPath<Row>? = nil, facet: PartialKeyPath<Row>? = nil
  ) {
    self.init(rows)
    func field(_ path: PartialKeyPath<Row>?) -> Field? {
      path.map { path in
        Self.field(KeyPathName.name(path), rows.map { $0[keyPath: path] }, "\(path)")
      }
    }
    encoding = Encoding(x: field(x), y: field(y) ?? encoding.y, color: field(color))
    if let facet = field(facet) { self = faceted(facet, 3) }
  }

  /// Creates a chart of an array, with what its layers draw, made by closures.
  ///
  /// ```swift
  /// Chart(points, x: { $0.epoch }, y: { $0.loss * 100 }).line().labeled(y: "loss in %")
  /// ```
  ///
  /// - Parameters:
  ///   - rows: The elements.
  ///   - x: What lies along the horizontal axis.
  ///   - y: What lies along the vertical axis.
  ///   - color: What has a colour each.
  ///   - facet: What has a panel each.
  public init<Row>(
    _ rows: [Row], x: (Row) -> Any?, y: (Row) -> Any?, color: ((Row) -> Any?)? = nil,
    facet: ((Row) -> Any?)? = nil
  ) {
    self.init(rows)
    encoding = Encoding(
      x: Self.field("", rows.map(x), "x"), y: Self.field("", rows.map(y), "y"),
      color: color.map { Self.field("", rows.map($0), "color") })
    if let facet { self = faceted(Self.field("", rows.map(facet), "facet"), 3) }
  }

  /// Creates a chart of an array, of one number or text for each element, made by a closure: for histograms.
  ///
  /// - Parameters:
  ///   - rows: The elements.
  ///   - x: What is counted.
  ///   - color: What has a colour each.
  public init<Row>(_ rows: [Row], x: (Row) -> Any?, color: ((Row) -> Any?)? = nil) {
    self.init(rows)
    encoding.x = Self.field("", rows.map(x), "x")
    encoding.color = color.map { Self.field("", rows.map($0), "color") }
  }

  private static func field(_ name: String, _ values: [Any?], _ shown: String) -> Field {
    switch ValueReader.read(values) {
    case .success(let values): return Field(name, values)
    case .failure(let fault): fatalError("Chart: \(shown) holds \(fault.text)")
    }
  }

  // MARK: What layers draw

  /// The column called `name`, or else what the chart was made with.
  func field(_ name: String?, or encoded: KeyPath<Encoding, Field?>) -> Field? {
    name.map { Field($0, columns.values($0)) } ?? encoding[keyPath: encoded]
  }

  /// The column called `name`, or else what the chart was made with, which must be there.
  func field(
    _ name: String?, or encoded: KeyPath<Encoding, Field?>, _ channel: String, _ call: String
  ) -> Field {
    if let field = field(name, or: encoded) { return field }
    let known = columns.chartColumnNames.map { "\"\($0)\"" }.joined(separator: ", ")
    fatalError(
      "Chart.\(call): there is no \(channel); name a column, as in \(call)(\(channel): \"…\")"
        + (known.isEmpty ? "" : ". The columns are \(known)"))
  }

  /// The horizontal places: a column, what the chart was made with, or the rows' numbers.
  func places(_ name: String?, for y: Field) -> Field {
    field(name, or: \.x) ?? Field("", .numbers((0..<y.values.count).map { Double($0) }))
  }

  /// The name of the column that a key path leads to.
  func name<Row>(_ path: PartialKeyPath<Row>) -> String {
    let name = KeyPathName.name(path)
    if name.isEmpty {
      fatalError(
        "Chart: \(path) is no stored property; write Chart(rows, x: …, y: …), which computes it")
    }
    return name
  }
}

/// What key paths are called.
enum KeyPathName {
  /// The last property's name; empty if the program does not know it, as of computed properties.
  static func name(_ path: AnyKeyPath) -> String {
    let text = "\(path)"
    guard let dot = text.lastIndex(of: "."), !text.contains("<computed") else { return "" }
    let name = text[text.index(after: dot)...].filter { $0 != "?" && $0 != "!" }
    return name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) ? String(name) : ""
  }
}
