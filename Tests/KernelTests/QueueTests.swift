import JupyterProtocol
import Kernel
import Synchronization
import Testing

@Suite("Queue")
struct QueueTests {
  @Test("a failure aborts the cells that wait, and nothing else")
  func abort() async throws {
    let frontend = try Frontend()
    let first = try await frontend.startWaiting(ExecuteRequest(code: "wait\nfail x"))
    let second = try frontend.send(ExecuteRequest(code: "out never"))
    let information = try frontend.send(KernelInfoRequest())
    let third = try frontend.send(ExecuteRequest(code: "out never", stopsOnError: false))
    frontend.executor.release()
    _ = try await frontend.answers(to: first, second, information, third)

    for aborted in [second, third] {
      let sent = try await frontend.answers(to: aborted)
      #expect(sent.map(\.description) == ["busy", "execute_reply", "idle"])
      #expect(sent[1].content == ["status": "aborted"])
    }
    #expect(try await frontend.answers(to: information)[1].content["status"] == "ok")
    #expect(frontend.executor.cells.count == 1)

    let later = try await frontend.run(ExecuteRequest(code: "out b"))
    #expect(later[1].content["execution_count"] == 2)
  }

  @Test("a cell that fails at once aborts those sent right behind it")
  func abortCompanions() async throws {
    let frontend = try Frontend()
    let first = try frontend.send(ExecuteRequest(code: "fail x"))
    let second = try frontend.send(ExecuteRequest(code: "out never"))
    _ = try await frontend.answers(to: first, second)
    #expect(frontend.executor.cells.count == 1)
  }

  @Test("without stop_on_error the cells that wait run")
  func noAbort() async throws {
    let frontend = try Frontend()
    let first = try await frontend.startWaiting(
      ExecuteRequest(code: "wait\nfail x", stopsOnError: false))
    let second = try frontend.send(ExecuteRequest(code: "out b"))
    frontend.executor.release()
    _ = try await frontend.answers(to: first, second)
    #expect(frontend.executor.cells.count == 2)
  }

  @Test("an interrupt stops the cell, aborts those that wait, and is answered first")
  func interrupt() async throws {
    let frontend = try Frontend()
    let first = try await frontend.startWaiting(
      ExecuteRequest(code: "wait", stopsOnError: false))
    let second = try frontend.send(ExecuteRequest(code: "out never"))
    let interrupt = try frontend.send(InterruptRequest(), on: .control)
    _ = try await frontend.answers(to: first, second, interrupt)
    let replies = frontend.received.filter { $0.type.hasSuffix("_reply") }
    #expect(Set(replies.map(\.type)) == ["interrupt_reply", "execute_reply"])
    #expect(
      try await frontend.answers(to: interrupt).map(\.description)
        == ["busy", "interrupt_reply", "idle"])
    #expect(
      try await frontend.answers(to: first).map(\.description)
        == ["busy", "execute_input", "error", "execute_reply", "idle"])
    #expect(try await frontend.answers(to: second)[1].content["status"] == "aborted")
    #expect(frontend.executor.interruptCount == 1)
  }

  @Test("an interrupt without a cell is answered and harms no later cell")
  func idleInterrupt() async throws {
    let frontend = try Frontend()
    #expect(try await frontend.reply(to: InterruptRequest(), on: .control) == ["status": "ok"])
    let sent = try await frontend.run(ExecuteRequest(code: "out a"))
    #expect(sent.count == 5)
  }

  @Test("an interrupt between the queue and the executor is not lost")
  func earlyInterrupt() async throws {
    let history = InterruptingHistory()
    let frontend = try Frontend(history: history)
    history.interrupt.withLock {
      $0 = { [dispatcher = frontend.dispatcher] in dispatcher.interrupt() }
    }
    let sent = try await frontend.run(ExecuteRequest(code: "out never"))
    #expect(
      sent.map(\.description) == ["busy", "execute_input", "error", "execute_reply", "idle"])
    #expect(frontend.executor.cells.isEmpty)
    history.interrupt.withLock { $0 = nil }
    #expect(try await frontend.run(ExecuteRequest(code: "out a")).count == 5)
  }

  @Test("control answers while a cell runs; shell keeps its order")
  func controlDuringCell() async throws {
    let frontend = try Frontend()
    let cell = try await frontend.startWaiting()
    let behind = try frontend.send(KernelInfoRequest())
    // Control is served by the call itself, so nothing has to be waited for.
    let atOnce = try frontend.send(KernelInfoRequest(), on: .control)
    let answers = try await frontend.answers(to: atOnce)
    #expect(answers.map(\.description) == ["busy", "kernel_info_reply", "idle"])
    #expect(answers[1].channel == .control)
    #expect(!frontend.received.contains { $0.parent == behind })
    frontend.executor.release()
    _ = try await frontend.answers(to: cell, behind)
    let shell = frontend.received.filter { $0.channel == .shell }
    #expect(shell.map(\.parent) == [cell, behind])
  }

  @Test(
    "a shutdown during a cell is answered, broadcast, and ends the kernel",
    arguments: [true, false])
  func shutDown(restarts: Bool) async throws {
    let frontend = try Frontend()
    _ = try await frontend.startWaiting()
    let waiting = try frontend.send(ExecuteRequest(code: "out never"))
    let shutDown = try frontend.send(ShutdownRequest(restarts: restarts), on: .control)
    let sent = try await frontend.answers(to: shutDown)
    #expect(sent.map(\.description) == ["busy", "shutdown_reply", "shutdown_reply", "idle"])
    #expect(Set(sent[1...2].map(\.channel)) == [.iopub, .control])
    #expect(sent[1].content == ["status": "ok", "restart": .bool(restarts)])
    try await frontend.receive { _ in frontend.hasStopped }
    #expect(frontend.executor.isShutDown)
    #expect(frontend.dispatcher.isStopping)
    #expect(!frontend.received.contains { $0.parent == waiting })
    #expect(frontend.executor.cells.count == 1)
  }
}

/// A history that lets an interrupt come while a cell is on its way to the executor.
private final class InterruptingHistory: HistoryStore {
  let interrupt = Mutex<(@Sendable () -> Void)?>(nil)

  func append(line: Int, source: String) { interrupt.withLock { $0 }?() }
  func setOutput(_ output: String, line: Int) {}
  func entries(_ query: HistoryQuery) async -> [HistoryEntry] { [] }
}
