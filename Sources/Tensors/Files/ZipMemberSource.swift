internal import BLAS
internal import Compression

/// The bytes of one member of a zip file, inflated as they are asked for.
struct ZipMemberSource: ByteSource {
  /// How many bytes are taken from the file at once.
  static let piece = 1 << 18

  let label: String
  /// What the directory promises and has not come yet.
  private(set) var remaining: Int

  private let file: InputFile
  private let member: ZipMember
  private let inflater: Inflater?
  private var position: Int
  private let end: Int
  private var packed: ArraySlice<UInt8> = []
  private var checksum: UInt32 = 0

  init(_ member: ZipMember, of file: InputFile, path: String) throws(ArrayFileError) {
    let label = "\(path): \"\(member.name)\""
    let start = member.offset
    var fields = FieldReader(
      try ZipDirectory.bytes(start..<min(start + 30, file.byteCount), of: file, label))
    guard fields.next(4) == ZipDirectory.localHeader, fields.take(22) != nil,
      let nameLength = fields.next(2), let extraLength = fields.next(2)
    else {
      throw .malformed(
        file: label, reason: "there is no header at \(start), where the directory says it is")
    }
    position = start + 30 + nameLength + extraLength
    guard position <= file.byteCount, member.packedByteCount <= file.byteCount - position else {
      throw .malformed(
        file: label,
        reason:
          "its \(member.packedByteCount) bytes at \(position) go beyond the file's \(file.byteCount)"
      )
    }
    let most = member.method == 0 ? member.packedByteCount : mostInflated(member.packedByteCount)
    guard member.byteCount <= most, member.method == 8 || member.byteCount == most else {
      throw .malformed(
        file: label,
        reason: "the directory promises \(member.byteCount) bytes, which "
          + "\(member.packedByteCount) packed ones cannot hold")
    }
    end = position + member.packedByteCount
    remaining = member.byteCount
    inflater = member.method == 8 ? Inflater(.deflate) : nil
    (self.file, self.member, self.label) = (file, member, label)
  }

  mutating func next(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    var result: [UInt8] = []
    let wanted = min(count, remaining)
    while result.count < wanted { result += try piece(wanted - result.count) }
    return result
  }

  mutating func fill(_ storage: Storage) throws(ArrayFileError) {
    var filled = 0
    while filled < storage.byteCount {
      let bytes = try piece(min(storage.byteCount - filled, Self.piece))
      storage.copyBytes(from: bytes[...], to: filled)
      filled += bytes.count
    }
  }

  /// Checks that nothing more comes and that the checksum is the directory's.
  mutating func finish() throws(ArrayFileError) {
    if let inflater {
      while !inflater.isFinished {
        try refill()
        let (before, more) = (packed.count, try inflate(1))
        guard more.isEmpty else {
          throw .malformed(
            file: label,
            reason:
              "it inflates to more than the \(member.byteCount) bytes that the directory promises")
        }
        guard packed.count < before || inflater.isFinished else { throw endsEarly() }
      }
    }
    guard packed.isEmpty, inflater == nil || position == end else {
      throw .malformed(file: label, reason: "bytes follow the end of what was deflated")
    }
    guard checksum == member.checksum else {
      throw .malformed(
        file: label,
        reason: "its CRC-32 is \(String(checksum, radix: 16)), but the directory says "
          + String(member.checksum, radix: 16))
    }
  }

  /// The next bytes, at least one and `count` at most.
  private mutating func piece(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    if inflater == nil {
      bytes = try take(min(count, remaining))
      if bytes.isEmpty { throw endsEarly() }
    } else {
      while bytes.isEmpty {
        try refill()
        let before = packed.count
        bytes = try inflate(count)
        guard !bytes.isEmpty || packed.count < before else { throw endsEarly() }
      }
    }
    checksum = crc32(bytes, after: checksum)
    remaining -= bytes.count
    return bytes
  }

  private func endsEarly() -> ArrayFileError {
    .malformed(
      file: label,
      reason:
        "it ends \(remaining) bytes before the \(member.byteCount) that the directory promises")
  }

  private mutating func refill() throws(ArrayFileError) {
    if packed.isEmpty { packed = try take(Self.piece)[...] }
  }

  private mutating func take(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    let range = position..<min(position + count, end)
    position = range.upperBound
    return try ZipDirectory.bytes(range, of: file, label)
  }

  private mutating func inflate(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    guard let inflater else { return [] }
    do { return try inflater.next(count, from: &packed) } catch {
      throw .malformed(file: label, reason: "its packed bytes are damaged: \(error.reason)")
    }
  }
}
