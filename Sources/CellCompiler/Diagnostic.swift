/// One message of the compiler about a cell.
package struct Diagnostic: Sendable, Equatable {
  package enum Severity: String, Sendable {
    case error
    case warning
    case note
    case remark
  }

  package var severity: Severity
  /// The cell's label; another file's path when the message is about that.
  package var file: String
  /// The 1-based line of the cell.
  package var line: Int
  /// The 1-based column, in UTF-8 bytes of the line as written.
  package var column: Int
  package var message: String
  /// What the compiler marks besides the place itself, as columns; empty for nothing.
  package var underline: Range<Int> = 0..<0
  /// What the compiler would write at a column.
  package var suggestion: Suggestion?

  /// A text to write at a column.
  package struct Suggestion: Sendable, Equatable {
    /// The 1-based column, in UTF-8 bytes of the line as written.
    package var column: Int
    package var text: String
  }

  package init(severity: Severity, file: String, line: Int, column: Int, message: String) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }
}
