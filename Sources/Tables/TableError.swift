/// Why something cannot be done with a table, or its file cannot be read or written.
///
/// Lines and columns of files count from 1, as editors show them; rows count from 0.
public enum TableError: Error, Equatable, CustomStringConvertible {
  // MARK: Columns

  /// There is no column of that name.
  case noColumn(name: String, nearest: String?, names: [String])
  /// Two columns would have the same name.
  case duplicateColumn(name: String)
  /// A column has values of another type.
  case wrongType(column: String?, found: ColumnType, expected: [ColumnType])
  /// A column has more or fewer values than the table has rows.
  case wrongLength(column: String, found: Int, expected: Int)
  /// A column would have values of several types.
  case mixedTypes(column: String, found: [ColumnType])
  /// Something needs at least one column.
  case noColumns(operation: String)
  /// A value is missing where there has to be one.
  case missingValue(column: String, row: Int)
  /// A number does not fit into the type asked for.
  case doesNotFit(column: String, row: Int, value: String, type: String)
  /// Tables do not have the same columns.
  case differentColumns(first: [String], other: [String])
  /// A tensor is neither a vector nor a matrix.
  case notATable(shape: [Int])
  /// A type cannot be a table's row.
  case unusableRow(type: String, reason: String)

  // MARK: Files

  /// The file cannot be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)
  /// There is not even a line of names.
  case empty(file: String)
  /// Bytes are not UTF-8.
  case notUTF8(file: String, line: Int)
  /// A quoted field never ends.
  case openQuote(file: String, line: Int, column: Int)
  /// Text follows the closing quote of a field.
  case textAfterQuote(file: String, line: Int, column: Int)
  /// A line has more or fewer fields than the first.
  case ragged(file: String, line: Int, column: Int, found: Int, expected: Int)
  /// A record has more bytes than any would.
  case tooLong(file: String, line: Int)
  /// A field is not of the type that its column is said to have.
  case notOfType(file: String, line: Int, column: String, text: String, type: ColumnType)
  /// An option for reading or writing makes no sense.
  case badOption(name: String, value: String, reason: String)

  /// What failed and what to do.
  public var description: String {
    switch self {
    case .noColumn(let name, let nearest, let names):
      let advice =
        nearest.map { "Did you mean \"\($0)\"?" }
        ?? "It has: \(Names.listed(names))."
      return "the table has no column \"\(name)\". \(advice)"
    case .duplicateColumn(let name):
      return "two columns would be called \"\(name)\". Rename one of them."
    case .wrongType(let column, let found, let expected):
      let wanted = expected.map(\.description).joined(separator: " or ")
      return "\(column.map { "column \"\($0)\"" } ?? "the column") has values of type \(found), "
        + "not \(wanted). Convert it with converted(to:), or choose another."
    case .wrongLength(let column, let found, let expected):
      return "column \"\(column)\" has \(found) values where the table has \(expected) rows. "
        + "Give one value for each row."
    case .mixedTypes(let column, let found):
      return "column \"\(column)\" would have values of types "
        + "\(found.map(\.description).joined(separator: " and ")). Convert them to one type."
    case .noColumns(let operation):
      return "\(operation) needs at least one column. Name those that count."
    case .missingValue(let column, let row):
      return "column \"\(column)\" has no value in row \(row). Use dropMissing, fillMissing, "
        + "or say what to put there."
    case .doesNotFit(let column, let row, let value, let type):
      return "column \"\(column)\", row \(row): \(value) does not fit in \(type). "
        + "Choose a wider type."
    case .differentColumns(let first, let other):
      return "the tables have different columns: \(Names.listed(first)), and "
        + "\(Names.listed(other)). Select and rename them first."
    case .notATable(let shape):
      return "a tensor of shape \(shape) is no table. Reshape it to one or two axes."
    case .unusableRow(let type, let reason):
      return "\(type) cannot be a table's row: \(reason). Rows have properties of types Int, "
        + "Double, String, Bool, and optionals of them."
    case .cannotRead(let file, let reason):
      return "cannot read \(file): \(reason). Check the path and its permissions."
    case .cannotWrite(let file, let reason):
      return "cannot write \(file): \(reason). Check that the folder exists and has room."
    case .empty(let file):
      return "\(file) has no lines with data. Check that the right file was written completely."
    case .notUTF8(let file, let line):
      return "\(file), line \(line): not UTF-8 text. Convert it, for example with iconv -t UTF-8."
    case .openQuote(let file, let line, let column):
      return "\(file), line \(line), column \(column): a quoted field never ends. "
        + "Add the closing quote, or read with quote: nil."
    case .textAfterQuote(let file, let line, let column):
      return "\(file), line \(line), column \(column): text after the closing quote. "
        + "Write quotes inside a quoted field twice."
    case .ragged(let file, let line, let column, let found, let expected):
      let place = "\(file), line \(line), column \(column)"
      return "\(place): \(found) fields where the first line has \(expected). "
        + "Mend the line, or check the delimiter."
    case .tooLong(let file, let line):
      return "\(file), line \(line): a record of more than half a gigabyte. Check the quotes."
    case .notOfType(let file, let line, let column, let text, let type):
      return "\(file), line \(line), column \"\(column)\": \"\(text)\" is no \(type). Mend it, "
        + "read the column as String, or add the text to missingMarks."
    case .badOption(let name, let value, let reason):
      return "\(name) cannot be \(value): \(reason)."
    }
  }
}

/// Names of columns in errors.
enum Names {
  /// A list of names, of which long ones show their beginning.
  static func listed(_ names: [String]) -> String {
    guard !names.isEmpty else { return "no columns" }
    let shown = names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 12 ? shown + ", … (\(names.count) in all)" : shown
  }

  /// The name that is most like `name`, if one is alike enough to be meant.
  static func nearest(to name: String, in names: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let limit = max(1, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in names.prefix(1000) {
      let letters = Array(candidate.lowercased())
      guard abs(letters.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, letters)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The fewest letters to insert, remove or replace (Levenshtein 1966).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = Swift.min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
