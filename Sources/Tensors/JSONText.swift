/// The JSON that headers of safetensors files are written in.
indirect enum JSONText {
  case object([String: JSONText])
  case array([JSONText])
  case string(String)
  case number(Double)
  case other

  /// The whole, non-negative numbers of an array; `nil` if it holds anything else.
  var counts: [Int]? {
    guard case .array(let items) = self else { return nil }
    var counts: [Int] = []
    for item in items {
      guard case .number(let value) = item, let count = Int(exactly: value), count >= 0,
        value < 9e15
      else { return nil }
      counts.append(count)
    }
    return counts
  }

  /// Parses one value with nothing but white space around it; `nil` if the text is not JSON or repeats a name.
  static func parse(_ bytes: ArraySlice<UInt8>) -> JSONText? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = JSONReader(rest: bytes)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpaces()
    return reader.rest.isEmpty ? value : nil
  }

  /// The text in quotes, with everything escaped that must be.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Reads JSON from the front of `rest`; every function returns `nil` at a mistake.
private struct JSONReader {
  var rest: ArraySlice<UInt8>

  mutating func skipSpaces() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpaces()
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  mutating func value(depth: Int) -> JSONText? {
    // Deep nesting has no meaning in a header and would only use up the stack.
    guard depth < 16 else { return nil }
    skipSpaces()
    switch rest.first {
    case 0x7B: return object(depth: depth)
    case 0x5B: return array(depth: depth)
    case 0x22: return string().map { .string($0) }
    case 0x74: return word("true")
    case 0x66: return word("false")
    case 0x6E: return word("null")
    default: return number()
    }
  }

  private mutating func word(_ word: String) -> JSONText? {
    guard rest.starts(with: word.utf8) else { return nil }
    rest = rest.dropFirst(word.utf8.count)
    return .other
  }

  private mutating func number() -> JSONText? {
    let digits = rest.prefix { ($0 >= 0x30 && $0 <= 0x39) || "+-.eE".utf8.contains($0) }
    rest = rest.dropFirst(digits.count)
    return Double(String(decoding: digits, as: UTF8.self)).map { .number($0) }
  }

  private mutating func object(depth: Int) -> JSONText? {
    var members: [String: JSONText] = [:]
    guard take(0x7B) else { return nil }
    if take(0x7D) { return .object(members) }
    repeat {
      skipSpaces()
      guard let name = string(), take(0x3A), let value = value(depth: depth + 1),
        members.updateValue(value, forKey: name) == nil
      else { return nil }
    } while take(0x2C)
    return take(0x7D) ? .object(members) : nil
  }

  private mutating func array(depth: Int) -> JSONText? {
    var items: [JSONText] = []
    guard take(0x5B) else { return nil }
    if take(0x5D) { return .array(items) }
    repeat {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
    } while take(0x2C)
    return take(0x5D) ? .array(items) : nil
  }

  private mutating func string() -> String? {
    guard rest.popFirst() == 0x22 else { return nil }
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case 0x22: return String(decoding: text, as: UTF8.self)
      case 0x5C:
        guard let scalar = escape() else { return nil }
        text += String(scalar).utf8
      case ..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Character? {
    switch rest.popFirst() {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{c}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: return unicodeEscape()
    default: return nil
    }
  }

  private mutating func unicodeEscape() -> Character? {
    guard let high = fourDigits() else { return nil }
    if let scalar = Unicode.Scalar(high) { return Character(scalar) }
    // The first half of a pair; the second must follow.
    guard high < 0xDC00, rest.popFirst() == 0x5C, rest.popFirst() == 0x75, let low = fourDigits(),
      low >= 0xDC00, low <= 0xDFFF
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)).map(Character.init)
  }

  private mutating func fourDigits() -> UInt32? {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    guard digits.count == 4, digits.allSatisfy({ $0 != 0x2B && $0 != 0x2D }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
