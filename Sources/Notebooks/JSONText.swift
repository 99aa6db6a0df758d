package import JupyterProtocol

/// Writes JSON as notebooks have it on disk: keys sorted, one space for each level.
package enum JSONText {
  package static func pretty(_ value: JSONValue) -> String {
    var text = ""
    write(value, indent: 0, to: &text)
    return text + "\n"
  }

  private static func write(_ value: JSONValue, indent: Int, to text: inout String) {
    switch value {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .integer(let integer): text += String(integer)
    case .number(let number): text += number.isFinite ? "\(number)" : "null"
    case .string(let string): text += quoted(string)
    case .array(let elements):
      write(elements, "[", "]", indent, to: &text) { element, text in
        write(element, indent: indent + 1, to: &text)
      }
    case .object(let members):
      write(members.sorted { $0.key < $1.key }, "{", "}", indent, to: &text) { member, text in
        text += quoted(member.key) + ": "
        write(member.value, indent: indent + 1, to: &text)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, _ indent: Int, to text: inout String,
    _ body: (Element, inout String) -> Void
  ) {
    guard !elements.isEmpty else {
      text += open + close
      return
    }
    text += open
    for (index, element) in elements.enumerated() {
      text += (index == 0 ? "\n" : ",\n") + String(repeating: " ", count: indent + 1)
      body(element, &text)
    }
    text += "\n" + String(repeating: " ", count: indent) + close
  }

  /// A string in quotation marks.
  package static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
