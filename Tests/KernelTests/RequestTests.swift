import JupyterProtocol
import Kernel
import Testing

@Suite("Requests")
struct RequestTests {
  @Test("kernel information comes on shell and control", arguments: [Channel.shell, .control])
  func kernelInfo(channel: Channel) async throws {
    let reply = try await Frontend().reply(to: KernelInfoRequest(), on: channel)
    #expect(reply["status"] == "ok")
    #expect(reply["implementation"] == "martlet")
    #expect(reply["protocol_version"] == "5.5")
    #expect(reply["language_info"]?["name"] == "swift")
    #expect(reply["language_info"]?["version"] == "6.3.1")
    #expect(reply["supported_features"] == ["kernel subshells"])
  }

  @Test("a parent header is the request's header, byte for byte")
  func parentHeader() async throws {
    let frontend = try Frontend()
    let identifier = try frontend.send(KernelInfoRequest())
    let sent = try await frontend.answers(to: identifier)
    #expect(Set(sent.map(\.message.parentFrame)).count == 1)
    #expect(sent[0].message.parentHeader?.session == "frontend")
  }

  @Test("completions carry their kinds; the cursor counts Unicode scalars and stays in the code")
  func complete() async throws {
    let frontend = try Frontend()
    let flag = "🇨🇭pri"
    for (cursor, expected) in [(3, 3), (nil, 5), (99, 5), (-1, 0)] as [(Int?, Int)] {
      let reply = try await frontend.reply(to: CompleteRequest(code: flag, cursor: cursor))
      #expect(reply["matches"] == ["print"])
      #expect(reply["cursor_end"] == .int(expected))
      #expect(
        reply["metadata"]?["_jupyter_types_experimental"] == [
          [
            "text": "print", "type": "function", "signature": "(_:)", "start": 0,
            "end": .int(expected),
          ]
        ])
    }
  }

  @Test("inspection tells whether the symbol is known")
  func inspect() async throws {
    let frontend = try Frontend()
    #expect(
      try await frontend.reply(to: InspectRequest(code: "abc", cursor: 2, detailLevel: 1)) == [
        "status": "ok", "found": true, "data": ["text/plain": "abc 2 1"], "metadata": [:],
      ])
    #expect(
      try await frontend.reply(to: InspectRequest(code: "", cursor: 0))
        == ["status": "ok", "found": false, "data": [:], "metadata": [:]])
  }

  @Test(
    "completeness has four answers",
    arguments: [
      ("whole", ["status": "complete"]), ("open", ["status": "incomplete", "indent": "  "]),
      ("wrong", ["status": "invalid"]), ("odd", ["status": "unknown"]),
    ] as [(String, JSONValue)])
  func isComplete(code: String, expected: JSONValue) async throws {
    #expect(try await Frontend().reply(to: IsCompleteRequest(code: code)) == expected)
  }

  @Test("history has the cells and, when asked for, their results")
  func history() async throws {
    let frontend = try Frontend()
    _ = try await frontend.run(ExecuteRequest(code: "result 1"))
    _ = try await frontend.run(ExecuteRequest(code: "out 2"))
    #expect(
      try await frontend.reply(to: HistoryRequest(access: .tail, includesOutput: true, limit: 5))
        == [
          "status": "ok", "history": [[1, 1, ["result 1", "1"]], [1, 2, ["out 2", .null]]],
        ])
    #expect(
      try await frontend.reply(to: HistoryRequest(access: .range, start: 1, stop: 2))["history"]
        == [[1, 1, "result 1"]])
    #expect(
      try await frontend.reply(to: HistoryRequest(access: .search, pattern: "out*"))["history"]
        == [[1, 2, "out 2"]])
  }

  @Test("a comm of a registered target is open until it is closed, and its messages are handed on")
  func openComms() async throws {
    let frontend = try Frontend()
    let opened = try await frontend.answers(
      to: frontend.send(CommOpen(commID: "c", targetName: "echo")))
    #expect(opened.map(\.description) == ["busy", "idle"])
    let open: JSONValue = ["c": ["target_name": "echo"]]
    #expect(try await frontend.reply(to: CommInfoRequest())["comms"] == open)
    #expect(try await frontend.reply(to: CommInfoRequest(targetName: "echo"))["comms"] == open)
    #expect(try await frontend.reply(to: CommInfoRequest(targetName: "other"))["comms"] == [:])
    let echoed = try await frontend.answers(
      to: frontend.send(CommMessage(commID: "c", data: ["n": 1])))
    #expect(echoed.map(\.description) == ["busy", "stream", "comm_msg", "idle"])
    #expect(echoed[2].content == ["comm_id": "c", "data": ["n": 1]])
    let failed = try await frontend.answers(
      to: frontend.send(CommMessage(commID: "c", data: "fail")))
    #expect(failed.map(\.description) == ["busy", "error", "idle"])
    #expect(failed[1].content["ename"] == "Failed")
    _ = try await frontend.answers(to: frontend.send(CommClose(commID: "c")))
    #expect(try await frontend.reply(to: CommInfoRequest())["comms"] == [:])
  }

  @Test("there are no comms, and opening one closes it")
  func comms() async throws {
    let frontend = try Frontend()
    #expect(
      try await frontend.reply(to: CommInfoRequest(targetName: "t"))
        == ["status": "ok", "comms": [:]])
    let sent = try await frontend.answers(
      to: frontend.send(CommOpen(commID: "c", targetName: "jupyter.widget")))
    #expect(sent.map(\.description) == ["busy", "comm_close", "idle"])
    #expect(sent[1].content == ["comm_id": "c", "data": [:]])
    for type in ["comm_msg", "comm_close"] {
      let ignored = try await frontend.answers(
        to: frontend.send(["comm_id": "c"] as JSONValue, type: type))
      #expect(ignored.map(\.description) == ["busy", "idle"])
    }
  }

  @Test("debugging is refused as the Debug Adapter Protocol refuses")
  func debug() async throws {
    let reply = try await Frontend().reply(
      to: DebugRequest(number: 3, command: "initialize"), on: .control)
    #expect(reply["success"] == false)
    #expect(reply["request_seq"] == 3)
    #expect(reply["command"] == "initialize")
  }

  @Test("a connection request is answered with the ports")
  func connect() async throws {
    #expect(
      try await Frontend().reply(to: ConnectRequest()) == [
        "status": "ok", "shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4,
        "hb_port": 5,
      ])
  }

  @Test("the first subscriber learns that the kernel starts; each one is welcome")
  func welcome() async throws {
    let frontend = try Frontend()
    frontend.dispatcher.welcome(subscriberTo: [])
    frontend.dispatcher.welcome(subscriberTo: Array("kernel.".utf8))
    try await frontend.receive { $0.count == 3 }
    #expect(
      frontend.received.map(\.description) == ["iopub_welcome", "starting", "iopub_welcome"])
    #expect(frontend.received[0].parent == nil)
    #expect(frontend.received[0].content == ["subscription": ""])
    #expect(frontend.received[2].message.identities == [Array("kernel.".utf8)])
  }

  @Test("nobody is told that the kernel starts once it has answered")
  func lateWelcome() async throws {
    let frontend = try Frontend()
    _ = try await frontend.reply(to: KernelInfoRequest())
    frontend.dispatcher.welcome(subscriberTo: [])
    try await frontend.receive { $0.contains { $0.type == "iopub_welcome" } }
    #expect(!frontend.received.contains { $0.description == "starting" })
  }
}
