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

  package init(severity: Severity, file: String, line: Int, column: Int, message: String) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// Reads the compiler's text, in LLVM style; lines that are no heads are left out.
  static func parse(_ text: String) -> [Diagnostic] {
    text.split(separator: "\n", omittingEmptySubsequences: true).compactMap { line in
      for severity in [Severity.error, .warning, .note, .remark] {
        guard let mark = String(line).range(of: ": \(severity.rawValue): ") else { continue }
        let head = line[..<line.index(line.startIndex, offsetBy: offset(mark, in: String(line)))]
        let parts = head.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let column = Int(parts[parts.count - 1]),
          let number = Int(parts[parts.count - 2])
        else { continue }
        return Diagnostic(
          severity: severity, file: parts.dropLast(2).joined(separator: ":"), line: number,
          column: column, message: String(String(line)[mark.upperBound...]))
      }
      // A message without a place, such as a missing module map.
      for severity in [Severity.error, .warning] {
        let head = "<unknown>:0: \(severity.rawValue): "
        if line.hasPrefix(head) {
          return Diagnostic(
            severity: severity, file: "", line: 0, column: 0,
            message: String(line.dropFirst(head.count)))
        }
      }
      return nil
    }
  }

  private static func offset(_ range: Range<String.Index>, in text: String) -> Int {
    text.distance(from: text.startIndex, to: range.lowerBound)
  }
}

/// Draws diagnostics with the cell's own lines and carets, in colour.
package struct DiagnosticPrinter: Sendable {
  /// The cell's lines, as written.
  package let lines: [Substring]
  package let label: String

  package init(code: String, label: String) {
    lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    self.label = label
  }

  /// The lines for one diagnostic: head, source, caret.
  package func render(_ diagnostic: Diagnostic) -> [String] {
    let colour =
      switch diagnostic.severity {
      case .error: "\u{1b}[1;31m"
      case .warning: "\u{1b}[1;33m"
      case .note, .remark: "\u{1b}[1;36m"
      }
    let severity = "\(colour)\(diagnostic.severity.rawValue):\u{1b}[0m"
    guard diagnostic.file == label, lines.indices.contains(diagnostic.line - 1) else {
      let place = diagnostic.file.isEmpty ? "" : "\(diagnostic.file):\(diagnostic.line): "
      return ["\(place)\(severity) \(diagnostic.message)"]
    }
    let source = lines[diagnostic.line - 1]
    let number = String(diagnostic.line)
    let margin = String(repeating: " ", count: number.count)
    return [
      "\u{1b}[1m\(label):\(diagnostic.line):\(diagnostic.column):\u{1b}[0m \(severity) "
        + diagnostic.message,
      "\u{1b}[2m\(number) │\u{1b}[0m \(source)",
      "\u{1b}[2m\(margin) │\u{1b}[0m \(caret(under: source, column: diagnostic.column, colour))",
    ]
  }

  private func caret(under source: Substring, column: Int, _ colour: String) -> String {
    let before = source.utf8.prefix(max(column - 1, 0))
    let text = String(decoding: before, as: UTF8.self)
    let padding = text.map { $0 == "\t" ? "\t" : $0.isWide ? "  " : " " }.joined()
    return padding + colour + "^\u{1b}[0m"
  }
}

extension Character {
  /// Whether a terminal gives it two columns: East Asian wide characters and emoji.
  fileprivate var isWide: Bool {
    guard let scalar = unicodeScalars.first else { return false }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return true
    default: return scalar.properties.isEmojiPresentation
    }
  }
}
