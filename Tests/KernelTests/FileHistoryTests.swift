import Foundation
import Kernel
import SQLite
import TestSupport
import Testing

@Suite("FileHistory")
struct FileHistoryTests {
  let folder: TemporaryDirectory
  let lines = LogLines()

  init() throws { folder = try TemporaryDirectory() }

  var path: String { folder.path("new folder/history.sqlite") }

  func opened(_ path: String? = nil) -> FileHistory {
    FileHistory(path: path ?? self.path, log: { [lines] in lines.append($0) })
  }

  /// A closed session of cells with these sources.
  func runSession(_ sources: [String]) async {
    let history = opened()
    for (index, source) in sources.enumerated() { history.append(line: index + 1, source: source) }
    await history.close()
  }

  @Test("sessions get numbers of their own, and later ones see them all")
  func sessions() async throws {
    await runSession(["a", "b"])
    await runSession([])  // Leaves nothing.
    await runSession(["c"])
    let history = opened()
    history.append(line: 1, source: "d")
    history.setOutput("4", line: 1)
    history.append(line: 2, source: "e")
    let all = await history.entries(.tail(limit: 10))
    #expect(all.map(\.source) == ["a", "b", "c", "d", "e"])
    #expect(all.map(\.session) == [1, 1, 2, 3, 3])
    #expect(all.map(\.line) == [1, 2, 1, 1, 2])
    #expect(all.map(\.output) == [nil, nil, nil, "4", nil])
    #expect(await history.entries(.tail(limit: 2)).map(\.source) == ["d", "e"])
    #expect(await history.entries(.tail(limit: -1)).isEmpty)
    await history.close()
    #expect(lines.all.isEmpty)
  }

  @Test(
    "a range is of one session, by number or counted back from the current one",
    arguments: [
      (0, 1, nil, ["d", "e", "f"]), (3, 1, nil, ["d", "e", "f"]), (-1, 1, nil, ["c"]),
      (-2, 1, nil, ["a", "b"]), (1, 2, 3, ["b"]), (1, -1, nil, ["b"]), (0, 1, -1, ["d", "e"]),
      (0, 0, 0, ["d", "e", "f"]), (0, 2, 99, ["e", "f"]), (-3, 1, nil, []), (4, 1, nil, []),
      (Int.min, 1, nil, []), (Int.max, 1, nil, []), (0, .min, .max, ["d", "e", "f"]),
      (0, .max, .min, []),
    ] as [(Int, Int, Int?, [String])])
  func range(session: Int, start: Int, stop: Int?, sources: [String]) async {
    await runSession(["a", "b"])
    await runSession(["c"])
    let history = opened()
    for (index, source) in ["d", "e", "f"].enumerated() {
      history.append(line: index + 1, source: source)
    }
    let query = HistoryQuery.range(session: session, start: start, stop: stop)
    #expect(await history.entries(query).map(\.source) == sources)
    await history.close()
  }

  @Test("before its first cell a kernel counts back from the session that it will be")
  func rangeBeforeTheFirstCell() async {
    await runSession(["a"])
    await runSession(["b"])
    let history = opened()
    let last = HistoryQuery.range(session: -1, start: 1, stop: nil)
    #expect(await history.entries(last).map(\.source) == ["b"])
    #expect(await history.entries(.range(session: 0, start: 1, stop: nil)).isEmpty)
    await history.close()
  }

  @Test(
    "a search agrees with the one in memory",
    arguments: [
      "*", "let x*", "*= [12]", "let ? = 1", "let [^x]*", "x", "*\nprint*", "print(*)", "a*b*c", "",
      "*🐦*", "let ? = \"*\"", "*l*t*1",
    ], [false, true])
  func search(pattern: String, isUnique: Bool) async {
    let sources = [
      "let x = 1", "let x = 10", "print(x)", "let x = 1", "let y = 1", "let w = 3\nprint(w)",
      "let b = \"🐦\"", "let x = 10",
    ]
    let history = opened()
    let memory = MemoryHistory()
    for (index, source) in sources.enumerated() {
      history.append(line: index + 1, source: source)
      memory.append(line: index + 1, source: source)
    }
    for limit in [nil, 0, 1, 2] as [Int?] {
      let query = HistoryQuery.search(pattern: pattern, limit: limit, isUnique: isUnique)
      #expect(await history.entries(query) == memory.entries(query))
    }
    await history.close()
    #expect(lines.all.isEmpty)
  }

  @Test("patterns that SQLite does not take find nothing and harm nothing")
  func hostilePattern() async {
    let history = opened()
    history.append(line: 1, source: String(repeating: "a", count: 2000))
    for pattern in [
      String(repeating: "*a", count: 200) + "b", String(repeating: "*", count: 60_000), "[", "[a-",
    ] {
      let query = HistoryQuery.search(pattern: pattern, limit: nil, isUnique: true)
      #expect(await history.entries(query).isEmpty)
    }
    #expect(await history.entries(.tail(limit: 9)).count == 1)
    await history.close()
    #expect(lines.all.isEmpty)
  }

  @Test("sources of any text come back as they were")
  func anyText() async {
    let sources = ["", "a\0b", "🐦\r\n\t'\";--", String(repeating: "line\n", count: 200_000)]
    await runSession(sources)
    let history = opened()
    #expect(await history.entries(.tail(limit: 9)).map(\.source) == sources)
    await history.close()
  }

