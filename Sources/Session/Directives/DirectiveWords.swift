import Processes

/// The words of a directive's arguments.
package enum DirectiveWords {
  /// A quotation mark that nothing closes.
  package struct Unfinished: Error {
    package let quote: Character
  }

  /// Splits at spaces outside quotation marks; `\` keeps the next character as it is, except in
  /// single quotes.
  package static func split(_ text: String) throws(Unfinished) -> [String] {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
        isInWord = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        isInWord = true
      } else if character.isWhitespace {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      } else {
        word.append(character)
        isInWord = true
      }
    }
    if let quote { throw Unfinished(quote: quote) }
    if isEscaped { word.append("\\") }
    if isInWord { words.append(word) }
    return words
  }

  /// `path` with the home folder in place of a `~` at its beginning.
  static func expandingHome(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = currentEnvironment()["HOME"] else {
      return path
    }
    return home + path.dropFirst()
  }

  /// The name among `names` that is nearest to `typed`, when it is near enough to be a slip.
  package static func nearest(to typed: String, among names: [String]) -> String? {
    let limit = max(1, typed.count / 3 + (typed.count > 3 ? 1 : 0))
    return names.map { ($0, editDistance(typed.lowercased(), $0.lowercased())) }
      .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
  }

  /// How many insertions, deletions, replacements and swaps of neighbours make `b` of `a`.
  ///
  /// - SeeAlso: Damerau 1964, doi:10.1145/363958.363994; in its optimal string alignment form.
  package static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [[Int]](
      repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { rows[i][0] = i }
    for j in 0...b.count { rows[0][j] = j }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    for i in 1...a.count {
      for j in 1...b.count {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
        }
      }
    }
    return rows[a.count][b.count]
  }
}
