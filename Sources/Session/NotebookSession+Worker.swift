import CellCompiler
import Cells
import Dispatch
import Kernel
import Processes
import Synchronization

extension NotebookSession {
  /// Asks the worker something between cells, on the session's queue.
  ///
  /// - Returns: Its answer; `nil` when there is no worker or it ended.
  func ask(_ kind: UInt8, _ texts: [String] = []) -> WorkerMessage? {
    guard ensureWorker() == nil else { return nil }
    let done = DispatchSemaphore(value: 0)
    let answer = Box<WorkerMessage?>(nil)
    let worker = shared.withLock { state in
      state.takeAnswer = { message in
        answer.value = message
        done.signal()
      }
      return state.worker
    }
    defer { shared.withLock { $0.takeAnswer = nil } }
    guard let worker else { return nil }
    worker.send(WorkerMessage(kind: kind, texts: texts))
    // The worker's control thread is never busy for long; the limit is for one that was stopped.
    _ = done.wait(timeout: .now() + 10)
    return answer.value
  }

  /// The folder that the cells work in.
  var workerFolder: String {
    ask(WorkerMessageKind.directory)?.text(0) ?? Files.currentFolder ?? "/"
  }

  /// The environment that the cells see.
  var workerEnvironment: [String: String] {
    guard let answer = ask(WorkerMessageKind.environment) else { return currentEnvironment() }
    var result: [String: String] = [:]
    for index in answer.fields.indices {
      let entry = answer.text(index)
      guard let equals = entry.firstIndex(of: "=") else { continue }
      result[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
    }
    return result
  }

  /// `path` as the cells understand it, from their folder on.
  func absolutePath(_ path: String) -> String {
    path.hasPrefix("/") ? path : workerFolder + "/" + path
  }

  /// Tells, on standard error, of a task that failed and that no cell waits for.
  func tell(of message: WorkerMessage, _ run: CellRun?) {
    let failures = CellFailures(code: "", label: "", sources: history.sources)
    guard let run, let compiler = shared.withLock({ $0.compiler }) else { return }
    let failure: CellFailure
    switch run.end(from: message) {
    case .thrown(let name, let text, let frames):
      failure = failures.thrown(name: name, text: text, lines: compiler.cellLines(of: frames))
    case .trapped(let signal, let address, let report, let frames):
      failure = failures.trapped(
        signal: signal, address: address, report: report, trace: compiler.backtrace(of: frames))
    default: return
    }
    let lines = ["A task failed that no cell waits for."] + failure.traceback
    run.publish(.stream(.stderr, lines.joined(separator: "\n") + "\n"))
  }

  /// Ends the worker and starts a new one; everything that lived in it is gone.
  func replaceWorker() {
    let (worker, compiler, background, losesComms) = shared.withLock { state in
      defer {
        if let worker = state.worker { state.retired.append(worker) }
        state.worker = nil
        state.idleDeath = nil
        state.takesComms = false
        state.scope = SessionScope()
      }
      return (state.worker, state.compiler, state.background, state.takesComms)
    }
    worker?.kill()
    if losesComms { background?.publish(.commsLost) }
    history.workerWasReplaced()
    compiler?.workerWasReplaced()
    ensureWorker()
  }
}
