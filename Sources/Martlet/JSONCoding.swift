internal import FoundationEssentials

/// JSON texts.
enum JSONCoding {
  /// Returns `value` as JSON; numbers that JSON has not are the texts `NaN`, `Infinity`, `-Infinity`.
  static func text(_ value: some Encodable) throws(MartletError) -> String {
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
      throw .invalidJSON(type: "application/json", reason: reason(error))
    }
  }

  /// Encodes with names sorted, so that equal values give equal files.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  /// Reads what ``encoder`` writes.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }

  /// What `error` of a coder means, with the place in the value.
  static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let names = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      return names.isEmpty ? "" : "at \(names.joined()): "
    }
    switch error {
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      return place(context.codingPath) + sentence(context.debugDescription)
    case DecodingError.keyNotFound(let key, let context):
      return place(context.codingPath) + "\"\(key.stringValue)\" is missing"
    case EncodingError.invalidValue(_, let context):
      return place(context.codingPath) + sentence(context.debugDescription)
    default: return sentence("\(error)")
    }
  }

  private static func sentence(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// Why `text` is not JSON; `nil` when it is.
  static func fault(in text: String) -> String? {
    var checker = JSONChecker(rest: Array(text.utf8)[...])
    guard let place = checker.firstFault() else { return nil }
    return place < text.utf8.count
      ? "it breaks off at byte \(place)" : "it ends before the value is complete"
  }

  /// `text` between quotes, with everything escaped that must be.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [0x22]
    bytes.reserveCapacity(text.utf8.count + 2)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: bytes += [0x5C, UInt8(ascii: "n")]
      case 0x0D: bytes += [0x5C, UInt8(ascii: "r")]
      case 0x09: bytes += [0x5C, UInt8(ascii: "t")]
      case ..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Checks that a text is one JSON value.
private struct JSONChecker {
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
