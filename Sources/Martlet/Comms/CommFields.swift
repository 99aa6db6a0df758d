/// Byte strings in one: each field's 32-bit little-endian length and its bytes.
enum CommFields {
  static func packed(_ fields: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(fields.reduce(0) { $0 + 4 + $1.count })
    for field in fields {
      for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: field.count >> (8 * place))) }
      bytes += field
    }
    return bytes
  }

  /// The fields that `packed` made `bytes` of; what breaks off at the end is left out.
  static func unpacked(_ bytes: [UInt8]) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var position = 0
    while position + 4 <= bytes.count {
      let count = bytes[position..<(position + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
      position += 4
      guard count <= bytes.count - position else { break }
      fields.append(Array(bytes[position..<(position + count)]))
      position += count
    }
    return fields
  }
}
