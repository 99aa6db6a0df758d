import JupyterProtocol
import ZeroMQ

/// The four sockets of the socket thread, and what it waits for beside them.
struct KernelSockets: ~Copyable {
  let shell: Socket
  let control: Socket
  let stdin: Socket
  let iopub: Socket

  /// Binds all sockets.
  ///
  /// - Throws: `ZeroMQError.addressInUse` or `bindFailed`, naming the endpoint.
  init(
    _ connection: ConnectionFile, listeners: Listeners, in context: Context
  ) throws(ZeroMQError) {
    func router(_ port: Int, _ listener: Listeners.Port) throws(ZeroMQError) -> Socket {
      let socket = try Socket(
        .router, in: context,
        options: [.lingerMilliseconds(1000), .sendQueueLimit(0), .handsOverIdentities(true)]
          + connection.encryption + listeners.options(for: listener))
      try socket.bind(to: connection.endpoint(port: port))
      return socket
    }
    let shell = try router(connection.shellPort, .shell)
    let control = try router(connection.controlPort, .control)
    let stdin = try router(connection.stdinPort, .stdin)
    // Without a limit, so that a slow frontend loses nothing; and a subscription counts only once
    // it was taken in, so that nothing overtakes its welcome.
    let iopub = try Socket(
      .extendedPublish, in: context,
      options: [.lingerMilliseconds(1000), .sendQueueLimit(0), .leavesSubscriptionsToOwner(true)]
        + connection.encryption + listeners.options(for: .iopub))
    try iopub.bind(to: connection.endpoint(port: connection.iopubPort))
    self.shell = shell
    self.control = control
    self.stdin = stdin
    self.iopub = iopub
  }

  /// Sends everything in the outbox.
  ///
  /// - Returns: Whether the kernel goes on.
  borrowing func send(_ postings: [Posting]) throws(ZeroMQError) -> Bool {
    for posting in postings {
      switch posting {
      case .send(.shell, let frames): try shell.send(frames)
      case .send(.control, let frames): try control.send(frames)
      case .send(.stdin, let frames): try stdin.send(frames)
      case .send(.iopub, let frames): try iopub.send(frames)
      case .stop: return false
      }
    }
    return true
  }

  /// Takes in waiting subscriptions; each counts from here on.
  borrowing func acceptSubscriptions(_ dispatcher: Dispatcher) throws(ZeroMQError) {
    while let frames = try iopub.receive() {
      guard let event = frames.first, let kind = event.first else { continue }
      let topic = Array(event.dropFirst())
      switch kind {
      case 1:
        try iopub.set(.subscription(topic))
        dispatcher.welcome(subscriberTo: topic)
      case 0:
        try iopub.set(.unsubscription(topic))
      default:
        continue  // A message upstream, which means nothing here.
      }
    }
  }
}

extension ConnectionFile {
  /// What makes a socket encrypt, if the file asks for it.
  var encryption: [SocketOption] {
    curveKeys.map {
      [.encryptsAsServer(publicKey: $0.publicKey, secretKey: $0.secretKey)]
    } ?? []
  }
}

/// Which of the kernel's sockets and descriptors are watched, and as what.
struct KernelPoller: ~Copyable {
  private var poller = Poller()
  private let shell: Poller.Entry
  private let control: Poller.Entry
  private let stdin: Poller.Entry
  private let iopub: Poller.Entry
  private let parent: Poller.Entry?

  /// Watches the sockets, what wakes the thread, and the end of the parent process.
  init(_ sockets: borrowing KernelSockets, wakeUps: [Int32], parent: Int32?) {
    shell = poller.watch(sockets.shell)
    control = poller.watch(sockets.control)
    stdin = poller.watch(sockets.stdin)
    iopub = poller.watch(sockets.iopub)
    for descriptor in wakeUps { _ = poller.watch(descriptor: descriptor) }
    if let parent {
      self.parent = poller.watch(descriptor: parent)
    } else {
      self.parent = nil
    }
  }

  /// Waits until something is to be done, or `timeout` has passed.
  mutating func wait(for timeout: Duration?) throws(ZeroMQError) {
    try poller.wait(for: timeout)
  }

  /// Whether the parent process has ended.
  var hasParentEnded: Bool {
    parent.map { poller.isReady($0) } ?? false
  }

  /// Stops watching the parent process, whose descriptor would stay ready for ever.
  mutating func ignoreParent() {
    if let parent { poller.ignore(parent) }
  }

  /// Hands what came in to `dispatcher`: subscriptions before the messages that they should see,
  /// control before shell, and not too many at once, so that answers go out meanwhile.
  func receive(
    from sockets: borrowing KernelSockets, _ dispatcher: Dispatcher
  ) throws(ZeroMQError) {
    if poller.isReady(iopub) { try sockets.acceptSubscriptions(dispatcher) }
    if poller.isReady(control) { try receive(sockets.control, .control, dispatcher) }
    if poller.isReady(stdin) { try receive(sockets.stdin, .stdin, dispatcher) }
    if poller.isReady(shell) { try receive(sockets.shell, .shell, dispatcher) }
  }

  private func receive(
    _ socket: borrowing Socket, _ channel: Channel, _ dispatcher: Dispatcher
  ) throws(ZeroMQError) {
    for _ in 0..<100 {
      guard let frames = try socket.receive() else { return }
      dispatcher.receive(frames, on: channel)
    }
  }
}
