import Glibc

/// Where a program tells its user what is no result.
package enum StandardError {
  /// Writes a line; nothing happens where nobody reads.
  package static func print(_ line: String) { write("\(line)\n") }

  /// Writes `text` as it is; nothing happens where nobody reads.
  package static func write(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { rest in
        unsafe Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }
}
