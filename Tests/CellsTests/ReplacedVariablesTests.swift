import Cells
import Testing

/// Which values the last of some cells releases, when a name gets a new meaning.
@Suite struct ReplacedVariablesTests {
  /// The symbols that the last cell releases, as `Cell_1.a`; each cell has run to its end.
  private func released(_ cells: String...) throws -> [String] {
    var scope = SessionScope()
    var last: [String] = []
    for (index, source) in cells.enumerated() {
      let cell = try PreparedCell(source: source, label: "cell", scope: scope) { "\($0).\($1)" }
      last = cell.text.split(separator: "\n").filter { $0.hasPrefix("martletRelease(") }.map {
        String($0.split(separator: "\"")[1])
      }
      scope.join("Cell_\(index + 1)", cell.footprint)
      scope.noteReleased(by: cell)
    }
    return last
  }

  @Test func aReplacedValueIsReleasedOnce() throws {
    #expect(try released("let a = make()", "let a = make()") == ["Cell_1.a"])
    #expect(try released("let a = make()", "func a() {}") == ["Cell_1.a"])
    #expect(try released("let (a, b) = make()", "var b = 2", "a") == [])
    #expect(try released("let (a, b) = make()", "var b = 2", "let a = 1") == ["Cell_1.a"])
    #expect(try released("let a = make()", "a = 2") == [])
    #expect(try released("var a = [1]", "let a = a + [2]", "let a = a + [3]") == ["Cell_2.a"])
  }

  @Test func whatIsNoMemoryWithAValueIsLeftAlone() throws {
    #expect(try released("let a = 1", "let a = 2") == [])
    #expect(try released("var a: Int { 1 }", "let a = 2") == [])
    #expect(try released("var a = make() { didSet {} }", "let a = 2") == [])
    #expect(try released("weak var a = make()", "let a = 2") == [])
    #expect(try released("@MainActor var a = make()", "let a = 2") == [])
    #expect(try released("guard let a = make() else { fatalError() }", "let a = 2") == [])
    #expect(try released("let a = make()", "struct S {\n  let a = 2") == [])
  }

  @Test func useAtTopLevelEndsWithTheCell() throws {
    #expect(
      try released("let a = make()", "print(a); for x in a { print(x + a) }", "let a = 2")
        == ["Cell_1.a"])
    #expect(
      try released("let a = make()", "b.forEach { print($0, a) }", "let a = 2") == ["Cell_1.a"])
    #expect(try released("let a = make()", "b.map { $0 + a }", "let a = 2") == ["Cell_1.a"])
    #expect(try released("let a = make()", "print(b.map { $0 + a })", "let a = 2") == ["Cell_1.a"])
  }

  @Test func codeThatUsesAVariableKeepsIt() throws {
    let a = "let a = make()"
    #expect(try released(a, "func f() { a.go() }", "let a = 2") == [])
    #expect(
      try released(a, "func f() { a.go() }", "f()", "let a = 2", "func f() {}") == ["Cell_1.a"])
    #expect(try released(a, "func f() { a }", "func g() { f() }", "let a = 2", "func f() {}") == [])
    #expect(
      try released(
        a, "func f() { a }", "func g() { f() }", "let a = 2", "func f() {}", "func g() {}")
        == ["Cell_1.a"])
    #expect(try released(a, "let b = c.lazy.map { $0 + a }", "let a = 2") == [])
    #expect(
      try released(a, "let b = c.map { $0 + a }", "let a = 2", "let b = 3") == [
        "Cell_1.a", "Cell_2.b",
      ])
    #expect(try released("\(a)\nfunc f() { a }", "\(a)\nfunc f() { a }") == ["Cell_1.a"])
  }

  @Test(
    "keeps what code may use that got elsewhere",
    arguments: [
      ("Task { a.go() }", "1"), ("button.onClick { a.go() }", "1"),
      ("let b = keep { a }", "let b = 1"),
      ("func f() { a }", "register(f)"), ("func f() { later { a } }", "f()"),
      ("struct S { func g() { a } }", "register(S())"), ("extension Int { func g() { a } }", "1"),
      ("func f() { a }; let g = f", "let g = 1"), ("defer { later { a } }", "1"),
      ("do { func f() { a }; register(f) }", "1"), ("box = c.lazy.map { $0 + a }", "1"),
      ("func f() { func g() { a }; register(g) }", "f()"),
      ("func f() { a }", "func h() { later { f() } }\nh()"),
    ])
  func whatMayBeElsewhere(uses: String, then: String) throws {
    let again = "func f() {}\nfunc h() {}\nstruct S {}"
    #expect(try released("let a = make()", uses, then, again, "let a = 2", "let b = 3") == [])
  }
}
