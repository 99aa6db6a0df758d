import Foundation
import JupyterProtocol
import Kernel
import Synchronization
import TestSupport
import Testing
import ZeroMQ

/// A kernel on real sockets, in a thread of its own, and the sockets of a client.
private final class RunningKernel: Sendable {
  let executor = FakeExecutor()
  let connection: ConnectionFile
  let lines = LogLines()
  let result = Mutex<Result<Int32, KernelError>?>(nil)
  private let folder: TemporaryDirectory

  init(parentProcess: Int32? = nil) throws {
    folder = try TemporaryDirectory()
    connection = ConnectionFile(
      transport: .ipc, host: folder.path("k"), shellPort: 1, controlPort: 2, stdinPort: 3,
      iopubPort: 4, heartbeatPort: 5, key: Frontend.key)
    let kernel = Kernel(
      connection: connection, executor: executor,
      information: KernelInformation(version: "1", languageVersion: "6.3.1"),
      options: .init(handlesSignals: false, parentProcess: parentProcess),
      log: { [lines] in lines.append($0) })
    Thread.detachNewThread { [self] in
      let outcome = Result { () throws(KernelError) in try kernel.run() }
      result.withLock { $0 = outcome }
    }
  }

  func connected(
    _ kind: SocketKind, port: Int, in context: Context, options: [SocketOption] = []
  ) throws -> Socket {
    let socket = try Socket(kind, in: context, options: [.lingerMilliseconds(0)] + options)
    try socket.connect(to: connection.endpoint(port: port))
    return socket
  }

  func send(_ content: some MessageContent, type: String, over socket: borrowing Socket) throws {
    let header = MessageHeader(messageType: type, session: "client")
    try socket.send(
      MessageWriter(signer: MessageSigner(key: Frontend.key)).frames(
        identities: [], header: header, parentFrame: nil, content: content))
  }

  /// The next message's type, with the state of a status message.
  func receive(from socket: borrowing Socket, seconds: Int = 10) throws -> Sent? {
    var poller = Poller()
    _ = poller.watch(socket)
    try poller.wait(for: .seconds(seconds))
    var reader = MessageReader(signer: MessageSigner(key: Frontend.key))
    guard let frames = try socket.receive() else { return nil }
    return Sent(channel: .shell, message: try reader.message(from: frames))
  }

  func exitStatus() async throws -> Int32? {
    for _ in 0..<5000 {
      if let result = result.withLock({ $0 }) { return try result.get() }
      try await Task.sleep(for: .milliseconds(2))
    }
    return nil
  }
}

@Suite("Kernel", .serialized)
struct KernelTests {
  @Test("serves a client on real sockets from its welcome to its shutdown")
  func session() async throws {
    let kernel = try RunningKernel()
    let context = try Context()
    let iopub = try kernel.connected(
      .subscribe, port: 4, in: context, options: [.subscription([])])
    #expect(try kernel.receive(from: iopub)?.type == "iopub_welcome")
    #expect(try kernel.receive(from: iopub)?.description == "starting")

    let shell = try kernel.connected(.dealer, port: 1, in: context)
    try kernel.send(
      ExecuteRequest(code: "out a\nwait"), type: ExecuteRequest.messageType, over: shell)
    for expected in ["busy", "execute_input", "stream"] {
      #expect(try kernel.receive(from: iopub)?.description == expected)
    }
    // The cell runs: heartbeats and control are answered all the same.
    let heart = try kernel.connected(.request, port: 5, in: context)
    try heart.send([Array("ping".utf8)])
    var poller = Poller()
    _ = poller.watch(heart)
    try poller.wait(for: .seconds(10))
    #expect(try heart.receive() == [Array("ping".utf8)])
    let control = try kernel.connected(.dealer, port: 2, in: context)
    try kernel.send(KernelInfoRequest(), type: KernelInfoRequest.messageType, over: control)
    #expect(try kernel.receive(from: control)?.type == "kernel_info_reply")
    kernel.executor.release()
    #expect(try kernel.receive(from: shell)?.type == "execute_reply")

    try kernel.send(
      ShutdownRequest(restarts: false), type: ShutdownRequest.messageType, over: control)
    #expect(try kernel.receive(from: control)?.type == "shutdown_reply")
    #expect(try await kernel.exitStatus() == 0)
    #expect(kernel.executor.isStarted && kernel.executor.isShutDown)
    #expect(kernel.lines.all.isEmpty)
  }

