/// Reads the compiler's messages in LLVM style: a head, the source line, a line of marks and, where the
/// compiler knows a remedy, a line of what it would write.
struct DiagnosticParser {
  private var lines: ArraySlice<Substring>

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
  }

  /// Reads all messages; lines that belong to none are left out.
  mutating func diagnostics() -> [Diagnostic] {
    var result: [Diagnostic] = []
    while let line = lines.popFirst() {
      guard var diagnostic = Self.head(line) else { continue }
      readMarks(into: &diagnostic)
      result.append(diagnostic)
    }
    return result
  }

  private mutating func readMarks(into diagnostic: inout Diagnostic) {
    guard lines.count >= 2, let source = lines.first, Self.head(source) == nil else { return }
    let marks = lines[lines.startIndex + 1]
    guard marks.contains("^"), marks.allSatisfy({ " ~^\t".contains($0) }) else { return }
    lines = lines.dropFirst(2)
    // Marks count columns on the screen, which are bytes in plain text only.
    guard source.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x09 }) else { return }
    if let first = marks.firstIndex(where: { $0 != " " }),
      let last = marks.lastIndex(where: { $0 != " " }), first != last
    {
      let start = marks.distance(from: marks.startIndex, to: first) + 1
      diagnostic.underline = start..<(start + marks.distance(from: first, to: last) + 1)
    }
    guard let remedy = lines.first, Self.head(remedy) == nil, !remedy.hasPrefix("<unknown>:"),
      let start = remedy.firstIndex(where: { $0 != " " })
    else { return }
    lines = lines.dropFirst()
    diagnostic.suggestion = Diagnostic.Suggestion(
      column: remedy.distance(from: remedy.startIndex, to: start) + 1,
      text: Self.withoutPlaceholders(remedy[start...]))
  }

  /// Replaces `<#default value#>` by `default value`.
  private static func withoutPlaceholders(_ text: Substring) -> String {
    String(text.replacing("<#", with: "").replacing("#>", with: ""))
  }

  /// Says of a conformance that does not count what to do; of modules, users know nothing.
  private static func inWordsOfCells(_ message: Substring) -> String {
    // The apostrophe of "the protocol's module" counts, too.
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false)
    guard message.hasPrefix("conformance of '"), quoted.count == 8, quoted[6].hasPrefix("Cell_"),
      message.contains(" was already stated in the ")
    else { return String(message) }
    let declared = message.contains("in the type's module") ? quoted[1] : quoted[3]
    return "'\(quoted[1])' conforms to '\(quoted[3])' in the cell that declares '\(declared)', and "
      + "that conformance stays; to replace it, change it there and run that cell again"
  }

  private static func head(_ line: Substring) -> Diagnostic? {
    for severity in [Diagnostic.Severity.error, .warning, .note, .remark] {
      guard let mark = line.firstRange(of: ": \(severity.rawValue): ") else { continue }
      let parts = line[..<mark.lowerBound].split(
        separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 3, let column = Int(parts[parts.count - 1]),
        let number = Int(parts[parts.count - 2])
      else { continue }
      return Diagnostic(
        severity: severity, file: parts.dropLast(2).joined(separator: ":"), line: number,
        column: column, message: inWordsOfCells(line[mark.upperBound...]))
    }
    // A message without a place, such as a missing module map.
    for severity in [Diagnostic.Severity.error, .warning] {
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
