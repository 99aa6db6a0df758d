import CFaults
import Dispatch
import Glibc
import Processes
import Synchronization

/// The process that loads cells and runs them.
///
/// Threads: the main thread serves the main queue, for `@MainActor` code; the control thread reads
/// the kernel's messages; the cell thread runs one cell after another and is replaced when it had
/// to be parked; the comm thread asks the library what it makes of the frontend's comm messages
/// while a cell runs, and calls no code of the user; the fault thread reports parked threads; the flush thread lets output out while a
/// cell runs.
package final class Worker: Sendable {
  /// The running worker; the functions that cells call by symbol find it here.
  static let shared = Worker()

  private let control: Int32 = 3
  private let sending = Mutex<Void>(())
  private let state = Mutex(State())
  private let jobs = Mailbox<Job>()
  private let lines = Mailbox<String?>()
  private let acknowledgements = Mailbox<Bool>()
  private let commsDuringCell = Mailbox<WorkerMessage>()
  /// What the comm handler is about to be told.
  private let commPayload = Mutex<[UInt8]>([])

  @safe private struct State {
    var isRunning = false
    var isProgram = false
    var progress = 0
    var thrown: (name: String, text: String)?
    var renderer: Renderer?
    var lastUsage = CellUsage()
    var commHandler: CommHandler?
    var commAnswerer: CommAnswerer?
    /// The request on whose behalf the cell thread runs, and the last one that ran a cell.
    var (parentID, cellID) = ("", "")
    /// Counts cell threads, so that a parked thread's late end is not taken for the new one's.
    var generation = 0
  }

  private struct Job: Sendable {
    var object = ""
    var entry = ""
    /// What the frontend did with a comm; then there is no object.
    var comm: [UInt8]?
    var parentID = ""
  }

  /// Serves the kernel on descriptor 3 until it closes that; never returns.
  package static func main() -> Never {
    shared.start()
    dispatchMain()
  }

  /// Whether a notebook listens; a step's or job's program has none.
  var isInNotebook: Bool { state.withLock { !$0.isProgram } }

  /// Runs the program in `object` and ends the process with its status; never returns.
  ///
  /// Faults end the process as usual, for its parent to see.
  package static func runProgram(_ object: String, entry: String) -> Never {
    shared.state.withLock { $0.isProgram = true }
    startThread(stackBytes: 512 << 20) {
      guard let entry = unsafe shared.load(Job(object: object, entry: entry)) else { exit(1) }
      let ended = unsafe cfaults_call(entry)
      if ended != 0, let (name, text) = shared.state.withLock({ $0.thrown }) {
        fflush(nil)
        FileDescriptor.write(Array("error: \(name): \(text)\n".utf8), to: 2)
      }
      exit(ended)
    }
    dispatchMain()
  }

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
    startCellThread()
    startThread { self.reportFaults(from: faults.first) }
    startThread { self.flushWhileRunning() }
    startThread { self.answerComms() }
    startThread { self.serve() }
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
      cfaults_interrupt(message.text(0) == "firm" ? CFAULTS_FIRM : CFAULTS_POLITE)
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
    sending.withLock { _ in _ = FileDescriptor.write(bytes, to: control) }
  }

  // MARK: The cell thread

  private func startCellThread() {
    let generation = state.withLock {
      $0.generation += 1
      return $0.generation
    }
    startThread(stackBytes: 512 << 20) {
      cfaults_adopt_cell_thread()
      while true {
        let job = self.jobs.take()
        self.run(job)
        guard self.state.withLock({ $0.generation }) == generation else { return }
      }
    }
  }

  private func run(_ job: Job) {
    state.withLock {
      $0.isRunning = true
      $0.progress = 0
      $0.thrown = nil
      $0.parentID = job.parentID
      if job.comm == nil { $0.cellID = job.parentID }
    }
    defer { state.withLock { $0.parentID = $0.cellID } }
    guard let entry = unsafe job.comm == nil ? load(job) : commEntry(job) else { return }
    cfaults_set_active(1)
    let start = CellUsage.now()
    let ended = unsafe cfaults_call(entry)
    let usage = CellUsage.now().since(start)
    state.withLock { $0.lastUsage = usage }
    cfaults_flush_streams()
    cfaults_set_active(0)
    let (isMine, thrown, progress) = state.withLock { state in
      defer { state.isRunning = false }
      return (state.isRunning, state.thrown, state.progress)
    }
    guard isMine else { return }
    if ended == 0 {
      send(WorkerMessage(kind: WorkerMessageKind.done, texts: ["ok", "", "", String(progress)]))
    } else {
      let (name, text) = thrown ?? ("Error", "the cell ended itself")
      send(
        WorkerMessage(
          kind: WorkerMessageKind.done, texts: ["thrown", name, text, String(progress)]))
    }
  }

  /// Hands a comm's message to the library as a cell's entry is called.
  private func commEntry(_ job: Job) -> Entry {
    commPayload.withLock { $0 = job.comm ?? [] }
    return { _, _ in
      let worker = Worker.shared
      let payload = worker.commPayload.withLock { $0 }
      guard let handler = unsafe worker.commHandler else { return }
      unsafe payload.withUnsafeBufferPointer {
        unsafe handler($0.baseAddress, $0.count)
      }
    }
  }

  private typealias Entry =
    @convention(c) (
      Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Void

  private func load(_ job: Job) -> Entry? {
    guard let handle = unsafe dlopen(job.object, RTLD_NOW | RTLD_GLOBAL),
      let symbol = unsafe dlsym(handle, job.entry)
    else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
      guard isInNotebook else {
        FileDescriptor.write(Array("error: \(reason)\n".utf8), to: 2)
        return nil
      }
      state.withLock { $0.isRunning = false }
      send(
        WorkerMessage(
          kind: WorkerMessageKind.done, texts: ["unloadable", "LinkError", reason, "0"]))
      return nil
    }
    installRenderer()
    return unsafe unsafeBitCast(symbol, to: Entry.self)
  }

  /// Lets the user's library say how its values are shown, once it is loaded.
  private func installRenderer() {
    guard isInNotebook, unsafe renderer == nil,
      let symbol = unsafe dlsym(nil, "martlet_install")
    else { return }
    unsafe unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)()
  }

  // MARK: Parked threads

  private func reportFaults(from descriptor: Int32) -> Never {
    let size = MemoryLayout<cfaults_report>.size
    var buffer: [UInt8] = []
    while true {
      buffer += FileDescriptor.read(descriptor) ?? []
      guard buffer.count >= size else { continue }
      let report = unsafe buffer.withUnsafeBytes {
        unsafe $0.loadUnaligned(as: cfaults_report.self)
      }
      buffer.removeFirst(size)
      endParkedCell(report)
    }
  }

  private func endParkedCell(_ report: cfaults_report) {
    if report.on_cell_thread == 0 {
      // The fault struck a task or a thread that the cell started; the cell cannot go on.
      parkCellThread()
    }
    let (wasRunning, progress) = state.withLock { state in
      defer { state.isRunning = false }
      return (state.isRunning, state.progress)
    }
    guard wasRunning else { return }
    cfaults_set_active(0)
    cfaults_release_streams()
    cfaults_flush_streams()
    lines.empty()
    acknowledgements.empty()
    startCellThread()
    let signal = report.signal_number
    let texts =
      [
        signal == 0 ? "interrupted" : "trapped", signal == 0 ? "" : signalName(signal),
        report.is_stack_overflow != 0 ? "stack" : String(report.address), String(progress),
      ] + frames(of: report)
    send(WorkerMessage(kind: WorkerMessageKind.done, texts: texts))
  }

  /// Takes the cell's own thread out of use after another thread failed.
  private func parkCellThread() {
    for attempt in 0..<50 {
      cfaults_interrupt(attempt < 20 ? CFAULTS_POLITE : CFAULTS_FIRM)
      usleep(2000)
    }
  }

  /// The frames as `object\toffset\tname`, innermost first.
  private func frames(of report: cfaults_report) -> [String] {
    var report = report
    return unsafe withUnsafeBytes(of: &report.frames) { bytes in
      let addresses = unsafe bytes.bindMemory(to: UInt.self).prefix(Int(report.frame_count))
      return unsafe addresses.map { describeFrame($0) }
    }
  }

  // MARK: Output

  private func flushWhileRunning() -> Never {
    while true {
      usleep(25_000)
      cfaults_tick_pool()
      if state.withLock({ $0.isRunning }) { cfaults_flush_streams() }
    }
  }

  // MARK: What cells call

  func setRenderer(_ renderer: @escaping Renderer) {
    state.withLock { state in unsafe state.renderer = renderer }
  }

  /// Hands the frontend's comm messages to `handler` from now on.
  func setCommHandler(_ handler: @escaping CommHandler, _ answerer: @escaping CommAnswerer) {
    state.withLock { state in
      unsafe state.commHandler = handler
      unsafe state.commAnswerer = answerer
    }
    send(WorkerMessage(kind: WorkerMessageKind.takesComms))
  }

  private var commHandler: CommHandler? {
    unsafe state.withLock { state in unsafe state.commHandler }
  }

  private func answerComms() -> Never {
    while true {
      let message = commsDuringCell.take()
      let payload = message.fields.last ?? []
      var answer = [Array("later".utf8)]
      if let answerer = unsafe state.withLock({ state in unsafe state.commAnswerer }) {
        var count = 0
        let bytes = unsafe payload.withUnsafeBufferPointer {
          unsafe answerer($0.baseAddress, $0.count, &count)
        }
        if let bytes = unsafe bytes {
          let packed = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
          unsafe free(bytes)
          answer = WorkerMessage.unpacked(packed[...])
        }
      }
      send(
        WorkerMessage(
          kind: WorkerMessageKind.commAnswer, fields: [Array(message.text(0).utf8)] + answer))
    }
  }

  /// The identifier of the request that outputs belong to now.
  var parentID: String { state.withLock { $0.parentID } }

  var renderer: Renderer? {
    unsafe state.withLock { state in unsafe state.renderer }
  }

  /// Sends an output and waits until the kernel took it, so that what is printed next comes later.
  func publish(_ message: WorkerMessage) {
    cfaults_flush_streams()
    send(message)
    _ = acknowledgements.take()
  }

  /// What the last cell's code took.
  var lastUsage: CellUsage { state.withLock { $0.lastUsage } }

  func noteProgress(_ index: Int) {
    state.withLock { $0.progress = index }
  }

  func noteThrown(name: String, text: String) {
    state.withLock { $0.thrown = (name, text) }
  }

  func requestLine(prompt: String, isPassword: Bool) -> String? {
    cfaults_flush_streams()
    send(
      WorkerMessage(kind: WorkerMessageKind.inputRequest, texts: [prompt, isPassword ? "1" : ""]))
    return lines.take()
  }
}

/// Gives a value's richer forms as JSON, malloc'ed; `nil` when it has none.
typealias Renderer = @convention(c) (UnsafeRawPointer) -> UnsafeMutablePointer<CChar>?

/// Says what the library makes of a comm's message while a cell runs.
///
/// It gives packed fields, malloc'ed, and their size, and calls no code of the user.
typealias CommAnswerer =
  @convention(c) (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>
  ) -> UnsafeMutablePointer<UInt8>?

/// Takes what the frontend did with a comm, as fields that `WorkerMessage.packed` made.
typealias CommHandler = @convention(c) (UnsafePointer<UInt8>?, Int) -> Void