  @Test("random bytes on every socket leave the kernel alive")
  func randomBytes() async throws {
    let kernel = try RunningKernel()
    let context = try Context()
    var generator = SystemRandomNumberGenerator()
    for port in [1, 2, 3] {
      let socket = try kernel.connected(.dealer, port: port, in: context)
      for _ in 0..<200 {
        try socket.send(
          (0...Int.random(in: 0...7, using: &generator)).map { _ in
            (0..<Int.random(in: 0...30)).map { _ in UInt8.random(in: 0...255, using: &generator) }
          })
      }
      // The socket must outlive the delivery: the log tells when all of it has come in.
      for _ in 0..<5000 where kernel.lines.all.count < 200 * port {
        try await Task.sleep(for: .milliseconds(2))
      }
    }
    let shell = try kernel.connected(.dealer, port: 1, in: context)
    try kernel.send(KernelInfoRequest(), type: KernelInfoRequest.messageType, over: shell)
    #expect(try kernel.receive(from: shell)?.type == "kernel_info_reply")
    #expect(kernel.lines.all.count == 600)
    try kernel.send(
      ShutdownRequest(restarts: false), type: ShutdownRequest.messageType, over: shell)
    #expect(try await kernel.exitStatus() == 0)
  }

  @Test("ends when the process that started it ends")
  func orphan() async throws {
    let parent = Process()
    parent.executableURL = URL(fileURLWithPath: "/bin/sleep")
    parent.arguments = ["60"]
    try parent.run()
    let kernel = try RunningKernel(parentProcess: parent.processIdentifier)
    let context = try Context()
    let shell = try kernel.connected(.dealer, port: 1, in: context)
    try kernel.send(KernelInfoRequest(), type: KernelInfoRequest.messageType, over: shell)
    #expect(try kernel.receive(from: shell)?.type == "kernel_info_reply")
    kill(parent.processIdentifier, SIGKILL)
    #expect(try await kernel.exitStatus() == 0)
    #expect(kernel.executor.isShutDown)
  }

  @Test("a port in use is an error that names the endpoint", arguments: 1...5)
  func portInUse(port: Int) throws {
    let context = try Context()
    let blocker = try Socket(.router, in: context)
    // An address of the case's own, so that nobody else takes its ports.
    let host = "127.83.\(port).1"
    try blocker.bind(to: "tcp://\(host):0")
    let endpoint = try blocker.lastEndpoint()
    let taken = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
    // The other ports are never reached by anyone; ipc would replace the socket's file instead.
    var ports = try Self.freePorts(5, of: host)
    ports[port - 1] = taken
    let kernel = Kernel(
      connection: ConnectionFile(
        transport: .tcp, host: host, shellPort: ports[0], controlPort: ports[1],
        stdinPort: ports[2], iopubPort: ports[3], heartbeatPort: ports[4], key: []),
      executor: FakeExecutor(),
      information: KernelInformation(version: "1", languageVersion: "6.3.1"),
      options: .init(handlesSignals: false, parentProcess: nil))
    let error = #expect(throws: KernelError.self) { try kernel.run() }
    #expect(error == .transport(.addressInUse(endpoint: endpoint)))
    #expect(error?.description.contains(endpoint) == true)
  }

  /// Different ports that nobody listened at a moment ago.
  private static func freePorts(_ count: Int, of host: String) throws -> [Int] {
    guard count > 0 else { return [] }
    let context = try Context()
    let socket = try Socket(.router, in: context)
    try socket.bind(to: "tcp://\(host):0")
    let port = Int(try socket.lastEndpoint().split(separator: ":").last ?? "") ?? 0
    // Held until the others are chosen.
    let others = try freePorts(count - 1, of: host)
    return [port] + others
  }
}
