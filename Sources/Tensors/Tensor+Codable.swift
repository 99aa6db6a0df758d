internal import BLAS

extension Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case type, shape, base64
  }

  /// Writes the element type, the shape, and the elements' bytes, row by row, as base64.
  ///
  /// So models that hold tensors cross between steps; files of tensors alone are better written
  /// by `Safetensors`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode("\(dataType)", forKey: .type)
    try fields.encode(shape, forKey: .shape)
    try fields.encode(Base64.encoded(rowMajorBytes()), forKey: .base64)
  }

  /// Reads what `encode(to:)` writes.
  ///
  /// - Throws: `DecodingError`, if the element type is another or there are too few or too many
  ///   bytes for the shape.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let type = try fields.decode(String.self, forKey: .type)
    guard type == Scalar.dataType.description else {
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: fields,
        debugDescription: "the tensor's elements are of type \(type), not \(Scalar.dataType)")
    }
    let shape = try fields.decode([Int].self, forKey: .shape)
    guard let size = Layout.byteCount(ofFile: shape, Scalar.dataType) else {
      throw DecodingError.dataCorruptedError(
        forKey: .shape, in: fields, debugDescription: "the shape \(shape) is impossible")
    }
    guard let bytes = Base64.decoded(try fields.decode(String.self, forKey: .base64)),
      bytes.count == size, shape.count <= 32
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .base64, in: fields,
        debugDescription: "the shape \(shape) needs \(size) bytes in base64")
    }
    guard Scalar.dataType != .bool || bytes.allSatisfy({ $0 < 2 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .base64, in: fields, debugDescription: "some bytes are neither 0 nor 1")
    }
    let storage = Storage(byteCount: bytes.count)
    storage.copyBytes(from: bytes[...])
    self.init(storage: storage, shape: shape)
  }
}

/// Bytes as text (RFC 4648).
package enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Returns `bytes` as base64 on one line, padded.
  package static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= (3 - group.count) * 8
      for place in 0..<4 {
        let digit = digits[bits >> (18 - 6 * place) & 63]
        text.append(place <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the bytes of a padded base64 text on one line; `nil` if it is none.
  package static func decoded(_ text: String) -> [UInt8]? {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    let characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    var end = characters.count
    while end > 0, characters.count - end < 2, characters[end - 1] == UInt8(ascii: "=") { end -= 1 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(end / 4 * 3 + 2)
    var (bits, count) = (0, 0)
    for character in characters[..<end] {
      let value = values[Int(character)]
      guard value != 0xFF else { return nil }
      bits = (bits << 6 | Int(value)) & 0xFFF
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return bytes
  }
}
