import CZeroMQ
import Glibc

/// What a socket does with messages.
package enum SocketKind: String, Sendable {
  case router
  case dealer
  case request
  case publish
  case extendedPublish
  case subscribe

  var code: Int32 {
    switch self {
    case .router: ZMQ_ROUTER
    case .dealer: ZMQ_DEALER
    case .request: ZMQ_REQ
    case .publish: ZMQ_PUB
    case .extendedPublish: ZMQ_XPUB
    case .subscribe: ZMQ_SUB
    }
  }
}

/// One setting of a socket.
///
/// - SeeAlso: zmq_setsockopt(3).
package enum SocketOption: Sendable, Equatable {
  /// How long closing waits for queued messages.
  case lingerMilliseconds(Int32)
  /// The most messages queued for each peer before they are dropped; 0 sets no limit.
  case sendQueueLimit(Int32)
  /// The most messages queued from each peer; 0 sets no limit.
  case receiveQueueLimit(Int32)
  /// Whether a peer that comes back with the same identity takes over from its older connection.
  case handsOverIdentities(Bool)
  /// Whether an extended publisher leaves accepting each subscription to its owner.
  case leavesSubscriptionsToOwner(Bool)
  /// The name under which a router sees this socket.
  case identity([UInt8])
  /// Adds a topic; on an extended publisher, for the peer of the last subscription received.
  case subscription([UInt8])
  /// Removes a topic, as `subscription` adds it.
  case unsubscription([UInt8])
  /// Takes over `descriptor`, a socket that listens already, at the next `bind`.
  case listensAt(descriptor: Int32)
  /// Encrypts as CURVE's server, with keys in Z85: lets in only peers that know the public key.
  case encryptsAsServer(publicKey: String, secretKey: String)

  var code: Int32 {
    switch self {
    case .lingerMilliseconds: ZMQ_LINGER
    case .sendQueueLimit: ZMQ_SNDHWM
    case .receiveQueueLimit: ZMQ_RCVHWM
    case .handsOverIdentities: ZMQ_ROUTER_HANDOVER
    case .leavesSubscriptionsToOwner: ZMQ_XPUB_MANUAL
    case .identity: ZMQ_ROUTING_ID
    case .subscription: ZMQ_SUBSCRIBE
    case .unsubscription: ZMQ_UNSUBSCRIBE
    case .listensAt: ZMQ_USE_FD
    case .encryptsAsServer: ZMQ_CURVE_SERVER
    }
  }
}

