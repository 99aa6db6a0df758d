/// A directive in a cell: `%name arguments` on a line, or `%%name arguments` for the whole cell.
package struct Directive: Sendable, Equatable {
  /// The name without percent signs.
  package var name: String
  /// What follows the name on its line.
  package var arguments: String
  /// Whether it was written with two percent signs, so that the rest of the cell is its body.
  package var isForCell: Bool
  /// The 1-based line of the cell.
  package var line: Int
}

/// A cell taken apart into its directives and its Swift source.
package struct SplitCell: Sendable, Equatable {
  /// The directives, in order; they all stand before the source.
  package var directives: [Directive]
  /// The Swift source after the directive lines.
  package var source: String
  /// The line of the cell at which `source` begins.
  package var firstLine: Int

  /// Splits `code`: directive and blank lines at its beginning come off, the rest is Swift.
  package init(_ code: String) {
    var directives: [Directive] = []
    var rest = Substring(code)
    var line = 1
    var sourceStart = rest
    var sourceLine = 1
    while !rest.isEmpty {
      let text = rest.prefix { !$0.isNewline }
      let trimmed = text.drop { $0 == " " || $0 == "\t" }
      let isBlank = trimmed.isEmpty
      guard isBlank || trimmed.first == "%" else { break }
      rest = rest[text.endIndex...].dropFirst()
      if !isBlank {
        let name = trimmed.drop { $0 == "%" }
        let percents = trimmed.count - name.count
        let word = name.prefix { !$0.isWhitespace }
        let arguments = name[word.endIndex...].drop { $0.isWhitespace }
        directives.append(
          Directive(
            name: String(word), arguments: Self.trimmed(arguments), isForCell: percents > 1,
            line: line))
        sourceStart = rest
        sourceLine = line + 1
      }
      line += 1
    }
    self.directives = directives
    source = String(sourceStart)
    firstLine = sourceLine
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.reversed().drop { $0.isWhitespace }.reversed())
  }
}
