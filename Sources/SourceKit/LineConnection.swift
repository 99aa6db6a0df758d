import Glibc

/// The other end of a `LineProcess` of `Processes`: this process's standard input and output.
///
/// From then on whatever else writes to standard output is discarded, so that it cannot get
/// between the answers.
package struct LineConnection: ~Copyable {
  private let output: Int32
  private var pending: [UInt8] = []

  package init() {
    output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    let null = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    dup2(null, STDOUT_FILENO)
    close(null)
  }

  deinit { close(output) }

  /// Returns the next line, without its line feed.
  ///
  /// - Parameters:
  ///   - pause: A stay without input, after which `whenIdle` is called, once.
  ///   - whenIdle: What there is to do while nobody asks.
  /// - Returns: The line; `nil` at the end of the input.
  package mutating func readLine(after pause: Duration, whenIdle: () -> Void) -> [UInt8]? {
    if pending.isEmpty, !hasInput(within: pause) { whenIdle() }
    return readLine()
  }

  /// Returns the next line, without its line feed; `nil` at the end of the input.
  package mutating func readLine() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var searched = 0
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(pending[..<end])
        pending.removeFirst(end + 1)
        return line
      }
      searched = pending.count
      let count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
      if count > 0 {
        pending += buffer[..<count]
      } else if count == 0 || errno != EINTR {
        return nil
      }
    }
  }

  /// Writes `line` and a line feed; answers whether the reader is still there.
  package func write(_ line: [UInt8]) -> Bool {
    let bytes = line + [UInt8(ascii: "\n")]
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(
          output, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Whether something can be read before `pause` is over.
  private func hasInput(within pause: Duration) -> Bool {
    var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, Int32(pause / .milliseconds(1))) != 0
  }

  /// Blocks until the other side has closed the connection.
  package static func waitForEnd() {
    // No event is asked for: a hang-up is always reported. POLLRDHUP (0x2000) is needed for a
    // socket of which only the other side was shut down.
    var entry = pollfd(fd: STDIN_FILENO, events: 0x2000, revents: 0)
    while unsafe poll(&entry, 1, -1) <= 0 {}
  }

  /// Ends this process at once, whatever its threads do.
  package static func leave() -> Never {
    _exit(0)
  }
}
