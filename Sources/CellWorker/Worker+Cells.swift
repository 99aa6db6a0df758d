import CFaults
import Glibc
import Processes
import Synchronization

/// The entry of a cell: what a program's `main` is.
typealias CellEntry =
  @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Void

extension Worker {
  /// The stack of the thread that runs cells; less when the address space is limited.
  static let cellStackBytes = 512 << 20

  /// Starts the thread that runs the cells from now on; ends the process when none can be had.
  func startCellThread() {
    let generation = state.withLock {
      $0.generation += 1
      return $0.generation
    }
    var stackBytes = Self.cellStackBytes
    while stackBytes >= 1 << 20 {
      let isStarted = startThread(stackBytes: stackBytes) { self.runCells(generation) }
      if isStarted { return }
      stackBytes /= 8
    }
    FileDescriptor.write(Array("martlet-worker: no memory for another thread\n".utf8), to: 2)
    _exit(WorkerExit.outOfMemory)
  }

  private func runCells(_ generation: Int) {
    cfaults_adopt_cell_thread()
    while true {
      let job = jobs.take()
      run(job)
      guard state.withLock({ $0.generation }) == generation else { return }
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
    cfaults_set_active(0)
    let usage = CellUsage.now().since(start)
    cfaults_flush_streams()
    let (isMine, thrown, progress) = state.withLock { state in
      defer { state.isRunning = false }
      state.lastUsage = usage
      return (state.isRunning, state.thrown, state.progress)
    }
    guard isMine else { return }
    if ended == 0 {
      send(WorkerMessage(kind: WorkerMessageKind.done, texts: ["ok", "", "", String(progress)]))
    } else {
      let thrown = thrown ?? ThrownError(name: "Error", text: "the cell ended itself", frames: [])
      send(thrown.message(progress: progress))
    }
  }

  /// Hands a comm's message to the library as a cell's entry is called.
  private func commEntry(_ job: Job) -> CellEntry {
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

  private func load(_ job: Job) -> CellEntry? {
    if let slash = job.object.lastIndex(of: "/") {
      unsafe cfaults_set_cell_folder(String(job.object[...slash]))
    }
    let loaded = LoadedObject(job.object, entry: job.entry)
    guard let symbol = unsafe loaded.entry else {
      let reason = loaded.reason ?? "no reason given"
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
    return unsafe unsafeBitCast(symbol, to: CellEntry.self)
  }

  /// Runs the program in `object` and ends the process with its status; never returns.
  ///
  /// Faults end the process as usual, for its parent to see.
  package static func runProgram(_ object: String, entry: String) -> Never {
    shared.state.withLock { $0.isProgram = true }
    startThread(stackBytes: cellStackBytes) {
      cfaults_adopt_cell_thread()
      guard let entry = unsafe shared.load(Job(object: object, entry: entry)) else { exit(1) }
      let ended = unsafe cfaults_call(entry)
      if ended != 0, let thrown = shared.state.withLock({ $0.thrown }) { thrown.endProgram() }
      exit(ended)
    }
    cfaults_serve_main_queue()
  }

  // MARK: What cells call

  func noteProgress(_ index: Int) {
    withoutParking { state.withLock { $0.progress = index } }
  }

  /// Ends the cell with `thrown`, wherever in it the calling thread is.
  func end(with thrown: ThrownError) -> Never {
    guard isInNotebook || cfaults_runs_cells() != 0 else { thrown.endProgram() }
    withoutParking { state.withLock { $0.thrown = thrown } }
    if cfaults_runs_cells() != 0 { cfaults_leave() }
    cfaults_stop_here()
  }
}

/// An object that was loaded, and its entry or the reason that there is none.
@safe private struct LoadedObject {
  private let path: String
  private let name: String
  private(set) var entry: UnsafeMutableRawPointer?
  private(set) var reason: String?

  /// Loads the object; on the main thread while it may bring Foundation, which binds the main queue
  /// to the thread that loads it.
  init(_ path: String, entry name: String) {
    self.path = path
    self.name = name
    if unsafe dlsym(nil, "CFRunLoopGetMain") != nil {
      load()
    } else {
      unsafe withUnsafeMutablePointer(to: &self) { pointer in
        unsafe cfaults_call_on_main_thread(
          { unsafe $0?.assumingMemoryBound(to: LoadedObject.self).pointee.load() }, pointer)
      }
    }
  }

  private mutating func load() {
    if let handle = unsafe dlopen(path, RTLD_NOW | RTLD_GLOBAL) {
      unsafe entry = dlsym(handle, name)
    }
    if unsafe entry == nil { reason = unsafe dlerror().map { unsafe String(cString: $0) } }
  }
}
