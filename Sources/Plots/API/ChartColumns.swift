/// Named columns of equal length, which charts take by name.
public struct ChartColumns: Equatable, Sendable, ChartTable {
  private var columns: [String: ChartValues]
  /// Why parts of values are no columns, by name.
  private var faults: [String: String] = [:]

  /// Creates columns.
  ///
  /// - Precondition: All are equally long.
  public init(_ columns: [String: any ChartColumn]) {
    self.columns = Dictionary(
      uniqueKeysWithValues: columns.map { ($0, $1.chartValues(named: $0)) })
    let counts = self.columns.sorted { $0.key < $1.key }.map { ($0.key, $0.value.count) }
    for (name, count) in counts where count != counts[0].1 {
      fatalError(
        "Chart: column \"\(name)\" has \(count) values but \"\(counts[0].0)\" has \(counts[0].1); "
          + "columns of one chart must be equally long")
    }
  }

  /// Creates columns from those of a table.
  public init(_ table: some ChartTable) {
    var columns: [String: any ChartColumn] = [:]
    for name in table.chartColumnNames { columns[name] = table.chartColumn(name) }
    self.init(columns)
  }

  /// Creates columns from the stored properties of structs and classes, the parts of tuples, or the keys of dictionaries.
  public init<Row>(rows: [Row]) {
    columns = [:]
    for (name, values) in ValueReader.parts(of: rows) {
      switch ValueReader.read(values) {
      case .success(let values): columns[name] = values
      case .failure(let fault): faults[name] = fault.text
      }
    }
  }

  /// The columns' names, sorted.
  public var chartColumnNames: [String] { columns.keys.sorted() }

  /// The values of the column called `name`; `nil` when there is none.
  public func chartColumn(_ name: String) -> ChartValues? { columns[name] }

  /// The values of a column that must be there.
  func values(_ name: String) -> ChartValues {
    if let values = columns[name] { return values }
    if let fault = faults[name] { fatalError("Chart: \"\(name)\" holds \(fault)") }
    let known = chartColumnNames.map { "\"\($0)\"" }.joined(separator: ", ")
    fatalError(
      "Chart: there is no column \"\(name)\"; the columns are " + (known.isEmpty ? "none" : known))
  }
}

/// The columns that layers draw unless they name others.
struct Encoding: Equatable, Sendable {
  var x: Field?
  var y: Field?
  var color: Field?
}
