import CProcesses
import Glibc
import Synchronization

/// What a finished command said.
package struct CommandOutput: Sendable, Equatable {
  package var status: ExitStatus
  package var output: [UInt8]
  package var error: [UInt8]

  /// Standard output as text.
  package var outputText: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  package var errorText: String { String(decoding: error, as: UTF8.self) }
}

/// A command that is run to its end, and that another thread may end early.
package final class Command: Sendable {
  private struct State {
    var child: ChildProcess?
    var isCancelled = false
    var isKilled = false
  }

  private let configuration: ProcessConfiguration
  private let state = Mutex(State())

  package init(_ configuration: ProcessConfiguration) {
    self.configuration = configuration
  }

  /// Whether `cancel` was called.
  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Ends the command, also one that has not started yet.
  package func cancel(with signal: Int32 = SIGKILL) {
    state.withLock {
      $0.isCancelled = true
      if signal == SIGKILL { $0.isKilled = true }
      $0.child?.send(signal)
    }
  }

  /// Runs the command and blocks until it has ended and its output is read.
  ///
  /// - Parameters:
  ///   - input: What it reads on standard input.
  ///   - received: Takes output as it comes, with 1 or 2 for the stream; the result then holds
  ///     only standard error's last 64 KiB.
  /// - Returns: Its status and what it printed.
  /// - Throws: `cannotStart` or `noDescriptors`.
  package func run(
    input: [UInt8] = [], received: ((Int32, [UInt8]) -> Void)? = nil
  ) throws(ProcessError) -> CommandOutput {
    let inputPipe = try DescriptorPair.sockets()
    let outputPipe = try DescriptorPair.pipe()
    let errorPipe = try DescriptorPair.pipe()
    defer {
      for end in [inputPipe.first, outputPipe.first, errorPipe.first] { close(end) }
    }
    var started = configuration
    started.descriptors[0] = inputPipe.second
    started.descriptors[1] = outputPipe.second
    started.descriptors[2] = errorPipe.second
    let child: ChildProcess
    do throws(ProcessError) {
      child = try ChildProcess(started)
    } catch {
      for end in [inputPipe.second, outputPipe.second, errorPipe.second] { close(end) }
      throw error
    }
    for end in [inputPipe.second, outputPipe.second, errorPipe.second] { close(end) }
    state.withLock {
      $0.child = child
      if $0.isCancelled { child.send(SIGKILL) }
      $0.isKilled = $0.isCancelled
    }
    var result = CommandOutput(status: .exited(0), output: [], error: [])
    exchange(input, on: inputPipe.first, from: [outputPipe.first, errorPipe.first]) {
      stream, bytes in
      if let received { received(stream, bytes) }
      if stream == 2 {
        result.error += bytes
        if received != nil, result.error.count > 65_536 {
          result.error.removeFirst(result.error.count - 65_536)
        }
      } else if received == nil {
        result.output += bytes
      }
    }
    let status = child.wait()
    state.withLock { $0.child = nil }
    result.status = status
    return result
  }

  private func exchange(
    _ input: [UInt8], on inputEnd: Int32, from ends: [Int32],
    _ received: (Int32, [UInt8]) -> Void
  ) {
    // Input is written in pieces that fit the socket's buffer, so that neither side can block
    // the other for good.
    FileDescriptor.makeNonblocking(inputEnd)
    var left = input[...]
    var isOpen = true
    var open = [true, true]
    while open.contains(true) {
      while isOpen {
        if left.isEmpty {
          shutdown(inputEnd, Int32(SHUT_WR))
          isOpen = false
          break
        }
        let piece = Array(left.prefix(32_768))
        let sent = unsafe piece.withUnsafeBytes {
          unsafe send(inputEnd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if sent < 0, errno == EINTR { continue }
        if sent < 0, errno == EAGAIN { break }
        if sent <= 0 { isOpen = false } else { left = left.dropFirst(sent) }
      }
      let watched = ends.indices.filter { open[$0] }
      let ready = FileDescriptor.poll(watched.map { ends[$0] }, milliseconds: isOpen ? 20 : 200)
      // A process that the killed one has started may keep the streams open for long.
      if !ready.contains(true), state.withLock(\.isKilled) { return }
      for (index, isReady) in zip(watched, ready) where isReady {
        let bytes = FileDescriptor.read(ends[index]) ?? []
        if bytes.isEmpty { open[index] = false } else { received(Int32(index + 1), bytes) }
      }
    }
  }
}

/// The path of `name` in the folders of `PATH`; `nil` when it is in none.
package func findExecutable(_ name: String, path: String? = nil) -> String? {
  let folders = (path ?? currentEnvironment()["PATH"] ?? "").split(separator: ":")
  for folder in folders {
    let candidate = "\(folder)/\(name)"
    if unsafe access(candidate, X_OK) == 0 { return candidate }
  }
  return nil
}

/// Runs `body` on a new thread with a stack of `stackBytes`.
///
/// - Returns: Whether the system had the memory and the room for one more thread.
@discardableResult
package func startThread(stackBytes: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) -> Bool
{
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  unsafe pthread_attr_init(&attributes)
  unsafe pthread_attr_setstacksize(&attributes, stackBytes)
  unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  var thread = pthread_t()
  let argument = unsafe Unmanaged.passRetained(Box(body))
  let result = unsafe pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument = unsafe argument else { return nil }
      unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, argument.toOpaque())
  unsafe pthread_attr_destroy(&attributes)
  if result != 0 { unsafe argument.release() }
  return result == 0
}

/// Blocks the calling thread for a while.
package func sleepMilliseconds(_ count: Int) {
  usleep(UInt32(count * 1_000))
}
