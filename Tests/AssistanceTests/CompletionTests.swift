import Assistance
import TestSupport
import Testing

@Suite("Completion", .serialized)
struct CompletionTests {
  private static let shared = Result { try Session() }
  private let session: Session

  init() throws {
    session = try Self.shared.get()
  }

  @Test("offers exactly the names with the typed prefix")
  func prefix() async {
    let marked = "let fooVar = 1\nlet fooVat = \"a\"\nlet food = 2.0\nfooVa§"
    let found = await session.complete(marked)
    #expect(
      found.matches == [
        AssistantCompletion(text: "fooVar", type: "instance", signature: "Int"),
        AssistantCompletion(text: "fooVat", type: "instance", signature: "String"),
      ])
    #expect(replaced(marked, found) == "fooVa")
  }

  @Test("offers another case only when nothing is spelt as typed")
  func letterCase() async {
    #expect(await session.texts("let rowCount = 1\nlet RowCount = 2\nrow§") == ["rowCount"])
    #expect(await session.texts("let rowCount = 1\nROWC§") == ["rowCount"])
  }

  @Test(
    "inserts names and labels as they are",
    arguments: [
      ("[1, 2].sor§", ["sorted", "sort"]), ("var a = [1]\na.sort(§", ["by:"]),
      ("func scale(_ x: Int, by factor: Int = 1, at: Int = 2) {}\nscale(1, b§", ["by:"]),
      ("struct P { var width = 1; func wider(by n: Int) {} }\nP().wi§", ["wider", "width"]),
      ("enum Kind { case one, two(Int) }\nlet k: Kind = .t§", ["two"]),
      ("let pair = (left: 1, right: 2)\npair.ri§", ["right"]),
      ("func f(count: Int) { let counter = 2; cou§ }", ["count", "counter"]),
      ("contin§", ["continue"]), ("struct Box<Element> { let value: Elem§ }", ["Element"]),
    ])
  func insertion(marked: String, expected: [String]) async {
    let texts = await session.texts(marked)
    #expect(Set(expected).isSubset(of: texts), "\(texts)")
    #expect(Set(texts).count == texts.count)
    #expect(texts.allSatisfy { !$0.contains("(") && !$0.contains("#") && !$0.contains(" ") })
  }

  @Test(
    "types what it offers",
    arguments: [
      ("prin§", "print", "function"), ("Str§", "String", "class"),
      ("Equ§", "Equatable", "interface"),
      ("whil§", "while", "keyword"), ("import Glib§", "Glibc", "module"),
      ("enum Kind { case a }\nKin§", "Kind", "enum"), ("\"a\".coun§", "count", "property"),
      ("class Animal {}\nAni§", "Animal", "class"), ("[1].sort(b§", "by:", "param"),
    ])
  func types(marked: String, text: String, type: String) async throws {
    let matches = await session.complete(marked).matches
    let match = try #require(matches.first { $0.text == text }, "\(matches)")
    #expect(match.type == type)
  }

  @Test("puts what is near first and keywords last")
  func order() async throws {
    let texts = await session.texts("func f(print1: Int) { let printer = 1; pri§ }\nlet prime = 1")
    #expect(texts.prefix(3) == ["print1", "printer", "prime"])
    let position = try #require(texts.firstIndex(of: "print"))
    #expect(position < texts.firstIndex(of: "private") ?? .max)
  }

  @Test("shows the signature, and how many more there are")
  func signatures() async {
    let found = await session.complete(
      "func add(a: Int) -> Int { a }\nfunc add(b: String) -> Double { 1 }\nadd§")
    #expect(found.matches.map(\.text) == ["add"])
    #expect(found.matches.first?.signature == "(a: Int) -> Int (+1)")
  }

  @Test("unwraps an optional's members in place of the dot")
  func optionalChaining() async {
    let marked = "let name: String? = nil\nname.uppercas§"
    let found = await session.complete(marked)
    #expect(found.matches.map(\.text) == ["?.uppercased"])
    #expect(replaced(marked, found) == ".uppercas")
  }

  @Test("counts in Unicode scalars")
  func scalars() async {
    let marked = "let 🦜 = \"🇫🇷é\"; let résumé = 1; \"🦜🦜\" + 🦜.uppercas§"
    let found = await session.complete(marked)
    #expect(found.matches.map(\.text) == ["uppercased"])
    #expect(replaced(marked, found) == "uppercas")
    let own = await session.complete("let 🦜 = \"🇫🇷é\"; let résumé = 1; rés§")
    #expect(own.matches.map(\.text) == ["résumé"])
  }

  @Test(
    "offers nothing in comments, strings and numbers",
    arguments: [
      "// pri§", "/* a /* b */ pri§ */", "\"\\n pri§\"", "\"\"\"\npri§\n\"\"\"", "#\"pri§\"#",
      "12§",
      "let a = 0xAB§",
    ])
  func nothing(marked: String) async {
    #expect(await session.texts(marked) == [])
  }

  @Test(
    "offers code after comments and inside interpolations",
    arguments: [
      "/* a */ prin§", "// a\nprin§", "\"a\"; prin§", "\"\\(prin§)\"", "#\"\\#(prin§)\"#",
      "let a = \"\"\"\n\"b\" \\(prin§)\n\"\"\"", "/* a /* b */ */ prin§",
    ])
  func code(marked: String) async {
    #expect(await session.texts(marked) == ["print"])
  }

  @Test("offers directives at the start of a line, and ignores them as code")
  func directives() async {
    let names = ["%help", "%time", "%%time", "%timeit"]
    let found = await session.complete("let é = 1\n%ti§", directives: names)
    #expect(found.matches.map(\.text) == ["%time", "%timeit"])
    #expect(found.start == 10 && found.end == 13)
    #expect(await session.complete("%§", directives: names).matches.count == 4)
    #expect(await session.complete("%%§", directives: names).matches.map(\.text) == ["%%time"])
    #expect(await session.texts("%time\nlet fooVar = 1\nfooV§") == ["fooVar"])
  }

  @Test("offers files in a string")
  func paths() async throws {
    try session.folder.write("", to: "data/digits one.csv")
    try session.folder.write("", to: "data/digits/é.txt")
    try session.folder.write("", to: "data/.hidden")
    let found = await session.complete("open(\"\(session.folder.path("data"))/dig§\")")
    #expect(found.matches.map(\.text) == ["digits/", "digits one.csv"])
    #expect(found.matches.first?.type == "path")
    #expect(found.end - found.start == 3)
    let all = await session.texts("open(\"\(session.folder.path("data"))/§\")")
    #expect(all == ["digits/", "digits one.csv"].sorted() || all.count == 2)
  }

  @Test("offers files after a directive's name and in a command, from the working folder on")
  func directiveArguments() async throws {
    try session.folder.write("", to: "notes/read me.txt")
    try session.folder.write("", to: "notes/reader.txt")
    for (code, start) in [
      ("%load notes/rea", 12), ("!wc notes/rea", 10), ("%save \"notes/rea", 13),
      ("\n  %package add path:notes/rea", 27), ("%x \"notes/read m", 10),
    ] {
      let found = await session.assistant.completions(
        prefixSource: "", code: code, cursor: code.unicodeScalars.count,
        compilerArguments: session.compilerArguments, directives: ["%load"],
        workingFolder: session.folder.path())
      #expect(found.start == start, "\(code)")
      #expect(found.matches.map(\.text).contains("read me.txt"), "\(code)")
    }
    #expect(await session.complete("let a = 1\n!a§").matches.allSatisfy { $0.type != "path" })
  }

  @Test("completes the Swift that a directive runs")
  func directiveCode() async {
    #expect(await session.texts("%time fatalErr§") == ["fatalError"])
    #expect(await session.texts("%timeit -n 100 fatalErr§") == ["fatalError"])
    #expect(await session.texts("?fatalErr§") == ["fatalError"])
  }

  @Test("survives any cursor and any code")
  func oddInput() async {
    let arguments = session.compilerArguments
    for (code, cursor) in [
      ("", 0), ("", 5), ("print", 99), ("print", -1), ("\0\0pri", 5), ("}}}}((((", 8), ("\"\\(", 3),
      ("%", 1), ("#", 1), ("@", 1), ("`", 1), ("$", 1), ("\u{2028}\r\n.", 4), ("import", 6),
      ("func f<T: ", 10), ("let x: [", 8), ("switch x { case .", 17), ("/*", 2), ("\"\"\"", 3),
      ("a.b.c.d?.e!.", 12), ("[[[[[[[[[[[[[[[[", 16), ("\\.", 2), ("#if ", 4), ("{ $", 3),
    ] {
      let found = await session.assistant.completions(
        prefixSource: "", code: code, cursor: cursor, compilerArguments: arguments)
      #expect(found.start <= found.end && found.end <= code.unicodeScalars.count)
      _ = await session.assistant.inspection(
        prefixSource: "", code: code, cursor: cursor, compilerArguments: arguments)
    }
    #expect(await session.texts("let fooVar = 1\nfooV§") == ["fooVar"])
  }

  @Test("completes at the end of ten thousand lines, and in a line of a megabyte")
  func longCells() async {
    let lines = (0..<10_000).map { "let value\($0) = \($0)" }.joined(separator: "\n")
    #expect(await session.texts(lines + "\nvalue999§").count == 11)
    let line = String(repeating: "é ", count: 400_000)
    #expect(await session.texts("let fooVar = 1 /* \(line) */\nfooV§") == ["fooVar"])
  }
}
