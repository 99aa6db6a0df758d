import TestSupport
import Testing
import ZeroMQ

@Suite("Socket")
struct SocketTests {
  @Test(
    "carries multipart messages whole and in order, in both directions",
    arguments: ["tcp://127.0.0.1:0", "ipc"])
  func roundTrip(endpoint: String) throws {
    let folder = try TemporaryDirectory()
    let context = try Context()
    let server = try Socket(.router, in: context, options: [.lingerMilliseconds(0)])
    try server.bind(to: endpoint == "ipc" ? "ipc://\(folder.path("socket"))" : endpoint)
    let client = try Socket(
      .dealer, in: context, options: [.identity(Array("me".utf8)), .lingerMilliseconds(0)])
    try client.connect(to: server.lastEndpoint())

    let message: [[UInt8]] = [[], [1, 2, 3], Array(repeating: 7, count: 1_000_000), [0]]
    for _ in 0..<3 { try client.send(message) }
    for _ in 0..<3 { #expect(try next(from: server) == [Array("me".utf8)] + message) }

    try server.send([Array("me".utf8), [9]])
    #expect(try next(from: client) == [[9]])
    #expect(try client.receive() == nil)
  }

  @Test("port 0 becomes a real port")
  func freePort() throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    try socket.bind(to: "tcp://127.0.0.1:0")
    let endpoint = try socket.lastEndpoint()
    #expect(endpoint.hasPrefix("tcp://127.0.0.1:"))
    #expect(!endpoint.hasSuffix(":0"))
  }

  @Test("a port in use is an error that names the endpoint and the way out")
  func portInUse() throws {
    let context = try Context()
    let first = try Socket(.router, in: context)
    try first.bind(to: "tcp://127.0.0.1:0")
    let endpoint = try first.lastEndpoint()
    let second = try Socket(.router, in: context)
    let error = #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
    #expect(error == .addressInUse(endpoint: endpoint))
    #expect(error?.description.contains(endpoint) == true)
    #expect(error?.description.contains("connection file") == true)
  }

  @Test(
    "an impossible endpoint is refused", arguments: ["tcp://127.0.0.1:x", "pigeon://roof", ""])
  func impossibleEndpoint(endpoint: String) throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    let error = #expect(throws: ZeroMQError.self) { try socket.bind(to: endpoint) }
    guard case .bindFailed(let named, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(named == endpoint)
  }

  @Test("a full queue is an error, not a wait")
  func fullQueue() throws {
    let context = try Context()
    let socket = try Socket(
      .dealer, in: context, options: [.sendQueueLimit(1), .lingerMilliseconds(0)])
    let error = #expect(throws: ZeroMQError.self) { try socket.send([[1]]) }
    guard case .sendFailed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a router drops what it sends to a peer that is gone")
  func unknownPeer() throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    try socket.bind(to: "tcp://127.0.0.1:0")
    try socket.send([Array("nobody".utf8), [1]])
  }

  @Test("a publisher that keeps subscriptions to itself sends only what its owner accepted")
  func manualSubscriptions() throws {
    let context = try Context()
    let publisher = try Socket(
      .extendedPublish, in: context,
      options: [.leavesSubscriptionsToOwner(true), .sendQueueLimit(0), .lingerMilliseconds(0)])
    try publisher.bind(to: "tcp://127.0.0.1:0")
    let subscriber = try Socket(
      .subscribe, in: context, options: [.subscription([5]), .lingerMilliseconds(0)])
    try subscriber.connect(to: publisher.lastEndpoint())

    #expect(try next(from: publisher) == [[1, 5]])
    try publisher.send([[5], [1]])  // Nobody was accepted yet.
    try publisher.set(.subscription([5]))
    try publisher.send([[6], [2]])  // Another topic.
    try publisher.send([[5], [3]])
    #expect(try next(from: subscriber) == [[5], [3]])
  }

  @Test("without a queue limit a slow subscriber loses nothing")
  func unlimitedQueue() throws {
    let context = try Context()
    let publisher = try Socket(
      .extendedPublish, in: context, options: [.sendQueueLimit(0), .lingerMilliseconds(0)])
    try publisher.bind(to: "tcp://127.0.0.1:0")
    let subscriber = try Socket(
      .subscribe, in: context,
      options: [.subscription([]), .receiveQueueLimit(0), .lingerMilliseconds(0)])
    try subscriber.connect(to: publisher.lastEndpoint())
    _ = try next(from: publisher)
    for number in 0..<5000 { try publisher.send([Array("\(number)".utf8)]) }
    for number in 0..<5000 { #expect(try next(from: subscriber) == [Array("\(number)".utf8)]) }
  }

  @Test("a context that was shut down ends calls on its sockets")
  func shutDown() throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    context.shutDown()
    #expect(throws: ZeroMQError.terminated) { _ = try socket.receive() }
  }
}

/// Returns the next message, or `nil` after ten seconds.
func next(from socket: borrowing Socket) throws -> [[UInt8]]? {
  var poller = Poller()
  _ = poller.watch(socket)
  try poller.wait(for: .seconds(10))
  return try socket.receive()
}
