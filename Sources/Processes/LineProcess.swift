import Glibc
import Synchronization

/// Why a process gave no answer.
package enum LineProcessError: Error, Equatable, CustomStringConvertible {
  /// It ended or closed its end of the connection.
  case ended
  /// It did not answer in time.
  case timedOut

  package var description: String {
    switch self {
    case .ended: "the process ended; the next request starts another"
    case .timedOut: "the process did not answer in time"
    }
  }
}

/// A child process that answers one line with one line.
///
/// Its standard input and output are one socket, so that writing to a dead process is an error and
/// not a signal; its standard error is discarded. It leads a process group of its own, out of reach
/// of an interrupt from the terminal, and is ended when this value goes.
package final class LineProcess: Sendable {
  private let child: ChildProcess
  private let connection: Int32
  private let isRunning = Mutex(true)

  /// The child's process identifier.
  package var identifier: Int32 { child.id }

  /// Starts the program at `executable`.
  package init(executable: String, arguments: [String]) throws(ProcessError) {
    let ends = try DescriptorPair.sockets()
    defer { close(ends.second) }
    do throws(ProcessError) {
      child = try ChildProcess(
        ProcessConfiguration(
          executable: executable, arguments: arguments,
          descriptors: [0: ends.second, 1: ends.second], leadsGroup: true))
    } catch {
      close(ends.first)
      throw error
    }
    connection = ends.first
  }

  deinit {
    end()
    close(connection)
  }

  /// Sends `line` and waits for the line that answers it; one thread at a time calls it.
  ///
  /// - Parameters:
  ///   - line: Bytes without a line feed.
  ///   - limit: How long the process may compute; on a busy machine that takes longer by the clock.
  /// - Returns: The answer without its line feed.
  /// - Throws: ``LineProcessError``; the process is of no use after either.
  package func exchange(
    _ line: [UInt8], within limit: Duration
  ) throws(LineProcessError) -> [UInt8] {
    let start = ContinuousClock.now
    var patience = Patience(limit: limit, observation: observation)
    let request = line + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < request.count {
      try wait(for: POLLOUT, since: start, &patience)
      let count = unsafe request.withUnsafeBytes { bytes in
        unsafe send(
          connection, bytes.baseAddress?.advanced(by: sent), request.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count > 0 { sent += count } else { try checkTransient() }
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while answer.last != UInt8(ascii: "\n") {
      try wait(for: POLLIN, since: start, &patience)
      let count = unsafe recv(connection, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count == 0 { throw .ended }
      if count > 0 { answer += buffer[..<count] } else { try checkTransient() }
    }
    answer.removeLast()
    return answer
  }

  /// Ends the process; any thread may call it, also during an exchange, which then fails.
  ///
  /// A process that reads its input sees the end of it and gets a moment to tidy up.
  package func end() {
    isRunning.withLock { isRunning in
      guard isRunning else { return }
      isRunning = false
      shutdown(connection, Int32(SHUT_RDWR))
      for _ in 0..<50 {
        if waitpid(identifier, nil, WNOHANG) != 0 { return }
        usleep(2_000)
      }
      kill(identifier, SIGKILL)
      while waitpid(identifier, nil, 0) < 0, errno == EINTR {}
    }
  }

  /// The memory that the process holds, in units of 2^20 bytes; 0 once it has ended.
  package var residentMebibytes: Int {
    let fields = systemText("statm").split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE)) / 1_048_576
  }

  /// What the process does at this moment; `nil` once it has ended.
  private var observation: Patience.Observation? {
    // The name in parentheses may hold anything; the state follows it.
    let text = systemText("stat")
    guard let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
      return nil
    }
    let milliseconds = (user + system) * 1_000 / max(sysconf(Int32(_SC_CLK_TCK)), 1)
    return Patience.Observation(
      processorTime: .milliseconds(milliseconds), isResting: !["R", "D"].contains(fields[0]))
  }

  /// The beginning of the system's file `name` about the process; empty once it has ended.
  private func systemText(_ name: String) -> String {
    let file = unsafe open("/proc/\(identifier)/\(name)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1_024)
    let count = unsafe read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
  }

  /// Waits until the connection is ready for `event`.
  private func wait(
    for event: Int32, since start: ContinuousClock.Instant, _ patience: inout Patience
  ) throws(LineProcessError) {
    while true {
      var entry = pollfd(fd: connection, events: Int16(event), revents: 0)
      let count = unsafe poll(&entry, 1, 100)
      if count > 0 { return }
      if count < 0, errno != EINTR { throw .ended }
      if patience.isExhausted(after: ContinuousClock.now - start, observation) { throw .timedOut }
    }
  }

  /// Throws unless the last call failed in a way that passes.
  private func checkTransient() throws(LineProcessError) {
    guard [EINTR, EAGAIN].contains(errno) else { throw .ended }
  }
}
