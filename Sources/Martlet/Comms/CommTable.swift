/// The open comms of this process, and the targets that frontends may open.
final class CommTable: Sendable {
  static let shared = CommTable()

  private struct Entries {
    var comms: [String: Comm] = [:]
    var targets: [String: Comm.OpenHandler] = [:]
  }

  private let entries = GuardedValue(Entries())

  private init() {}

  // MARK: What this process does

  func add(_ comm: Comm) {
    entries.withLock { $0.comms[comm.id] = comm }
  }

  /// Forgets the comm; `false` when it was closed before.
  @discardableResult
  func remove(_ id: String) -> Bool {
    // The comm must not be released under the lock: what it holds is the user's.
    let removed = entries.withLock { $0.comms.removeValue(forKey: id) }
    return removed != nil
  }

  /// Whether the comm is open.
  func contains(_ comm: Comm) -> Bool {
    entries.withLock { $0.comms[comm.id] != nil }
  }

  /// An identifier that no other comm has, in the form that Jupyter's own have.
  static func newIdentifier() -> String {
    let digits = (0..<2).map { _ in
      let text = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return digits.joined()
  }

  func register(_ target: String, _ handler: Comm.OpenHandler?) {
    let replaced = entries.withLock { entries -> Comm.OpenHandler? in
      defer { entries.targets[target] = handler }
      return entries.targets[target]
    }
    _ = replaced
  }

  /// Tells the frontend what was done with a comm.
  func emit(
    _ action: String, _ id: String, target: String? = nil, data: JSONValue, metadata: JSONValue,
    buffers: [[UInt8]]
  ) {
    guard WorkerBridge.isInNotebook else { return }
    let text = Self.event(action, id, target: target, data: data, metadata: metadata)
    CommBridge.emit([Array(text.utf8)] + buffers)
  }

  /// What was done with a comm, as the kernel reads it.
  private static func event(
    _ action: String, _ id: String, target: String? = nil, data: JSONValue,
    metadata: JSONValue = [:]
  ) -> String {
    var fields: [String: JSONValue] = [
      "action": .string(action), "comm_id": .string(id), "data": data, "metadata": metadata,
    ]
    if let target { fields["target_name"] = .string(target) }
    return JSONValue.object(fields).description
  }

  // MARK: What the frontend does

  /// Takes what the frontend did with a comm: a JSON object, and buffers.
  func receive(_ fields: [[UInt8]]) throws {
    guard let first = fields.first, let event = JSONValue(utf8: first),
      let id = event["comm_id"]?.string
    else { return }
    let message = Comm.Message(
      data: event["data"] ?? [:], metadata: event["metadata"] ?? [:],
      buffers: Array(fields.dropFirst()))
    switch event["action"]?.string {
    case "open": try open(event["target_name"]?.string ?? "", id, message)
    case "message": try entries.withLock { $0.comms[id] }?.receive(message)
    case "close":
      let comm = entries.withLock { $0.comms.removeValue(forKey: id) }
      try comm?.receiveClose(message)
    default: break
    }
  }

  /// Says what to send to the frontend for its message while a cell runs; calls no code of the user.
  ///
  /// - Returns: What to publish; `nil` when the message has to come again after the cell.
  func answer(_ fields: [[UInt8]]) -> [[UInt8]]? {
    guard fields.count == 1, let event = JSONValue(utf8: fields[0]),
      event["action"] == "message", let id = event["comm_id"]?.string,
      let comm = entries.withLock({ $0.comms[id] }),
      let answers = WidgetControl.answers(to: event["data"] ?? [:], of: comm)
    else { return nil }
    return answers.map { data in
      CommFields.packed([Array(Self.event("message", id, data: data).utf8)])
    }
  }

  private func open(_ target: String, _ id: String, _ message: Comm.Message) throws {
    let registered = entries.withLock { $0.targets[target] }
    guard let handler = registered ?? WidgetControl.handler(of: target) else {
      return emit("close", id, data: [:], metadata: [:], buffers: [])
    }
    let comm = Comm(id: id, target: target)
    add(comm)
    try handler(comm, message)
  }
}
