import CellCompiler
import Dispatch
import JupyterProtocol
package import Kernel
import Processes
import Synchronization

extension NotebookSession {
  package func handleComm(
    _ event: CommEvent, messageID: String, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CommOutcome {
    guard takesComms else { return .untaken }
    if await isTakenDuringCell(event, messageID, output) { return .handled }
    return await withCheckedContinuation { continuation in
      queue.async {
        // Not before its turn: until then, interrupts are for what runs.
        self.beginExecution()
        defer { self.shared.withLock { $0.executions -= 1 } }
        continuation.resume(returning: self.runCallback(event, messageID, output))
      }
    }
  }

  private var takesComms: Bool {
    shared.withLock { $0.takesComms && $0.worker != nil }
  }

  /// Runs the callback that the event is for, as a cell is run; on the session's queue.
  private func runCallback(
    _ event: CommEvent, _ messageID: String, _ output: @escaping CellRun.Output
  ) -> CommOutcome {
    guard takesComms else { return .untaken }
    let message = WorkerMessage(
      kind: WorkerMessageKind.comm, fields: [Array(messageID.utf8), event.packed])
    let (end, _) = runInWorker(message, allowsInput: false, output)
    let failures = CellFailures(code: "", label: "callback", sources: history.sources)
    func lines(_ frames: [RawFrame]) -> [CellLine] {
      readyCompiler()?.cellLines(of: frames) ?? []
    }
    switch end {
    case .finished: return .handled
    case .thrown(let name, let text, let frames):
      return .failed(failures.thrown(name: name, text: text, lines: lines(frames)))
    case .trapped(let signal, let address, let report, let frames):
      return .failed(
        failures.trapped(
          signal: signal, address: address, report: report,
          trace: readyCompiler()?.backtrace(of: frames) ?? CellBacktrace()))
    case .interrupted(let frames): return .failed(failures.interrupted(lines: lines(frames)))
    case .unloadable(let reason): return .failed(failures.other("CommError", reason))
    case .workerEnded(let death):
      history.workerWasReplaced()
      shared.withLock { $0.compiler }?.workerWasReplaced()
      ensureWorker()
      return .failed(
        failures.other(
          "WorkerEnded",
          "in a callback, the process that runs the cells \(death.explanation). A new one was "
            + "started. The variables, functions and imports of earlier cells are gone: run those "
            + "cells again."))
    }
  }
}

/// A comm message that the worker was asked about while a cell runs.
struct CommDuringCell: Sendable {
  var output: CellRun.Output
  /// Takes whether the message is done with.
  var end: CheckedContinuation<Bool, Never>
}

extension NotebookSession {
  /// Lets the library take the message at once if a cell runs and no callback is needed.
  private func isTakenDuringCell(
    _ event: CommEvent, _ messageID: String, _ output: @escaping CellRun.Output
  ) async -> Bool {
    guard event.action == .message, event.buffers.isEmpty else { return false }
    return await withCheckedContinuation { continuation in
      let worker = shared.withLock { state -> WorkerProcess? in
        guard state.run != nil, state.takesComms, state.commsDuringCell[messageID] == nil else {
          return nil
        }
        state.commsDuringCell[messageID] = CommDuringCell(output: output, end: continuation)
        return state.worker
      }
      guard let worker else {
        endCommDuringCell(messageID, isDone: false) ?? continuation.resume(returning: false)
        return
      }
      worker.send(
        WorkerMessage(
          kind: WorkerMessageKind.commDuringCell, fields: [Array(messageID.utf8), event.packed]))
      // Whatever holds the answer up, the message is then served after the cell.
      DispatchQueue.global().asyncAfter(deadline: .now() + 2) {
        self.endCommDuringCell(messageID, isDone: false)
      }
    }
  }

  /// Publishes what the library answers, in the name of the message.
  func takeCommAnswer(_ message: WorkerMessage) {
    let waiting = shared.withLock { $0.commsDuringCell[message.text(0)] }
    if message.text(1) == "done" {
      for packed in message.fields.dropFirst(2) {
        if let event = CommEvent(packed: packed) { waiting?.output(.comm(event)) }
      }
    }
    endCommDuringCell(message.text(0), isDone: message.text(1) == "done")
  }

  /// Lets the messages wait for the next worker, which is gone without an answer.
  func forgetCommsDuringCell() {
    for messageID in shared.withLock({ Array($0.commsDuringCell.keys) }) {
      endCommDuringCell(messageID, isDone: false)
    }
  }

  @discardableResult
  private func endCommDuringCell(_ messageID: String, isDone: Bool) -> Void? {
    let waiting = shared.withLock { $0.commsDuringCell.removeValue(forKey: messageID) }
    return waiting?.end.resume(returning: isDone)
  }
}

extension CommEvent {
  /// The event as the worker's library takes it: a JSON object and the buffers, packed.
  var packed: [UInt8] {
    var fields: [String: JSONValue] = [
      "comm_id": .string(commID), "data": data, "metadata": .object(metadata),
    ]
    switch action {
    case .open(let target):
      fields["action"] = "open"
      fields["target_name"] = .string(target)
    case .message: fields["action"] = "message"
    case .close: fields["action"] = "close"
    }
    return WorkerMessage.packed([JSONValue.object(fields).utf8] + buffers)
  }

  /// Reads what the worker's library did; `nil` when that is malformed.
  init?(packed: [UInt8]) {
    let fields = WorkerMessage.unpacked(packed[...])
    guard let first = fields.first, let value = JSONValue(utf8: first),
      let commID = value["comm_id"]?.string
    else { return nil }
    let action: Action
    switch value["action"]?.string {
    case "open": action = .open(target: value["target_name"]?.string ?? "")
    case "message": action = .message
    case "close": action = .close
    default: return nil
    }
    var metadata: [String: JSONValue] = [:]
    if case .object(let given)? = value["metadata"] { metadata = given }
    self.init(
      commID: commID, action: action, data: value["data"] ?? [:], metadata: metadata,
      buffers: Array(fields.dropFirst()))
  }
}
