import JupyterProtocol
import Kernel
import Testing

@Suite("Usage")
struct UsageTests {
  @Test("tells the processes' processor time and memory, and the machine's memory")
  func usage() async throws {
    let frontend = try Frontend()
    let first = try await frontend.reply(to: UsageRequest(), on: .control)
    #expect(first["status"] == "ok")
    #expect(first["hostname"]?.string?.isEmpty == false)
    #expect(try #require(first["kernel_memory"]?.int) > 1_000_000)
    let memory = try #require(first["host_virtual_memory"])
    let total = try #require(memory["total"]?.int)
    #expect(try #require(memory["available"]?.int) <= total)
    #expect(first["host_cpu_percent"] == nil)

    var sum = 0.0
    let end = ContinuousClock.now + .milliseconds(300)
    while ContinuousClock.now < end { sum += Double.random(in: 0...1) }
    #expect(sum > 0)
    let second = try await frontend.reply(to: UsageRequest(), on: .control)
    guard case .double(let busy)? = second["kernel_cpu"] else {
      Issue.record("no kernel_cpu in \(second)")
      return
    }
    #expect(busy > 1)
  }

  @Test("is answered while a cell runs")
  func duringCell() async throws {
    let frontend = try Frontend()
    let cell = try await frontend.startWaiting()
    let sent = try await frontend.answers(to: frontend.send(UsageRequest(), on: .control))
    #expect(sent.map(\.description) == ["busy", "usage_reply", "idle"])
    frontend.executor.release()
    _ = try await frontend.answers(to: cell)
  }
}

@Suite("Help")
struct HelpTests {
  @Test(
    "a name with question marks shows its description in the pager",
    arguments: [
      ("print?", "print 5 0"), ("?print", "print 5 0"), ("  print??\n", "print 5 1"),
      ("??Tensor.zeros", "Tensor.zeros 12 1"), ("größe?", "größe 5 0"),
    ])
  func page(code: String, text: String) async throws {
    let frontend = try Frontend()
    let sent = try await frontend.run(ExecuteRequest(code: code))
    #expect(sent.map(\.description) == ["busy", "execute_input", "execute_reply", "idle"])
    #expect(
      sent[2].content["payload"]
        == [["source": "page", "data": ["text/plain": .string(text)], "start": 0]])
    #expect(frontend.executor.cells.isEmpty)
    #expect(try await frontend.reply(to: IsCompleteRequest(code: code))["status"] == "complete")
  }

  @Test(
    "everything else is a cell",
    arguments: [
      "?", "??", "a???", "?a?", "a ?", "a + b?", "a.?", "1?", "a?.b", "a\nb?", "", "\"?\"",
    ])
  func cell(code: String) async throws {
    let frontend = try Frontend()
    _ = try await frontend.run(ExecuteRequest(code: code))
    #expect(frontend.executor.cells.map(\.code) == [code])
  }

  @Test("an unknown name is said to be unknown, and the cell succeeds")
  func unknown() async throws {
    let frontend = try Frontend()
    let sent = try await frontend.run(ExecuteRequest(code: "noSuchName?"))
    #expect(
      sent.map(\.description) == ["busy", "execute_input", "stream", "execute_reply", "idle"])
    #expect(sent[2].content == ["name": "stdout", "text": "Object `noSuchName` not found.\n"])
    #expect(sent[3].content["status"] == "ok")
  }
}
