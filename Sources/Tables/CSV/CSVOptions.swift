internal import DelimitedText

/// How a table is written as text, and what of it is read.
///
/// ```swift
/// let table = try Table(csv: "prices.csv", .init(delimiter: ";", types: ["postcode": .string]))
/// ```
public struct CSVOptions: Sendable {
  /// What stands for a missing value where nothing else is said, as in pandas.
  public static let usualMissingMarks = [
    "", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>", "#N/A",
  ]

  /// One ASCII character between fields.
  public var delimiter: Character
  /// Whether the first line names the columns; if not, their names are `"0"`, `"1"` and so on.
  public var hasHeader: Bool
  /// Names for the columns, in place of those in the file.
  public var columnNames: [String]?
  /// The columns that are read; all of them if `nil`.
  public var columns: [String]?
  /// The types of columns, by name; those that are not named are found out from all of their values.
  public var types: [String: ColumnType]
  /// What stands for missing values.
  public var missingMarks: [String]
  /// The lines at the beginning that are left out, before the one with the names.
  public var skipLines: Int
  /// The most rows that are read; all of them if `nil`.
  public var maxRows: Int?
  /// One ASCII character that makes a line a comment where it comes first; none if `nil`.
  public var comment: Character?
  /// The ASCII character around fields; none if `nil`.
  public var quote: Character?
  /// The character between a number's whole part and its fraction.
  public var decimalPoint: Character
  /// Whether spaces around fields are no part of texts.
  public var trimsSpaces: Bool

  /// Describes how a table is read.
  public init(
    delimiter: Character = ",", hasHeader: Bool = true, columnNames: [String]? = nil,
    columns: [String]? = nil, types: [String: ColumnType] = [:],
    missingMarks: [String] = CSVOptions.usualMissingMarks, skipLines: Int = 0, maxRows: Int? = nil,
    comment: Character? = nil, quote: Character? = "\"", decimalPoint: Character = ".",
    trimsSpaces: Bool = false
  ) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.columnNames = columnNames
    self.columns = columns
    self.types = types
    self.missingMarks = missingMarks
    self.skipLines = skipLines
    self.maxRows = maxRows
    self.comment = comment
    self.quote = quote
    self.decimalPoint = decimalPoint
    self.trimsSpaces = trimsSpaces
  }

  /// The format for the reader of records.
  func format() throws(TableError) -> TextFormat {
    let separator = try Self.byte("delimiter", delimiter)
    let quoteByte = try Self.byte("quote", ifAny: quote)
    let commentByte = try Self.byte("comment", ifAny: comment)
    let point = try Self.byte("decimalPoint", decimalPoint)
    let special = [separator, quoteByte, commentByte].compactMap { $0 }
    guard Set(special).count == special.count else {
      throw .badOption(
        name: "delimiter", value: "\"\(delimiter)\"", reason: "quote or comment is the same")
    }
    guard point != separator else {
      throw .badOption(
        name: "decimalPoint", value: "\"\(decimalPoint)\"", reason: "it is the delimiter")
    }
    if let count = [skipLines, maxRows ?? 0].first(where: { $0 < 0 }) {
      throw .badOption(name: "a number of lines", value: "\(count)", reason: "it is negative")
    }
    return TextFormat(
      delimiter: separator, quote: quoteByte, comment: commentByte, trimsSpaces: trimsSpaces,
      decimalPoint: point, missingMarks: missingMarks)
  }

  private static func byte(
    _ name: String, ifAny character: Character?
  ) throws(TableError) -> UInt8? {
    guard let character else { return nil }
    return try byte(name, character)
  }

  /// The byte of an ASCII character that cannot be part of a number or end a line.
  static func byte(_ name: String, _ character: Character) throws(TableError) -> UInt8 {
    guard let byte = character.asciiValue, byte != 0x0A, byte != 0x0D, byte != 0,
      !character.isLetter, !character.isNumber, character != "-", character != "+"
    else {
      throw .badOption(
        name: name, value: "\"\(character)\"",
        reason: "it has to be one ASCII character such as , ; | or a tab")
    }
    return byte
  }
}
