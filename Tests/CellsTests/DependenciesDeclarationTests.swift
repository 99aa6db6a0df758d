import Testing

import Cells

@Suite("Declarations of a cell")
struct DependenciesDeclarationTests {
  @Test("carry kind, names, source, line and needs")
  func everything() throws {
    let source = """
      import Foundation
      @testable import Darwin.C  // why not

      /// A comment.
      let (a, b) = (1, f()), c = 2
      func f(_ x: Int = k) -> Int { x }
      print(a)
      struct S: P { var v = w }
      typealias T = U
      infix operator <+>: G
      precedencegroup G {}
      extension S: Q { func g() {}; init(z: Int) {}; subscript(i: Int) -> Int { i } }
      #if os(Linux)
      func h() {}
      #endif
      """
    let cell = CellAnalysis(source: source, firstLine: 2)
    #expect(cell.imports == ["import Foundation", "@testable import Darwin.C"])
    let kinds = cell.declarations.map(\.kind)
    #expect(
      kinds == [
        .variable, .function, .type, .typeAlias, .operator, .precedenceGroup, .extension,
        .conditional,
      ])
    let names = cell.declarations.map(\.names)
    #expect(names == [["a", "b", "c"], ["f"], ["S"], ["T"], ["<+>"], ["G"], [], ["h"]])
    #expect(cell.declarations.map(\.line) == [6, 7, 9, 10, 11, 12, 13, 14])
    let variable = try #require(cell.declarations.first)
    #expect(variable.source == "let (a, b) = (1, f()), c = 2")
    #expect(variable.freeNames == ["f"])
    #expect(cell.declarations[1].freeNames == ["Int", "k"])
    #expect(cell.declarations[1].signature == "f(_:Int)Int")
    #expect(cell.declarations[2].freeNames == ["P", "w"])
    #expect(cell.declarations[4].freeNames == ["G"])
    let added = cell.declarations[6]
    #expect(added.extendedType == "S" && added.addsConformance)
    #expect(added.declaredMembers == ["g", "init", "subscript"])
    #expect(cell.definedVariables == ["a", "b", "c"])
    #expect(cell.statementNames == ["print"])
    #expect(cell.freeNames == ["Int", "k", "P", "w", "U", "Q", "print"])
  }

  @Test("of functions with one name differ by signature")
  func overloads() {
    let cell = CellAnalysis(
      source: "func f(_ x: Int) {}\nfunc f(_ x: String) {}\nfunc f<T>(_ x: T) -> T { x }")
    #expect(Set(cell.declarations.map(\.signature)).count == 3)
  }

  @Test(
    "of extensions name the type they extend",
    arguments: [
      ("extension Array<Int> {}", "Array"), ("extension A.B {}", "A"),
      ("extension [Int] {}", "Array"),
      ("extension [Int: A] {}", "Dictionary"), ("extension Int? {}", "Optional"),
    ])
  func extendedTypes(source: String, name: String) {
    #expect(CellAnalysis(source: source).declarations.first?.extendedType == name)
  }

  @Test("hold what a top-level guard binds, and nothing of inner scopes")
  func guards() {
    let cell = CellAnalysis(
      source: "guard let x = y else { exit(1) }\nfor i in 0..<3 { let j = i }\nif let k { _ = k }")
    #expect(cell.definedVariables == ["x"])
    #expect(cell.declarations.map(\.kind) == [.variable])
  }

  @Test("count a variable once when it is declared twice")
  func twice() {
    #expect(CellAnalysis(source: "let a = 1\nlet a = 2, b = a").definedVariables == ["a", "b"])
  }

  @Test("sharing a line keep their own source")
  func oneLine() {
    let cell = CellAnalysis(source: "let a = 1; let b = a")
    #expect(cell.declarations.map(\.source) == ["let a = 1", "let b = a"])
    #expect(cell.declarations.map(\.line) == [1, 1])
  }

  @Test("keep the members they use")
  func members() {
    let cell = CellAnalysis(source: "let a = x.mean().std\nlet k = \\Foo.size\nFoo.init()")
    #expect(cell.usedMembers == ["mean", "std", "size", "init"])
    #expect(cell.declarations.first?.usedMembers == ["mean", "std"])
  }
}
