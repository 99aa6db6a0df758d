/// The sections of an ELF object file of 64 bits, with every offset checked.
///
/// - SeeAlso: System V ABI, "Object Files".
struct ELFObject {
  private let bytes: [UInt8]
  private let headers: Range<Int>
  private let headerSize: Int
  private let names: Range<Int>

  /// Reads the table of sections; `nil` when `bytes` is no such file.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 64, bytes[0...3] == [0x7f, 0x45, 0x4c, 0x46] else { return nil }
    self.bytes = bytes
    let table = Self.number(bytes, 0x28, 8)
    let count = Self.number(bytes, 0x3c, 2)
    headerSize = Self.number(bytes, 0x3a, 2)
    guard headerSize >= 64, table >= 0, table <= bytes.count - count * headerSize else {
      return nil
    }
    headers = table..<(table + count * headerSize)
    let header = table + Self.number(bytes, 0x3e, 2) * headerSize
    guard let names = Self.section(bytes, header) else { return nil }
    self.names = names
  }

  /// The contents of the sections called `name`.
  func sections(named name: String) -> [ArraySlice<UInt8>] {
    stride(from: headers.lowerBound, to: headers.upperBound, by: headerSize).compactMap { header in
      let start = names.lowerBound + Self.number(bytes, header, 4)
      guard names.contains(start) else { return nil }
      let found = bytes[start..<names.upperBound].prefix { $0 != 0 }
      guard found.elementsEqual(name.utf8) else { return nil }
      return Self.section(bytes, header).map { bytes[$0] }
    }
  }

  private static func section(_ bytes: [UInt8], _ header: Int) -> Range<Int>? {
    guard header >= 0, header + 64 <= bytes.count else { return nil }
    let offset = number(bytes, header + 0x18, 8)
    let length = number(bytes, header + 0x20, 8)
    guard offset >= 0, length >= 0, offset <= bytes.count - length else { return nil }
    return offset..<(offset + length)
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return -1 }
    let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * $1) }
    return Int(truncatingIfNeeded: value)
  }
}
