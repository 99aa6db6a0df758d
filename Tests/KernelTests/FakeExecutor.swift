import JupyterProtocol
import Kernel
import Synchronization

/// An executor without a compiler: each line of a cell is one command.
///
/// `out`, `err`, `result`, `display`, `update` and `clear` publish; `fail` fails; `page` adds a
/// payload; `input` asks for a line and prints it; `wait` waits for `release` or an interrupt.
final class FakeExecutor: CellExecutor {
  private struct State {
    var cells: [CellRequest] = []
    var comms: Set<String> = []
    var isStarted = false
    var isShutDown = false
    var interruptCount = 0
    var waiting: CheckedContinuation<String?, Never>?
    var early: [String?] = []
  }

  private let state = Mutex(State())

  var cells: [CellRequest] { state.withLock { $0.cells } }
  var isStarted: Bool { state.withLock { $0.isStarted } }
  var isShutDown: Bool { state.withLock { $0.isShutDown } }
  var interruptCount: Int { state.withLock { $0.interruptCount } }

  func start(output: @escaping @Sendable (CellOutput) -> Void) {
    state.withLock { $0.isStarted = true }
  }

  /// Takes the comms of the target "echo": sends back what comes, and fails on the data "fail".
  func handleComm(
    _ event: CommEvent, messageID: String, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CommOutcome {
    switch event.action {
    case .open(let target):
      guard target == "echo" else { return .untaken }
      state.withLock { _ = $0.comms.insert(event.commID) }
      return .handled
    case .close:
      return state.withLock { $0.comms.remove(event.commID) } == nil ? .untaken : .handled
    case .message:
      guard state.withLock({ $0.comms.contains(event.commID) }) else { return .untaken }
      if event.data == "fail" {
        return .failed(CellFailure(name: "Failed", value: "v", traceback: ["at v"]))
      }
      output(.stream(.stdout, messageID))
      output(.comm(event))
      return .handled
    }
  }

  /// Lets the cell that waits go on.
  func release() { resume("released") }

  func answerInput(_ value: String) { resume(value) }

  func interrupt() {
    state.withLock { $0.interruptCount += 1 }
    resume(nil)
  }

  func execute(
    _ cell: CellRequest, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CellOutcome {
    state.withLock { $0.cells.append(cell) }
    var outcome = CellOutcome()
    for line in cell.code.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      let text = words.count > 1 ? String(words[1]) : ""
      switch words[0] {
      case "fail":
        outcome.failure = CellFailure(
          name: "Failed", value: text, traceback: ["at \(text)", "end"])
        return outcome
      case "page":
        outcome.payload.append(["source": "page", "data": ["text/plain": .string(text)]])
      case "input", "wait":
        if words[0] == "input" { output(.inputRequest(prompt: text, isPassword: true)) }
        guard let value = await value() else {
          outcome.failure = CellFailure(name: "Interrupted", value: "", traceback: [])
          return outcome
        }
        output(.stream(.stdout, value))
      default:
        if let published = Self.output(String(words[0]), text) { output(published) }
      }
    }
    for (name, expression) in cell.userExpressions {
      outcome.userExpressions[name] =
        expression == "bad"
        ? .failure(CellFailure(name: "Bad", value: "v", traceback: []))
        : .value(["text/plain": .string(expression)], metadata: [:])
    }
    return outcome
  }

  func completeness(of code: String) async -> Completeness {
    switch code {
    case "open": .incomplete(indent: "  ")
    case "wrong": .invalid
    case "odd": .unknown
    default: .complete
    }
  }

  func completions(in code: String, at cursor: Int) async -> Completions {
    Completions(
      matches: [Completion(text: "print", type: "function", signature: "(_:)")],
      start: 0, end: cursor)
  }

  func inspection(of code: String, at cursor: Int, detailLevel: Int) async -> MIMEBundle? {
    code.isEmpty || code == "noSuchName" ? nil : ["text/plain": "\(code) \(cursor) \(detailLevel)"]
  }

  func shutDown() async {
    state.withLock { $0.isShutDown = true }
    resume(nil)
  }

  private static func output(_ command: String, _ text: String) -> CellOutput? {
    let bundle: MIMEBundle = ["text/plain": .string(text)]
    return switch command {
    case "out": .stream(.stdout, text)
    case "err": .stream(.stderr, text)
    case "result": .result(bundle, metadata: ["m": 1])
    case "display": .display(bundle, metadata: [:], displayID: "d", isUpdate: false)
    case "update": .display(bundle, metadata: [:], displayID: "d", isUpdate: true)
    case "clear": .clear(wait: true)
    default: nil
    }
  }

  private func value() async -> String? {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if state.early.isEmpty {
          state.waiting = continuation
        } else {
          continuation.resume(returning: state.early.removeFirst())
        }
      }
    }
  }

  /// Ends the wait of the running cell, or the next one when a cell is about to wait.
  private func resume(_ value: String?) {
    state.withLock { state in
      if let waiting = state.waiting {
        state.waiting = nil
        waiting.resume(returning: value)
      } else if value != nil {
        state.early.append(value)
      }
    }
  }
}
