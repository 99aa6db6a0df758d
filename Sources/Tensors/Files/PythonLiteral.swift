/// A value in Python's notation, as far as headers of `.npy` files use it.
enum PythonLiteral: Equatable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([String: PythonLiteral])

  /// Reads one value with nothing but white space around it; `nil` if there is something else.
  static func parse(_ text: [UInt8]) -> PythonLiteral? {
    var parser = Parser(text: text)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipSpace()
    return parser.position == text.count ? value : nil
  }

  private struct Parser {
    let text: [UInt8]
    var position = 0

    mutating func skipSpace() {
      while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) {
        position += 1
      }
    }

    mutating func take(_ character: Character) -> Bool {
      skipSpace()
      guard position < text.count, text[position] == character.asciiValue else { return false }
      position += 1
      return true
    }

    mutating func take(word: String) -> Bool {
      skipSpace()
      guard text[position...].starts(with: word.utf8) else { return false }
      position += word.utf8.count
      return true
    }

    // Structured types nest; what nests deeper than this would only exhaust the stack.
    mutating func value(depth: Int) -> PythonLiteral? {
      guard depth < 32 else { return nil }
      if take("{") { return dictionary(depth: depth) }
      if take("[") { return items(until: "]", depth: depth).map { .list($0.values) } }
      if take("(") {
        guard let items = items(until: ")", depth: depth) else { return nil }
        // Parentheses around one value without a comma are no tuple.
        return items.values.count == 1 && !items.endsInComma
          ? items.values[0] : .tuple(items.values)
      }
      if take(word: "True") { return .boolean(true) }
      if take(word: "False") { return .boolean(false) }
      guard position < text.count else { return nil }
      if text[position] == 0x27 || text[position] == 0x22 { return string().map { .string($0) } }
      return integer()
    }

    private mutating func items(until end: Character, depth: Int)
      -> (values: [PythonLiteral], endsInComma: Bool)?
    {
      var values: [PythonLiteral] = []
      if take(end) { return (values, false) }
      while let next = value(depth: depth + 1) {
        values.append(next)
        let comma = take(",")
        if take(end) { return (values, comma) }
        if !comma { return nil }
      }
      return nil
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
      var entries: [String: PythonLiteral] = [:]
      if take("}") { return .dictionary(entries) }
      while true {
        guard case .string(let key)? = value(depth: depth + 1), take(":"),
          let entry = value(depth: depth + 1), entries.updateValue(entry, forKey: key) == nil
        else { return nil }
        let comma = take(",")
        if take("}") { return .dictionary(entries) }
        if !comma { return nil }
      }
    }

    private mutating func string() -> String? {
      let quote = text[position]
      position += 1
      var bytes: [UInt8] = []
      while position < text.count, text[position] != quote {
        // An escape is kept as it stands: names with one belong to structured types only.
        if text[position] == 0x5C, position + 1 < text.count {
          bytes.append(text[position])
          position += 1
        }
        bytes.append(text[position])
        position += 1
      }
      guard position < text.count else { return nil }
      position += 1
      return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func integer() -> PythonLiteral? {
      var digits = ""
      if text[position] == 0x2D {
        digits = "-"
        position += 1
      }
      while position < text.count, (0x30...0x39).contains(text[position]) {
        digits.unicodeScalars.append(Unicode.Scalar(text[position]))
        position += 1
      }
      // Python 2 marked long integers.
      if position < text.count, text[position] == 0x4C { position += 1 }
      return Int(digits).map { .integer($0) }
    }
  }
}
