import Processes

/// The worker as the kernel sees it: a process, its messages and what it prints.
final class WorkerProcess: Sendable {
  enum Event: Sendable {
    /// Bytes of a standard stream, 1 or 2.
    case printed(Int32, [UInt8])
    case message(WorkerMessage)
    /// Nothing was printed for a while; what is held back can go out.
    case quiet
    case ended(WorkerDeath)
  }

  /// How long printed text waits for more of it, in milliseconds.
  static let gatheringMilliseconds: Int32 = 20

  private let child: ChildProcess
  private let control: Int32

  /// Starts the worker; `handler` is called on a thread of its own, with one event at a time.
  ///
  /// Whatever was printed before a message was sent is handed over before that message.
  init(
    executable: String, environment additions: [String: String] = [:],
    handler: @escaping @Sendable (WorkerProcess, Event) -> Void
  ) throws(ProcessError) {
    let sockets = try DescriptorPair.sockets()
    let output = try DescriptorPair.pipe()
    let error = try DescriptorPair.pipe()
    var environment = currentEnvironment().merging(additions) { $1 }
    // The worker reports faults itself; the runtime's own backtracer would end the process.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    defer {
      for end in [sockets.second, output.second, error.second] { closeDescriptor(end) }
    }
    child = try ChildProcess(
      ProcessConfiguration(
        executable: executable, environment: environment,
        descriptors: [1: output.second, 2: error.second, 3: sockets.second]))
    control = sockets.first
    let ends = (output.first, error.first)
    startThread { self.watch(output: ends.0, error: ends.1, handler) }
  }

  var id: Int32 { child.id }

  func send(_ message: WorkerMessage) {
    FileDescriptor.write(message.encoded, to: control)
  }

  func kill() {
    child.send(9)
  }

  private func watch(
    output: Int32, error: Int32, _ handler: (WorkerProcess, Event) -> Void
  ) {
    FileDescriptor.makeNonblocking(output)
    FileDescriptor.makeNonblocking(error)
    let streams = [(Int32(1), output), (Int32(2), error)]
    var buffer: [UInt8] = []
    var isWaiting = false
    let killsBefore = WorkerDeath.memoryKills
    while true {
      let ready = FileDescriptor.poll(
        [control, output, error], milliseconds: isWaiting ? Self.gatheringMilliseconds : -1)
      // Read first: what the message says came after all that was printed by now.
      let bytes = ready[0] ? FileDescriptor.read(control) ?? [] : nil
      var hasPrinted = false
      for (stream, end) in streams {
        while let text = FileDescriptor.read(end, limit: 1 << 18), !text.isEmpty {
          handler(self, .printed(stream, text))
          hasPrinted = true
          if bytes == nil { break }
        }
      }
      if let bytes {
        if bytes.isEmpty { break }
        buffer += bytes
        while let message = WorkerMessage.take(from: &buffer) { handler(self, .message(message)) }
      }
      if isWaiting, !hasPrinted { handler(self, .quiet) }
      isWaiting = hasPrinted
    }
    let (status, peak) = child.waitForUsage()
    let death = WorkerDeath(
      status: status, peakMemoryBytes: peak, killsForMemory: WorkerDeath.memoryKills - killsBefore)
    for end in [control, output, error] { closeDescriptor(end) }
    handler(self, .ended(death))
  }
}
