import Cells
import Testing

@Suite("SplitCell and SourceCompleteness")
struct SplitCellTests {
  @Test("takes directive lines off the beginning and keeps the source's line")
  func splits() {
    let cell = SplitCell("\n%%step train cpu=2  \nlet a = 1\n%notOne")
    #expect(cell.directives.map(\.name) == ["step"])
    #expect(cell.directives.first?.arguments == "train cpu=2")
    #expect(cell.directives.first?.isForCell == true)
    #expect(cell.directives.first?.line == 2)
    #expect(cell.source == "let a = 1\n%notOne")
    #expect(cell.firstLine == 3)
  }

  @Test(
    "leaves a cell without directives as it is", arguments: ["", "\n\nprint(1)", "let a = 5 % 2"])
  func plain(code: String) {
    let cell = SplitCell(code)
    #expect(cell.directives.isEmpty)
    #expect(cell.source == code)
    #expect(cell.firstLine == 1)
  }

  @Test("takes several directives and an empty body")
  func several() {
    let cell = SplitCell("%pipeline show\r\n%pipeline run name=a")
    #expect(cell.directives.map(\.arguments) == ["show", "run name=a"])
    #expect(cell.source.isEmpty)
  }

  @Test("takes commands off, and leaves a negation in parentheses or a comparison to Swift")
  func commands() {
    let cell = SplitCell("!ls -l | wc\n  !pwd\n!(done)")
    #expect(cell.directives.map(\.name) == ["!", "!"])
    #expect(cell.directives.map(\.arguments) == ["ls -l | wc", "pwd"])
    #expect(cell.source == "!(done)")
    #expect(cell.firstLine == 3)
    #expect(SplitCell("!= 3").directives.isEmpty)
    #expect(SplitCell("!").directives.isEmpty)
  }

  @Test("splits nothing in the body of a directive that takes the whole cell")
  func body() {
    let cell = SplitCell("%%bash x\n%y\n!z\n")
    #expect(cell.directives.map(\.name) == ["bash"])
    #expect(cell.source == "%y\n!z\n")
    #expect(cell.firstLine == 2)
  }

  @Test(
    "knows a whole cell",
    arguments: ["1+1", "func f() {\n}", "", "let a = [1,\n2]", "struct S { var a = 1 }"])
  func complete(source: String) {
    #expect(SourceCompleteness(of: source) == .complete)
  }

  @Test(
    "knows when more must follow, and how far to indent",
    arguments: [
      ("func f() {", "  "), ("let a = [1,", ""), ("if a {\n  b(", "    "),
      ("let s = \"\"\"\nabc", ""),
      ("let a =", ""), ("for i in 0..<3 {", "  "),
    ])
  func incomplete(source: String, indent: String) {
    #expect(SourceCompleteness(of: source) == .incomplete(indent: indent))
  }

  @Test("knows what no further line can mend", arguments: ["}", "let 1 = 2", ")("])
  func invalid(source: String) {
    #expect(SourceCompleteness(of: source) == .invalid)
  }
}
