/// The rows of a table in groups of equal values in some columns.
///
/// ```swift
/// let byCity = try people.groupBy("city")
/// let ages = try byCity.mean("age")
/// let summary = try byCity.aggregate(.count("age"), .quantile("age", 0.9, as: "oldest"))
/// ```
///
/// Results have a row for each group, in the order of the values; a group whose value is missing comes last.
public struct GroupedTable: Sendable {
  private let table: Table
  private let keys: [String]
  /// The groups' values, a row for each.
  private let keyTable: Table
  /// The rows of the groups, one list after the other, and where each begins.
  private let rows: [Int]
  private let starts: [Int]

  init(_ table: Table, keys: [String]) throws(TableError) {
    guard !keys.isEmpty else { throw .noColumns(operation: "groupBy") }
    self.table = table
    self.keys = keys
    let places = try table.places(of: keys)
    let codes = KeyCodes(places.map { table.columns[$0] }, rowCount: table.rowCount)
    let first = try table.select(keys).taking(codes.firstRows)
    let order = first.order(
      by: Array(places.indices), descending: places.map { _ in false })
    keyTable = first.taking(order)
    let (lists, bounds) = codes.rowLists()
    var (rows, starts) = ([Int](), [0])
    rows.reserveCapacity(lists.count)
    for group in order {
      rows += lists[bounds[group]..<bounds[group + 1]]
      starts.append(rows.count)
    }
    (self.rows, self.starts) = (rows, starts)
  }

  /// The number of groups.
  public var groupCount: Int { keyTable.rowCount }

  /// The groups: what their rows have in common, and the rows.
  public var groups: [(key: [TableValue], table: Table)] {
    (0..<groupCount).map { group in
      (
        key: keyTable.columns.map { $0[group] },
        table: table.taking(Array(rows[starts[group]..<starts[group + 1]]))
      )
    }
  }

  /// Returns the number of rows of each group, as `count`.
  ///
  /// - Throws: `TableError.duplicateColumn` if a column of the groups is called `count`.
  public func count() throws(TableError) -> Table {
    try keyTable.adding("count", Column((0..<groupCount).map { starts[$0 + 1] - starts[$0] }))
  }

  /// Returns what the aggregations make of each group, a column for each.
  ///
  /// - Throws: `TableError.noColumn`, `wrongType` or `duplicateColumn`.
  public func aggregate(_ aggregations: Aggregation...) throws(TableError) -> Table {
    try aggregate(aggregations)
  }

  /// Returns what the aggregations make of each group, a column for each.
  ///
  /// - Throws: `TableError.noColumn`, `wrongType` or `duplicateColumn`.
  public func aggregate(_ aggregations: [Aggregation]) throws(TableError) -> Table {
    var result = keyTable
    for aggregation in aggregations {
      let column = try table[aggregation.column].aggregated(
        aggregation.kind, rows: rows, starts: starts, name: aggregation.column)
      result = try result.adding(aggregation.name, column)
    }
    return result
  }

  /// Returns the mean of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn` or `wrongType`.
  public func mean(_ names: String...) throws(TableError) -> Table {
    try each(names) { .mean($0, as: $0) }
  }

  /// Returns the sum of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn` or `wrongType`.
  public func sum(_ names: String...) throws(TableError) -> Table {
    try each(names) { .sum($0, as: $0) }
  }

  /// Returns the median of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn` or `wrongType`.
  public func median(_ names: String...) throws(TableError) -> Table {
    try each(names) { .median($0, as: $0) }
  }

  /// Returns the standard deviation of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn` or `wrongType`.
  public func std(_ names: String...) throws(TableError) -> Table {
    try each(names) { .std($0, as: $0) }
  }

  /// Returns the least value of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn`.
  public func min(_ names: String...) throws(TableError) -> Table {
    try each(names) { .min($0, as: $0) }
  }

  /// Returns the greatest value of each group, of the columns called `names` or of all that have numbers.
  ///
  /// - Throws: `TableError.noColumn`.
  public func max(_ names: String...) throws(TableError) -> Table {
    try each(names) { .max($0, as: $0) }
  }

  private func each(
    _ names: [String], _ aggregation: (String) -> Aggregation
  ) throws(TableError) -> Table {
    let chosen =
      names.isEmpty
      ? zip(table.columnNames, table.columns)
        .filter { $1.type.isNumeric && !keys.contains($0) }.map(\.0)
      : names
    return try aggregate(chosen.map(aggregation))
  }
}

extension Table {
  /// Returns the rows in groups of equal values in the columns called `names`.
  ///
  /// - Throws: `TableError.noColumn`, or `noColumns` without names.
  public func groupBy(_ names: String...) throws(TableError) -> GroupedTable {
    try GroupedTable(self, keys: names)
  }

  /// Returns the rows in groups of equal values in the columns called `names`.
  ///
  /// - Throws: `TableError.noColumn`, or `noColumns` without names.
  public func groupBy(_ names: [String]) throws(TableError) -> GroupedTable {
    try GroupedTable(self, keys: names)
  }

  /// The table with one more column, whose name must be new.
  func adding(_ name: String, _ column: Column) throws(TableError) -> Table {
    var table = self
    try table.append(name, column)
    return table
  }
}
