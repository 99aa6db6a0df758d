/// What a column's values are.
public enum ColumnType: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// Whole numbers, `Int`.
  case int
  /// Numbers, `Double`.
  case double
  /// Texts, `String`.
  case string
  /// `true` and `false`, `Bool`.
  case bool

  /// The type's name in Swift.
  public var description: String {
    switch self {
    case .int: "Int"
    case .double: "Double"
    case .string: "String"
    case .bool: "Bool"
    }
  }

  /// Whether the values are numbers.
  public var isNumeric: Bool { self == .int || self == .double }
}

/// A type of which columns are made: `Int`, `Double`, `String` or `Bool`.
public protocol ColumnElement: Sendable, Hashable, Codable {
  /// What columns of such values say of themselves.
  static var columnType: ColumnType { get }
  /// What a missing value has in its place, which nobody sees.
  static var placeholder: Self { get }
  /// The values of a column as this type, or `nil` if it is another one; whole numbers are numbers, too.
  static func cells(of column: Column) -> Cells<Self>?
  /// A column of values.
  static func column(_ cells: Cells<Self>) -> Column
}

extension Int: ColumnElement {
  /// Whole numbers.
  public static var columnType: ColumnType { .int }
  /// Zero.
  public static var placeholder: Int { 0 }
  /// The whole numbers of a column.
  public static func cells(of column: Column) -> Cells<Int>? {
    if case .int(let cells) = column.storage { return cells }
    return nil
  }
  /// A column of whole numbers.
  public static func column(_ cells: Cells<Int>) -> Column { Column(storage: .int(cells)) }
}

extension Double: ColumnElement {
  /// Numbers.
  public static var columnType: ColumnType { .double }
  /// Zero.
  public static var placeholder: Double { 0 }
  /// The numbers of a column.
  public static func cells(of column: Column) -> Cells<Double>? {
    switch column.storage {
    case .double(let cells): cells
    case .int(let cells): Cells(values: cells.values.map { Double($0) }, missing: cells.missing)
    default: nil
    }
  }
  /// A column of numbers.
  public static func column(_ cells: Cells<Double>) -> Column { Column(storage: .double(cells)) }
}

extension String: ColumnElement {
  /// Texts.
  public static var columnType: ColumnType { .string }
  /// The empty text.
  public static var placeholder: String { "" }
  /// The texts of a column.
  public static func cells(of column: Column) -> Cells<String>? {
    if case .string(let cells) = column.storage { return cells }
    return nil
  }
  /// A column of texts.
  public static func column(_ cells: Cells<String>) -> Column { Column(storage: .string(cells)) }
}

extension Bool: ColumnElement {
  /// `true` and `false`.
  public static var columnType: ColumnType { .bool }
  /// `false`.
  public static var placeholder: Bool { false }
  /// The Booleans of a column.
  public static func cells(of column: Column) -> Cells<Bool>? {
    if case .bool(let cells) = column.storage { return cells }
    return nil
  }
  /// A column of Booleans.
  public static func column(_ cells: Cells<Bool>) -> Column { Column(storage: .bool(cells)) }
}

/// Values side by side, some of which may be missing.
public struct Cells<Element: ColumnElement>: Sendable {
  /// The values, with the type's placeholder where one is missing.
  package var values: [Element]
  /// Which are missing; `nil` if none is.
  package var missing: [Bool]?

  /// Puts values and what says which are missing together.
  package init(values: [Element], missing: [Bool]? = nil) {
    self.values = values
    self.missing = missing
  }

  /// Takes `nil` for missing.
  init(_ optionals: [Element?]) {
    values = optionals.map { $0 ?? Element.placeholder }
    missing = optionals.contains { $0 == nil } ? optionals.map { $0 == nil } : nil
  }

  var count: Int { values.count }

  var missingCount: Int { missing.map { $0.count { $0 } } ?? 0 }

  func isMissing(_ row: Int) -> Bool { missing.map { $0[row] } ?? false }

  subscript(row: Int) -> Element? { isMissing(row) ? nil : values[row] }

  /// The values that are there.
  var present: [Element] {
    guard let missing else { return values }
    return zip(values, missing).compactMap { $1 ? nil : $0 }
  }

  /// The values at `rows`.
  func taking(_ rows: [Int]) -> Cells {
    Cells(values: rows.map { values[$0] }, missing: missing.map { flags in rows.map { flags[$0] } })
      .normalized()
  }

  /// The values at `rows`; missing where a row is `nil`.
  func taking(_ rows: [Int?]) -> Cells {
    Cells(rows.map { row in row.flatMap { self[$0] } })
  }

  /// Without a list of what is missing where nothing is.
  func normalized() -> Cells {
    guard let missing, !missing.contains(true) else { return self }
    return Cells(values: values)
  }

  mutating func append(_ other: Cells) {
    if missing != nil || other.missing != nil {
      missing =
        (missing ?? [Bool](repeating: false, count: count))
        + (other.missing ?? [Bool](repeating: false, count: other.count))
    }
    values += other.values
  }
}

extension Cells: Equatable {
  /// Whether both have the same values, and the same ones are missing.
  public static func == (a: Cells, b: Cells) -> Bool {
    guard a.count == b.count else { return false }
    if a.missing == nil && b.missing == nil { return a.values == b.values }
    return a.values.indices.allSatisfy { a[$0] == b[$0] }
  }
}
