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
      path: path, reason: reasonOfLastFailure(),
      isFull: code == ENOSPC || code == EDQUOT)
  }
  let output = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard output >= 0 else { throw fault() }
  var isClosed = false
  defer { if !isClosed { close(output) } }
  var (digests, whole, byteCount) = ([[UInt8]](), SHA256Hasher(), 0)
  for file in files {
    var hasher = SHA256Hasher()
    byteCount += try readPieces(ofFile: file) { (piece) throws(DigestError) in
      hasher.update(piece)
      whole.update(piece)
      var rest = piece
      while !rest.isEmpty {
        let written = unsafe rest.withUnsafeBytes {
          unsafe write(output, $0.baseAddress, $0.count)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw fault() }
        rest = rest.dropFirst(written)
      }
    }
    digests.append(hasher.finalize())
  }
  isClosed = true
  guard close(output) == 0 else { throw fault() }
  return (digests, whole.finalize(), byteCount)
}
