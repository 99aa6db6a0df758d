/// A connection with code in the frontend, over which both sides send what they like.
///
/// The frontend needs code for the target, as extensions bring along; the target
/// `jupyter.widget` is that of ipywidgets. Outside of notebooks, nothing is sent.
///
/// ```swift
/// let comm = Comm(target: "my.target", data: ["start": 1])
/// comm.onMessage { message in print(message.data) }
/// comm.send(["next": 2])
/// ```
///
/// Callbacks run one at a time, when no cell does. What they print belongs to the frontend's
/// message; a trap in one keeps the session's state, as in a cell.
///
/// - SeeAlso: Jupyter messaging 5.5, "Custom Messages".
public final class Comm {
  /// What the frontend sent.
  public struct Message: Sendable, Equatable {
    /// The data, usually an object.
    public let data: JSONValue
    /// Data about the data.
    public let metadata: JSONValue
    /// Binary data.
    public let buffers: [[UInt8]]
  }

  /// Takes a comm that the frontend opened, and what it sent along.
  public typealias OpenHandler = (Comm, Message) throws -> Void
  /// Takes what the frontend sent.
  public typealias MessageHandler = (Message) throws -> Void

  /// The comm's own identifier.
  public let id: String
  /// The name of the code that the comm connects with.
  public let target: String

  private struct Handlers {
    var message: [MessageHandler] = []
    var close: [MessageHandler] = []
  }

  private let handlers = GuardedValue(Handlers())

  /// Makes a comm of which the frontend knows, or learns by `open`.
  init(id: String, target: String) {
    self.id = id
    self.target = target
  }

  /// Opens a comm with the frontend's code for `target`.
  ///
  /// - Parameters:
  ///   - target: The name under which that code is registered in the frontend.
  ///   - data: What to send along.
  ///   - metadata: Data about the data, an object.
  ///   - buffers: Binary data.
  public convenience init(
    target: String, data: JSONValue = [:], metadata: JSONValue = [:], buffers: [[UInt8]] = []
  ) {
    self.init(id: CommTable.newIdentifier(), target: target)
    open(data: data, metadata: metadata, buffers: buffers)
  }

  /// Tells the frontend of the comm.
  func open(data: JSONValue, metadata: JSONValue = [:], buffers: [[UInt8]] = []) {
    CommTable.shared.add(self)
    CommTable.shared.emit(
      "open", id, target: target, data: data, metadata: metadata, buffers: buffers)
  }

  /// Sends data to the frontend; does nothing after the comm was closed.
  public func send(_ data: JSONValue, metadata: JSONValue = [:], buffers: [[UInt8]] = []) {
    guard CommTable.shared.contains(self) else { return }
    CommTable.shared.emit("message", id, data: data, metadata: metadata, buffers: buffers)
  }

  /// Closes the comm on both sides; once is enough.
  public func close(_ data: JSONValue = [:]) {
    guard CommTable.shared.remove(id) else { return }
    CommTable.shared.emit("close", id, data: data, metadata: [:], buffers: [])
  }

  /// Calls `handler` with every message of the frontend from now on.
  public func onMessage(_ handler: @escaping MessageHandler) {
    handlers.withLock { $0.message.append(handler) }
  }

  /// Calls `handler` when the frontend closes the comm.
  public func onClose(_ handler: @escaping MessageHandler) {
    handlers.withLock { $0.close.append(handler) }
  }

  /// Lets the frontend open comms for `target`; a later handler of the same target replaces it.
  ///
  /// ```swift
  /// Comm.register(target: "echo") { comm, _ in
  ///   comm.onMessage { comm.send($0.data, buffers: $0.buffers) }
  /// }
  /// ```
  public static func register(target: String, _ handler: @escaping OpenHandler) {
    CommTable.shared.register(target, handler)
  }

  /// Refuses further comms for `target`; open ones stay open.
  public static func unregister(target: String) {
    CommTable.shared.register(target, nil)
  }

  func receive(_ message: Message) throws {
    for handler in handlers.withLock({ $0.message }) { try handler(message) }
  }

  func receiveClose(_ message: Message) throws {
    for handler in handlers.withLock({ $0.close }) { try handler(message) }
  }
}
