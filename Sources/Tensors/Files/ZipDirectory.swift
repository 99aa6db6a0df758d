internal import BLAS

/// One file in a zip file.
struct ZipMember {
  let name: String
  /// 0 for stored, 8 for deflated.
  let method: Int
  let checksum: UInt32
  let packedByteCount: Int
  let byteCount: Int
  /// Where its local header starts.
  let offset: Int
}

/// The directory at the end of a zip file; what a member's own header repeats is not relied on.
///
/// - SeeAlso: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3 (sizes of 64 bits).
struct ZipDirectory {
  static let localHeader = 0x0403_4B50
  static let entry = 0x0201_4B50
  static let end = 0x0605_4B50
  static let end64 = 0x0606_4B50
  static let locator64 = 0x0706_4B50
  /// Stands in 32 bits for a number that a field of 64 bits holds.
  static let isElsewhere = 0xFFFF_FFFF

  let members: [ZipMember]
  private let label: String

  /// Reads and checks the directory of a file.
  init(of file: InputFile, label: String) throws(ArrayFileError) {
    self.label = label
    let place = try ZipDirectory.place(in: file, label)
    let bytes = try ZipDirectory.bytes(place.bytes, of: file, label)
    // An entry takes 46 bytes at least, so a false count cannot reserve much.
    guard place.count <= bytes.count / 46 else {
      throw .malformed(
        file: label,
        reason: "its directory of \(bytes.count) bytes cannot list \(place.count) members")
    }
    var fields = FieldReader(bytes)
    var members: [ZipMember] = []
    for number in 0..<place.count {
      guard let member = try ZipDirectory.member(&fields, label) else {
        throw .malformed(
          file: label,
          reason: "entry \(number + 1) of the \(place.count) in its directory is incomplete")
      }
      members.append(member)
    }
    guard fields.remaining == 0 else {
      throw .malformed(
        file: label,
        reason: "\(fields.remaining) bytes of its directory follow its \(place.count) entries")
    }
    self.members = members
    try check(limit: place.bytes.lowerBound)
  }

  static func bytes(_ range: Range<Int>, of file: InputFile, _ label: String)
    throws(ArrayFileError) -> [UInt8]
  {
    do { return try file.bytes(range) } catch {
      throw .cannotRead(file: label, reason: error.reason)
    }
  }

  /// Checks that names differ and that members lie one after the other, so that none is counted twice.
  private func check(limit: Int) throws(ArrayFileError) {
    var names: Set<String> = []
    for member in members {
      guard names.insert(member.name).inserted else {
        throw .malformed(file: label, reason: "it has two members called \"\(member.name)\"")
      }
    }
    var position = 0
    for member in members.sorted(by: { $0.offset < $1.offset }) {
      let (end, overflows) = member.offset.addingReportingOverflow(30)
      guard !overflows, member.offset >= position, end <= limit,
        member.packedByteCount <= limit - end
      else {
        throw .malformed(
          file: label,
          reason: "\"\(member.name)\" (\(member.packedByteCount) bytes at \(member.offset)) "
            + "overlaps another member or the directory at \(limit)")
      }
      position = end + member.packedByteCount
    }
  }

  /// Finds where the directory lies and how many entries it has.
  private static func place(in file: InputFile, _ label: String) throws(ArrayFileError)
    -> (bytes: Range<Int>, count: Int)
  {
    let noEnd = ArrayFileError.malformed(
      file: label,
      reason: "it does not end as a zip file does; it is no zip file, or its end is missing")
    // The end record has 22 bytes and a comment of 65,535 at most.
    let tailStart = max(0, file.byteCount - 22 - 65_535)
    let tail = try bytes(tailStart..<file.byteCount, of: file, label)
    guard tail.count >= 22,
      let found = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        tail[$0] == 0x50 && tail[$0 + 1] == 0x4B && tail[$0 + 2] == 5 && tail[$0 + 3] == 6
          && $0 + 22 + Int(tail[$0 + 20]) + Int(tail[$0 + 21]) << 8 == tail.count
      })
    else { throw noEnd }
    var fields = FieldReader(tail, at: found + 4)
    guard let disk = fields.next(2), let startDisk = fields.next(2), fields.next(2) != nil,
      var count = fields.next(2), var size = fields.next(4), var start = fields.next(4)
    else { throw noEnd }
    var end = tailStart + found
    if count == 0xFFFF || size == isElsewhere || start == isElsewhere, end >= 20 {
      var locator = FieldReader(try bytes((end - 20)..<end, of: file, label))
      if locator.next(4) == locator64, locator.next(4) != nil, let place = locator.next(8) {
        guard place <= end - 20 - 56 else { throw noEnd }
        var record = FieldReader(try bytes(place..<(place + 56), of: file, label))
        guard record.next(4) == end64, record.take(28) != nil, let wideCount = record.next(8),
          let wideSize = record.next(8), let wideStart = record.next(8)
        else { throw noEnd }
        (count, size, start, end) = (wideCount, wideSize, wideStart, place)
      }
    }
    guard disk == 0 || disk == 0xFFFF, startDisk == 0 || startDisk == 0xFFFF else {
      throw .malformed(file: label, reason: "it is one of several parts of a zip file")
    }
    guard start <= end, size == end - start else {
      throw .malformed(
        file: label,
        reason:
          "it says its directory has \(size) bytes at \(start), but the directory ends at \(end)")
    }
    return (start..<end, count)
  }

  /// Reads one entry; `nil` if bytes are missing.
  private static func member(_ fields: inout FieldReader, _ label: String)
    throws(ArrayFileError) -> ZipMember?
  {
    guard fields.next(4) == entry, fields.next(4) != nil, let flags = fields.next(2),
      let method = fields.next(2), fields.next(4) != nil, let checksum = fields.next(4),
      var packed = fields.next(4), var size = fields.next(4), let nameLength = fields.next(2),
      let extraLength = fields.next(2), let commentLength = fields.next(2),
      fields.take(8) != nil, var offset = fields.next(4), let nameBytes = fields.take(nameLength),
      let extra = fields.take(extraLength), fields.take(commentLength) != nil
    else { return nil }
    guard let name = String(validating: nameBytes, as: UTF8.self) else {
      throw .malformed(file: label, reason: "a member's name is not UTF-8: \(nameBytes)")
    }
    var extras = FieldReader(extra)
    while let kind = extras.next(2), let length = extras.next(2), let data = extras.take(length) {
      guard kind == 1 else { continue }
      var wide = FieldReader(data)
      if size == isElsewhere { size = wide.next(8) ?? size }
      if packed == isElsewhere { packed = wide.next(8) ?? packed }
      if offset == isElsewhere { offset = wide.next(8) ?? offset }
    }
    guard flags & 1 == 0 else {
      throw .malformed(file: label, reason: "\"\(name)\" is encrypted, which is not read")
    }
    guard method == 0 || method == 8 else {
      throw .malformed(
        file: label,
        reason:
          "\"\(name)\" is packed by method \(method); only 0 (stored) and 8 (deflated) are read")
    }
    return ZipMember(
      name: name, method: method, checksum: UInt32(truncatingIfNeeded: checksum),
      packedByteCount: packed, byteCount: size, offset: offset)
  }
}
