extension AssistantInspection {
  /// The inspection for a terminal.
  package var text: String {
    [declaration, documentation, originLine, details].filter { !$0.isEmpty }.joined(
      separator: "\n\n")
  }

  /// The inspection as Markdown.
  package var markdown: String {
    let code = declaration.isEmpty ? "" : "```swift\n\(declaration)\n```"
    let origin = originLine.isEmpty ? "" : "*\(originLine)*"
    let more = details.isEmpty ? "" : "```swift\n\(details)\n```"
    return [code, markdownDocumentation, origin, more].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private var originLine: String {
    origin.isEmpty ? "" : "Declared in \(origin)."
  }

  /// The documentation with Swift's fields, as in `- Returns:`, set off.
  private var markdownDocumentation: String {
    var isCode = false
    let lines = documentation.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { line in
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
      return isCode ? String(line) : Self.emphasized(line)
    }.joined(separator: "\n")
  }

  /// A list item of a known field with its name in bold; any other line as it is.
  private static func emphasized(_ line: Substring) -> String {
    let indent = line.prefix { $0 == " " }
    let item = line.dropFirst(indent.count)
    guard indent.count < 4, item.hasPrefix("- "), let colon = item.firstIndex(of: ":") else {
      return String(line)
    }
    let words = item[..<colon].dropFirst(2).split(separator: " ")
    let rest = item[item.index(after: colon)...]
    switch (words.first?.lowercased(), words.count) {
    case ("parameter", 2): return "\(indent)- **Parameter** `\(words[1])`:\(rest)"
    case ("parameters", 1), ("returns", 1), ("throws", 1), ("precondition", 1), ("complexity", 1),
      ("note", 1), ("important", 1), ("warning", 1), ("seealso", 1), ("postcondition", 1):
      return "\(indent)- **\(words[0]):**\(rest)"
    default: return String(line)
    }
  }
}

/// Returns the text of sourcekitd's annotated declaration `xml`.
///
/// Attributes that only the optimiser reads are left out.
func declarationText(_ xml: String) -> String {
  var text = ""
  var isTag = false
  for character in xml {
    switch character {
    case "<": isTag = true
    case ">" where isTag: isTag = false
    default: if !isTag { text.append(character) }
    }
  }
  for (entity, character) in [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
  ] {
    text = text.split(separator: entity, omittingEmptySubsequences: false)
      .joined(separator: character)
  }
  let hidden = ["@_", "@inlinable", "@frozen", "@usableFromInline", "@backDeployed", "@export("]
  while hidden.contains(where: text.hasPrefix) {
    var depth = 0
    let end = text.firstIndex { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return depth == 0 && (character == " " || character == "\n")
    }
    guard let end else { break }
    text = String(text[text.index(after: end)...])
  }
  if let range = text.firstRange(of: ": <<error type>>") { text.removeSubrange(range) }
  return text
}
