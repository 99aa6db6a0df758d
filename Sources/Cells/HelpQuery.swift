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
    let mark = UInt8(ascii: "?")
    let text = Self.trimmed(code[...])
    // Nearly every cell is told apart by its ends.
    guard text.utf8.first == mark || text.utf8.last == mark else { return nil }
    let leading = text.utf8.prefix { $0 == mark }.count
    let trailing = leading > 0 ? 0 : text.utf8.reversed().prefix { $0 == mark }.count
    guard (1...2).contains(leading + trailing) else { return nil }
    let name = Self.trimmed(text.dropFirst(leading).dropLast(trailing))
    guard let first = name.first, !first.isNumber, first != ".",
      name.allSatisfy({ Self.belongsToName($0) })
    else { return nil }
    self.name = String(name)
    detailLevel = leading + trailing - 1
  }

  private static func belongsToName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_.`".contains(character)
      || character.unicodeScalars.contains { $0.value > 0x2000 }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    guard let start = text.utf8.firstIndex(where: { !isSpace($0) }),
      let last = text.utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return text[start...last]
  }
}
