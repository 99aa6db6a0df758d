import Cluster
import Processes
import Synchronization
import Workflows

/// Runs steps and jobs through `martlet step run`, each in a process of its own.
///
/// They run in the notebook's folder, so that relative paths mean what they mean in its cells.
struct ProcessLauncher: StepLauncher {
  /// The `martlet` executable.
  let executable: String

  func run(
    _ launch: StepLaunch, line: @escaping @Sendable (StepLine) -> Void
  ) async throws -> StepOutcome {
    let source = Files.read(launch.programPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let arguments = StepArguments.forFile(
      step: launch.step, path: launch.programPath, sourceDigest: sourceDigest(source))
    let command = Command(
      ProcessConfiguration(
        executable: executable, arguments: ["step", "run"] + arguments,
        environment: currentEnvironment().merging(launch.environment) { $1 }, leadsGroup: true))
    let lines = Lines { stream, text in
      guard stream == 1 || !Self.isRawTrace(text) else { return }
      line(StepLine(stream: stream == 1 ? .output : .error, text: text))
    }
    let output = try await finish(command) { stream, bytes in lines.add(bytes, to: stream) }
    lines.finish()
    switch output.status {
    case .exited(let status): return .exited(status: status)
    case .signalled(let signal): return .signalled(signal: signal)
    }
  }
}

extension ProcessLauncher {
  /// Whether a line is of the runtime's own stack trace, addresses that tell the user nothing.
  private static func isRawTrace(_ text: String) -> Bool {
    if text == "Current stack trace:" { return true }
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    return words.count > 3 && Int(words[0]) != nil && words[2].hasPrefix("0x")
  }
}

/// Starts `kubectl` for jobs.
struct ProcessRunner: CommandRunner {
  func run(
    _ command: [String], standardInput: String, line: (@Sendable (String) -> Void)?
  ) async throws -> CommandResult {
    let process = Command(
      ProcessConfiguration(
        executable: command.first ?? "", arguments: Array(command.dropFirst()), leadsGroup: true))
    let lines = line.map { line in
      Lines { stream, text in
        if stream == 1 { line(text) }
      }
    }
    var received: (@Sendable (Int32, [UInt8]) -> Void)?
    if let lines { received = { stream, bytes in lines.add(bytes, to: stream) } }
    let output = try await finish(process, input: Array(standardInput.utf8), received: received)
    lines?.finish()
    let status: Int32 =
      switch output.status {
      case .exited(let status): status
      case .signalled(let signal): 128 + signal
      }
    return CommandResult(status: status, output: output.outputText, error: output.errorText)
  }
}

/// Runs `command` on a thread of its own; a cancelled task ends it.
private func finish(
  _ command: Command, input: [UInt8] = [],
  received: (@Sendable (Int32, [UInt8]) -> Void)? = nil
) async throws -> CommandOutput {
  try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      startThread {
        continuation.resume(
          with: Result { try command.run(input: input, received: received) })
      }
    }
  } onCancel: {
    command.cancel()
  }
}

/// Cuts the bytes of two streams into lines.
private final class Lines: Sendable {
  private let pending = Mutex<[Int32: [UInt8]]>([:])
  private let line: @Sendable (Int32, String) -> Void

  init(line: @escaping @Sendable (Int32, String) -> Void) {
    self.line = line
  }

  func add(_ bytes: [UInt8], to stream: Int32) {
    let whole = pending.withLock { pending -> [String] in
      var parts = (pending[stream, default: []] + bytes).split(
        separator: 0x0a, omittingEmptySubsequences: false)
      pending[stream] = Array(parts.removeLast())
      return parts.map { String(decoding: $0, as: UTF8.self) }
    }
    for text in whole { line(stream, text) }
  }

  func finish() {
    let rest = pending.withLock { $0 }
    for (stream, bytes) in rest.sorted(by: { $0.key < $1.key }) where !bytes.isEmpty {
      line(stream, String(decoding: bytes, as: UTF8.self))
    }
  }
}
