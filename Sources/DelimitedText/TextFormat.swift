internal import CDelimited

/// How fields and records of delimited text are told apart, and what stands for a missing value.
package struct TextFormat: Sendable {
  /// The byte between fields.
  package var delimiter: UInt8
  /// The byte that encloses fields; `nil` for none.
  package var quote: UInt8?
  /// The byte that makes a line a comment where it comes first; `nil` for none.
  package var comment: UInt8?
  /// Whether spaces around fields are no part of them.
  package var trimsSpaces: Bool
  /// The byte between a number's whole part and its fraction.
  package var decimalPoint: UInt8
  /// The texts of fields that are missing.
  package var missingMarks: [String]

  /// Describes a format.
  package init(
    delimiter: UInt8, quote: UInt8?, comment: UInt8?, trimsSpaces: Bool, decimalPoint: UInt8,
    missingMarks: [String]
  ) {
    self.delimiter = delimiter
    self.quote = quote
    self.comment = comment
    self.trimsSpaces = trimsSpaces
    self.decimalPoint = decimalPoint
    self.missingMarks = missingMarks
  }
}

/// Why text could not be split into records; lines and columns count from 1.
package enum RecordFault: Error, Equatable {
  /// A record has more or fewer fields than the first.
  case ragged(line: Int, column: Int, found: Int, expected: Int)
  /// A quoted field never ends.
  case openQuote(line: Int, column: Int)
  /// Text follows the closing quote of a field.
  case textAfterQuote(line: Int, column: Int)
  /// A record is longer than any table's would be.
  case tooLong(line: Int)
  /// The bytes are not UTF-8.
  case notUTF8(line: Int)
}
