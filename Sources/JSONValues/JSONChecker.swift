/// Checks that a text is one JSON value.
struct JSONChecker {
  /// What has not been read yet; its start is the place.
  var rest: ArraySlice<UInt8>

  /// The place of the first byte that cannot stand there.
  mutating func firstFault() -> Int? {
    guard value(depth: 0) else { return rest.startIndex }
    skipSpaces()
    return rest.isEmpty ? nil : rest.startIndex
  }

  private mutating func skipSpaces() {
    while let byte = rest.first, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      rest.removeFirst()
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpaces()
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func value(depth: Int) -> Bool {
    // Frontends parse it again, and some of them recursively.
    guard depth < 512 else { return false }
    skipSpaces()
    switch rest.first {
    case UInt8(ascii: "{"):
      return list(closing: UInt8(ascii: "}")) { checker in
        checker.skipSpaces()
        return checker.string() && checker.take(UInt8(ascii: ":"))
          && checker.value(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      return list(closing: UInt8(ascii: "]")) { $0.value(depth: depth + 1) }
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    case UInt8(ascii: "n"): return word("null")
    default: return number()
    }
  }

  private mutating func list(
    closing: UInt8, item: (inout JSONChecker) -> Bool
  ) -> Bool {
    rest.removeFirst()
    if take(closing) { return true }
    repeat {
      guard item(&self) else { return false }
    } while take(UInt8(ascii: ","))
    return take(closing)
  }

  private mutating func word(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  private mutating func digits() -> Int {
    let before = rest.count
    while let byte = rest.first, (0x30...0x39).contains(byte) { rest.removeFirst() }
    return before - rest.count
  }

  private mutating func number() -> Bool {
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let startsWithZero = rest.first == 0x30
    let count = digits()
    guard count > 0, !startsWithZero || count == 1 else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    guard let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") else { return true }
    rest.removeFirst()
    if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      rest.removeFirst()
    }
    return digits() > 0
  }

  private mutating func string() -> Bool {
    guard rest.popFirst() == 0x22 else { return false }
    while let byte = rest.first {
      if byte < 0x20 { return false }
      rest.removeFirst()
      if byte == 0x22 { return true }
      guard byte == 0x5C else { continue }
      guard let escape = rest.popFirst() else { return false }
      if escape == UInt8(ascii: "u") {
        guard rest.prefix(4).count == 4, rest.prefix(4).allSatisfy({ isHexadecimal($0) }) else {
          return false
        }
        rest = rest.dropFirst(4)
      } else if !"\"\\/bfnrt".utf8.contains(escape) {
        return false
      }
    }
    return false
  }

  private func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}
