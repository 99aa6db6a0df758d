extension Table {
  /// Returns the columns called `names`, in that order.
  ///
  /// - Throws: `TableError.noColumn` or `duplicateColumn`.
  public func select(_ names: String...) throws(TableError) -> Table { try select(names) }

  /// Returns the columns called `names`, in that order.
  ///
  /// - Throws: `TableError.noColumn` or `duplicateColumn`.
  public func select(_ names: [String]) throws(TableError) -> Table {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { throw .duplicateColumn(name: name) }
    let places = try places(of: names)
    return Table(names: names, columns: places.map { columns[$0] }, rowCount: rowCount)
  }

  /// Returns the table without the columns called `names`.
  ///
  /// - Throws: `TableError.noColumn`.
  public func dropping(_ names: String...) throws(TableError) -> Table { try dropping(names) }

  /// Returns the table without the columns called `names`.
  ///
  /// - Throws: `TableError.noColumn`.
  public func dropping(_ names: [String]) throws(TableError) -> Table {
    let dropped = Set(try places(of: names))
    let kept = columns.indices.filter { !dropped.contains($0) }
    return Table(
      names: kept.map { columnNames[$0] }, columns: kept.map { columns[$0] }, rowCount: rowCount)
  }

  /// Returns the table with other names for some columns.
  ///
  /// ```swift
  /// let table = try table.renaming(["sepal length (cm)": "length"])
  /// ```
  ///
  /// - Throws: `TableError.noColumn` or `duplicateColumn`.
  public func renaming(_ names: [String: String]) throws(TableError) -> Table {
    _ = try places(of: names.keys.sorted())
    return try Table(
      zip(columnNames, columns).map { (name: names[$0] ?? $0, column: $1) })
  }

  /// Returns the table with one more column, or with other values in it if there is one of that name.
  ///
  /// - Throws: `TableError.wrongLength`.
  public func with(_ name: String, _ column: Column) throws(TableError) -> Table {
    var table = self
    try table.set(name, column)
    return table
  }

  /// Returns the table with a column of values, of which `nil` is missing.
  ///
  /// - Throws: `TableError.wrongLength`.
  public func with<Element: ColumnElement>(
    _ name: String, _ values: [Element?]
  ) throws(TableError) -> Table {
    try with(name, Column(values))
  }

  /// Returns the table with a column computed row by row.
  ///
  /// ```swift
  /// let table = try table.with("isTall") { $0["height"] > 1.9 }
  /// ```
  ///
  /// - Throws: `TableError.noColumn`.
  public func with<Element: ColumnElement>(
    _ name: String, _ value: (Row) throws(TableError) -> Element?
  ) throws(TableError) -> Table {
    var values: [Element?] = []
    values.reserveCapacity(rowCount)
    try eachRow { row throws(TableError) in values.append(try value(row)) }
    return try with(name, Column(values))
  }

  /// Returns the table with a column computed from another; where that is missing, so is the result.
  ///
  /// ```swift
  /// let table = try table.with("inches", from: "cm") { (cm: Double) in cm / 2.54 }
  /// ```
  ///
  /// - Throws: `TableError.noColumn`, or `wrongType` if the column has values of another type.
  public func with<A: ColumnElement, Element: ColumnElement>(
    _ name: String, from source: String, _ value: (A) -> Element?
  ) throws(TableError) -> Table {
    let a = try cells(source, as: A.self)
    return try with(
      name,
      Column((0..<rowCount).map { a.isMissing($0) ? nil : value(a.values[$0]) }))
  }

  /// Returns the table with a column computed from two others; where one is missing, so is the result.
  ///
  /// ```swift
  /// let table = try table.with("bmi", from: "weight", "height") { (kg: Double, m: Double) in kg / (m * m) }
  /// ```
  ///
  /// - Throws: `TableError.noColumn`, or `wrongType` if a column has values of another type.
  public func with<A: ColumnElement, B: ColumnElement, Element: ColumnElement>(
    _ name: String, from first: String, _ second: String, _ value: (A, B) -> Element?
  ) throws(TableError) -> Table {
    let (a, b) = (try cells(first, as: A.self), try cells(second, as: B.self))
    return try with(
      name,
      Column(
        (0..<rowCount).map {
          a.isMissing($0) || b.isMissing($0) ? nil : value(a.values[$0], b.values[$0])
        }))
  }

  /// Returns the table with one column's values converted to another type.
  ///
  /// Texts become numbers where they are some; numbers lose their fraction; Booleans are 1 and 0.
  ///
  /// - Throws: `TableError.noColumn`, or `doesNotFit` for a value that cannot be converted.
  public func converting(_ name: String, to type: ColumnType) throws(TableError) -> Table {
    try with(name, try self[name].converted(to: type, name: name))
  }
}

extension Column {
  /// Returns the values converted to another type.
  ///
  /// - Throws: `TableError.doesNotFit` for a value that cannot be converted.
  public func converted(to type: ColumnType) throws(TableError) -> Column {
    try converted(to: type, name: "")
  }

  func converted(to type: ColumnType, name: String) throws(TableError) -> Column {
    guard type != self.type else { return self }
    switch type {
    case .int:
      return Column(
        try converted(to: type, name) { value in
          switch value {
          case .double(let number): Int(exactly: number.rounded(.towardZero))
          case .string(let text): Int(text)
          case .bool(let flag): flag ? 1 : 0
          default: nil
          }
        })
    case .double:
      return Column(
        try converted(to: type, name) { value in
          switch value {
          case .int(let number): Double(number)
          case .string(let text): Double(text)
          case .bool(let flag): flag ? 1 : 0
          default: nil
          }
        })
    case .string:
      return Column(try converted(to: type, name) { $0.description })
    case .bool:
      return Column(
        try converted(to: type, name) { value in
          switch value {
          case .int(let number): number != 0
          case .double(let number): number.isNaN ? nil : number != 0
          case .string(let text): Bool(text.lowercased())
          default: nil
          }
        })
    }
  }

  private func converted<Element: ColumnElement>(
    to type: ColumnType, _ name: String, _ convert: (TableValue) -> Element?
  ) throws(TableError) -> [Element?] {
    var result: [Element?] = []
    for row in 0..<count {
      let value = self[row]
      guard !value.isMissing else {
        result.append(nil)
        continue
      }
      guard let converted = convert(value) else {
        throw .doesNotFit(
          column: name, row: row, value: "\"\(value)\"", type: type.description)
      }
      result.append(converted)
    }
    return result
  }
}
