import CellCompiler
import Cells
import Foundation
import Synchronization
import TestSupport
import Testing

/// Compilers that are forked ahead of their cells, with the real toolchain.
@Suite(.serialized) struct FrontendTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func compiler() throws -> CellCompiler {
    let built = URL(fileURLWithPath: builtProduct("martlet")).deletingLastPathComponent().path
    return try CellCompiler(
      toolchain: .find(), folder: folder.path(),
      library: CellCompiler.UserLibrary(libraries: built, modules: built + "/Modules"))
  }

  private func compile(
    _ source: String, as module: String, with compiler: CellCompiler
  ) throws -> CellCompiler.Result {
    try compiler.compile(PreparedCell(source: source, label: "cell 1"), module: module)
  }

  @Test func cellsCompilePreparedOrNot() throws {
    let compiler = try compiler()
    #expect(try compile("let a = 1", as: "Cell_1", with: compiler).object != nil)
    compiler.prepare(module: "Cell_2")
    #expect(try compile("let b = 2", as: "Cell_2", with: compiler).object != nil)
    compiler.prepare(module: "Cell_9")
    #expect(try compile("let c = 3", as: "Cell_3", with: compiler).object != nil)
    // Larger than what may come late.
    compiler.prepare(module: "Cell_4")
    let long = "let d = 4\n" + String(repeating: "// Words that say nothing.\n", count: 5_000)
    #expect(try compile(long, as: "Cell_4", with: compiler).object != nil)
    compiler.shutDown()
  }

  @Test func whatIsMissingAtTheEndIsReportedThere() throws {
    let compiler = try compiler()
    for isPrepared in [false, true] {
      if isPrepared { compiler.prepare(module: "Cell_1") }
      let result = try compile("let a = 1\nstruct S {\n\n", as: "Cell_1", with: compiler)
      #expect(result.object == nil)
      let error = try #require(result.diagnostics.first { $0.severity == .error })
      #expect(error.file == "cell 1")
      #expect(error.line == 2)
    }
    compiler.shutDown()
  }

  @Test func aKilledServerIsReplaced() throws {
    let compiler = try compiler()
    compiler.prepare(module: "Cell_1")
    // A process that has only just begun has no command line yet.
    var servers: [pid_t] = []
    let end = ContinuousClock.now + .seconds(60)
    while servers.isEmpty, ContinuousClock.now < end {
      servers = try processes(naming: folder.path())
      usleep(1_000)
    }
    #expect(!servers.isEmpty)
    for server in servers { kill(server, SIGKILL) }
    #expect(try compile("let a = 1", as: "Cell_1", with: compiler).object != nil)
    compiler.prepare(module: "Cell_2")
    #expect(try compile("let b = 2", as: "Cell_2", with: compiler).object != nil)
    compiler.shutDown()
  }

  @Test func aCompilationThatIsCancelledThrows() throws {
    let compiler = try compiler()
    compiler.prepare(module: "Cell_1")
    // Long to type check, so that it surely runs when it is cancelled.
    let slow = "let a = " + (0..<400).map { "(\($0) + 1.5)" }.joined(separator: " + ")
    // Threads of their own: other tests may hold all of the pool's.
    let outcome = Mutex<Result<CellCompiler.Result, any Error>?>(nil)
    Thread.detachNewThread { [self] in
      let result = Result { try compile(slow, as: "Cell_1", with: compiler) }
      outcome.withLock { $0 = result }
    }
    while outcome.withLock({ $0 == nil }) {
      compiler.cancel()
      usleep(5_000)
    }
    let result = try #require(outcome.withLock { $0 })
    #expect(throws: CellCompilerError.interrupted) { try result.get() }
    #expect(try compile("let b = 2", as: "Cell_2", with: compiler).object != nil)
    compiler.shutDown()
  }

  /// The processes whose command line has `text`.
  private func processes(naming text: String) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
      guard let id = pid_t(name),
        let line = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8),
        line.contains(text)
      else { return nil }
      return id
    }
  }
}
