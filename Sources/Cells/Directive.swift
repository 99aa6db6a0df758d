/// A directive in a cell: `%name arguments` or `!command` on a line, or `%%name arguments` for the
/// whole cell.
package struct Directive: Sendable, Equatable {
  /// The name without percent signs; `!` for a command.
  package var name: String
  /// What follows the name on its line.
  package var arguments: String
  /// Whether it was written with two percent signs, so that the rest of the cell is its body.
  package var isForCell: Bool
  /// The 1-based line of the cell.
  package var line: Int

  package init(name: String, arguments: String, isForCell: Bool, line: Int) {
    self.name = name
    self.arguments = arguments
    self.isForCell = isForCell
    self.line = line
  }

  /// The name as written, percent signs included.
  package var written: String { name == "!" ? "!" : (isForCell ? "%%" : "%") + name }
}

/// A cell taken apart into its directives and its Swift source.
package struct SplitCell: Sendable, Equatable {
  /// The directives, in order; they all stand before the source.
  package var directives: [Directive]
  /// The source after the directive lines; the body of a directive with two percent signs.
  package var source: String
  /// The line of the cell at which `source` begins.
  package var firstLine: Int

  /// Splits `code`: directive, command and blank lines at its beginning come off, the rest is
  /// Swift.
  ///
  /// Nothing is split after a directive with two percent signs, which takes all that follows.
  package init(_ code: String, firstLine first: Int = 1) {
    var directives: [Directive] = []
    var rest = Substring(code)
    var line = first
    var sourceStart = rest
    var sourceLine = first
    while !rest.isEmpty {
      let text = rest.prefix { !$0.isNewline }
      let trimmed = text.drop { $0 == " " || $0 == "\t" }
      let isBlank = trimmed.isEmpty
      guard isBlank || trimmed.first == "%" || Self.isCommand(trimmed) else { break }
      rest = rest[text.endIndex...].dropFirst()
      if !isBlank {
        let directive = Self.directive(trimmed, line: line)
        directives.append(directive)
        sourceStart = rest
        sourceLine = line + 1
        if directive.isForCell { break }
      }
      line += 1
    }
    self.directives = directives
    source = String(sourceStart)
    firstLine = sourceLine
  }

  /// Source without directives, as a directive's body is.
  package init(source: String, firstLine: Int) {
    directives = []
    self.source = source
    self.firstLine = firstLine
  }

  /// Whether a line is `!command`; `!=` and `!(` begin Swift.
  private static func isCommand(_ line: Substring) -> Bool {
    guard line.first == "!", let second = line.dropFirst().first else { return false }
    return second != "=" && second != "("
  }

  private static func directive(_ line: Substring, line number: Int) -> Directive {
    if line.first == "!" {
      return Directive(
        name: "!", arguments: trimmed(line.dropFirst()), isForCell: false, line: number)
    }
    let name = line.drop { $0 == "%" }
    let word = name.prefix { !$0.isWhitespace }
    let arguments = name[word.endIndex...].drop { $0.isWhitespace }
    return Directive(
      name: String(word), arguments: trimmed(arguments),
      isForCell: line.count - name.count > 1, line: number)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.reversed().drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace })
  }
}
