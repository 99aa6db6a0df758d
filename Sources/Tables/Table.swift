/// Columns of equal length, each with a name and values of one type: a data frame.
///
/// ```swift
/// let people: Table = ["name": ["Ann", "Bob", "Cem"], "age": [34, nil, 27]]
/// let young = try people.filter { $0["age"] < 30 }
/// let ages = try people["age"].mean()  // 30.5
/// ```
///
/// A table is a value: changing a copy never changes the original. Rows count from 0; there is no index column.
public struct Table: Sendable, Equatable {
  /// The columns from left to right.
  package private(set) var columns: [Column] = []
  /// The columns' names from left to right.
  public private(set) var columnNames: [String] = []
  /// The number of rows.
  public private(set) var rowCount = 0
  private var places: [String: Int] = [:]

  /// Makes a table without columns.
  public init() {}

  /// Makes a table of columns with their names.
  ///
  /// - Throws: `TableError.wrongLength` or `duplicateColumn`.
  public init(_ columns: [(name: String, column: Column)]) throws(TableError) {
    for (name, column) in columns { try append(name, column) }
  }

  /// Makes a table of columns that are known to suit each other.
  init(names: [String], columns: [Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
    columnNames = names
    places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  }

  /// The number of columns.
  public var columnCount: Int { columns.count }

  /// The numbers of rows and of columns.
  public var shape: (rows: Int, columns: Int) { (rowCount, columnCount) }

  /// Whether there are no rows.
  public var isEmpty: Bool { rowCount == 0 }

  /// The types of the columns from left to right.
  public var columnTypes: [ColumnType] { columns.map(\.type) }

  /// The column called `name`.
  ///
  /// - Throws: `TableError.noColumn`, which names the nearest one.
  public subscript(name: String) -> Column {
    get throws(TableError) { columns[try place(of: name)] }
  }

  /// The value of a column in a row.
  ///
  /// - Throws: `TableError.noColumn`.
  /// - Precondition: There is such a row.
  public subscript(row: Int, name: String) -> TableValue {
    get throws(TableError) {
      let column = columns[try place(of: name)]
      precondition(
        row >= 0 && row < rowCount, "Table: row \(row) does not exist; there are \(rowCount) rows")
      return column[row]
    }
  }

  /// Returns whether there is a column called `name`.
  public func hasColumn(_ name: String) -> Bool { places[name] != nil }

  /// Where the column called `name` is.
  func place(of name: String) throws(TableError) -> Int {
    guard let place = places[name] else {
      throw .noColumn(
        name: name, nearest: Names.nearest(to: name, in: columnNames), names: columnNames)
    }
    return place
  }

  func places(of names: [String]) throws(TableError) -> [Int] {
    var places: [Int] = []
    for name in names { places.append(try place(of: name)) }
    return places
  }

  /// Adds a column at the right.
  mutating func append(_ name: String, _ column: Column) throws(TableError) {
    guard places[name] == nil else { throw .duplicateColumn(name: name) }
    guard columns.isEmpty || column.count == rowCount else {
      throw .wrongLength(column: name, found: column.count, expected: rowCount)
    }
    rowCount = column.count
    places[name] = columns.count
    columns.append(column)
    columnNames.append(name)
  }

  /// Puts a column in another's place, or at the right.
  mutating func set(_ name: String, _ column: Column) throws(TableError) {
    guard let place = places[name] else { return try append(name, column) }
    guard column.count == rowCount || columns.count == 1 else {
      throw .wrongLength(column: name, found: column.count, expected: rowCount)
    }
    rowCount = column.count
    columns[place] = column
  }

  /// The same columns with other values.
  func mapColumns(rowCount: Int, _ change: (Column) -> Column) -> Table {
    Table(names: columnNames, columns: columns.map(change), rowCount: rowCount)
  }
}

extension Table: ExpressibleByDictionaryLiteral {
  /// Makes a table of names and columns.
  ///
  /// - Precondition: The names differ, and the columns are equally long.
  public init(dictionaryLiteral elements: (String, Column)...) {
    do { self = try Table(elements.map { (name: $0.0, column: $0.1) }) } catch {
      preconditionFailure("Table: \(error)")
    }
  }
}
