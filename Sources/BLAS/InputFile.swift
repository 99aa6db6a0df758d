internal import Glibc

/// A file that is read from any place, or bytes in memory that are read in the same way.
///
/// Nothing is taken into memory but what is asked for, so a header can be checked before the rest. What is no regular
/// file, such as a pipe, is read whole first.
package final class InputFile: Sendable {
  /// The bytes there are.
  package let byteCount: Int
  private let descriptor: Int32
  private let memory: [UInt8]

  /// Opens the file at `path`.
  package init(_ path: String) throws(FileError) {
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw FileError(number: errno) }
    var status = stat()
    guard unsafe fstat(opened, &status) == 0 else {
      let number = errno
      close(opened)
      throw FileError(number: number)
    }
    if status.st_mode & S_IFMT == S_IFREG {
      (descriptor, memory, byteCount) = (opened, [], Int(status.st_size))
    } else {
      close(opened)
      memory = try Files.read(path)
      (descriptor, byteCount) = (-1, memory.count)
    }
  }

  /// Reads from `bytes`.
  package init(bytes: [UInt8]) {
    (descriptor, memory, byteCount) = (-1, bytes, bytes.count)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Returns the bytes at `range`, which must lie in the file.
  package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    check(range)
    if descriptor < 0 { return Array(memory[range]) }
    var bytes = [UInt8](repeating: 0, count: range.count)
    // Closures' typed errors are not inferred through the buffer's rethrows.
    let number = unsafe bytes.withUnsafeMutableBytes { unsafe fill($0, from: range.lowerBound) }
    if let number { throw number }
    return bytes
  }

  /// Reads the bytes at `range`, which must lie in the file, to the front of `storage`.
  package func read(_ range: Range<Int>, into storage: Storage) throws(FileError) {
    check(range)
    precondition(range.count <= storage.byteCount, "\(range.count) bytes do not fit")
    if descriptor < 0 { return storage.copyBytes(from: memory[range]) }
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: storage.base, count: range.count)
    if let error = unsafe fill(buffer, from: range.lowerBound) { throw error }
  }

  /// Maps the whole file into memory, or returns `nil` if it cannot be, as a pipe.
  ///
  /// Pages are read when they are first used; writes stay in this process and never reach the file.
  package func mapped() -> Storage? {
    guard descriptor >= 0, byteCount > 0 else { return nil }
    return Storage(mapping: descriptor, byteCount: byteCount)
  }

  private func check(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= byteCount,
      "bytes \(range) lie outside a file of \(byteCount)")
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) -> FileError? {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe pread(
        descriptor, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled,
        start + filled)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return FileError(number: errno) }
      guard count > 0 else { return FileError(reason: "it became shorter while it was read") }
      filled += count
    }
    return nil
  }
}
