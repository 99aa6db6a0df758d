import Glibc

/// Writes the contents of `files`, one after the other, to the new file `path`, in pieces of a fixed size.
///
/// - Parameters:
///   - files: The files, in order.
///   - path: The file to write, which must not be there. It may be there in part when this fails.
/// - Returns: The SHA-256 of each file, that of them all together, and the bytes that were written.
/// - Throws: ``DigestError``.
package func joinFiles(
  _ files: [String], to path: String
) throws(DigestError) -> (digests: [[UInt8]], digest: [UInt8], byteCount: Int) {
  func fault() -> DigestError {
    let code = errno
    return .cannotWrite(
      path: path, reason: unsafe String(cString: strerror(code)),
      isFull: code == ENOSPC || code == EDQUOT)
  }
  let output = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard output >= 0 else { throw fault() }
  var isClosed = false
  defer { if !isClosed { close(output) } }
  var (digests, whole, byteCount) = ([[UInt8]](), SHA256Hasher(), 0)
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  for file in files {
    func readFault() -> DigestError {
      .cannotRead(path: file, reason: unsafe String(cString: strerror(errno)))
    }
    let input = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw readFault() }
    defer { close(input) }
    var hasher = SHA256Hasher()
    while true {
      let size = piece.count
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, size) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw readFault() }
      if count == 0 { break }
      hasher.update(piece[..<count])
      whole.update(piece[..<count])
      byteCount += count
      var start = 0
      while start < count {
        let from = start
        let written = unsafe piece.withUnsafeBytes {
          unsafe write(
            output, UnsafeRawBufferPointer(rebasing: $0[from..<count]).baseAddress, count - from)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw fault() }
        start += written
      }
    }
    digests.append(hasher.finalize())
  }
  isClosed = true
  guard close(output) == 0 else { throw fault() }
  return (digests, whole.finalize(), byteCount)
}
