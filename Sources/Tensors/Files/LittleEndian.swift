/// The fields of a binary header, the lowest byte first, from front to back.
struct FieldReader {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

  var remaining: Int { bytes.count - position }

  /// The next field as a number, or `nil` at the end; what exceeds `Int` becomes its greatest.
  mutating func next(_ width: Int) -> Int? {
    guard let field = take(width) else { return nil }
    let value = field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(clamping: value)
  }

  /// The next `count` bytes, or `nil` if there are fewer.
  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return Array(bytes[position..<(position + count)])
  }
}

extension [UInt8] {
  /// Appends `value`, the lowest byte first.
  mutating func append(_ value: Int, width: Int) {
    for place in 0..<width { append(UInt8(truncatingIfNeeded: value >> (place * 8))) }
  }
}
