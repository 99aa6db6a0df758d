import CFaults
import Dispatch
import Glibc
import Processes
import Synchronization

/// The process that loads cells and runs them.
///
/// Threads: the main thread serves the main queue, for `@MainActor` code; the control thread reads
/// the kernel's messages; the cell thread runs one cell after another and is replaced when it had
/// to be stopped; the comm thread asks the library what it makes of the frontend's comm messages
/// while a cell runs, and calls no code of the user; the fault thread reports stopped threads; the
/// flush thread lets output out while a cell runs.
package final class Worker: Sendable {
  /// The running worker; the functions that cells call by symbol find it here.
  static let shared = Worker()

  private let control: Int32 = 3
  private let sending = Mutex<Void>(())
  let state = Mutex(State())
  let jobs = Mailbox<Job>()
  let lines = Mailbox<String?>()
  let acknowledgements = Mailbox<Bool>()
  let commsDuringCell = Mailbox<WorkerMessage>()
  /// What the comm handler is about to be told.
  let commPayload = Mutex<[UInt8]>([])

  @safe struct State {
    var isRunning = false
    var isProgram = false
    var progress = 0
    var thrown: ThrownError?
    var renderer: Renderer?
    var lastUsage = CellUsage()
    var commHandler: CommHandler?
    var commAnswerer: CommAnswerer?
    /// The request on whose behalf the cell thread runs, and the last one that ran a cell.
    var (parentID, cellID) = ("", "")
    /// Counts cell threads, so that a stopped thread's late end is not taken for the new one's.
    var generation = 0
    /// The number of what the kernel has last had run.
    var turn = 0
    /// The asynchronous code that the cell thread waits for.
    var awaited: AwaitedCode?
    var awaitedCount = 0
    /// What was waited for by cells that were stopped, and may still run.
    var abandoned: [AbandonedCode] = []
  }

  struct Job: Sendable {
    var object = ""
    var entry = ""
    /// What the frontend did with a comm; then there is no object.
    var comm: [UInt8]?
    var parentID = ""
  }

  /// Serves the kernel on descriptor 3 until it closes that; never returns.
  package static func main() -> Never {
    shared.start()
    cfaults_serve_main_queue()
  }

  /// Whether a notebook listens; a step's or job's program has none.
  var isInNotebook: Bool { state.withLock { !$0.isProgram } }

  /// The identifier of the request that outputs belong to now.
  var parentID: String { state.withLock { $0.parentID } }

  /// What the last cell's code took.
  var lastUsage: CellUsage { state.withLock { $0.lastUsage } }

  private func start() {
    let faults: DescriptorPair
    do {
      faults = try DescriptorPair.pipe()
    } catch {
      FileDescriptor.write(Array("martlet-worker: \(error)\n".utf8), to: 2)
      exit(1)
    }
    cfaults_buffer_output()
    unsafe cfaults_redirect_input { unsafe readInputLine() }
    cfaults_install(faults.second)
    cfaults_install_pool(Int32(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    cfaults_watch_throws()
    cfaults_report_exceptions()
    Task.detached { cfaults_learn_task_caller() }
    startCellThread()
    startInternalThread { self.reportFaults(from: faults.first) }
    startInternalThread { self.flushWhileRunning() }
    startInternalThread { self.answerComms() }
    startInternalThread { self.serve() }
  }

  /// Starts a thread that runs none of the user's code.
  private func startInternalThread(_ body: @escaping @Sendable () -> Void) {
    startThread {
      cfaults_adopt_internal_thread()
      body()
    }
  }

  // MARK: The control thread

  private func serve() -> Never {
    send(WorkerMessage(kind: WorkerMessageKind.ready))
    var buffer: [UInt8] = []
    while true {
      let bytes = FileDescriptor.read(control) ?? []
      // The kernel is gone: nobody can see what goes on here.
      if bytes.isEmpty { _exit(0) }
      buffer += bytes
      while let message = WorkerMessage.take(from: &buffer) { handle(message) }
    }
  }

  private func handle(_ message: WorkerMessage) {
    switch message.kind {
    case WorkerMessageKind.run:
      jobs.put(
        Job(object: message.text(0), entry: message.text(1), parentID: message.text(2)))
    case WorkerMessageKind.comm:
      jobs.put(Job(comm: message.fields.last ?? [], parentID: message.text(0)))
    case WorkerMessageKind.commDuringCell:
      commsDuringCell.put(message)
    case WorkerMessageKind.interrupt:
      // One that comes late must not stop what runs next.
      guard state.withLock({ $0.turn }) == message.number(1) else { return }
      cfaults_interrupt(cfaults_force(rawValue: UInt32(message.number(0))))
    case WorkerMessageKind.turn:
      state.withLock { $0.turn = message.number(0) }
    case WorkerMessageKind.acknowledge:
      acknowledgements.put(true)
    case WorkerMessageKind.environment, WorkerMessageKind.directory, WorkerMessageKind.usage:
      send(answer(message))
    case WorkerMessageKind.input:
      lines.put(message.fields.isEmpty ? nil : message.text(0))
    default:
      break
    }
  }

  func send(_ message: WorkerMessage) {
    let bytes = message.encoded
    withoutParking {
      sending.withLock { _ in _ = FileDescriptor.write(bytes, to: control) }
    }
  }

  // MARK: Output

  private func flushWhileRunning() -> Never {
    while true {
      usleep(25_000)
      cfaults_tick_pool()
      if state.withLock({ $0.isRunning }) { cfaults_flush_streams() }
      pursueAbandonedCode()
    }
  }

  /// Sends an output and waits until the kernel took it, so that what is printed next comes later.
  func publish(_ message: WorkerMessage) {
    cfaults_flush_streams()
    send(message)
    _ = acknowledgements.take()
  }

  func requestLine(prompt: String, isPassword: Bool) -> String? {
    cfaults_flush_streams()
    send(
      WorkerMessage(kind: WorkerMessageKind.inputRequest, texts: [prompt, isPassword ? "1" : ""]))
    return lines.take()
  }
}

/// Runs `body`, which holds a lock that others need; no interrupt stops the thread in it.
func withoutParking<Result>(_ body: () -> Result) -> Result {
  cfaults_forbid_parking(1)
  defer { cfaults_forbid_parking(-1) }
  return body()
}
