internal import CKernels
internal import Glibc

/// Why a file could not be read or written, in the system's words.
package struct FileError: Error, Equatable {
  /// Such as "No such file or directory".
  package let reason: String

  init(reason: String) { self.reason = reason }

  init(number: Int32) {
    reason = unsafe String(cString: strerror(number))
  }
}

/// Whole files as bytes, without Foundation.
package enum Files {
  /// Reads all of the file at `path`.
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(number: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(number: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(number: EISDIR) }
    // The size is a first guess only: pipes and /proc files say 0.
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size), 0) + 1)
    var filled = 0
    while true {
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(number: errno) }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Writes `parts` one after the other to a new file that takes `path`'s place once it is complete.
  package static func write(_ parts: [[UInt8]], to path: String) throws(FileError) {
    let partial = "\(path).\(getpid()).partial"
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(number: errno) }
    var failure: Int32 = 0
    for part in parts where failure == 0 { failure = write(part, to: descriptor) }
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    if failure == 0, unsafe (rename(partial, path) != 0) { failure = errno }
    guard failure == 0 else {
      unsafe unlink(partial)
      throw FileError(number: failure)
    }
  }

  /// Removes the file at `path` if there is one.
  package static func remove(_ path: String) {
    unsafe unlink(path)
  }

  /// Returns 0 or an error number.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return errno }
      written += count
    }
    return 0
  }
}

/// Numbers as text.
package enum NumberText {
  /// `value` with `digits` after the point, as "%.*f" or "%.*e" print it.
  package static func fixed(_ value: Double, digits: Int, scientific: Bool = false) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let length = unsafe Int(
      ck_format(&buffer, buffer.count, value, Int32(digits), scientific))
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
