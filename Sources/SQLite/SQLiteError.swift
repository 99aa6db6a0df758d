/// A failed SQLite call.
///
/// A structure, because SQLite's codes are open-ended. Bound values are never part of it.
package struct SQLiteError: Error, Equatable, CustomStringConvertible {
  /// SQLite's primary result code.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    package static let error = Code(rawValue: 1)
    package static let permission = Code(rawValue: 3)
    package static let busy = Code(rawValue: 5)
    package static let locked = Code(rawValue: 6)
    package static let readOnly = Code(rawValue: 8)
    package static let interrupted = Code(rawValue: 9)
    package static let inputOutput = Code(rawValue: 10)
    package static let corrupt = Code(rawValue: 11)
    package static let full = Code(rawValue: 13)
    package static let cannotOpen = Code(rawValue: 14)
    package static let constraint = Code(rawValue: 19)
    package static let misuse = Code(rawValue: 21)
    package static let authorization = Code(rawValue: 23)
    package static let notADatabase = Code(rawValue: 26)
  }

  /// The kind of failure.
  package let code: Code
  /// The code with SQLite's detail in its upper bytes, such as 1032 for "read-only, recovery".
  package let extendedCode: Int32
  /// What SQLite, or the wrapper, says about it.
  package let message: String
  /// The operating system's reason, when a system call failed.
  package let systemReason: String?
  /// The statement, or the empty string where none was involved.
  package let sql: String

  package init(
    code: Code, extendedCode: Int32? = nil, message: String, systemReason: String? = nil,
    sql: String = ""
  ) {
    self.code = code
    self.extendedCode = extendedCode ?? code.rawValue
    self.message = message
    self.systemReason = systemReason
    self.sql = sql
  }

  package var description: String {
    var text = "SQLite error \(extendedCode): \(message)"
    if let systemReason { text += " (\(systemReason))" }
    if !sql.isEmpty { text += ", in \(sql)" }
    return text
  }
}
