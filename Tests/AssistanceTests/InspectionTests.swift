import Assistance
import Testing

@Suite("Inspection", .serialized)
struct InspectionTests {
  private static let shared = Result { try Session() }
  private let session: Session

  init() throws {
    session = try Self.shared.get()
  }

  @Test("shows declaration, documentation and module of a library's function")
  func libraryFunction() async throws {
    let found = try #require(await session.inspect("pri§nt(1)"))
    #expect(found.declaration.hasPrefix("func print(_ items: Any..., separator: String"))
    #expect(found.documentation.hasPrefix("Writes the textual representations"))
    #expect(found.origin == "Swift")
    #expect(found.markdown.hasPrefix("```swift\nfunc print("))
    #expect(found.markdown.hasSuffix("*Declared in Swift.*"))
    #expect(found.text.hasPrefix("func print("))
  }

  @Test(
    "finds the symbol at, before or around the cursor",
    arguments: [
      ("[1, 2].m§ap { $0 }", "func map<"), ("[1, 2].map§ { $0 }", "func map<"),
      ("let fooVar = 3\nfooVar§", "let fooVar: Int"), ("let foo§Var = 3", "let fooVar: Int"),
      ("func f() { let local = 2.0; loc§al.round() }", "let local: Double"),
      ("func f(a: Int) -> Int { a }\nf(§a: 1)", "func f(a: Int) -> Int"),
      ("func f(a: Int) -> Int { a }\nf(a: 1§)", "func f(a: Int) -> Int"),
      ("func f(a: Int) -> Int { a }\nf(§", "func f(a: Int) -> Int"),
      ("func f(a: Int) -> Int { a }\nf(a: [1, 2].map { $0 }.count, §", "func f(a: Int) -> Int"),
      ("struct Box { var side = 1 }\nBox(side§: 2)", "init(side: Int = 1)"),
      ("struct Box { var side = 1 }\nBox().side§", "var side: Int"),
      ("enum Kind { case one(Int) }\nlet k = Kind.one§(1)", "case one(Int)"),
      ("import Gli§bc", "import Glibc"), ("Array<Int>(repeating: 1, count: 2§)", "struct Array<"),
      ("let 🦜 = \"a\"; 🦜.upper§cased()", "func uppercased() -> String"),
    ])
  func positions(marked: String, start: String) async throws {
    let found = try #require(await session.inspect(marked))
    #expect(found.declaration.hasPrefix(start), "\(found.declaration)")
  }

  @Test("shows the initialiser of a type that is called")
  func initializer() async throws {
    let found = try #require(
      await session.inspect(
        "/// A box.\nstruct Box {\n  /// Makes it.\n  init(side: Int) {}\n}\nBo§x(side: 2)"))
    #expect(found.declaration == "struct Box\ninit(side: Int)")
    #expect(found.documentation == "Makes it.\n\nA box.")
    #expect(found.origin == "this cell")
  }

  @Test("falls back on the name in code that does not type-check")
  func incompleteCode() async throws {
    let found = try #require(await session.inspect("let a = [3, 1]\na.sorted§("))
    #expect(found.declaration.contains("sorted("))
  }

  @Test(
    "knows nothing of unknown names, keywords, comments and strings",
    arguments: ["unheardOf§", "retu§rn", "// pri§nt", "\"pri§nt\"", "§", "1 + 2§", "   §"])
  func nothing(marked: String) async {
    #expect(await session.inspect(marked) == nil)
  }

  @Test(
    "tells the members of a library's type and the overloads of its function when asked for more")
  func details() async throws {
    let plain = try #require(await session.inspect("Array§"))
    #expect(plain.details == "")
    let type = try #require(await session.inspect("Array§", isDetailed: true))
    #expect(type.details.contains("func append("))
    #expect(type.details.contains("init(repeating:"))
    #expect(type.markdown.hasSuffix("\n}\n```"))
    let function = try #require(await session.inspect("mi§n(1, 2)", isDetailed: true))
    #expect(function.details.split(separator: "\n").count > 1)
  }

  @Test("names the symbol as source spells it")
  func symbol() async throws {
    let found = try #require(
      await session.inspect(
        "struct Box { func move(by x: Int, _ y: Int) {} }\nBox().mo§ve(by: 1, 2)"))
    #expect(found.symbol.name == "move(by:_:)")
    #expect(found.symbol.identifier.contains("3Box"))
  }

  @Test("writes Swift's documentation fields as Markdown")
  func fields() {
    let found = AssistantInspection(
      declaration: "func f(a: Int) -> Int",
      documentation: "Sums.\n\n- Parameter a: The first.\n- Returns: The sum.\n- Other: kept.",
      origin: "an earlier cell")
    #expect(
      found.markdown == """
        ```swift
        func f(a: Int) -> Int
        ```

        Sums.

        - **Parameter** `a`: The first.
        - **Returns:** The sum.
        - Other: kept.

        *Declared in an earlier cell.*
        """)
    #expect(found.text.contains("- Parameter a: The first."))
  }
}
