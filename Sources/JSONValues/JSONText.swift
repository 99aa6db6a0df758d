/// JSON as text.
package enum JSONText {
  /// Writes JSON as notebooks have it on disk: names sorted, one space for each level.
  package static func pretty(_ value: JSONValue) -> String {
    var text = ""
    write(value, indent: 0, to: &text)
    return text + "\n"
  }

  private static func write(_ value: JSONValue, indent: Int, to text: inout String) {
    switch value {
    case .array(let elements):
      write(elements, "[", "]", indent, to: &text) { element, text in
        write(element, indent: indent + 1, to: &text)
      }
    case .object(let members):
      write(members.sorted { $0.key < $1.key }, "{", "}", indent, to: &text) { member, text in
        text += quoted(member.key) + ": "
        write(member.value, indent: indent + 1, to: &text)
      }
    default: text += value.description
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

  /// Why `text` is not JSON; `nil` when it is.
  package static func fault(in text: String) -> String? {
    var parser = JSONParser(Array(text.utf8))
    do {
      _ = try parser.parse()
      return nil
    } catch {
      return error.place < text.utf8.count
        ? "it breaks off at byte \(error.place)" : "it ends before the value is complete"
    }
  }

  /// `text` between quotes, with everything escaped that must be.
  package static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 2)
    append(quoted: text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends `text` between quotes, with everything escaped that must be.
  static func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    guard mustEscape(text) else {
      bytes.append(contentsOf: text.utf8)
      bytes.append(0x22)
      return
    }
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
      case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
      case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
      case ..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: Array("\\u00".utf8))
        bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  /// Whether something in `text` cannot stand in JSON as it is, which is rare.
  private static func mustEscape(_ text: String) -> Bool {
    let span = text.utf8Span.span
    for index in span.indices where span[index] < 0x20 || span[index] == 0x22 || span[index] == 0x5C
    {
      return true
    }
    return false
  }
}
