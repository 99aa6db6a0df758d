import Cells
import Testing

/// A session in which cells are prepared and joined one after the other.
private struct Notebook {
  var scope = SessionScope()
  private var count = 0

  @discardableResult
  mutating func run(_ source: String, cellID: String? = nil) throws -> PreparedCell {
    count += 1
    let cell = try PreparedCell(
      source: source, label: "cell \(count)", scope: scope, cellID: cellID)
    scope.join("Cell_\(count)", cell.footprint, cellID: cellID)
    return cell
  }

  func imports(of source: String, cellID: String? = nil) throws -> [String] {
    let cell = try PreparedCell(source: source, label: "cell", scope: scope, cellID: cellID)
    return cell.text.split(separator: "\n").map(String.init).filter { $0.contains("import ") }
  }
}

@Suite struct SessionScopeTests {
  @Test func aCellImportsWhatItNames() throws {
    var notebook = Notebook()
    try notebook.run("let x = 1, y = 2")
    try notebook.run("struct P {}\nactor Q {}\nenum R {}\nprotocol S {}\ntypealias T = Int")
    try notebook.run("func f(_ p: P) {}")
    #expect(try notebook.imports(of: "print(x)") == ["import var Cell_1.`x`"])
    #expect(
      try notebook.imports(of: "f(P()); print(y, Q.self, R.self, (any S).self, T.self)") == [
        "import struct Cell_2.`P`", "import class Cell_2.`Q`", "import enum Cell_2.`R`",
        "import protocol Cell_2.`S`", "import typealias Cell_2.`T`", "import func Cell_3.`f`",
        "import var Cell_1.`y`",
      ])
    #expect(try notebook.imports(of: "print(1)") == [])
  }

  @Test func theLatestDeclarationCounts() throws {
    var notebook = Notebook()
    try notebook.run("let x = 1, y = 2")
    try notebook.run("let x = \"one\"")
    #expect(
      try notebook.imports(of: "print(x, y)") == ["import var Cell_2.`x`", "import var Cell_1.`y`"])
    try notebook.run("func x() {}")
    #expect(try notebook.imports(of: "x()") == ["import func Cell_3.`x`"])
  }

  @Test func overloadsLiveSideBySideAndReruns() throws {
    var notebook = Notebook()
    try notebook.run("func f(_ a: Int) {}")
    try notebook.run("func f(_ a: String) {}")
    #expect(
      try notebook.imports(of: "f(1)") == ["import func Cell_1.`f`", "import func Cell_2.`f`"])
    try notebook.run("func f(_ a: Int) {}")
    #expect(
      try notebook.imports(of: "f(1)") == ["import func Cell_2.`f`", "import func Cell_3.`f`"])
    // A cell that adds an overload calls the others, too.
    #expect(
      try notebook.imports(of: "func f(_ a: Double) { f(1) }") == [
        "import func Cell_2.`f`", "import func Cell_3.`f`",
      ])
  }

  @Test func whatHasNoNameComesWhole() throws {
    var notebook = Notebook()
    try notebook.run("import Foundation")
    try notebook.run("infix operator +++\nfunc +++ (a: Int, b: Int) -> Int { a }\nlet z = 1")
    try notebook.run("extension Int { var twice: Int { self * 2 } }")
    #expect(
      try notebook.imports(of: "1 +++ z") == [
        "import Cell_1", "import Cell_2", "@_implementationOnly import Cell_3",
        "import var Cell_2.`z`",
      ])
  }

  @Test func aRerunTakesTheFirstRunsPlace() throws {
    var notebook = Notebook()
    for _ in 0..<3 { try notebook.run("import Foundation") }
    for _ in 0..<3 { try notebook.run("extension Int: P {}") }
    #expect(
      try notebook.imports(of: "1") == ["import Cell_3", "@_implementationOnly import Cell_6"])
    // While it is declared anew, the old conformance must not be seen.
    #expect(try notebook.imports(of: "extension Int: P {}") == ["import Cell_3"])
  }

  @Test func aCellThatWasEditedReplacesItsExtensions() throws {
    var notebook = Notebook()
    try notebook.run("extension Int { var a: Int { 1 } }", cellID: "one")
    try notebook.run("extension Int { var b: Int { 1 } }", cellID: "one")
    #expect(try notebook.imports(of: "1.b") == ["@_implementationOnly import Cell_2"])
  }

  @Test func aVariableMadeFromItselfMeansTheEarlierOne() throws {
    var notebook = Notebook()
    try notebook.run("var x = 1")
    let cell = try notebook.run("let x = x + [1].map { x in x }.count + [2].map { $0 + x }[0]")
    #expect(
      cell.text.contains(
        "let x = Cell_1.x + [1].map { x in x }.count + [2].map { $0 + Cell_1.x }[0]"))
    // A name that no cell has declared stays; the compiler says what is wrong.
    #expect(try notebook.run("let y = y").text.contains("let y = y"))
  }

  @Test func keywordsInBackticksAreImported() throws {
    var notebook = Notebook()
    try notebook.run("let `default` = 1")
    #expect(try notebook.imports(of: "print(`default`)") == ["import var Cell_1.`default`"])
  }
}
