import JSONValues

/// Splits GraphQL into tokens.
///
/// - SeeAlso: GraphQL, October 2021, section 2.1, "Source Text".
struct GraphQLLexer {
  enum Token: Equatable {
    case name(String)
    case value(JSONValue)
    case mark(String)
    case end
  }

  private let characters: [UInt8]
  private(set) var position = 0
  private(set) var token = Token.end

  init(_ text: String) {
    characters = Array(text.utf8)
    advance()
  }

  /// Goes on to the next token.
  mutating func advance() {
    while position < characters.count {
      let character = characters[position]
      if character == UInt8(ascii: "#") {
        while position < characters.count, characters[position] != 10 { position += 1 }
      } else if " \t\r\n,".utf8.contains(character) {
        position += 1
      } else {
        break
      }
    }
    guard position < characters.count else {
      token = .end
      return
    }
    let start = position
    let isWord = { (byte: UInt8) in
      byte == UInt8(ascii: "_") || (byte >= 0x30 && byte <= 0x39)
        || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
    }
    func text() -> String { String(decoding: characters[start..<position], as: UTF8.self) }
    switch characters[position] {
    case UInt8(ascii: "\""):
      position += 1
      while position < characters.count, characters[position] != UInt8(ascii: "\"") {
        position += characters[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      position = min(position + 1, characters.count)
      token = JSONValue(json: text()).map { .value($0) } ?? .mark("\"")
    case UInt8(ascii: "-"), 0x30...0x39:
      position += 1
      while position < characters.count,
        isWord(characters[position]) || "+-.".utf8.contains(characters[position])
      { position += 1 }
      token = JSONValue(json: text()).map { .value($0) } ?? .mark("-")
    case UInt8(ascii: "."):
      while position < characters.count, characters[position] == UInt8(ascii: ".") { position += 1 }
      token = .mark(text())
    case let byte where isWord(byte):
      while position < characters.count, isWord(characters[position]) { position += 1 }
      token = .name(text())
    default:
      position += 1
      token = .mark(text())
    }
  }
}
