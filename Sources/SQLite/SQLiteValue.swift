/// A value of one of SQLite's five storage classes.
///
/// SQLite has no NaN: binding `.real(.nan)` stores NULL.
package enum SQLiteValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The text, or NULL for `nil`.
  package static func text(orNull text: String?) -> SQLiteValue {
    text.map { .text($0) } ?? .null
  }

  /// The integer, or NULL for `nil`.
  package static func integer(orNull value: Int64?) -> SQLiteValue {
    value.map { .integer($0) } ?? .null
  }
}

extension SQLiteValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  package init(integerLiteral value: Int64) {
    self = .integer(value)
  }

  package init(stringLiteral value: String) {
    self = .text(value)
  }
}
