import Assistance
import CellCompiler
import Cells
import Dispatch
package import Kernel
package import JupyterProtocol
import Processes
import Synchronization
import Workflows

/// A notebook's session: compiles its cells, runs them in a worker, and keeps what later cells see.
///
/// One serial queue does everything that blocks, one cell at a time; interrupts and input come
/// from other threads and go straight to the compiler or the worker.
package final class NotebookSession: CellExecutor {
  /// Where the session's parts are.
  package struct Configuration: Sendable {
    /// The worker's executable.
    package var worker: String
    /// The `martlet` executable, which runs steps and assistance in processes of their own.
    package var command: String

    package init(worker: String, command: String) {
      self.worker = worker
      self.command = command
    }

    /// The executables beside this program.
    package static var besideExecutable: Configuration {
      Configuration(
        worker: Files.executableFolder + "/martlet-worker", command: Files.executable)
    }
  }

  let configuration: Configuration
  /// The cells of all sessions, for `%history`.
  let store: (any HistoryStore)?
  let queue = DispatchQueue(label: "martlet.session")
  let shared = Mutex(Shared())
  private let historyBox = Box(SessionHistory())

  /// What the session has run; touched only on `queue`.
  var history: SessionHistory {
    get { historyBox.value }
    set { historyBox.value = newValue }
  }

  /// What several threads see.
  struct Shared {
    var compiler: CellCompiler?
    var startError: CellCompilerError?
    var worker: WorkerProcess?
    /// Workers that were replaced on purpose and have not ended yet.
    var retired: [WorkerProcess] = []
    var run: CellRun?
    /// Takes what the worker sends while nothing runs that waits for it.
    var background: CellRun?
    /// The comm messages that the worker was asked about while a cell runs, by their identifiers.
    var commsDuringCell: [String: CommDuringCell] = [:]
    /// Whether the worker's library takes comms.
    var takesComms = false
    /// How many cells and callbacks have come and not ended.
    var executions = 0
    var isInterrupted = false
    /// Cancels what the running directive waits for, a pipeline or a job.
    var cancelDirective: (@Sendable () -> Void)?
    var idleDeath: WorkerDeath?
    /// Takes the worker's answer to a directive's question; nothing when the worker ends.
    var takeAnswer: (@Sendable (WorkerMessage?) -> Void)?
    /// Where `%cd -` leads.
    var previousFolder: String?
    var assistant: Assistant?
    /// What completion sees of earlier cells.
    var scope = SessionScope()
    /// The cells behind the modules, for inspection.
    var declaringCells: [String: DeclaringCell] = [:]
  }

  /// Makes a session.
  ///
  /// - Parameters:
  ///   - configuration: Where its parts are.
  ///   - store: Where the kernel keeps the cells of all sessions; `nil` where nobody keeps them.
  package init(
    configuration: Configuration = .besideExecutable, store: (any HistoryStore)? = nil
  ) {
    self.configuration = configuration
    self.store = store
  }

  package func start(output: @escaping @Sendable (CellOutput) -> Void) {
    shared.withLock {
      $0.background = CellRun(allowsInput: false, output: output) { _, _ in }
    }
    queue.async {
      self.prepareCompiler()
      self.shared.withLock { $0.compiler }?.prepare(module: self.history.upcomingModule)
      self.ensureWorker()
      startThread { TemporaryFolder.removeAbandoned() }
    }
  }

  package func execute(
    _ cell: CellRequest, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CellOutcome {
    beginExecution()
    defer { shared.withLock { $0.executions -= 1 } }
    if cell.isInterrupted() { interrupt() }
    return await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.runCell(cell, output)) }
    }
  }

  /// Notes that a cell or a callback has come, which interrupts are for from now on.
  func beginExecution() {
    shared.withLock {
      if $0.executions == 0 { $0.isInterrupted = false }
      $0.executions += 1
    }
  }

  package func interrupt() {
    let (compiler, cancel, isExecuting) = shared.withLock {
      if $0.executions > 0 { $0.isInterrupted = true }
      return ($0.compiler, $0.cancelDirective, $0.executions > 0)
    }
    guard isExecuting else { return }
    compiler?.cancel()
    cancel?()
    startThread { self.interruptWorker() }
  }

  package func answerInput(_ value: String) {
    shared.withLock { $0.worker }?.send(
      WorkerMessage(kind: WorkerMessageKind.input, texts: [value]))
  }

  package func completeness(of code: String) async -> Completeness {
    let split = SplitCell(code)
    if let completeness = DirectiveTable.completeness(of: split, code: code) { return completeness }
    if split.source.allSatisfy(\.isWhitespace) { return .complete }
    switch SourceCompleteness(of: split.source) {
    case .complete: return .complete
    case .incomplete(let indent): return .incomplete(indent: indent)
    case .invalid: return .invalid
    }
  }

  package func completions(in code: String, at cursor: Int) async -> Completions {
    await assistedCompletions(in: code, at: cursor)
  }

  package func inspection(
    of code: String, at cursor: Int, detailLevel: Int
  ) async -> MIMEBundle? {
    await assistedInspection(of: code, at: cursor, detailLevel: detailLevel)
  }

  package func shutDown() async {
    interrupt()
    let (worker, assistant, compiler) = shared.withLock { state in
      defer { state.worker = nil }
      return (state.worker, state.assistant, state.compiler)
    }
    worker?.kill()
    assistant?.shutDown()
    compiler?.shutDown()
    if let compiler { TemporaryFolder.remove(compiler.folder) }
  }

  // MARK: Interrupts

  /// Asks the worker to park the cell until it did; replaces a worker that cannot.
  private func interruptWorker() {
    guard let run = shared.withLock({ $0.run }) else { return }
    for attempt in 0..<1_000 {
      let (worker, current) = shared.withLock { ($0.worker, $0.run) }
      guard let worker, current === run else { return }
      let force = attempt < 10 ? "0" : attempt < 80 ? "1" : "2"
      worker.send(
        WorkerMessage(kind: WorkerMessageKind.interrupt, texts: [force, String(run.number)]))
      sleepMilliseconds(attempt < 20 ? 2 : 5)
    }
    // Something holds a lock that everything needs; only a new process helps.
    shared.withLock { $0.run === run ? $0.worker : nil }?.kill()
  }

  var isInterrupted: Bool { shared.withLock { $0.isInterrupted } }

  // MARK: Parts that are started when needed

  func prepareCompiler() {
    guard shared.withLock({ $0.compiler == nil }) else { return }
    do throws(CellCompilerError) {
      let toolchain = try Toolchain.find()
      try toolchain.checkVersion()
      guard let folder = TemporaryFolder.make(for: .session) else {
        let parent = TemporaryFolder.parent
        throw .cannotWrite(
          path: "a folder for the session in \(parent)",
          reason: Files.isFolder(parent) ? "none can be made there" : "there is no such folder")
      }
      let compiler = try CellCompiler(toolchain: toolchain, folder: folder)
      shared.withLock {
        $0.compiler = compiler
        $0.startError = nil
      }
    } catch {
      shared.withLock { $0.startError = error }
    }
  }

  /// Starts a worker if there is none; the reason when that fails.
  @discardableResult
  func ensureWorker() -> String? {
    if shared.withLock({ $0.worker != nil }) { return nil }
    do throws(ProcessError) {
      let cells = cellsFile.map { ["MARTLET_CELLS": $0] } ?? [:]
      let worker = try WorkerProcess(executable: configuration.worker, environment: cells) {
        [weak self] worker, event in
        self?.handle(event, of: worker)
      }
      shared.withLock { $0.worker = worker }
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Whether a worker was replaced: what it still says is about nothing any more.
  private func isRetired(_ worker: WorkerProcess, _ event: WorkerProcess.Event) -> Bool {
    shared.withLock { state in
      guard state.retired.contains(where: { $0 === worker }) else { return false }
      if case .ended = event { state.retired.removeAll { $0 === worker } }
      return true
    }
  }

  private func handle(_ event: WorkerProcess.Event, of worker: WorkerProcess) {
    if isRetired(worker, event) { return }
    if case .message(let message) = event, message.kind == WorkerMessageKind.answer {
      shared.withLock { $0.takeAnswer }?(message)
      return
    }
    if case .ended = event { shared.withLock { $0.takeAnswer }?(nil) }
    if case .message(let message) = event, message.kind == WorkerMessageKind.commAnswer {
      return takeCommAnswer(message)
    }
    let (run, background, losesComms) = shared.withLock { state in
      let takesComms = state.takesComms
      if case .message(let message) = event, message.kind == WorkerMessageKind.takesComms {
        state.takesComms = true
      }
      if case .ended(let death) = event, state.worker === worker {
        state.worker = nil
        state.takesComms = false
        if state.run == nil { state.idleDeath = death }
      }
      return (state.run, state.background, takesComms && !state.takesComms)
    }
    if case .message(let message) = event, message.kind == WorkerMessageKind.failedTask {
      return tell(of: message, run ?? background)
    }
    if losesComms {
      background?.publish(.commsLost)
      forgetCommsDuringCell()
    }
    // Tasks that outlive their cell go on printing.
    (run ?? background)?.handle(event, of: worker)
  }
}
