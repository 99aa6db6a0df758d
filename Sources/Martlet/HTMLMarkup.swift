/// Pieces of HTML.
enum HTMLMarkup {
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
