import CellCompiler
import JupyterProtocol
import Kernel
import Processes
import Synchronization

/// How a cell's code ended in the worker.
enum CellEnd: Sendable, Equatable {
  case finished
  case thrown(name: String, text: String, frames: [RawFrame])
  case trapped(signal: String, address: UInt?, report: FaultReport?, frames: [RawFrame])
  case interrupted(frames: [RawFrame])
  case unloadable(reason: String)
  case workerEnded(WorkerDeath)
}

/// One cell while it runs: takes the worker's events, hands on its outputs, learns its end.
final class CellRun: Sendable {
  typealias Output = @Sendable (CellOutput) -> Void

  private struct State {
    var printed = PrintedText()
    var progress = 0
    var result: (bundle: MIMEBundle, metadata: [String: JSONValue])?
  }

  private static let count = Atomic(0)

  /// Tells it from others that the worker runs.
  let number = count.add(1, ordering: .relaxed).newValue
  private let state = Mutex(State())
  private let output: Output
  private let allowsInput: Bool
  private let ended: @Sendable (CellEnd, Int) -> Void

  /// - Parameters:
  ///   - allowsInput: Whether the frontend answers requests for a line.
  ///   - output: Takes the outputs, in order.
  ///   - ended: Called once, with the cell's end and how many groups of variables have values.
  init(
    allowsInput: Bool, output: @escaping Output,
    ended: @escaping @Sendable (CellEnd, Int) -> Void
  ) {
    self.allowsInput = allowsInput
    self.output = output
    self.ended = ended
  }

  /// Hands on an output that the session itself has.
  func publish(_ published: CellOutput) { output(published) }

  func handle(_ event: WorkerProcess.Event, of worker: WorkerProcess) {
    switch event {
    case .printed(let number, let bytes):
      let stream: StandardStream = number == 1 ? .stdout : .stderr
      if let text = state.withLock({ $0.printed.add(bytes, to: stream) }) {
        output(.stream(stream, text))
      }
    case .quiet: flush(isLast: false)
    case .message(let message): handle(message, of: worker)
    case .ended(let death):
      flush(isLast: true)
      ended(.workerEnded(death), state.withLock { $0.progress })
    }
  }

  private func handle(_ message: WorkerMessage, of worker: WorkerProcess) {
    switch message.kind {
    case WorkerMessageKind.result:
      flush(isLast: false)
      output(.result(bundle(of: message), metadata: [:]))
      worker.send(WorkerMessage(kind: WorkerMessageKind.acknowledge))
    case WorkerMessageKind.emit:
      flush(isLast: false)
      if message.text(0) == "3" {
        if let event = CommEvent(packed: message.fields.last ?? []) { output(.comm(event)) }
      } else if let published = Self.published(message) {
        output(published)
      }
      worker.send(WorkerMessage(kind: WorkerMessageKind.acknowledge))
    case WorkerMessageKind.inputRequest:
      flush(isLast: false)
      guard allowsInput else {
        // Nobody can answer: the cell reads the end of its input.
        worker.send(WorkerMessage(kind: WorkerMessageKind.input))
        return
      }
      output(.inputRequest(prompt: message.text(0), isPassword: message.text(1) == "1"))
    case WorkerMessageKind.done: finish(message)
    default: break
    }
  }

  private func finish(_ message: WorkerMessage) {
    let end = end(from: message)
    flush(isLast: true)
    ended(end, message.number(3))
  }

  /// What a message says of a cell's end, or of a task's.
  func end(from message: WorkerMessage) -> CellEnd {
    let frames = message.fields.indices.dropFirst(4).compactMap { RawFrame(message.text($0)) }
    switch message.text(0) {
    case "ok": return .finished
    case "thrown": return .thrown(name: message.text(1), text: message.text(2), frames: frames)
    case "unloadable": return .unloadable(reason: message.text(2))
    case "interrupted": return .interrupted(frames: frames)
    default:
      return .trapped(
        signal: message.text(1), address: UInt(message.text(2)),
        report: state.withLock { $0.printed.takeFault() }, frames: frames)
    }
  }

  private func flush(isLast: Bool) {
    for stream in [StandardStream.stdout, .stderr] {
      let text = state.withLock {
        isLast
          ? $0.printed.takeAll(stream) : $0.printed.take(stream, keepsFatalError: true)
      }
      if let text { output(.stream(stream, text)) }
    }
  }

  private func bundle(of message: WorkerMessage) -> MIMEBundle {
    var bundle: MIMEBundle = ["text/plain": .string(message.text(0))]
    if message.fields.count > 1, !message.fields[1].isEmpty,
      let rich = JSONValue(utf8: message.fields[1]), case .object(let forms) = rich
    {
      bundle.merge(forms) { $1 }
    }
    return bundle
  }

  /// A library's output, from its JSON; `nil` when that is malformed.
  private static func published(_ message: WorkerMessage) -> CellOutput? {
    guard message.fields.count > 1, let value = JSONValue(utf8: message.fields[1]),
      case .object(let fields) = value
    else { return nil }
    if message.text(0) == "2" {
      return .clear(wait: fields["wait"] == .bool(true))
    }
    guard case .object(let data)? = fields["data"] else { return nil }
    var metadata: [String: JSONValue] = [:]
    if case .object(let given)? = fields["metadata"] { metadata = given }
    var identifier: String?
    if case .string(let given)? = fields["display_id"] { identifier = given }
    return .display(
      data, metadata: metadata, displayID: identifier, isUpdate: fields["update"] == .bool(true))
  }
}
