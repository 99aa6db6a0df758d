internal import BLAS
internal import Compression

/// The bytes of a gzipped file, inflated as they are asked for; zlib checks length and checksum.
struct GzipSource: ByteSource {
  private var file: FileSource
  private let inflater = Inflater(.gzip)
  private var packed: ArraySlice<UInt8> = []

  var label: String { file.label }

  /// More than this cannot come; how much does, only the end tells.
  var remaining: Int { mostInflated(packed.count + file.remaining) }

  init(_ file: FileSource) { self.file = file }

  mutating func next(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      let bytes = try piece(count - result.count)
      if bytes.isEmpty { break }
      result += bytes
    }
    return result
  }

  mutating func fill(_ storage: Storage) throws(ArrayFileError) {
    var filled = 0
    while filled < storage.byteCount {
      let bytes = try piece(min(storage.byteCount - filled, ZipMemberSource.piece))
      guard !bytes.isEmpty else {
        throw .malformed(
          file: label,
          reason: "it inflates to \(storage.byteCount - filled) bytes too few: "
            + "its array needs \(storage.byteCount)")
      }
      storage.copyBytes(from: bytes[...], to: filled)
      filled += bytes.count
    }
  }

  /// `next` found the end and zlib its checksum to be right.
  func finish() {}

  /// The next bytes, `count` at most; none at the end.
  private mutating func piece(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    while true {
      if packed.isEmpty { packed = try file.next(ZipMemberSource.piece)[...] }
      if inflater.isFinished {
        // Files put one after the other are one, as for gzip itself.
        if packed.isEmpty { return [] }
        inflater.reset()
      }
      let before = packed.count
      let bytes: [UInt8]
      do { bytes = try inflater.next(count, from: &packed) } catch {
        throw .malformed(file: label, reason: "its gzipped bytes are damaged: \(error.reason)")
      }
      if !bytes.isEmpty { return bytes }
      guard packed.count < before || inflater.isFinished else {
        throw .malformed(file: label, reason: "its gzipped bytes end too early")
      }
    }
  }
}

extension FileSource {
  /// Whether the file starts as gzip's do.
  func isGzipped() throws(ArrayFileError) -> Bool {
    var start = self
    return try start.next(2) == [0x1F, 0x8B]
  }
}
