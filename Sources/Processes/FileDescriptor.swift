import Glibc

/// Reads and writes on file descriptors, with interrupted calls retried.
package enum FileDescriptor {
  /// Writes all of `bytes`; `false` when the other end is gone.
  @discardableResult
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          descriptor, buffer.baseAddress.map { unsafe $0 + offset }, bytes.count - offset,
          Int32(MSG_NOSIGNAL))
      }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == ENOTSOCK { return writePlain(bytes, from: offset, to: descriptor) }
      guard written > 0 else { return false }
      offset += written
    }
    return true
  }

  /// Reads what is there, at most `limit` bytes; empty at the end, `nil` when nothing is there
  /// yet on a nonblocking descriptor.
  package static func read(_ descriptor: Int32, limit: Int = 65_536) -> [UInt8]? {
    while true {
      var count = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
        count = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
        initialized = max(count, 0)
      }
      if count >= 0 { return bytes }
      if errno == EINTR { continue }
      return errno == EAGAIN ? nil : []
    }
  }

  /// Whether a person reads what is written to `descriptor`.
  package static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  /// Makes reads return at once when nothing is there.
  package static func makeNonblocking(_ descriptor: Int32) {
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
  }

  /// Waits until one of `descriptors` has something to read or ended.
  ///
  /// - Returns: Which are ready; all false after `milliseconds`; below 0 waits for ever.
  package static func poll(_ descriptors: [Int32], milliseconds: Int32) -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let count = unsafe Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
    guard count > 0 else { return descriptors.map { _ in false } }
    return entries.map { $0.revents != 0 }
  }

  private static func writePlain(
    _ bytes: [UInt8], from start: Int, to descriptor: Int32
  ) -> Bool {
    var offset = start
    while offset < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      offset += written
    }
    return true
  }
}
