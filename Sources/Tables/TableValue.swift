/// One value of a table, of whichever type its column has.
///
/// It compares with literals, numbers by their size whatever their types; with a missing value every comparison but
/// `!=` is false.
///
/// ```swift
/// let grown = try people.filter { $0["age"] >= 18 && $0["city"] == "Rome" }
/// ```
public enum TableValue: Sendable, Hashable {
  /// A whole number.
  case int(Int)
  /// A number.
  case double(Double)
  /// A text.
  case string(String)
  /// `true` or `false`.
  case bool(Bool)
  /// Nothing.
  case missing

  /// Whether there is no value.
  public var isMissing: Bool { self == .missing }

  /// The whole number; `nil` if it is none.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }

  /// The number, whole or not; `nil` if it is none.
  public var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The text; `nil` if it is none.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The Boolean; `nil` if it is none.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The type of a column that holds it; `nil` if it is missing.
  var type: ColumnType? {
    switch self {
    case .int: .int
    case .double: .double
    case .string: .string
    case .bool: .bool
    case .missing: nil
    }
  }

  /// Whether the values are equal; numbers are by their size.
  public static func == (a: TableValue, b: TableValue) -> Bool {
    switch (a, b) {
    case (.int(let a), .int(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.missing, .missing): true
    default:
      if let a = a.double, let b = b.double { a == b } else { false }
    }
  }

  /// Hashes equal numbers equally.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .int, .double: hasher.combine(double)
    case .string(let value): hasher.combine(value)
    case .bool(let value): hasher.combine(value)
    case .missing: hasher.combine(0 as UInt8)
    }
  }

  /// Whether `a` comes before `b`: by size, or letter by letter; `false` if one is missing or of another kind.
  public static func < (a: TableValue, b: TableValue) -> Bool {
    switch (a, b) {
    case (.int(let a), .int(let b)): a < b
    case (.string(let a), .string(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    default:
      if let a = a.double, let b = b.double { a < b } else { false }
    }
  }

  /// Whether `a` comes after `b`.
  public static func > (a: TableValue, b: TableValue) -> Bool { b < a }

  /// Whether `a` comes before `b` or is equal to it; `false` if one is missing.
  public static func <= (a: TableValue, b: TableValue) -> Bool { a < b || (a == b && !a.isMissing) }

  /// Whether `a` comes after `b` or is equal to it; `false` if one is missing.
  public static func >= (a: TableValue, b: TableValue) -> Bool { b <= a }
}

extension TableValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A missing value.
  public init(nilLiteral: ()) { self = .missing }
}

extension TableValue: CustomStringConvertible {
  /// The value as text; `nil` if it is missing.
  public var description: String {
    switch self {
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .bool(let value): "\(value)"
    case .missing: "nil"
    }
  }
}
