/// A word of a filter.
struct FilterToken: Equatable {
  enum Kind: Equatable {
    /// A name, a number or a keyword, as it stands.
    case word(String)
    /// A text within quotes of this kind.
    case quoted(String, quote: Character)
    /// `=`, `!=` and their like.
    case comparator(String)
    case openingParenthesis
    case closingParenthesis
    case comma
    case end
  }

  let kind: Kind
  /// Where it begins and ends, in characters of the filter.
  let range: Range<Int>

  /// Whether it is `keyword`, in any case of letters.
  func isKeyword(_ keyword: String) -> Bool {
    if case .word(let text) = kind { return text.uppercased() == keyword }
    return false
  }

  /// What an error calls it.
  var description: String {
    switch kind {
    case .word(let text): "\"\(text)\""
    case .quoted(let text, let quote): "\(quote)\(text)\(quote)"
    case .comparator(let text): "\"\(text)\""
    case .openingParenthesis: "\"(\""
    case .closingParenthesis: "\")\""
    case .comma: "\",\""
    case .end: "the end"
    }
  }
}

/// Splits a filter into words.
struct FilterLexer {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    characters = Array(text)
  }

  /// Returns all words, the end last.
  mutating func tokens() throws(FilterFault) -> [FilterToken] {
    var tokens: [FilterToken] = []
    while true {
      while position < characters.count, characters[position].isWhitespace { position += 1 }
      let start = position
      guard position < characters.count else {
        tokens.append(FilterToken(kind: .end, range: start..<start))
        return tokens
      }
      let kind = try next()
      tokens.append(FilterToken(kind: kind, range: start..<position))
    }
  }

  private mutating func next() throws(FilterFault) -> FilterToken.Kind {
    let first = characters[position]
    switch first {
    case "(", ")", ",":
      position += 1
      return first == "(" ? .openingParenthesis : first == ")" ? .closingParenthesis : .comma
    case "'", "\"", "`": return try quoted(first)
    case "=", "!", "<", ">": return comparator()
    default:
      guard Self.belongsToWord(first) else {
        throw FilterFault(
          position..<position + 1, "\"\(first)\" has no meaning here",
          hint: "Put names with such characters between backquotes, texts between quotes.")
      }
      return word()
    }
  }

  private mutating func quoted(_ quote: Character) throws(FilterFault) -> FilterToken.Kind {
    let start = position
    guard let end = characters[(start + 1)...].firstIndex(of: quote) else {
      throw FilterFault(
        start..<characters.count, "the quote is not closed",
        hint: "There is no escape: a text with one kind of quotes goes between the other.")
    }
    position = end + 1
    return .quoted(String(characters[start + 1..<end]), quote: quote)
  }

  private mutating func comparator() -> FilterToken.Kind {
    let start = position
    while position < characters.count, "=!<>".contains(characters[position]) { position += 1 }
    return .comparator(String(characters[start..<position]))
  }

  private mutating func word() -> FilterToken.Kind {
    let start = position
    while position < characters.count {
      let character = characters[position]
      // The sign of an exponent belongs to its number.
      let isSign =
        character == "+" && (position == start || "eE".contains(characters[position - 1]))
      guard Self.belongsToWord(character) || isSign else { break }
      position += 1
    }
    return .word(String(characters[start..<position]))
  }

  private static func belongsToWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_.-/:+".contains(character)
  }
}

/// What is wrong with a filter or an order, and where.
struct FilterFault: Error {
  /// The characters at fault.
  let range: Range<Int>
  let reason: String
  let hint: String

  init(_ range: Range<Int>, _ reason: String, hint: String) {
    self.range = range
    self.reason = reason
    self.hint = hint
  }
}
