/// Reads the linker flags that the compiler leaves in an ELF object for imported modules.
///
/// - SeeAlso: System V ABI, "Object Files"; the section is `.swift1_autolink_entries`.
enum AutolinkReader {
  /// The flags, each once, as in `-lFoundation`.
  static func flags(in object: [UInt8]) -> [String] {
    guard object.count > 64, object[0...3] == [0x7f, 0x45, 0x4c, 0x46] else { return [] }
    let table = number(object, 0x28, 8)
    let size = number(object, 0x3a, 2)
    let count = number(object, 0x3c, 2)
    let names = section(object, table + number(object, 0x3e, 2) * size)
    var result: [String] = []
    for index in 0..<count {
      let header = table + index * size
      guard header >= 0, header + 64 <= object.count, let names else { return result }
      let start = names.lowerBound + number(object, header, 4)
      guard start < names.upperBound else { continue }
      let name = object[start..<names.upperBound].prefix { $0 != 0 }
      guard name.elementsEqual(".swift1_autolink_entries".utf8),
        let contents = section(object, header)
      else { continue }
      for flag in object[contents].split(separator: 0) {
        let text = String(decoding: flag, as: UTF8.self)
        if !result.contains(text) { result.append(text) }
      }
    }
    return result
  }

  private static func section(_ object: [UInt8], _ header: Int) -> Range<Int>? {
    guard header >= 0, header + 64 <= object.count else { return nil }
    let offset = number(object, header + 0x18, 8)
    let length = number(object, header + 0x20, 8)
    guard offset >= 0, length >= 0, offset <= object.count - length else { return nil }
    return offset..<(offset + length)
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return -1 }
    let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * $1) }
    return Int(truncatingIfNeeded: value)
  }
}
