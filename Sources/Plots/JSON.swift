/// A JSON value; numbers that JSON cannot write become null.
indirect enum JSON: Equatable, Sendable {
  case object([String: JSON])
  case array([JSON])
  case string(String)
  case number(Double)
  case bool(Bool)
  case null

  /// The text, with names sorted and no white space.
  var text: String {
    switch self {
    case .object(let members):
      let pairs = members.sorted { $0.key < $1.key }
        .map { "\(JSON.quoted($0.key)):\($0.value.text)" }
      return "{\(pairs.joined(separator: ","))}"
    case .array(let items): return "[\(items.map(\.text).joined(separator: ","))]"
    case .string(let text): return JSON.quoted(text)
    case .number(let number):
      guard number.isFinite else { return "null" }
      if let whole = Int(exactly: number), abs(whole) < 1 << 53 { return "\(whole)" }
      return "\(number)"
    case .bool(let value): return value ? "true" : "false"
    case .null: return "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      // A page may embed the text in a script, where "</script>" must not end it.
      case "<": result += "\\u003c"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case let control
      where control.value < 0x20 || control.value == 0x2028 || control.value == 0x2029:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(floatLiteral value: Double) { self = .number(value) }
}
