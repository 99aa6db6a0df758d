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

  @Test("refuses asynchronous forms that cannot stand at top level, with their place")
  func refuses() {
    #expect(throws: CellsError.asynchronousLet(line: 2, column: 1)) {
      try prepare("let a = 1\nasync let b = f()")
    }
    #expect(throws: CellsError.asynchronousGuard(line: 1, column: 1)) {
      try prepare("guard let a = await f() else { fatalError() }")
    }
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
