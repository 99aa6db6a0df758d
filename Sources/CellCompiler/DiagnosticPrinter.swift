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
    var result = [
      "\u{1b}[1m\(label):\(diagnostic.line):\(diagnostic.column):\u{1b}[0m \(severity) "
        + diagnostic.message,
      "\u{1b}[2m\(number) │\u{1b}[0m \(source)",
      "\u{1b}[2m\(margin) │\u{1b}[0m \(marks(under: source, of: diagnostic, colour))",
    ]
    if let suggestion = diagnostic.suggestion {
      result.append(
        "\u{1b}[2m\(margin) │\u{1b}[0m \(padding(source, before: suggestion.column))"
          + "\u{1b}[32m\(suggestion.text)\u{1b}[0m")
    }
    return result
  }

  private func marks(under source: Substring, of diagnostic: Diagnostic, _ colour: String) -> String
  {
    let underline = diagnostic.underline
    guard !underline.isEmpty, underline.lowerBound <= diagnostic.column else {
      return padding(source, before: diagnostic.column) + colour + "^\u{1b}[0m"
    }
    let marks = underline.map { $0 == diagnostic.column ? "^" : "~" }.joined()
    return padding(source, before: underline.lowerBound) + colour + marks + "\u{1b}[0m"
  }

  private func padding(_ source: Substring, before column: Int) -> String {
    let text = String(decoding: source.utf8.prefix(max(column - 1, 0)), as: UTF8.self)
    return text.map { $0 == "\t" ? "\t" : $0.isWide ? "  " : " " }.joined()
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