/// A libzmq socket that sends and receives multipart messages without ever blocking.
///
/// It is neither copyable nor `Sendable`: make it, use it and drop it on one thread.
package struct Socket: ~Copyable {
  let handle: SocketHandle

  /// Makes a socket that is neither bound nor connected.
  ///
  /// - Throws: `ZeroMQError.socketFailed`, or `optionFailed` naming the option refused.
  package init(
    _ kind: SocketKind, in context: Context, options: [SocketOption] = []
  ) throws(ZeroMQError) {
    let handle = try SocketHandle(kind, in: context)
    for option in options { try handle.set(option) }
    self.handle = handle
  }

  /// Changes one setting; most count only for later `bind` and `connect` calls.
  package borrowing func set(_ option: SocketOption) throws(ZeroMQError) {
    try handle.set(option)
  }

  /// Listens at `endpoint`, such as `tcp://127.0.0.1:5555` or `ipc:///run/kernel-1`.
  ///
  /// - Throws: `ZeroMQError.addressInUse` when another process listens there, else `bindFailed`.
  package borrowing func bind(to endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_bind(handle.pointer, endpoint) != 0 else { return }
    if zmq_errno() == EADDRINUSE { throw .addressInUse(endpoint: endpoint) }
    throw .bindFailed(endpoint: endpoint, reason: lastReason())
  }

  /// Connects to `endpoint`, now or as soon as somebody listens there.
  package borrowing func connect(to endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_connect(handle.pointer, endpoint) == 0 else {
      throw .connectFailed(endpoint: endpoint, reason: lastReason())
    }
  }

  /// Returns the endpoint of the last `bind` or `connect`, with the port that port 0 became.
  package borrowing func lastEndpoint() throws(ZeroMQError) -> String {
    var text = [CChar](repeating: 0, count: 512)
    var count = text.count
    guard unsafe zmq_getsockopt(handle.pointer, ZMQ_LAST_ENDPOINT, &text, &count) == 0 else {
      throw .optionFailed(option: "lastEndpoint", reason: lastReason())
    }
    return String(
      decoding: text.prefix(max(count - 1, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Queues one message of `frames`; it goes out whole or not at all.
  ///
  /// - Throws: `ZeroMQError.sendFailed` when the queue is full; without a queue limit it never is.
  package borrowing func send(_ frames: [[UInt8]]) throws(ZeroMQError) {
    for (index, frame) in frames.enumerated() {
      let more = index + 1 < frames.count ? ZMQ_SNDMORE : 0
      let sent = unsafe frame.withUnsafeBytes { bytes in
        retryingInterrupted {
          unsafe zmq_send(handle.pointer, bytes.baseAddress, bytes.count, more | ZMQ_DONTWAIT)
        }
      }
      guard sent >= 0 else {
        throw zmq_errno() == ETERM ? .terminated : .sendFailed(reason: lastReason())
      }
    }
  }

  /// Takes one message's frames; `nil` when none waits.
  package borrowing func receive() throws(ZeroMQError) -> [[UInt8]]? {
    var part = zmq_msg_t()
    unsafe zmq_msg_init(&part)
    defer { unsafe zmq_msg_close(&part) }
    var frames: [[UInt8]] = []
    repeat {
      let count = retryingInterrupted {
        unsafe zmq_msg_recv(&part, handle.pointer, ZMQ_DONTWAIT)
      }
      guard count >= 0 else {
        if zmq_errno() == EAGAIN, frames.isEmpty { return nil }
        throw zmq_errno() == ETERM ? .terminated : .receiveFailed(reason: lastReason())
      }
      // Short messages lie inside `part` itself, so it must not move while they are copied.
      let frame = unsafe withUnsafeMutablePointer(to: &part) { part in
        unsafe Array(UnsafeRawBufferPointer(start: zmq_msg_data(part), count: zmq_msg_size(part)))
      }
      frames.append(frame)
    } while unsafe zmq_msg_more(&part) != 0
    return frames
  }
}

/// The pointer of a socket, closed when the socket and every poller that watches it are gone.
@safe final class SocketHandle {
  let pointer: UnsafeMutableRawPointer
  private let context: Context

  init(_ kind: SocketKind, in context: Context) throws(ZeroMQError) {
    guard let pointer = unsafe zmq_socket(context.pointer, kind.code) else {
      throw .socketFailed(kind: kind.rawValue, reason: lastReason())
    }
    unsafe self.pointer = unsafe pointer
    self.context = context
  }

  func set(_ option: SocketOption) throws(ZeroMQError) {
    switch option {
    case .lingerMilliseconds(let value), .sendQueueLimit(let value),
      .receiveQueueLimit(let value):
      try set(option, to: value)
    case .listensAt(let descriptor):
      try takeOver(descriptor)
    case .handsOverIdentities(let value), .leavesSubscriptionsToOwner(let value):
      try set(option, to: value ? 1 : 0)
    case .identity(let bytes), .subscription(let bytes), .unsubscription(let bytes):
      let code = unsafe bytes.withUnsafeBytes {
        unsafe zmq_setsockopt(pointer, option.code, $0.baseAddress, $0.count)
      }
      guard code == 0 else {
        throw .optionFailed(option: "\(option)", reason: lastReason())
      }
    case .encryptsAsServer(let publicKey, let secretKey):
      try encryptAsServer(publicKey: publicKey, secretKey: secretKey)
    }
  }

  /// Lets the next `bind` use `descriptor`, which programs that this one starts do not inherit.
  private func takeOver(_ descriptor: Int32) throws(ZeroMQError) {
    var listens: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0,
      listens != 0
    else {
      throw .optionFailed(
        option: "listensAt", reason: "descriptor \(descriptor) is no socket that listens")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    try set(.listensAt(descriptor: descriptor), to: descriptor)
  }

  /// - SeeAlso: zmq_curve(7).
  private func encryptAsServer(publicKey: String, secretKey: String) throws(ZeroMQError) {
    guard unsafe zmq_has("curve") == 1 else { throw .encryptionUnavailable }
    // libzmq takes any secret, and with another public key nobody could ever connect.
    var derived = [CChar](repeating: 0, count: 41)
    let isKey = unsafe zmq_curve_public(&derived, secretKey) == 0
    let expected = publicKey.utf8.map { CChar(bitPattern: $0) } + [0]
    guard isKey, derived == expected else { throw .encryptionKeysWrong }
    var isServer: Int32 = 1
    let bytes = Array(secretKey.utf8) + [0]
    guard
      unsafe zmq_setsockopt(
        pointer, ZMQ_CURVE_SERVER, &isServer, MemoryLayout<Int32>.size) == 0,
      unsafe bytes.withUnsafeBytes({
        unsafe zmq_setsockopt(pointer, ZMQ_CURVE_SECRETKEY, $0.baseAddress, $0.count)
      }) == 0
    else {
      // Without the option's values: the secret must not get into any log.
      throw .optionFailed(option: "encryptsAsServer", reason: lastReason())
    }
  }

  private func set(_ option: SocketOption, to value: Int32) throws(ZeroMQError) {
    var value = value
    let size = MemoryLayout<Int32>.size
    guard unsafe zmq_setsockopt(pointer, option.code, &value, size) == 0 else {
      throw .optionFailed(option: "\(option)", reason: lastReason())
    }
  }

  deinit { unsafe zmq_close(pointer) }
}

/// Calls `body` again as long as a signal interrupted it; Jupyter may interrupt by signal.
func retryingInterrupted(_ body: () -> Int32) -> Int32 {
  while true {
    let result = body()
    if result >= 0 || zmq_errno() != EINTR { return result }
  }
}