  @Test("a very long result is kept in part")
  func longOutput() async {
    let history = opened()
    history.append(line: 1, source: "a")
    history.setOutput(String(repeating: "é", count: FileHistory.outputLimit + 1), line: 1)
    let output = await history.entries(.tail(limit: 1)).first?.output
    #expect(output?.count == FileHistory.outputLimit + 1)
    #expect(output?.last == "…")
    await history.close()
  }

  @Test("kernels at the same time share the file and lose nothing")
  func sharing() async {
    await withTaskGroup(of: Void.self) { group in
      for kernel in 1...4 {
        group.addTask {
          let history = opened()
          for line in 1...100 { history.append(line: line, source: "\(kernel) \(line)") }
          await history.close()
        }
      }
    }
    let history = opened()
    let all = await history.entries(.tail(limit: 1000))
    #expect(all.count == 400)
    for session in 1...4 {
      let own = all.filter { $0.session == session }
      #expect(own.map(\.line) == Array(1...100))
      #expect(Set(own.compactMap { $0.source.split(separator: " ").first }).count == 1)
    }
    await history.close()
    #expect(lines.all.isEmpty)
  }

  @Test("the file and its folder are the user's own, and the log is SQLite's write-ahead log")
  func permissions() async throws {
    let history = opened()
    history.append(line: 1, source: "let password = 1")
    _ = await history.entries(.tail(limit: 1))
    #expect(FileManager.default.fileExists(atPath: path + "-wal"))
    for file in [path, path + "-wal"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    let parent = try FileManager.default.attributesOfItem(atPath: folder.path("new folder"))
    #expect(parent[.posixPermissions] as? Int == 0o700)
    await history.close()
  }

  // MARK: Files that cannot be used

  /// Checks that a session stays in memory and says so once.
  func expectMemory(at path: String, saying text: String) async {
    let history = opened(path)
    history.append(line: 1, source: "a")
    history.setOutput("1", line: 1)
    let entry = HistoryEntry(session: 1, line: 1, source: "a", output: "1")
    #expect(await history.entries(.tail(limit: 9)) == [entry])
    #expect(await history.entries(.range(session: 0, start: 1, stop: nil)) == [entry])
    await history.close()
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.contains(text) == true, "\(lines.all)")
    #expect(lines.all.first?.contains(path) == true)
  }

  @Test("places that cannot be written", arguments: ["/proc/history.sqlite", "/proc/no/h.sqlite"])
  func unwritable(path: String) async { await expectMemory(at: path, saying: "cannot use") }

  @Test("a folder in the file's place")
  func folderInPlace() async { await expectMemory(at: folder.path(), saying: "cannot use") }

  @Test("a damaged file")
  func damaged() async throws {
    let file = folder.path("damaged")
    try Data("this is no database, and long enough to be read as one".utf8)
      .write(to: URL(filePath: file))
    await expectMemory(at: file, saying: "not a database")
    #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("this is no"))
  }

  @Test("a database of another program is left as it is")
  func otherDatabase() async throws {
    let file = folder.path("other")
    let connection = try Connection(path: file, mode: .create)
    try connection.execute("CREATE TABLE cats (name TEXT)")
    await expectMemory(at: file, saying: "another program")
    #expect(try connection.value("SELECT count(*) FROM sqlite_master") == .integer(1))
  }

  @Test("a file of a newer version is left as it is")
  func newerVersion() async throws {
    await runSession(["a"])
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute("PRAGMA user_version = 99")
    await expectMemory(at: path, saying: "Update Martlet")
    #expect(try connection.value("SELECT count(*) FROM entries") == .integer(1))
  }

  @Test("a file that breaks in the middle of a session")
  func breaksLater() async throws {
    let history = opened()
    history.append(line: 1, source: "a")
    #expect(await history.entries(.tail(limit: 9)).count == 1)
    let other = try Connection(path: path, mode: .readWrite)
    try other.execute("DROP TABLE entries")
    history.append(line: 2, source: "b")
    history.append(line: 3, source: "c")
    #expect(await history.entries(.tail(limit: 9)).map(\.source) == ["a", "b", "c"])
    #expect(await history.entries(.tail(limit: 9)).map(\.session) == [1, 1, 1])
    await history.close()
    #expect(lines.all.count == 1)
  }
}

@Suite("HistoryLocation")
struct HistoryLocationTests {
  @Test(
    "the variable decides, then the folder of the user's data",
    arguments: [
      (["MARTLET_HISTORY": "h.sqlite", "HOME": "/h"], .file(path: "h.sqlite")),
      (["MARTLET_HISTORY": ":memory:", "HOME": "/h"], .memory),
      (
        ["MARTLET_HISTORY": "", "HOME": "/h"], .file(path: "/h/.local/share/martlet/history.sqlite")
      ),
      (["XDG_DATA_HOME": "/d", "HOME": "/h"], .file(path: "/d/martlet/history.sqlite")),
      (
        ["XDG_DATA_HOME": "relative", "HOME": "/h"],
        .file(path: "/h/.local/share/martlet/history.sqlite")
      ),
      (["HOME": ""], .unknown), ([:], .unknown),
    ] as [([String: String], HistoryLocation)])
  func location(environment: [String: String], expected: HistoryLocation) {
    #expect(HistoryLocation(environment: environment) == expected)
  }

  @Test("without a home folder the session stays in memory, and the log says so")
  func noHome() async {
    let lines = LogLines()
    let history = HistoryLocation(environment: [:]).open { lines.append($0) }
    history.append(line: 1, source: "a")
    #expect(await history.entries(.tail(limit: 1)).count == 1)
    #expect(lines.all.count == 1)
  }
}
