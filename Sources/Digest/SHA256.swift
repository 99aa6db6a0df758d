import CCrypto
import Glibc

/// Returns the SHA-256 digest of `bytes`: 32 bytes.
///
/// - SeeAlso: FIPS 180-4.
package func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var hasher = SHA256Hasher()
  hasher.update(bytes)
  return hasher.finalize()
}

/// Returns the SHA-256 digest and the size in bytes of the file at `path`, read in pieces.
///
/// - Parameters:
///   - path: The file.
///   - offset: Where to begin.
///   - limit: The most bytes to read; all that follow by default.
/// - Returns: The digest of the bytes that were read, and how many there were.
/// - Throws: ``DigestError/cannotRead(path:reason:)`` when the file cannot be opened or read.
package func sha256(
  ofFile path: String, from offset: Int = 0, limit: Int = .max
) throws(DigestError) -> (digest: [UInt8], byteCount: Int) {
  var hasher = SHA256Hasher()
  let byteCount = try readPieces(ofFile: path, from: offset, limit: limit) {
    (piece) throws(DigestError) in hasher.update(piece)
  }
  return (hasher.finalize(), byteCount)
}

/// Gives `body` the bytes of the file at `path` in pieces of a fixed size, and returns how many there were.
func readPieces(
  ofFile path: String, from offset: Int = 0, limit: Int = .max,
  _ body: (ArraySlice<UInt8>) throws(DigestError) -> Void
) throws(DigestError) -> Int {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .cannotRead(path: path, reason: reasonOfLastFailure()) }
  defer { close(descriptor) }
  guard offset == 0 || lseek(descriptor, offset, SEEK_SET) == offset else {
    throw .cannotRead(path: path, reason: reasonOfLastFailure())
  }
  var byteCount = 0
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let size = min(piece.count, limit - byteCount)
    let count = unsafe piece.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, size)
    }
    if count == 0 { return byteCount }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { throw .cannotRead(path: path, reason: reasonOfLastFailure()) }
    try body(piece[..<count])
    byteCount += count
  }
}

/// SHA-256 over bytes that come in pieces.
///
/// It is a value: a copy goes on from the same bytes, independently.
package struct SHA256Hasher {
  private var context = DigestContext()

  package init() {}

  /// Appends `bytes` to the message.
  package mutating func update(_ bytes: some Collection<UInt8>) {
    if !isKnownUniquelyReferenced(&context) { context = context.copy() }
    context.update(bytes)
  }

  /// Returns the digest of everything given so far, 32 bytes, and starts an empty message.
  package mutating func finalize() -> [UInt8] {
    if !isKnownUniquelyReferenced(&context) { context = context.copy() }
    defer { context = DigestContext() }
    return context.finalize()
  }
}

/// Owns an `EVP_MD_CTX` that computes SHA-256.
@safe private final class DigestContext {
  private let handle: OpaquePointer

  init() {
    guard let handle = unsafe EVP_MD_CTX_new() else { fatalError("libcrypto is out of memory") }
    unsafe self.handle = unsafe handle
    let started = unsafe EVP_DigestInit_ex(handle, EVP_sha256(), nil)
    precondition(started == 1, "libcrypto offers no SHA-256")
  }

  deinit { unsafe EVP_MD_CTX_free(handle) }

  func copy() -> DigestContext {
    let copy = DigestContext()
    let copied = unsafe EVP_MD_CTX_copy_ex(copy.handle, handle)
    precondition(copied == 1, "libcrypto could not copy a SHA-256 state")
    return copy
  }

  func update(_ bytes: some Collection<UInt8>) {
    let direct: Void? = bytes.withContiguousStorageIfAvailable {
      unsafe update(buffer: UnsafeRawBufferPointer($0))
    }
    if direct == nil {
      let copied = [UInt8](bytes)
      unsafe copied.withUnsafeBytes { unsafe update(buffer: $0) }
    }
  }

  private func update(buffer: UnsafeRawBufferPointer) {
    guard unsafe !buffer.isEmpty else { return }
    let updated = unsafe EVP_DigestUpdate(handle, buffer.baseAddress, buffer.count)
    precondition(updated == 1, "libcrypto could not go on with a SHA-256 digest")
  }

  func finalize() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let finished = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(handle, $0.baseAddress, nil)
    }
    precondition(finished == 1, "libcrypto could not finish a SHA-256 digest")
    return digest
  }
}

func reasonOfLastFailure() -> String {
  unsafe String(cString: strerror(errno))
}
