import Testing

import Cells

@Suite("Free names of a cell")
struct DependenciesFreeNamesTests {
  /// One source and the names it needs from elsewhere; operators are left out.
  struct Row: Sendable, CustomTestStringConvertible {
    var source: String
    var free: Set<String>
    var testDescription: String { source }

    init(_ source: String, _ free: Set<String>) {
      self.source = source
      self.free = free
    }
  }

  static let expressions: [Row] = [
    Row("print(x)", ["print", "x"]),
    Row("a.b.c(d: e)", ["a", "e"]),
    Row("a.b(c).d { f($0, $1) }", ["a", "c", "f"]),
    Row("f(x: 1, y)", ["f", "y"]),
    Row("\"\\(x) and \\(y + 1)\"", ["x", "y"]),
    Row("\"\"\"\n\\(a.map { \"\\($0)\\(b)\" })\n\"\"\"", ["a", "b"]),
    Row("#\"\\(no) \\#(yes)\"#", ["yes"]),
    Row("x = y", ["x", "y"]),
    Row("x += 1; y[i] = j; z.w = v", ["x", "y", "i", "j", "z", "v"]),
    Row("f(&x)", ["f", "x"]),
    Row("x as? Foo.Bar", ["x", "Foo"]),
    Row("[Foo<Bar>]()", ["Foo", "Bar"]),
    Row("Foo<Bar>.make(self)", ["Foo", "Bar"]),
    Row("xs.map(\\.name)", ["xs"]),
    Row("xs.map(\\Foo.bar[i].baz)", ["xs", "Foo", "i"]),
    Row(".zero == x", ["x"]),
    Row("`class` + $y", ["class", "y"]),
    Row("c ? a : b", ["a", "b", "c"]),
    Row("try await load(url)!", ["load", "url"]),
    Row("_ = x", ["x"]),
    Row("f(a:b:)", ["f"]),
    Row("x is any P & Q", ["x", "P", "Q"]),
    Row("#if os(Linux) && DEBUG\nf(x)\n#else\ng(y)\n#endif", ["f", "x", "g", "y"]),
    Row("if #available(macOS 10, *) { f() }", ["f"]),
    Row("let t: (label: Foo, Bar) -> Baz<Qux>? = u", ["Foo", "Bar", "Baz", "Qux", "u"]),
    Row("outer: for _ in xs { break outer }", ["xs"]),
  ]

  static let bindings: [Row] = [
    Row("let x = y\nprint(x)", ["y", "print"]),
    Row("print(x)\nlet x = y", ["print", "x", "y"]),
    Row("let (a, (b, _)) = f(); g(a, b)", ["f", "g"]),
    Row("if let x { f(x) } else { g(x) }", ["x", "f", "g"]),
    Row("if let x = y, let z = x.w { f(x, z) }", ["y", "f"]),
    Row("if let x = y {}\nprint(x)", ["y", "print", "x"]),
    Row("if case .some(let x) = y, x > 0 { f(x) }", ["y", "f"]),
    Row("if case let .pair(a, b)? = y { f(a, b) }", ["y", "f"]),
    Row("if case limit = y {}", ["limit", "y"]),
    Row("guard let x = y else { fatalError(x) }\nprint(x)", ["y", "fatalError", "x", "print"]),
    Row("guard let x else { exit(1) }\nprint(x)", ["x", "exit", "print"]),
    Row("while let x = next() { f(x) }", ["next", "f"]),
    Row("for x in xs where x > limit { f(x) }", ["xs", "limit", "f"]),
    Row("for (i, x) in xs.enumerated() { f(i, x, j) }", ["xs", "f", "j"]),
    Row("for case let .a(x) in xs { f(x) }", ["xs", "f"]),
    Row("for var x: Foo in xs { x = 1 }", ["Foo", "xs"]),
    Row("do { try f() } catch let e { g(e) }", ["f", "g"]),
    Row("do { try f() } catch { g(error) }", ["f", "g"]),
    Row("do { try f() } catch Foo.bar(let x) where x > y { g(x) }", ["f", "Foo", "y", "g"]),
    Row("do { let x = 1; f(x) }\nprint(x)", ["f", "print", "x"]),
    Row("do { f(x); let x = 1 }", ["f", "x"]),
    Row("do { g(); func g() { h() } }", ["h"]),
    Row(
      "switch v { case .a(let p) where p > q: f(p)\ncase let (m, n): f(m, n)\ndefault: r }",
      ["v", "q", "f", "r"]),
    Row("repeat { let x = f() } while x", ["f", "x"]),
    Row("defer { close(handle) }", ["close", "handle"]),
  ]

  static let closures: [Row] = [
    Row("xs.map { $0 * k }", ["xs", "k"]),
    Row("xs.map { x in x + y }", ["xs", "y"]),
    Row("xs.map { (x: Foo, _ z) -> Bar in x + z }", ["xs", "Foo", "Bar"]),
    Row("{ [weak self, a = b, c] in a + c + d }()", ["b", "c", "d"]),
    Row("xs.map { x, y in let z = x; return z + y }", ["xs"]),
    Row("run { a } then: { b }", ["run", "a", "b"]),
    Row("let f = { n in n == 0 ? 1 : f(n - 1) }", ["f"]),
  ]

