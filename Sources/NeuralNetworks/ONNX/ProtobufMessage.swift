/// A message in the wire format of Protocol Buffers: fields of a number, a kind and contents.
///
/// - SeeAlso: Protocol Buffers, "Encoding".
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends a field of kind 0.
  mutating func append(_ field: UInt64, _ value: Int) {
    append(varint: field << 3)
    append(varint: UInt64(bitPattern: Int64(value)))
  }

  /// Appends a field of kind 5.
  mutating func append(_ field: UInt64, _ value: Float) {
    append(varint: field << 3 | 5)
    for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * shift))) }
  }

  /// Appends a field of kind 2: bytes.
  mutating func append(_ field: UInt64, _ value: some Collection<UInt8>) {
    append(varint: field << 3 | 2)
    append(varint: UInt64(value.count))
    bytes += value
  }

  /// Appends a field of kind 2: text.
  mutating func append(_ field: UInt64, _ value: String) { append(field, value.utf8) }

  /// Appends a field of kind 2: a message.
  mutating func append(_ field: UInt64, _ fill: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    fill(&message)
    append(field, message.bytes)
  }
}

/// A value of a node's attribute.
enum ONNXAttribute: Equatable {
  case int(Int)
  case ints([Int])
  case float(Double)

  /// Writes an `AttributeProto`.
  func write(_ name: String, to message: inout ProtobufMessage) {
    message.append(1, name)
    switch self {
    case .float(let value):
      message.append(2, Float(value))
      message.append(20, 1)
    case .int(let value):
      message.append(3, value)
      message.append(20, 2)
    case .ints(let values):
      for value in values { message.append(8, value) }
      message.append(20, 7)
    }
  }
}
