import JupyterProtocol
import Kernel
import Session
import Synchronization
import TestSupport
import Testing

/// Cells through the real compiler and the real worker, without a frontend.
@Suite("NotebookSession", .serialized)
struct NotebookSessionTests {
  /// A session and what its cells published.
  private final class Notebook: Sendable {
    let session: NotebookSession
    private let count = Mutex(0)

    init() {
      session = NotebookSession(
        configuration: .init(
          worker: builtProduct("martlet-worker"), command: builtProduct("martlet")))
      session.start { _ in }
    }

    func run(
      _ code: String, expressions: [String: String] = [:]
    ) async -> (outcome: CellOutcome, value: String?, text: String) {
      let outputs = Mutex<[CellOutput]>([])
      let number = count.withLock {
        $0 += 1
        return $0
      }
      let outcome = await session.execute(
        CellRequest(code: code, executionCount: number, userExpressions: expressions)
      ) { output in outputs.withLock { $0.append(output) } }
      var value: String?
      var text = ""
      for output in outputs.withLock({ $0 }) {
        switch output {
        case .result(let bundle, _): value = bundle["text/plain"]?.string
        case .stream(_, let printed): text += printed
        default: break
        }
      }
      return (outcome, value, text)
    }
  }

  @Test("keeps state from cell to cell, and shadows what is declared again")
  func state() async {
    let notebook = Notebook()
    _ = await notebook.run("var a = 1\nfunc f() -> Int { a + 1 }\nstruct S { var x = 1 }")
    #expect(await notebook.run("a += 4\nf()").value == "6")
    _ = await notebook.run("let a = \"text\"\nstruct S { var y = 2.5 }")
    #expect(await notebook.run("(a, S(), f())").value == "(\"text\", S(y: 2.5), 6)")
    await notebook.session.shutDown()
  }

  @Test("keeps variables through a trap, hides those that were never set, and names the line")
  func trap() async {
    let notebook = Notebook()
    let failed = await notebook.run("let kept = [1, 2]\nlet lost = kept[9]\nprint(lost)")
    #expect(failed.outcome.failure?.value == "Index out of range")
    #expect(failed.outcome.failure?.traceback.contains { $0.contains("cell 1, line 2") } == true)
    #expect(await notebook.run("kept").value == "[1, 2]")
    let hidden = await notebook.run("lost")
    #expect(hidden.outcome.failure?.value.contains("failed before it gave this variable") == true)
    await notebook.session.shutDown()
  }

  @Test("reports a process that ended, and goes on with a new one")
  func workerEnds() async {
    let notebook = Notebook()
    let ended = await notebook.run("import Glibc\nlet before = 1\nexit(3)")
    #expect(ended.outcome.failure?.name == "WorkerEnded")
    #expect(ended.outcome.failure?.value.contains("exit status 3") == true)
    #expect(await notebook.run("before").outcome.failure?.name == "CompileError")
    #expect(await notebook.run("1 + 1").value == "2")
    await notebook.session.shutDown()
  }

  @Test("evaluates user expressions, each with its own value or failure")
  func userExpressions() async {
    let notebook = Notebook()
    let ran = await notebook.run("let a = 20", expressions: ["double": "a * 2", "bad": "nothing"])
    guard case .value(let bundle, _)? = ran.outcome.userExpressions["double"] else {
      Issue.record("no value")
      return
    }
    #expect(bundle["text/plain"] == .string("40"))
    guard case .failure(let failure)? = ran.outcome.userExpressions["bad"] else {
      Issue.record("no failure")
      return
    }
    #expect(failure.name == "CompileError")
    await notebook.session.shutDown()
  }

  @Test("keeps characters whole that a cell prints in halves")
  func wholeCharacters() async {
    let notebook = Notebook()
    let ran = await notebook.run(
      """
      import Glibc
      let bytes: [UInt8] = Array("é🦜".utf8)
      for byte in bytes { var b = byte; write(1, &b, 1); usleep(60_000) }
      """)
    #expect(ran.text == "é🦜")
    await notebook.session.shutDown()
  }
}
