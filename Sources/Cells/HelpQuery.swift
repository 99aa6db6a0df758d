/// A cell that asks for help: `?name` or `name?`, with a second question mark for more.
///
/// Neither is Swift, so that no cell loses its meaning.
package struct HelpQuery: Sendable, Equatable {
  /// What is asked about, as in `Array.append`.
  package var name: String
  /// 0 for one question mark, 1 for two.
  package var detailLevel: Int

  /// Reads `code`; `nil` when it asks nothing.
  package init?(_ code: String) {
    let text = Self.trimmed(code)
    let leading = text.prefix { $0 == "?" }.count
    let trailing = leading > 0 ? 0 : text.reversed().prefix { $0 == "?" }.count
    guard (1...2).contains(leading + trailing) else { return nil }
    let name = Self.trimmed(String(text.dropFirst(leading).dropLast(trailing)))
    guard let first = name.first, !first.isNumber, first != ".",
      name.allSatisfy({ Self.belongsToName($0) })
    else { return nil }
    self.name = name
    detailLevel = leading + trailing - 1
  }

  private static func belongsToName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_.`".contains(character)
      || character.unicodeScalars.contains { $0.value > 0x2000 }
  }

  private static func trimmed(_ text: String) -> String {
    let rest = text.drop { $0.isWhitespace }
    return String(rest.reversed().drop { $0.isWhitespace }.reversed())
  }
}
