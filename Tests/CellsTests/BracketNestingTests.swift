import Cells
import Testing

@Suite("BracketNesting")
struct BracketNestingTests {
  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test("finds where square brackets and brackets of all kinds nest too deeply")
  func excess() throws {
    let square = try #require(BracketNesting(of: "let a =\n  " + repeated("[", 15)).excess)
    #expect(square.line == 2 && square.column == 17)
    let all = try #require(BracketNesting(of: repeated("{(", 126)).excess)
    #expect(all.line == 1 && all.column == 251)
    #expect(BracketNesting(of: repeated("\"\\(", 251)).excess != nil)
    #expect(BracketNesting(of: repeated("[(", 15)).excess != nil)
  }

  @Test("counts what is open only, and nothing in strings and comments")
  func others() {
    let many = repeated("[", 100)
    for source in [
      repeated("[", 14), repeated("[]", 1_000), repeated("(", 250), repeated("[1]\n", 300),
      "// \(many)", "/* /* */ \(many) */", "\"\(many)\"", "\"\"\"\n\(many)\n\"\"\"",
      "#\"\(many)\"\(many)\"#", "\"a\\\"\(many)\"", "\"\\(x)\(many)\"",
      "\"\(many)\nlet a = [1]", "", "]]]]))))", "\"\\", "#\"\\#", "\"\\(\"\(many)\")\(many)\"",
    ] {
      #expect(BracketNesting(of: source).excess == nil, "\(source)")
    }
  }

  @Test("judges and prepares hopeless nesting at once")
  func prompt() {
    let source = repeated("[", 5_000)
    #expect(SourceCompleteness(of: source) == .invalid)
    #expect(throws: CellsError.nestedTooDeeply(line: 1, column: 15)) {
      try PreparedCell(source: source, label: "cell 1")
    }
  }
}
