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
      let path = Files.executable
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      return Configuration(worker: folder + "/martlet-worker", command: path)
    }
  }

  let configuration: Configuration
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
    var run: CellRun?
    var isExecuting = false
    var isInterrupted = false
    /// Cancels what the running directive waits for, a pipeline or a job.
    var cancelDirective: (@Sendable () -> Void)?
    var idleDeath: ExitStatus?
    var assistant: Assistant?
    /// What completion imports to see earlier cells.
    var latestModule: String?
  }

  package init(configuration: Configuration = .besideExecutable) {
    self.configuration = configuration
  }

  package func start() {
    queue.async {
      self.prepareCompiler()
      self.ensureWorker()
      startThread { TemporaryFolder.removeAbandoned() }
    }
  }

  package func execute(
    _ cell: CellRequest, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CellOutcome {
    shared.withLock {
      $0.isExecuting = true
      $0.isInterrupted = false
    }
    defer { shared.withLock { $0.isExecuting = false } }
    return await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.runCell(cell, output)) }
    }
  }

  package func interrupt() {
    let (compiler, cancel, isExecuting) = shared.withLock {
      if $0.isExecuting { $0.isInterrupted = true }
      return ($0.compiler, $0.cancelDirective, $0.isExecuting)
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
    await assistedInspection(of: code, at: cursor)
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
      let fields = attempt < 60 ? [] : ["firm"]
      worker.send(WorkerMessage(kind: WorkerMessageKind.interrupt, texts: fields))
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
        throw .cannotWrite(path: "a folder for the session", reason: "mkdtemp failed")
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
      let worker = try WorkerProcess(executable: configuration.worker) {
        [weak self] worker, event in
        self?.handle(event, of: worker)
      }
      shared.withLock { $0.worker = worker }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func handle(_ event: WorkerProcess.Event, of worker: WorkerProcess) {
    let run = shared.withLock { state in
      if case .ended(let status) = event, state.worker === worker {
        state.worker = nil
        if state.run == nil { state.idleDeath = status }
      }
      return state.run
    }
    run?.handle(event, of: worker)
  }
}
