/// Structures in Thrift's compact protocol, of which the metadata of a Parquet file consist.
///
/// - SeeAlso: Apache Thrift, "Thrift Compact protocol".
struct ThriftWriter {
  private enum Kind: UInt8 {
    case integer32 = 5
    case integer64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  private(set) var bytes: [UInt8] = []
  /// The number of the latest field in each open structure.
  private var latest: [Int] = [0]

  mutating func field(_ number: Int, _ value: Int32) {
    begin(number, .integer32)
    append(zigzag: Int64(value))
  }

  mutating func field(_ number: Int, _ value: Int64) {
    begin(number, .integer64)
    append(zigzag: value)
  }

  mutating func field(_ number: Int, _ text: String) {
    begin(number, .binary)
    append(text)
  }

  mutating func field(_ number: Int, _ values: [Int32]) {
    begin(number, .list)
    beginList(values.count, .integer32)
    for value in values { append(zigzag: Int64(value)) }
  }

  mutating func field(_ number: Int, _ values: [String]) {
    begin(number, .list)
    beginList(values.count, .binary)
    for value in values { append(value) }
  }

  mutating func field(_ number: Int, _ body: (inout ThriftWriter) -> Void) {
    begin(number, .structure)
    structure(body)
  }

  mutating func field<Element>(
    _ number: Int, _ elements: [Element], _ body: (inout ThriftWriter, Element) -> Void
  ) {
    begin(number, .list)
    beginList(elements.count, .structure)
    for element in elements { structure { body(&$0, element) } }
  }

  /// Ends the outermost structure.
  mutating func end() { bytes.append(0) }

  private mutating func structure(_ body: (inout ThriftWriter) -> Void) {
    latest.append(0)
    body(&self)
    latest.removeLast()
    bytes.append(0)
  }

  /// A field's number is written as the step from the one before; all here are below 16.
  private mutating func begin(_ number: Int, _ kind: Kind) {
    bytes.append(UInt8(number - latest[latest.count - 1]) << 4 | kind.rawValue)
    latest[latest.count - 1] = number
  }

  private mutating func beginList(_ count: Int, _ kind: Kind) {
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      append(variable: UInt64(count))
    }
  }

  private mutating func append(_ text: String) {
    append(variable: UInt64(text.utf8.count))
    bytes += Array(text.utf8)
  }

  private mutating func append(zigzag value: Int64) {
    append(variable: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  mutating func append(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
