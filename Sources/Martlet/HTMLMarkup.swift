/// Pieces of HTML.
enum HTMLMarkup {
  /// `text` with everything escaped that means something in HTML, also in attributes.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What remains of `html` without tags, for logs and terminals.
  static func plainText(_ html: String) -> String {
    var (text, tag, isInTag) = ("", "", false)
    for character in html {
      switch (character, isInTag) {
      case ("<", false):
        (isInTag, tag) = (true, "")
      case (">", true):
        isInTag = false
        let breaksLine = ["br", "/p", "/div", "/tr", "/li", "/h", "/caption"].contains {
          tag.lowercased().hasPrefix($0)
        }
        text += breaksLine ? "\n" : tag.hasPrefix("/t") ? " " : ""
      case (_, true): tag.append(character)
      case (_, false): text.append(character.isNewline ? " " : character)
      }
    }
    let entities = [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "),
      ("&amp;", "&"),
    ]
    for (entity, character) in entities {
      text = text.replacing(entity, with: character)
    }
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    let kept = lines.filter { !$0.isEmpty }.joined(separator: "\n")
    return kept.isEmpty ? "HTML" : kept
  }
}
