import Processes
import Synchronization

/// Runs the toolchain's compiler for one cell after another, ahead of the cell where it can.
///
/// Most of a small cell's compilation does not depend on the cell: the start of a large program, and
/// the loading of the standard library and the session's imports. So the next compiler goes that far
/// while the last cell still runs. The source comes late: the compiler holds it as a mapped file of
/// a fixed size, which is overwritten in place before the compiler may look at it.
final class Frontend: Sendable {
  /// One compilation.
  struct Job: Sendable, Equatable {
    /// The compiler's arguments after `-frontend`; the source is among them.
    var arguments: [String]
    /// The source file.
    var source: String
    /// The file for what the compiler prints.
    var log: String
  }

  /// The bytes of a source that comes late.
  ///
  /// No multiple of the page size: only then does the compiler map the file.
  private static let lateBytes = 65_535

  private let executable: String
  private let library: String?
  private let folder: String
  private let state = Mutex(State())

  private struct State {
    var server: FrontendServer?
    /// What the server's compiler is for.
    var prepared: Job?
    var command: Command?
    var isRunning = false
    var isCancelled = false
  }

  /// - Parameters:
  ///   - executable: The compiler.
  ///   - library: The library to preload; without it, each compiler starts when its cell comes.
  ///   - folder: Where compilers run.
  init(executable: String, library: String, folder: String) {
    self.executable = executable
    self.library = Files.isReadable(library) ? library : nil
    self.folder = folder
  }

  /// Starts what `job` does not need its source for.
  func prepare(_ job: Job) {
    let blank = String(repeating: "\n", count: Self.lateBytes)
    guard library != nil, Files.write(blank, to: job.source) == nil else { return }
    state.withLock { $0.prepared = nil }
    guard hand(job) else { return }
    state.withLock { $0.prepared = job }
  }

  /// Compiles `text`; blocks.
  ///
  /// - Throws: `interrupted` after `cancel`, or what kept the compiler from running.
  func run(_ job: Job, text: String) throws(CellCompilerError) -> (ExitStatus, text: String) {
    let isPrepared = state.withLock { state in
      defer { state.prepared = nil }
      state.isRunning = true
      state.isCancelled = false
      return state.prepared == job
    }
    defer { state.withLock { $0.isRunning = false } }
    let isLate =
      isPrepared && text.utf8.count < Self.lateBytes && Files.overwrite(text, at: job.source)
    if !isLate, let reason = Files.write(text, to: job.source) {
      throw .cannotWrite(path: job.source, reason: reason)
    }
    if library != nil, isLate || hand(job), let server = state.withLock({ $0.server }) {
      if state.withLock({ $0.isCancelled }) { server.cancel() }
      let status = server.run()
      if state.withLock({ $0.isCancelled }) { throw .interrupted }
      if let status {
        let said = String(decoding: Files.read(job.log) ?? [], as: UTF8.self)
        Files.removeFile(job.log)
        return (status, said)
      }
      state.withLock { $0.server = nil }
      if let reason = Files.write(text, to: job.source) {
        throw .cannotWrite(path: job.source, reason: reason)
      }
    }
    return try runAlone(job)
  }

  /// Ends the compiler that runs, if any; any thread may call it.
  func cancel() {
    state.withLock { state in
      guard state.isRunning else { return }
      state.isCancelled = true
      state.server?.cancel()
      state.command?.cancel()
    }
  }

  /// Ends the compiler that waits.
  func shutDown() {
    state.withLock {
      $0.server = nil
      $0.prepared = nil
    }
  }

  /// Hands `job` to the server, to a new one when the last has ended.
  private func hand(_ job: Job) -> Bool {
    if let server = state.withLock({ $0.server }), server.prepare(job.arguments, log: job.log) {
      return true
    }
    guard let library,
      let server = try? FrontendServer(executable: executable, library: library, folder: folder),
      server.prepare(job.arguments, log: job.log)
    else { return false }
    state.withLock { $0.server = server }
    return true
  }

  /// Compiles in a process of its own.
  private func runAlone(_ job: Job) throws(CellCompilerError) -> (ExitStatus, text: String) {
    let command = Command(
      ProcessConfiguration(
        executable: executable, arguments: ["-frontend"] + job.arguments, directory: folder))
    state.withLock {
      $0.command = command
      if $0.isCancelled { command.cancel() }
    }
    defer { state.withLock { $0.command = nil } }
    let output: CommandOutput
    do throws(ProcessError) {
      output = try command.run()
    } catch {
      throw .toolchainUnusable(root: executable, reason: "\(error)")
    }
    if command.isCancelled { throw .interrupted }
    return (output.status, output.errorText)
  }
}
