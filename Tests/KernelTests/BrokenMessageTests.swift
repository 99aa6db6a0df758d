import JupyterProtocol
import Kernel
import Testing

@Suite("Broken messages")
struct BrokenMessageTests {
  @Test(
    "content that lacks a field gets an error reply of the request's own type",
    arguments: [
      "execute_request", "complete_request", "inspect_request", "is_complete_request",
      "history_request",
    ])
  func missingField(type: String) async throws {
    let frontend = try Frontend()
    let sent = try await frontend.answers(to: frontend.send([:] as JSONValue, type: type))
    let replyType = type.replacing("_request", with: "_reply")
    #expect(sent.map(\.description) == ["busy", replyType, "idle"])
    let content = sent[1].content
    #expect(content["status"] == "error")
    #expect(content["ename"] == "MalformedMessage")
    let expected = type == "history_request" ? "hist_access_type" : "code"
    #expect(content["evalue"]?.string?.contains("\"\(expected)\"") == true)
    #expect((content["execution_count"] != nil) == (type == "execute_request"))
    guard case .array? = content["traceback"] else {
      Issue.record("no traceback: \(content)")
      return
    }
  }

  @Test(
    "content of the wrong shape gets an error reply",
    arguments: [
      [], "text", .null, ["code": 5], ["code": "1", "silent": "yes"],
      ["code": "1", "user_expressions": ["a": 1]],
    ] as [JSONValue])
  func wrongShape(content: JSONValue) async throws {
    let frontend = try Frontend()
    let sent = try await frontend.answers(to: frontend.send(content, type: "execute_request"))
    #expect(sent.map(\.description) == ["busy", "execute_reply", "idle"])
    #expect(sent[1].content["status"] == "error")
    #expect(frontend.executor.cells.isEmpty)
    #expect(try await frontend.run(ExecuteRequest(code: "out a")).count == 5)
  }

  @Test(
    "an unknown message type is busy, idle and a log line",
    arguments: [Channel.shell, .control])
  func unknownType(channel: Channel) async throws {
    let frontend = try Frontend()
    let sent = try await frontend.answers(
      to: frontend.send([:] as JSONValue, type: "pigeon_request", on: channel))
    #expect(sent.map(\.description) == ["busy", "idle"])
    #expect(frontend.log.contains { $0.contains("pigeon_request") })
  }

  @Test("a cell on control is not run")
  func cellOnControl() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.answers(
      to: frontend.send(ExecuteRequest(code: "out a"), on: .control))
    #expect(sent.map(\.description) == ["busy", "idle"])
    #expect(frontend.executor.cells.isEmpty)
  }

  @Test("messages that are unsigned, altered or repeated get no answer but a log line")
  func untrusted() async throws {
    let frontend = try Frontend()
    let header = MessageHeader(messageType: "execute_request", session: "s")
    let content = ExecuteRequest(code: "out a")
    func frames(key: [UInt8]) throws -> [[UInt8]] {
      try MessageWriter(signer: MessageSigner(key: key)).frames(
        identities: [[1]], header: header, parentFrame: nil, content: content)
    }
    let real = try frames(key: Frontend.key)
    var altered = real
    altered[6] = Array("{\"code\":\"out b\"}".utf8)
    let bad = [
      try frames(key: []), try frames(key: [1]), altered, [], [[1, 2]], Array(real[..<5]),
    ]
    for channel in [Channel.shell, .control, .stdin] {
      for frames in bad { frontend.dispatcher.receive(frames, on: channel) }
    }
    frontend.dispatcher.receive(real, on: .shell)
    frontend.dispatcher.receive(real, on: .shell)
    _ = try await frontend.answers(to: header.identifier)
    _ = try await frontend.reply(to: KernelInfoRequest())
    #expect(frontend.executor.cells.count == 1)
    #expect(frontend.log.count == 19)
    #expect(!frontend.log.contains { $0.contains("out a") })
  }
}

@Suite("Input")
struct InputTests {
  @Test("a cell's question goes to the frontend that sent it, and the answer to the cell")
  func roundTrip() async throws {
    let frontend = try Frontend()
    let cell = try frontend.send(ExecuteRequest(code: "input name?", allowsInput: true))
    try await frontend.receive { $0.contains { $0.type == "input_request" } }
    let question = try #require(frontend.received.last { $0.type == "input_request" })
    #expect(question.channel == .stdin)
    #expect(question.parent == cell)
    #expect(question.message.identities == [Array("me".utf8)])
    #expect(question.content == ["prompt": "name?", "password": true])
    try frontend.send(InputReply(value: "Ann"), on: .stdin)
    let sent = try await frontend.answers(to: cell)
    #expect(sent.contains { $0.content == ["name": "stdout", "text": "Ann"] })
  }

  @Test("an answer that names its question is taken, one to another question is dropped")
  func namedQuestion() async throws {
    let frontend = try Frontend()
    let cell = try frontend.send(ExecuteRequest(code: "input name?", allowsInput: true))
    try await frontend.receive { $0.contains { $0.type == "input_request" } }
    let question = try #require(frontend.received.last { $0.type == "input_request" }).message
    try frontend.send(InputReply(value: "stale"), on: .stdin, parent: question.parentFrame)
    try frontend.send(InputReply(value: "Ann"), on: .stdin, parent: question.headerFrame)
    let sent = try await frontend.answers(to: cell)
    #expect(sent.contains { $0.content == ["name": "stdout", "text": "Ann"] })
    #expect(frontend.log.contains { $0.contains("no cell waits") })
  }

  @Test("answers before and after a cell, and other messages on stdin, are dropped")
  func stale() async throws {
    let frontend = try Frontend()
    try frontend.send(InputReply(value: "early"), on: .stdin)
    try frontend.send([:] as JSONValue, type: "input_reply", on: .stdin)
    try frontend.send(KernelInfoRequest(), on: .stdin)
    let cell = try frontend.send(ExecuteRequest(code: "input ?", allowsInput: true))
    try await frontend.receive { $0.contains { $0.type == "input_request" } }
    try frontend.send(InterruptRequest(), on: .control)
    let sent = try await frontend.answers(to: cell)
    #expect(sent.contains { $0.type == "error" })
    try frontend.send(InputReply(value: "late"), on: .stdin)
    #expect(frontend.log.count == 4)
  }

  @Test("without allow_stdin the frontend is not asked and the cell does not hang")
  func notAllowed() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.run(ExecuteRequest(code: "input ?", allowsInput: false))
    #expect(!frontend.received.contains { $0.type == "input_request" })
    #expect(sent.last?.description == "idle")
    #expect(frontend.executor.cells.first?.allowsInput == false)
  }
}
