import Cells
import Testing

@Suite("PreparedCell")
struct PreparedCellTests {
  private func prepare(_ source: String, firstLine: Int = 1) throws -> PreparedCell {
    try PreparedCell(source: source, label: "cell 1", firstLine: firstLine)
  }

  @Test(
    "hands a trailing value to the function that shows it",
    arguments: [
      ("1+1", "martletShow(1+1)"), ("let a = 1\na // note", "martletShow(a) // note"),
      ("try f()", "martletShow(try f())"), ("(1, 2)", "martletShow((1, 2))"),
    ])
  func showsValue(source: String, expected: String) throws {
    #expect(try prepare(source).text.contains(expected))
  }

  @Test(
    "shows nothing for what is no value, or is followed by a semicolon",
    arguments: ["a = 1", "a;", "if a { b() }", "for i in a {}", "func f() {}", "", "// note"])
  func showsNothing(source: String) throws {
    #expect(!(try prepare(source).text.contains("martletShow(")))
  }

  @Test("lets later cells see what a cell imports, but not what it imports for itself")
  func imports() throws {
    let cell = try prepare("import Foundation\nprivate import Glibc")
    #expect(cell.text.contains("@_exported import Foundation"))
    #expect(!cell.text.contains("@_exported private"))
    #expect(cell.imports == ["Foundation", "Glibc"])
    #expect(cell.joinsSession)
  }

  @Test(
    "knows loops that nothing ends",
    arguments: [
      ("while true { f() }", true), ("func f() { repeat { g() } while true }", true),
      ("while true { for i in a { if i > 2 { break } } }", true),
      ("while true { do { try f() } catch {} }", true),
      ("while true { a.forEach { _ in return } }", true),
      ("while true { switch a { case 1: break; default: f() } }", true),
      ("while true { if a { break } }", false), ("while true { try f() }", false),
      ("func f() { while true { return } }", false), ("while a { f() }", false),
      ("out: while b { while true { for i in a { break out } } }", false),
      ("while true { do { f() } catch { throw error } }", false),
    ])
  func endlessLoops(source: String, isEndless: Bool) throws {
    #expect(try prepare(source).hasEndlessLoop == isEndless)
  }

  @Test("runs top-level await through the function that waits")
  func awaits() throws {
    let cell = try prepare("let a = try await f()\nfor await x in s { print(x) }\nawait g()")
    #expect(cell.text.contains("let a = try martletAwait { try await f() }"))
    #expect(cell.text.contains("try martletAwait { for await x in s { print(x) } }"))
    #expect(cell.text.contains("martletShow(try martletAwait { await g() })"))
  }

  @Test("leaves await in functions, closures and types alone")
  func keepsInnerAwait() throws {
    let source =
      "func f() async { await g() }\nlet c = { await g() }\nactor A { func h() async { await g() } }"
    #expect(!(try prepare(source).text.contains("martletAwait")))
  }

  @Test("makes a task of async let, and takes its value where it is awaited")
  func asynchronousLet() throws {
    let cell = try prepare(
      "async let a = f(), b: Int = try g()\nprint(await a + 1, try await [b])\nlet c = { a in a }")
    #expect(
      cell.text.contains(
        "/*async*/ let a = Task { await f() }, "
          + "b/*: Int*/ = Task { () async throws -> Int in try await g() }"))
    #expect(cell.text.contains("print(await a.value + 1, try await [b.value])"))
    #expect(cell.text.contains("{ a in a }"))
    #expect(cell.variables.map(\.names) == [["a", "b"], ["c"]])
    var scope = SessionScope()
    scope.join("Cell_1", cell.footprint)
    let later = try PreparedCell(source: "print(await a)", label: "cell 2", scope: scope)
    #expect(later.text.contains("print(await a.value)"))
    let hidden = try PreparedCell(source: "let a = await a", label: "cell 2", scope: scope)
    #expect(hidden.text.contains("let a = try martletAwait { await Cell_1.a.value }"))
    #expect(throws: CellsError.asynchronousTuple(line: 2, column: 11)) {
      try prepare("let a = 1\nasync let (b, c) = f()")
    }
  }

  @Test("gives what a guard binds to variables of the cell")
  func guards() throws {
    let cell = try prepare("guard let a = f(), a > 0 else { throw E() }")
    #expect(
      cell.text.contains(
        "let a = try { () throws in guard let a = f(), a > 0 else { throw E() }; return a }()"))
    #expect(cell.variables.map(\.names) == [["a"]])
    let waiting = try prepare("guard var a = await f(), let b = a else { throw E() }\na + b")
    #expect(waiting.text.contains("var (a, b) = try martletAwait { guard var a = await f()"))
    #expect(waiting.text.contains("throw E() }; return (a, b) }"))
    #expect(try prepare("guard a > 0 else { throw E() }").text.contains("\nguard a > 0"))
    var scope = SessionScope()
    scope.join("Cell_1", try prepare("let a: Int? = 1").footprint)
    let shadowing = try PreparedCell(
      source: "guard let a else { throw E() }", label: "cell 2", scope: scope)
    #expect(shadowing.text.contains("guard let a = Cell_1.a else"))
  }

  @Test("notes how far a cell has come, and which statement sets which variables")
  func progress() throws {
    let cell = try prepare("let a = 1; let (b, c) = (2, 3)\nfunc f() {}\nprint(a)", firstLine: 3)
    #expect(cell.variables.map(\.names) == [["a"], ["b", "c"]])
    #expect(cell.variables.map(\.statement) == [0, 1])
    #expect(cell.statementLines == [3, 3, 5])
  }

  @Test("leads columns of the compiled text back to the cell")
  func columns() throws {
    let cell = try prepare("import A\nlet a = 1; a + b")
    // "@_exported " takes eleven columns in the first line.
    #expect(cell.column(line: 1, compiled: 19) == 8)
    let line = try #require(cell.text.split(separator: "\n").last)
    let place = try #require(line.range(of: "a + b"))
    let column = line.utf8.distance(from: line.startIndex, to: place.lowerBound) + 1
    #expect(cell.column(line: 2, compiled: column) == 12)
    #expect(cell.column(line: 2, compiled: column + 4) == 16)
    #expect(cell.isInserted(line: 2, compiled: column - 1))
    #expect(!cell.isInserted(line: 2, compiled: column))
  }

  @Test(
    "takes any text without failing",
    arguments: [
      "{", "}", "let", "let a = std::", "\"", "\"\\(", "#if", "%", "🦜 = 🦜", "await", "\u{0}",
    ])
  func brokenSource(source: String) throws {
    _ = try prepare(source)
  }
}

extension Substring {
  fileprivate func range(of part: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(part) }.map { $0..<index($0, offsetBy: part.count) }
  }
}
