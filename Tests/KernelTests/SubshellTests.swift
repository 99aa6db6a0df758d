import JupyterProtocol
import Kernel
import Testing

@Suite("Subshells")
struct SubshellTests {
  let frontend: Frontend

  init() throws { frontend = try Frontend() }

  func createSubshell() async throws -> String {
    let reply = try await frontend.reply(to: CreateSubshellRequest(), on: .control)
    #expect(reply["status"] == "ok")
    return try #require(reply["subshell_id"]?.string)
  }

  func list() async throws -> JSONValue? {
    try await frontend.reply(to: ListSubshellRequest(), on: .control)["subshell_id"]
  }

  func send(_ content: some MessageContent, to subshell: String) throws -> String {
    try frontend.send(content, subshell: subshell)
  }

  @Test("are created, listed and deleted on control, and the kernel says that it has them")
  func life() async throws {
    #expect(
      try await frontend.reply(to: KernelInfoRequest())["supported_features"]
        == ["kernel subshells"])
    #expect(try await list() == [])
    let (first, second) = (try await createSubshell(), try await createSubshell())
    #expect(first != second)
    #expect(try await list() == [.string(first), .string(second)])
    let reply = try await frontend.reply(to: DeleteSubshellRequest(subshell: first), on: .control)
    #expect(reply == ["status": "ok"])
    #expect(try await list() == [.string(second)])
    let again = try await frontend.reply(to: DeleteSubshellRequest(subshell: first), on: .control)
    #expect(again["status"] == "error" && again["ename"] == "UnknownSubshell")
    #expect(again["evalue"]?.string?.contains(first) == true)
  }

  @Test("answer everything but cells while the main shell runs one")
  func queriesDuringCell() async throws {
    let subshell = try await createSubshell()
    let cell = try await frontend.startWaiting()
    let queries = [
      try send(CompleteRequest(code: "pri", cursor: 3), to: subshell),
      try send(InspectRequest(code: "print", cursor: 3), to: subshell),
      try send(IsCompleteRequest(code: "open"), to: subshell),
      try send(HistoryRequest(access: .tail, limit: 5), to: subshell),
      try send(CommInfoRequest(), to: subshell),
      try send(KernelInfoRequest(), to: subshell),
    ]
    for query in queries {
      let sent = try await frontend.answers(to: query)
      #expect(sent.first?.description == "busy" && sent.last?.description == "idle")
      let reply = try #require(sent.first { $0.channel == .shell })
      #expect(reply.content["status"] != "error")
    }
    #expect(!frontend.received.contains { $0.parent == cell && $0.channel == .shell })
    frontend.executor.release()
    _ = try await frontend.answers(to: cell)
  }

  @Test("serve their own requests in order")
  func order() async throws {
    let subshell = try await createSubshell()
    let cell = try await frontend.startWaiting()
    let own = try send(ExecuteRequest(code: "out a"), to: subshell)
    let behind = try send(KernelInfoRequest(), to: subshell)
    try await frontend.receive { $0.contains { $0.parent == own && $0.description == "busy" } }
    #expect(!frontend.received.contains { $0.parent == behind })
    frontend.executor.release()
    _ = try await frontend.answers(to: cell, own, behind)
    // The first cell's own reply may come after the other's turn has begun.
    let replies = frontend.received.filter { $0.channel == .shell && $0.parent != cell }
    #expect(replies.map(\.parent) == [own, behind])
  }

  @Test("run cells one at a time with the other shells, each between its own busy and idle")
  func cellsTakeTurns() async throws {
    let (first, second) = (try await createSubshell(), try await createSubshell())
    let main = try await frontend.startWaiting(ExecuteRequest(code: "wait"))
    let inFirst = try send(ExecuteRequest(code: "wait"), to: first)
    try await frontend.receive { $0.contains { $0.parent == inFirst && $0.description == "busy" } }
    let inSecond = try send(ExecuteRequest(code: "out c"), to: second)
    #expect(frontend.executor.cells.count == 1)
    frontend.executor.release()
    try await frontend.receive { _ in frontend.executor.cells.count >= 2 }
    frontend.executor.release()
    _ = try await frontend.answers(to: main, inFirst, inSecond)
    #expect(frontend.executor.cells.map(\.executionCount) == [1, 2, 3])
    for cell in [main, inFirst, inSecond] {
      let sent = try await frontend.answers(to: cell)
      #expect(
        sent.map(\.description) == ["busy", "execute_input", "stream", "execute_reply", "idle"])
    }
  }

  @Test("a failure aborts the cells of its own shell only")
  func failure() async throws {
    let subshell = try await createSubshell()
    let main = try await frontend.startWaiting(ExecuteRequest(code: "wait\nfail x"))
    let behind = try frontend.send(ExecuteRequest(code: "out never"))
    let own = try send(ExecuteRequest(code: "out a"), to: subshell)
    frontend.executor.release()
    _ = try await frontend.answers(to: main, behind, own)
    #expect(
      try await frontend.answers(to: behind).map(\.description)
        == ["busy", "execute_reply", "idle"])
    #expect(try await frontend.answers(to: own).count == 5)
    #expect(frontend.executor.cells.count == 2)
  }

  @Test("an interrupt stops the cell that runs and aborts those that wait in every shell")
  func interrupt() async throws {
    let subshell = try await createSubshell()
    let main = try await frontend.startWaiting()
    let waiting = try send(ExecuteRequest(code: "out never"), to: subshell)
    try await frontend.receive { $0.contains { $0.parent == waiting && $0.description == "busy" } }
    let queued = try send(ExecuteRequest(code: "out never"), to: subshell)
    let interrupt = try frontend.send(InterruptRequest(), on: .control)
    _ = try await frontend.answers(to: main, waiting, queued, interrupt)
    for cell in [waiting, queued] {
      let reply = try #require(
        try await frontend.answers(to: cell).first { $0.type == "execute_reply" })
      #expect(reply.content["status"] == "aborted")
    }
    #expect(frontend.executor.cells.count == 1)
    let later = try send(ExecuteRequest(code: "out a"), to: subshell)
    #expect(try await frontend.answers(to: later).count == 5)
  }

  @Test(
    "a request to a subshell that does not exist is answered with an error",
    arguments: ["execute_request", "complete_request", "comm_msg", "pigeon_request"])
  func unknown(type: String) async throws {
    let request = try frontend.send(
      ["code": "out never", "comm_id": "c"] as JSONValue, type: type, subshell: "nowhere")
    let sent = try await frontend.answers(to: request)
    guard type.hasSuffix("_request"), type != "pigeon_request" else {
      #expect(sent.map(\.description) == ["busy", "idle"])
      return
    }
    let replyType = type.replacing("_request", with: "_reply")
    #expect(sent.map(\.description) == ["busy", replyType, "idle"])
    #expect(sent[1].content["ename"] == "UnknownSubshell")
    #expect(sent[1].content["evalue"]?.string?.contains("nowhere") == true)
    #expect(frontend.executor.cells.isEmpty)
    #expect(!frontend.log.isEmpty)
  }

  @Test("a deleted subshell's requests are answered: what runs ends, what waits is refused")
  func deletion() async throws {
    let subshell = try await createSubshell()
    let count = frontend.executor.cells.count
    let runs = try send(ExecuteRequest(code: "wait"), to: subshell)
    try await frontend.receive { _ in frontend.executor.cells.count > count }
    let waits = try send(CompleteRequest(code: "p", cursor: 1), to: subshell)
    _ = try await frontend.reply(to: DeleteSubshellRequest(subshell: subshell), on: .control)
    let refused = try await frontend.answers(to: waits)
    #expect(refused.map(\.description) == ["busy", "complete_reply", "idle"])
    #expect(refused[1].content["ename"] == "UnknownSubshell")
    frontend.executor.release()
    let ended = try await frontend.answers(to: runs)
    #expect(ended.contains { $0.content["status"] == "ok" })
    #expect(try await frontend.run(ExecuteRequest(code: "out a")).count == 5)
  }

  @Test("a cell that waits in a deleted subshell does not run")
  func deletionBeforeTurn() async throws {
    let subshell = try await createSubshell()
    let main = try await frontend.startWaiting()
    let waits = try send(ExecuteRequest(code: "out never"), to: subshell)
    try await frontend.receive { $0.contains { $0.parent == waits && $0.description == "busy" } }
    _ = try await frontend.reply(to: DeleteSubshellRequest(subshell: subshell), on: .control)
    frontend.executor.release()
    _ = try await frontend.answers(to: main, waits)
    #expect(frontend.executor.cells.count == 1)
  }

  @Test("a shutdown ends the kernel while cells wait in subshells")
  func shutDown() async throws {
    let subshell = try await createSubshell()
    _ = try await frontend.startWaiting()
    let waits = try send(ExecuteRequest(code: "out never"), to: subshell)
    try await frontend.receive { $0.contains { $0.parent == waits && $0.description == "busy" } }
    try frontend.send(ShutdownRequest(restarts: false), on: .control)
    try await frontend.receive { _ in frontend.hasStopped }
    #expect(frontend.executor.cells.count == 1)
  }
}
