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
    var checker = JSONChecker(rest: Array(text.utf8)[...])
    guard let place = checker.firstFault() else { return nil }
    return place < text.utf8.count
      ? "it breaks off at byte \(place)" : "it ends before the value is complete"
  }

  /// `text` between quotes, with everything escaped that must be.
  package static func quoted(_ text: String) -> String {
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
