/// Reads one JSON value, or finds the place where a text stops being one.
///
/// - SeeAlso: RFC 8259.
struct JSONParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// That the byte at `place` cannot stand there.
  struct Fault: Error {
    let place: Int
  }

  /// Returns the value that the whole text is.
  mutating func parse() throws(Fault) -> JSONValue {
    let value = try value(depth: 0)
    skipSpaces()
    guard index == bytes.count else { throw fault }
    return value
  }

  private var fault: Fault { Fault(place: index) }

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpaces() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ wanted: UInt8) -> Bool {
    skipSpaces()
    guard byte == wanted else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(Fault) -> JSONValue {
    // Frontends parse it again, and some of them recursively.
    guard depth < 512 else { throw fault }
    skipSpaces()
    switch byte {
    case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func members(depth: Int) throws(Fault) -> [String: JSONValue] {
    index += 1
    if take(UInt8(ascii: "}")) { return [:] }
    // Room for what most objects have, rather than to grow for each.
    var members = [String: JSONValue](minimumCapacity: 5)
    repeat {
      skipSpaces()
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw fault }
      members[name] = try value(depth: depth)
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault }
    return members
  }

  private mutating func elements(depth: Int) throws(Fault) -> [JSONValue] {
    index += 1
    var elements: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value(depth: depth)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault }
    return elements
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
    for expected in "\(word)".utf8 {
      guard byte == expected else { throw fault }
      index += 1
    }
    return value
  }

  // MARK: Numbers

  private mutating func digits() -> Int {
    let start = index
    while let byte, (0x30...0x39).contains(byte) { index += 1 }
    return index - start
  }

  /// Takes a number: an `int` if it is written as a whole one and fits.
  private mutating func number() throws(Fault) -> JSONValue {
    let start = index
    if byte == UInt8(ascii: "-") { index += 1 }
    let startsWithZero = byte == 0x30
    let count = digits()
    guard count > 0, !startsWithZero || count == 1 else { throw fault }
    var isWhole = true
    if byte == UInt8(ascii: ".") {
      isWhole = false
      index += 1
      guard digits() > 0 else { throw fault }
    }
    if let mark = byte, mark | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      index += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw fault }
    }
    if isWhole, let int = whole(from: start, digits: count) { return .int(int) }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let int = Int(text) { return .int(int) }
    guard let double = Double(text), double.isFinite else { throw Fault(place: start) }
    return .double(double)
  }

  /// The number whose digits end here, if there are so few of them that it fits.
  private func whole(from start: Int, digits count: Int) -> Int? {
    guard count <= 18 else { return nil }
    var number = 0
    for place in index - count..<index { number = number &* 10 &+ Int(bytes[place] &- 0x30) }
    return index - count > start ? -number : number
  }

  // MARK: Texts

  private mutating func string() throws(Fault) -> String {
    guard byte == 0x22 else { throw fault }
    index += 1
    let start = index
    var all: UInt8 = 0
    while let byte, byte != 0x22, byte != 0x5C, byte >= 0x20 {
      all |= byte
      index += 1
    }
    if byte == 0x22 {
      index += 1
      if all < 0x80 { return String(decoding: bytes[start..<index - 1], as: UTF8.self) }
      return try text(bytes[start..<index - 1], from: start)
    }
    var content = Array(bytes[start..<index])
    while let byte, byte != 0x22 {
      guard byte >= 0x20 else { throw fault }
      index += 1
      if byte == 0x5C {
        try escape(into: &content)
      } else {
        content.append(byte)
      }
    }
    guard byte == 0x22 else { throw fault }
    index += 1
    return try text(content[...], from: start)
  }

  private func text(_ content: ArraySlice<UInt8>, from start: Int) throws(Fault) -> String {
    guard let text = String(validating: content, as: UTF8.self) else { throw Fault(place: start) }
    return text
  }

  /// Takes what follows a backslash.
  private mutating func escape(into content: inout [UInt8]) throws(Fault) {
    guard let letter = byte else { throw fault }
    switch letter {
    case 0x22, 0x5C, UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      index += 1
      content += Array(try scalar().utf8)
      return
    default: throw fault
    }
    index += 1
  }

  /// Takes the digits of one escaped character, or of two that are a pair; half a pair becomes U+FFFD.
  private mutating func scalar() throws(Fault) -> String {
    let high = try codeUnit()
    if let scalar = Unicode.Scalar(high) { return String(scalar) }
    let next = index
    guard (0xD800..<0xDC00).contains(high), byte == 0x5C, index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    index += 2
    let low = try codeUnit()
    guard (0xDC00..<0xE000).contains(low) else {
      index = next
      return "\u{FFFD}"
    }
    let value = 0x10000 + ((UInt32(high) - 0xD800) << 10) + (UInt32(low) - 0xDC00)
    return Unicode.Scalar(value).map { String($0) } ?? "\u{FFFD}"
  }

  private mutating func codeUnit() throws(Fault) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}
