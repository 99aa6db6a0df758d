import Kernel
import Testing

@Suite("MemoryHistory")
struct HistoryTests {
  static func filled(_ sources: [String]) -> MemoryHistory {
    let history = MemoryHistory()
    for (index, source) in sources.enumerated() { history.append(line: index + 1, source: source) }
    return history
  }

  @Test("tail returns the last cells, oldest first", arguments: [(2, [3, 4]), (9, [1, 2, 3, 4])])
  func tail(limit: Int, lines: [Int]) async {
    let history = Self.filled(["a", "b", "c", "d"])
    #expect(await history.entries(.tail(limit: limit)).map(\.line) == lines)
    #expect(await history.entries(.tail(limit: 0)).isEmpty)
    #expect(await history.entries(.tail(limit: -1)).isEmpty)
  }

  @Test(
    "a range ends before its stop and counts negative lines from the end",
    arguments: [
      (0, 1, 3, [1, 2]), (1, 2, nil, [2, 3, 4]), (0, -2, nil, [3, 4]), (0, 1, -1, [1, 2, 3]),
      (0, 0, 1, []), (0, 3, 99, [3, 4]), (2, 1, nil, []), (-1, 1, nil, []),
      (0, 1, 0, [1, 2, 3, 4]),
    ] as [(Int, Int, Int?, [Int])])
  func range(session: Int, start: Int, stop: Int?, lines: [Int]) async {
    let history = Self.filled(["a", "b", "c", "d"])
    let query = HistoryQuery.range(session: session, start: start, stop: stop)
    #expect(await history.entries(query).map(\.line) == lines)
    #expect(await history.entries(query).allSatisfy { $0.session == 1 })
  }

  @Test(
    "a search takes globs for the whole cell",
    arguments: [
      ("*", [1, 2, 3, 4, 5]), ("let x*", [1, 2]), ("*= [12]", [1, 4]), ("let ? = 1", [1, 4]),
      ("let [^x]*", [4, 5]), ("x", []), ("*\nprint*", [5]), ("print(*)", [3]), ("a*b*c", []),
      ("[", []), ("let [v-x] = *", [1, 2, 5]), ("", []), ("*l*t*1", [1, 4]),
    ])
  func search(pattern: String, lines: [Int]) async {
    let history = Self.filled([
      "let x = 1", "let x = 10", "print(x)", "let y = 1", "let w = 3\nprint(w)",
    ])
    let query = HistoryQuery.search(pattern: pattern, limit: nil, isUnique: false)
    #expect(await history.entries(query).map(\.line) == lines)
  }

  @Test("a search returns the last matches, and equal cells once when asked to")
  func uniqueSearch() async {
    let history = Self.filled(["a", "b", "a", "c", "b"])
    let unique = HistoryQuery.search(pattern: "*", limit: nil, isUnique: true)
    #expect(await history.entries(unique).map(\.line) == [3, 4, 5])
    let limited = HistoryQuery.search(pattern: "*", limit: 2, isUnique: true)
    #expect(await history.entries(limited).map(\.line) == [4, 5])
  }

  @Test("a hostile pattern takes no exponential time")
  func hostilePattern() async {
    let history = Self.filled([String(repeating: "a", count: 2000)])
    let pattern = String(repeating: "*a", count: 200) + "b"
    let query = HistoryQuery.search(pattern: pattern, limit: nil, isUnique: false)
    #expect(await history.entries(query).isEmpty)
  }

  @Test("a result joins its cell")
  func output() async {
    let history = Self.filled(["a", "b"])
    history.setOutput("7", line: 1)
    history.setOutput("8", line: 99)
    #expect(await history.entries(.tail(limit: 9)).map(\.output) == ["7", nil])
  }
}
