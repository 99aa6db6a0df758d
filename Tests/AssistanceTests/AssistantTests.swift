import Assistance
import Foundation
import TestSupport
import Testing

@Suite("Assistant", .serialized)
struct AssistantTests {
  @Test("sees the symbols of earlier cells, also of those added later")
  func sessionSymbols() async throws {
    let session = try Session()
    try session.add(
      cell: 1, "/// Counts rows.\nfunc rowCount(of path: String) -> Int { 0 }\nlet rowLimit = 1")
    #expect(
      await session.texts("row§", after: "@_exported import Cell_1") == ["rowCount", "rowLimit"])
    let identifier = session.assistant.serverIdentifier
    try session.add(
      cell: 2,
      "@_exported import Cell_1\nlet rowLimit = \"many\"\nstruct RowFilter { var rows = 1 }")
    let prefix = "@_exported import Cell_2"
    let found = await session.complete("row§", after: prefix)
    #expect(found.matches.map(\.text) == ["rowCount", "rowLimit"])
    #expect(found.matches.last?.signature.hasPrefix("String") == true)
    #expect(await session.texts("RowFilter().ro§", after: prefix) == ["rows"])
    #expect(await session.texts("import Cell§", after: prefix) == [])
    #expect(await session.texts("Cell_§", after: prefix) == [])
    let documented = try #require(await session.inspect("rowC§ount(of: \"\")", after: prefix))
    #expect(documented.declaration == "func rowCount(of path: String) -> Int")
    #expect(documented.documentation == "Counts rows.")
    #expect(documented.origin == "an earlier cell")
    // A number beyond those that were linked ahead costs a reload, not an answer.
    try session.add(cell: 5_000, "@_exported import Cell_2\nlet rowLast = 1")
    #expect(await session.texts("rowLa§", after: "@_exported import Cell_5000") == ["rowLast"])
    try session.add(cell: 5_001, "@_exported import Cell_5000\nlet rowNewest = 1")
    #expect(await session.texts("rowNew§", after: "@_exported import Cell_5001") == ["rowNewest"])
    #expect(session.assistant.serverIdentifier == identifier)
  }

  @Test("answers the request after the server was killed")
  func crash() async throws {
    let session = try Session()
    #expect(await session.texts("prin§") == ["print"])
    let first = try #require(session.assistant.serverIdentifier)
    kill(first, SIGKILL)
    #expect(await session.texts("prin§") == ["print"])
    let second = try #require(session.assistant.serverIdentifier)
    #expect(second != first)
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(first)"))
  }

  @Test("answers nothing when the server hangs, and starts another for the next request")
  func hang() async throws {
    let folder = try TemporaryDirectory()
    let script = try folder.write(
      "#!/bin/sh\n[ -e \"$0.hung\" ] && exec '\(builtProduct("martlet"))' \"$@\"\n"
        + "touch \"$0.hung\"; exec sleep 1000\n",
      to: "server")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let session = try Session(
      executable: script, limits: Assistant.Limits(first: .seconds(8), later: .seconds(8)))
    let start = ContinuousClock.now
    async let hung = session.texts("prin§")
    while !FileManager.default.fileExists(atPath: "\(script).hung"),
      ContinuousClock.now - start < .seconds(60)
    {
      try await Task.sleep(for: .milliseconds(5))
    }
    let identifier = session.assistant.serverIdentifier
    #expect(await hung == [])
    #expect(ContinuousClock.now - start < .seconds(120))
    #expect(await session.texts("prin§") == ["print"])
    #expect(session.assistant.serverIdentifier != identifier)
    withExtendedLifetime(folder) {}
  }

  @Test(
    "answers nothing when the server cannot be started or leaves at once",
    arguments: ["/nowhere/martlet", "/bin/false"])
  func noServer(executable: String) async throws {
    let session = try Session(executable: executable)
    #expect(await session.texts("prin§") == [])
    #expect(await session.inspect("pri§nt") == nil)
  }

  @Test("gives the server's memory back when nobody asks, and starts it again")
  func idle() async throws {
    var limits = Session.patient
    limits.idle = .milliseconds(300)
    let session = try Session(limits: limits)
    #expect(await session.texts("prin§") == ["print"])
    let deadline = ContinuousClock.now + .seconds(60)
    while session.assistant.serverIdentifier != nil, .now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(session.assistant.serverIdentifier == nil)
    #expect(await session.texts("prin§") == ["print"])
  }

  @Test("keeps a server that needs much memory from the start")
  func memory() async throws {
    var limits = Session.patient
    limits.memoryMebibytes = 10
    let session = try Session(limits: limits)
    #expect(await session.texts("prin§") == ["print"])
    let identifier = session.assistant.serverIdentifier
    for _ in 0..<3 { #expect(await session.texts("prin§") == ["print"]) }
    #expect(session.assistant.serverIdentifier == identifier)
  }

  @Test("ends the server and its files with the shut-down; later requests have no answer")
  func shutDown() async throws {
    let session = try Session()
    try session.add(cell: 1, "let rowLimit = 1")
    #expect(await session.texts("row§", after: "@_exported import Cell_1") == ["rowLimit"])
    let identifier = try #require(session.assistant.serverIdentifier)
    let links = FileManager.default.temporaryDirectory.path + "/martlet-assist-\(identifier)"
    #expect(FileManager.default.fileExists(atPath: links))
    session.assistant.shutDown()
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(identifier)"))
    #expect(!FileManager.default.fileExists(atPath: links))
    #expect(await session.texts("prin§") == [])
    #expect(session.assistant.serverIdentifier == nil)
  }

  @Test("answers every one of many requests at once")
  func many() async throws {
    let session = try Session()
    let answers = await withTaskGroup { group in
      for _ in 0..<20 { group.addTask { await session.texts("prin§") } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers == Array(repeating: ["print"], count: 20))
  }

  @Test("gives pages back while nobody asks, and answers as before")
  func rest() async throws {
    let session = try Session()
    #expect(await session.texts("prin§") == ["print"])
    let identifier = try #require(session.assistant.serverIdentifier)
    let busy = try residentMebibytes(of: identifier)
    let deadline = ContinuousClock.now + .seconds(60)
    while try residentMebibytes(of: identifier) > busy - 30, .now < deadline {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try residentMebibytes(of: identifier) <= busy - 30)
    #expect(await session.texts("prin§") == ["print"])
    #expect(session.assistant.serverIdentifier == identifier)
  }

  /// What the process `identifier` holds, in units of 2^20 bytes.
  private func residentMebibytes(of identifier: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(identifier)/statm", encoding: .utf8)
    let pages = try #require(Int(text.split(separator: " ")[1]))
    return pages * 4_096 / 1_048_576
  }

  @Test("is warm after the warm-up")
  func warmUp() async throws {
    let session = try Session()
    session.assistant.warmUp(compilerArguments: session.compilerArguments)
    #expect(await session.texts("prin§") == ["print"])
  }

  @Test("answers whatever part of a file was typed")
  func everyPrefix() async throws {
    let session = try Session()
    let source = """
      import Glibc
      struct Point<T: Numeric>: Equatable { var x: T; var y: T
        static func + (a: Self, b: Self) -> Self { Point(x: a.x + b.x, y: a.y + b.y) } }
      let points = (1...3).map { Point(x: $0, y: $0 * 2) }
      let total = points.reduce(Point(x: 0, y: 0), +)
      switch total.x { case 0..<10: print("few \\(total.x)") default: fatalError("many") }
      """
    for cursor in stride(from: 0, through: source.unicodeScalars.count, by: 3) {
      let code = String(String.UnicodeScalarView(source.unicodeScalars.prefix(cursor)))
      let found = await session.assistant.completions(
        prefixSource: "", code: code, cursor: cursor, compilerArguments: session.compilerArguments)
      #expect(found.end == cursor)
      let names = Set(found.matches.map(\.text))
      #expect(names.count == found.matches.count)
    }
    #expect(session.assistant.serverIdentifier != nil)
  }
}
