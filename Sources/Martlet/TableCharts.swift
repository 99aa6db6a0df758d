public import Tables

extension Column: ChartColumn {
  /// The values as numbers, texts or the texts of truth values; missing ones are gaps.
  public func chartValues(named name: String) -> ChartValues {
    switch type {
    case .int, .double: .numbers(values.map { $0.double ?? .nan })
    case .string: .texts(values.map { $0.string ?? "" })
    case .bool: .texts(values.map { value in value.bool.map { "\($0)" } ?? "" })
    }
  }
}

extension Table: ChartTable {
  /// The columns' names from left to right.
  public var chartColumnNames: [String] { columnNames }

  /// The values of the column called `name`; `nil` when there is none.
  public func chartColumn(_ name: String) -> ChartValues? {
    guard hasColumn(name), let column = try? self[name] else { return nil }
    return column.chartValues(named: name)
  }
}
