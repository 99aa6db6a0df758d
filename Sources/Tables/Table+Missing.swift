extension Table {
  /// Returns the rows in which no value is missing, in all columns or in those called `names`.
  ///
  /// - Throws: `TableError.noColumn`.
  public func dropMissing(_ names: String...) throws(TableError) -> Table {
    let places = names.isEmpty ? Array(columns.indices) : try places(of: names)
    let flags = places.compactMap { columns[$0].missingFlags }
    guard !flags.isEmpty else { return self }
    return taking((0..<rowCount).filter { row in !flags.contains { $0[row] } })
  }

  /// Returns the table with a value in place of missing ones, in a column or in all that have values of its type.
  ///
  /// ```swift
  /// let table = try table.fillMissing("age", with: 0).fillMissing(with: "unknown")
  /// ```
  ///
  /// A whole number fills columns of numbers, too; a number with a fraction makes such of a column of whole ones.
  ///
  /// - Throws: `TableError.noColumn`, or `mixedTypes` if the column called `name` has values of another type.
  public func fillMissing(_ name: String? = nil, with value: TableValue) throws(TableError) -> Table
  {
    guard let name else {
      return mapColumns(rowCount: rowCount) { $0.fillMissing(with: value) ?? $0 }
    }
    let column = try self[name]
    guard let filled = column.fillMissing(with: value) else {
      throw .mixedTypes(column: name, found: [column.type] + [value.type].compactMap { $0 })
    }
    return try with(name, filled)
  }
}

extension Column {
  /// Returns the column with a value in place of missing ones, or `nil` if it is of another type.
  public func fillMissing(with value: TableValue) -> Column? {
    switch (storage, value) {
    case (.int(let cells), .int(let value)): Column(storage: .int(cells.filled(value)))
    case (.int, .double(let value)):
      Double.cells(of: self).map { Column(storage: .double($0.filled(value))) }
    case (.double(let cells), .int(let value)):
      Column(storage: .double(cells.filled(Double(value))))
    case (.double(let cells), .double(let value)): Column(storage: .double(cells.filled(value)))
    case (.string(let cells), .string(let value)): Column(storage: .string(cells.filled(value)))
    case (.bool(let cells), .bool(let value)): Column(storage: .bool(cells.filled(value)))
    case (_, .missing): self
    default: nil
    }
  }
}

extension Cells {
  func filled(_ value: Element) -> Cells {
    guard let missing else { return self }
    return Cells(values: zip(values, missing).map { $1 ? value : $0 })
  }
}
