/// Values of one type, some of which may be missing: a column of a table.
///
/// ```swift
/// let ages: Column = [34, nil, 27]
/// let mean = ages.mean()  // 30.5
/// ```
public struct Column: Sendable, Equatable {
  package enum Storage: Sendable, Equatable {
    case int(Cells<Int>)
    case double(Cells<Double>)
    case string(Cells<String>)
    case bool(Cells<Bool>)
  }

  package var storage: Storage

  package init(storage: Storage) { self.storage = storage }

  /// Makes a column of values.
  public init<Element: ColumnElement>(_ values: [Element]) {
    self = Element.column(Cells(values: values))
  }

  /// Makes a column of values, of which `nil` is missing.
  @_disfavoredOverload
  public init<Element: ColumnElement>(_ values: [Element?]) {
    self = Element.column(Cells(values))
  }

  /// Makes a column of missing values.
  public init(missing count: Int, as type: ColumnType) {
    switch type {
    case .int: self.init([Int?](repeating: nil, count: count))
    case .double: self.init([Double?](repeating: nil, count: count))
    case .string: self.init([String?](repeating: nil, count: count))
    case .bool: self.init([Bool?](repeating: nil, count: count))
    }
  }

  /// What the values are.
  public var type: ColumnType {
    switch storage {
    case .int: .int
    case .double: .double
    case .string: .string
    case .bool: .bool
    }
  }

  /// The number of values, missing ones included.
  public var count: Int {
    switch storage {
    case .int(let cells): cells.count
    case .double(let cells): cells.count
    case .string(let cells): cells.count
    case .bool(let cells): cells.count
    }
  }

  /// The number of missing values.
  public var missingCount: Int {
    switch storage {
    case .int(let cells): cells.missingCount
    case .double(let cells): cells.missingCount
    case .string(let cells): cells.missingCount
    case .bool(let cells): cells.missingCount
    }
  }

  /// Returns whether the value at `row` is missing.
  public func isMissing(_ row: Int) -> Bool { missingFlags.map { $0[row] } ?? false }

  /// The value at `row`, counted from 0.
  ///
  /// - Precondition: There is such a row.
  public subscript(row: Int) -> TableValue {
    guard !isMissing(row) else { return .missing }
    return switch storage {
    case .int(let cells): .int(cells.values[row])
    case .double(let cells): .double(cells.values[row])
    case .string(let cells): .string(cells.values[row])
    case .bool(let cells): .bool(cells.values[row])
    }
  }

  /// The values one after the other.
  public var values: [TableValue] { (0..<count).map { self[$0] } }

  /// Returns the values as `type`, `nil` where one is missing.
  ///
  /// Whole numbers can be had as `Double`, too.
  ///
  /// - Throws: `TableError.wrongType`.
  public func values<Element: ColumnElement>(as type: Element.Type) throws(TableError) -> [Element?]
  {
    let cells = try cells(as: type)
    return cells.values.indices.map { cells[$0] }
  }

  /// Returns the values as `type`, without the missing ones.
  ///
  /// - Throws: `TableError.wrongType`.
  public func present<Element: ColumnElement>(as type: Element.Type) throws(TableError) -> [Element]
  {
    try cells(as: type).present
  }

  /// The values as `type`; `name` is what errors call the column.
  func cells<Element: ColumnElement>(
    as type: Element.Type, name: String? = nil
  ) throws(TableError) -> Cells<Element> {
    guard let cells = Element.cells(of: self) else {
      throw .wrongType(column: name, found: self.type, expected: [Element.columnType])
    }
    return cells
  }

  /// Which values are missing; `nil` if none is.
  var missingFlags: [Bool]? {
    switch storage {
    case .int(let cells): cells.missing
    case .double(let cells): cells.missing
    case .string(let cells): cells.missing
    case .bool(let cells): cells.missing
    }
  }

  /// The values at `rows`.
  func taking(_ rows: [Int]) -> Column {
    switch storage {
    case .int(let cells): Column(storage: .int(cells.taking(rows)))
    case .double(let cells): Column(storage: .double(cells.taking(rows)))
    case .string(let cells): Column(storage: .string(cells.taking(rows)))
    case .bool(let cells): Column(storage: .bool(cells.taking(rows)))
    }
  }

  /// The values at `rows`; missing where a row is `nil`.
  func taking(_ rows: [Int?]) -> Column {
    switch storage {
    case .int(let cells): Column(storage: .int(cells.taking(rows)))
    case .double(let cells): Column(storage: .double(cells.taking(rows)))
    case .string(let cells): Column(storage: .string(cells.taking(rows)))
    case .bool(let cells): Column(storage: .bool(cells.taking(rows)))
    }
  }

  /// Adds another column's values at the end; `nil` if they are of another kind.
  func appending(_ other: Column) -> Column? {
    switch (storage, other.storage) {
    case (.int(var a), .int(let b)):
      a.append(b)
      return Column(storage: .int(a))
    case (.double(var a), .double(let b)):
      a.append(b)
      return Column(storage: .double(a))
    case (.string(var a), .string(let b)):
      a.append(b)
      return Column(storage: .string(a))
    case (.bool(var a), .bool(let b)):
      a.append(b)
      return Column(storage: .bool(a))
    default:
      // Of columns with no values at all the type says nothing.
      if other.missingCount == other.count {
        return appending(Column(missing: other.count, as: type))
      }
      if missingCount == count { return Column(missing: count, as: other.type).appending(other) }
      guard var a = Double.cells(of: self), let b = Double.cells(of: other) else { return nil }
      a.append(b)
      return Column(storage: .double(a))
    }
  }

  /// Makes a column of values of one type, or of whole and other numbers; `nil` if they are of several.
  init?(_ values: [TableValue], default type: ColumnType = .double) {
    let types = Set(values.compactMap(\.type))
    switch types {
    case []: self.init(missing: values.count, as: type)
    case [.int]: self.init(values.map(\.int))
    case [.double], [.int, .double]: self.init(values.map(\.double))
    case [.string]: self.init(values.map(\.string))
    case [.bool]: self.init(values.map(\.bool))
    default: return nil
    }
  }
}

extension Column: ExpressibleByArrayLiteral {
  /// Makes a column of values of one type; `nil` is missing.
  ///
  /// - Precondition: The values are of one type, or whole and other numbers.
  public init(arrayLiteral elements: TableValue...) {
    guard let column = Column(elements) else {
      preconditionFailure(
        "Column: the values \(elements) are of several types; a column has one")
    }
    self = column
  }
}
