internal import BLAS

/// Bytes that come one after the other, of a file or of what was packed into one.
protocol ByteSource {
  /// What to call the file in errors.
  var label: String { get }
  /// How many bytes may still come, at most; nothing larger is allocated.
  var remaining: Int { get }
  /// Returns the next `count` bytes, or fewer at the end.
  mutating func next(_ count: Int) throws(ArrayFileError) -> [UInt8]
  /// Fills `storage` with the next bytes, of which there must be enough.
  mutating func fill(_ storage: Storage) throws(ArrayFileError)
  /// Checks what can only be checked at the end.
  mutating func finish() throws(ArrayFileError)
}

/// The bytes of an open file from front to back.
struct FileSource: ByteSource {
  let file: InputFile
  let label: String
  private(set) var position = 0

  var remaining: Int { file.byteCount - position }

  init(_ path: String) throws(ArrayFileError) {
    label = path
    do { file = try InputFile(path) } catch {
      throw .cannotRead(file: path, reason: error.reason)
    }
  }

  mutating func next(_ count: Int) throws(ArrayFileError) -> [UInt8] {
    let end = position + min(count, remaining)
    defer { position = end }
    do { return try file.bytes(position..<end) } catch {
      throw .cannotRead(file: label, reason: error.reason)
    }
  }

  mutating func fill(_ storage: Storage) throws(ArrayFileError) {
    let end = position + storage.byteCount
    defer { position = end }
    do { try file.read(position..<end, into: storage) } catch {
      throw .cannotRead(file: label, reason: error.reason)
    }
  }

  func finish() {}
}