  static let declarations: [Row] = [
    Row("func f(x: Int, to y: Foo = z) -> Bar { x + y + w }", ["Int", "Foo", "z", "Bar", "w"]),
    Row("func f() { f() }", []),
    Row("func f<T: P>(_ x: T) -> T where T.Element == Foo { x }", ["P", "Foo"]),
    Row("func f() { g() }\nlet g = 1", []),
    Row("f()\nfunc f() {}", []),
    Row("func f() throws(Oops) { let v = w; func k() { v } ; k() }", ["Oops", "w"]),
    Row("struct S { var a = b; func f() -> Int { a + c + g() }; func g() {} }", ["b", "Int", "c"]),
    Row("struct S<T>: P { typealias X = T; let y: X; init(y: X) { self.y = y } }", ["P"]),
    Row("class C: D { override init() { super.init() }; deinit { bye() } }", ["D", "bye"]),
    Row("enum E: String { case a, b = \"x\"; case c(Foo); var d: E { .a } }", ["String", "Foo"]),
    Row("protocol P: Q { associatedtype A: R; func f(_ a: A) -> Self }", ["Q", "R"]),
    Row(
      "extension Array where Element: P { func f() -> Int { count } }",
      ["Array", "Element", "P", "Int", "count"]),
    Row("typealias T<X> = Foo<X>", ["Foo"]),
    Row("@MainActor @Wrapped(by: w) var x = 1", ["MainActor", "Wrapped", "w"]),
    Row("var x: Int { get { y } set { z = newValue } }", ["Int", "y", "z"]),
    Row("var x = 1 { didSet { f(oldValue, x) } willSet(n) { g(n) } }", ["f", "g"]),
    Row("var x: Int { let y = z; return y }", ["Int", "z"]),
    Row(
      "struct S { subscript(i: Int) -> Foo { get { a[i] } set(v) { a[i] = v } } }",
      ["Int", "Foo", "a"]),
    Row("precedencegroup G { higherThan: H }\ninfix operator <+>: G", ["H"]),
    Row("import Foundation\nlet d = Date()", ["Date"]),
    Row("actor A { let s: some P = q }", ["P", "q"]),
  ]

  @Test("are found in expressions and statements", arguments: expressions)
  func inExpressions(row: Row) { expect(row) }

  @Test("leave out what patterns and statements bind", arguments: bindings)
  func inBindings(row: Row) { expect(row) }

  @Test("leave out closures' parameters and captures", arguments: closures)
  func inClosures(row: Row) { expect(row) }

  @Test("follow functions, types and their members", arguments: declarations)
  func inDeclarations(row: Row) { expect(row) }

  @Test("hold the operators used, unless the cell declares them")
  func operators() {
    #expect(CellAnalysis(source: "a <+> b").freeNames == ["a", "b", "<+>"])
    #expect(CellAnalysis(source: "xs.reduce(0, +)").freeNames == ["xs", "+"])
    #expect(CellAnalysis(source: "√a; b^^").freeNames == ["a", "b", "√", "^^"])
    let declared = CellAnalysis(
      source: "infix operator <+>\nfunc <+> (a: Int, b: Int) -> Int { 0 }\n1 <+> 2")
    #expect(declared.freeNames == ["Int"])
    let member = CellAnalysis(source: "struct V { static func <+> (a: V, b: V) -> V { a } }")
    #expect(member.freeNames == ["<+>"])
  }

  @Test(
    "never fail on broken source",
    arguments: [
      "", "}", "{{{{", "func", "let", "let =", "if let", "struct S {", "case .a:", "a.", "\\",
      "\"\\(",
      "func f(x: ) -> { x", "guard let else", "for in {", "switch { case }", "extension", "@",
      "#if",
      "#if os(", "import", "infix operator", "let (a, = 3", "{ [weak] in }", "\\Foo.",
      "xs.map { x in",
      "\u{0}\u{FFFD}", "catch let e {", "<<<<<<< HEAD\nlet x = 1\n=======", "`", "\"\"\"\n\\(",
      String(repeating: "(", count: 3000), String(repeating: "{ a in ", count: 500),
    ])
  func broken(source: String) {
    let analysis = CellAnalysis(source: source)
    #expect(!analysis.freeNames.contains(""))
  }

  @Test("never fail on any prefix of a cell")
  func prefixes() {
    let cell = """
      import Foundation
      @Wrapped struct S<T: P>: Q where T.A == B { var x: T { get { y } set { z } } }
      func f<T>(a b: T = c) throws -> [T: U] { guard let q = r?[0], case .x(let s) = t else { return } }
      let (m, n) = "\\(o) \\(p.map { [weak v] (w: W) in w ?? \\.k })"
      do { try g() } catch let e as E where e.h { switch i { case .j(let l): l default: () } }
      """
    for length in 0...cell.count {
      let analysis = CellAnalysis(source: String(cell.prefix(length)))
      #expect(analysis.declarations.allSatisfy { $0.line >= 1 })
    }
  }

  private func expect(_ row: Row, sourceLocation: SourceLocation = #_sourceLocation) {
    let free = CellAnalysis(source: row.source).freeNames
    let names = free.filter { $0.first?.isLetter == true || $0.first == "_" }
    #expect(names == row.free, sourceLocation: sourceLocation)
  }
}
