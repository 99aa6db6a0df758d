/// Why a CSV file could not be read or written.
///
/// Lines and columns count from 1, as editors show them.
public enum CSVError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)
  /// There is no line with data.
  case empty(file: String)
  /// A byte sequence is not UTF-8.
  case notUTF8(file: String, line: Int)
  /// A quote that opens in `line` never closes.
  case openQuote(file: String, line: Int)
  /// Text follows the closing quote of a field.
  case textAfterQuote(file: String, line: Int, column: Int)
  /// A line has more or fewer fields than the first.
  case ragged(file: String, line: Int, found: Int, expected: Int)
  /// A field is not a number.
  case notANumber(file: String, line: Int, column: Int, name: String?, text: String)
  /// A field is empty or says NA, and the policy is to fail.
  case missingValue(file: String, line: Int, column: Int, name: String?)
  /// A number does not fit the element type, such as 1.5 or 1e12 as `Int32`.
  case doesNotFit(file: String, line: Int, column: Int, name: String?, text: String, type: DataType)
  /// The tensor is neither a vector nor a matrix.
  case notATable(shape: [Int])
  /// There are not as many names as columns.
  case wrongNames(found: Int, expected: Int)
  /// The delimiter cannot separate fields.
  case badDelimiter(String)

  /// What failed and what to do.
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason):
      return "cannot read \(file): \(reason). Check the path and its permissions."
    case .cannotWrite(let file, let reason):
      return "cannot write \(file): \(reason). Check that the folder exists and has room."
    case .empty(let file):
      return "\(file) has no data lines. Check that the right file was written completely."
    case .notUTF8(let file, let line):
      return "\(file), line \(line): not UTF-8 text. Convert it, for example with iconv -t UTF-8."
    case .openQuote(let file, let line):
      return "\(file), line \(line): a quoted field never ends. Add the closing \"."
    case .textAfterQuote(let file, let line, let column):
      return "\(file), line \(line), column \(column): text after the closing quote. "
        + "Write quotes inside a quoted field twice."
    case .ragged(let file, let line, let found, let expected):
      return "\(file), line \(line): \(found) fields where the first line has \(expected). "
        + "Mend the line or check the delimiter."
    case .notANumber(let file, let line, let column, let name, let text):
      return "\(file), line \(line), column \(column)\(named(name)): \"\(text)\" is not a number. "
        + "Mend or drop it; for a first line of names pass header: .present."
    case .missingValue(let file, let line, let column, let name):
      return "\(file), line \(line), column \(column)\(named(name)): the value is missing. "
        + "Fill it in, or pass missing: .nan or missing: .value(0)."
    case .doesNotFit(let file, let line, let column, let name, let text, let type):
      return
        "\(file), line \(line), column \(column)\(named(name)): \(text) does not fit in \(type). "
        + "Read the table as Double."
    case .notATable(let shape):
      return "a tensor of shape \(shape) is no table. Reshape it to one or two axes."
    case .wrongNames(let found, let expected):
      return "\(found) column names for \(expected) columns. Give one for each, or none."
    case .badDelimiter(let text):
      return "\"\(text)\" cannot separate fields. Use one ASCII character such as , ; | or a tab."
    }
  }

  private func named(_ name: String?) -> String { name.map { " (\($0))" } ?? "" }
}
