import JupyterProtocol
import Kernel
import Testing

@Suite("Execution")
struct ExecutionTests {
  @Test("publishes busy, the input, outputs in order, then replies, then idle")
  func order() async throws {
    let frontend = try Frontend()
    let code = "out a\nerr b\ndisplay c\nupdate d\nclear\nresult e"
    let sent = try await frontend.run(ExecuteRequest(code: code))
    #expect(
      sent.map(\.description) == [
        "busy", "execute_input", "stream", "stream", "display_data", "update_display_data",
        "clear_output", "execute_result", "execute_reply", "idle",
      ])
    #expect(sent.map(\.channel) == Array(repeating: .iopub, count: 8) + [.shell, .iopub])
    #expect(sent[1].content == ["code": .string(code), "execution_count": 1])
    #expect(sent[2].content == ["name": "stdout", "text": "a"])
    #expect(sent[3].content == ["name": "stderr", "text": "b"])
    #expect(
      sent[5].content
        == ["data": ["text/plain": "d"], "metadata": [:], "transient": ["display_id": "d"]])
    #expect(sent[6].content == ["wait": true])
    #expect(
      sent[7].content
        == ["execution_count": 1, "data": ["text/plain": "e"], "metadata": ["m": 1]])
    #expect(
      sent[8].content
        == ["status": "ok", "execution_count": 1, "user_expressions": [:], "payload": []])
    #expect(sent[8].message.identities == [Array("me".utf8)])
  }

  @Test("a broadcast's topic names its type")
  func topic() async throws {
    let sent = try await Frontend().run(ExecuteRequest(code: "out a"))
    let topics = sent.filter { $0.channel == .iopub }.map {
      String(decoding: $0.message.identities[0], as: UTF8.self)
    }
    #expect(topics.allSatisfy { $0.hasPrefix("kernel.") })
    #expect(topics[2].hasSuffix(".stream"))
  }

  @Test("hands the executor what the request says")
  func cellRequest() async throws {
    let frontend = try Frontend()
    let request = ExecuteRequest(
      code: "out 1", userExpressions: ["a": "x", "b": "bad"], allowsInput: true)
    _ = try await frontend.answers(to: frontend.send(request, metadata: ["cellId": "cell-7"]))
    let cell = try #require(frontend.executor.cells.first)
    #expect(cell.code == "out 1")
    #expect(cell.executionCount == 1)
    #expect(cell.allowsInput && !cell.isSilent)
    #expect(cell.cellID == "cell-7")
    #expect(cell.userExpressions == ["a": "x", "b": "bad"])
    let reply = try #require(frontend.received.first { $0.type == "execute_reply" })
    #expect(
      reply.content["user_expressions"] == [
        "a": ["status": "ok", "data": ["text/plain": "x"], "metadata": [:]],
        "b": ["status": "error", "ename": "Bad", "evalue": "v", "traceback": []],
      ])
  }

  @Test("metadata without a cell's identifier, or of another type, does no harm")
  func oddMetadata() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.answers(
      to: frontend.send(ExecuteRequest(code: "out 1"), metadata: ["cellId": 5]))
    #expect(sent.count == 5)
    #expect(frontend.executor.cells.first?.cellID == nil)
  }

  @Test("a silent cell shows no input and no result and does not count")
  func silent() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.run(ExecuteRequest(code: "out a\nresult b", isSilent: true))
    #expect(sent.map(\.description) == ["busy", "stream", "execute_reply", "idle"])
    let next = try await frontend.run(ExecuteRequest(code: "out a"))
    #expect(next[1].content["execution_count"] == 1)
    let history = try await frontend.reply(to: HistoryRequest(access: .tail))
    #expect(history["history"] == [[1, 1, "out a"]])
  }

  @Test("a cell that is not stored shows its input but does not count")
  func notStored() async throws {
    let frontend = try Frontend()
    _ = try await frontend.run(ExecuteRequest(code: "out a"))
    let sent = try await frontend.run(ExecuteRequest(code: "out b", storesHistory: false))
    #expect(sent[1].description == "execute_input")
    #expect(sent[1].content["execution_count"] == 1)
    let next = try await frontend.run(ExecuteRequest(code: "out c"))
    #expect(next[1].content["execution_count"] == 2)
  }

  @Test("a failure is published once, in the words of the reply")
  func failure() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.run(ExecuteRequest(code: "out a\nfail here"))
    #expect(
      sent.map(\.description)
        == ["busy", "execute_input", "stream", "error", "execute_reply", "idle"])
    #expect(
      sent[3].content
        == ["ename": "Failed", "evalue": "here", "traceback": ["at here", "end"]])
    for field in ["ename", "evalue", "traceback"] {
      #expect(sent[4].content[field] == sent[3].content[field])
    }
    #expect(sent[4].content["status"] == "error")
    #expect(sent[4].content["execution_count"] == 1)
  }

  @Test("a payload reaches the reply")
  func payload() async throws {
    let reply = try await Frontend().reply(to: ExecuteRequest(code: "page help"))
    #expect(reply["payload"] == [["source": "page", "data": ["text/plain": "help"]]])
  }

  @Test("outputs of many cells keep their order")
  func manyCells() async throws {
    let frontend = try Frontend()
    let identifiers = try (0..<50).map { try frontend.send(ExecuteRequest(code: "out \($0)")) }
    try await frontend.receive { sent in sent.count { $0.description == "idle" } == 50 }
    let streams = frontend.received.filter { $0.type == "stream" }
    #expect(streams.map(\.content) == (0..<50).map { ["name": "stdout", "text": "\($0)"] })
    #expect(streams.map(\.parent) == identifiers)
    #expect(frontend.received.count == 250)
  }
}
