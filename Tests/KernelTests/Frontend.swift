import Foundation
import JupyterProtocol
import Kernel
import Synchronization
import Testing

/// A message that the kernel sent.
struct Sent: CustomStringConvertible {
  let channel: Channel
  let message: Message

  var type: String { message.header.messageType }
  var parent: String? { message.parentHeader?.identifier }
  var content: JSONValue { (try? message.content(as: JSONValue.self)) ?? .null }

  /// The type, with the state of a status message.
  var description: String {
    guard let state = content["execution_state"]?.string else { return type }
    return state
  }
}

/// A frontend that talks to a kernel's logic without sockets.
final class Frontend {
  static let key = Array("key".utf8)
  let executor = FakeExecutor()
  let dispatcher: Dispatcher
  private let outbox: Outbox
  private let writer = MessageWriter(signer: MessageSigner(key: key))
  private var reader = MessageReader(signer: MessageSigner(key: key))
  private let lines = LogLines()
  private(set) var hasStopped = false
  private(set) var received: [Sent] = []

  init(history: any HistoryStore = MemoryHistory()) throws {
    outbox = try Outbox()
    let signer = MessageSigner(key: Self.key)
    let log: @Sendable (String) -> Void = { [lines] in lines.append($0) }
    dispatcher = Dispatcher(
      executor: executor, publisher: Publisher(outbox: outbox, signer: signer, log: log),
      signer: signer, information: KernelInformation(version: "1", languageVersion: "6.3.1"),
      connection: ConnectionFile(
        transport: .tcp, host: "127.0.0.1", shellPort: 1, controlPort: 2, stdinPort: 3,
        iopubPort: 4, heartbeatPort: 5, key: Self.key),
      history: history, log: log)
  }

  /// What the kernel logged.
  var log: [String] { lines.all }

  /// Sends a message and returns its identifier.
  @discardableResult
  func send<Content: MessageContent>(
    _ content: Content, on channel: Channel = .shell, parent: [UInt8]? = nil,
    metadata: [String: JSONValue] = [:], subshell: String? = nil
  ) throws -> String {
    try send(
      content, type: Content.messageType, on: channel, parent: parent, metadata: metadata,
      subshell: subshell)
  }

  /// Sends a message of any type with any content.
  @discardableResult
  func send(
    _ content: some Encodable, type: String, on channel: Channel = .shell,
    parent: [UInt8]? = nil, metadata: [String: JSONValue] = [:], subshell: String? = nil
  ) throws -> String {
    let header = MessageHeader(messageType: type, session: "frontend", subshell: subshell)
    let frames = try writer.frames(
      identities: [Array("me".utf8)], header: header, parentFrame: parent, metadata: metadata,
      content: content)
    dispatcher.receive(frames, on: channel)
    return header.identifier
  }

  /// Waits until `condition` holds for everything received so far, ten seconds at the most.
  func receive(until condition: ([Sent]) -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      for posting in outbox.drain() {
        switch posting {
        case .send(let channel, let frames):
          received.append(Sent(channel: channel, message: try reader.message(from: frames)))
        case .stop: hasStopped = true
        }
      }
      if condition(received) { return }
      guard ContinuousClock.now < deadline else {
        Issue.record("no such message came; got \(received)")
        return
      }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Waits for the `idle` of each of `requests` and returns all that belongs to them, in order.
  func answers(to requests: String...) async throws -> [Sent] {
    try await receive { sent in
      requests.allSatisfy { request in
        sent.contains { $0.parent == request && $0.description == "idle" }
      }
    }
    return received.filter { sent in requests.contains { $0 == sent.parent } }
  }

  /// Sends `content`, waits for its end and returns the content of its reply.
  func reply(
    to content: some MessageContent, on channel: Channel = .shell
  ) async throws -> JSONValue {
    let answers = try await answers(to: send(content, on: channel))
    let reply = try #require(answers.first { $0.channel == channel })
    return reply.content
  }

  /// Runs a cell to its end and returns its messages.
  func run(_ request: ExecuteRequest) async throws -> [Sent] {
    try await answers(to: send(request))
  }

  /// Starts a cell that waits, and returns once it runs.
  func startWaiting(_ request: ExecuteRequest = ExecuteRequest(code: "wait")) async throws -> String
  {
    let count = executor.cells.count
    let identifier = try send(request)
    try await receive { _ in self.executor.cells.count > count }
    return identifier
  }
}

/// Log lines from any thread.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func append(_ line: String) {
    lines.withLock { $0.append(line) }
  }
}
