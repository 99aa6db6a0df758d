import Testing
import Workflows

@Suite("Pipelines out of cells")
struct CellRegistryTests {
  @Test("carry what each step needs and hand values over")
  func program() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1", imports: ["import Foundation"],
        [
          .variable("rate", "let rate = base * 2", line: 2, needs: ["base", "*"]),
          .variable("base", "let base = 0.5", line: 3),
          .function(
            "scale", "func scale(_ x: Double) -> Double { x * rate }", line: 4,
            needs: ["Double", "rate", "*"]),
          .function("unused", "func unused() {}", line: 5),
        ]))
    registry.record(
      .step(
        "prepare", "2", "let data = [1.0, 2.0]",
        [
          .variable("data", "let data = [1.0, 2.0]")
        ], types: ["data": "[Swift.Double]"]))
    registry.record(
      .ordinary(
        "3",
        [
          .variable("mean", "let mean = average(data)", needs: ["average", "data"]),
          .function("average", "func average(_ x: [Double]) -> Double { 0 }", line: 2),
        ]))
    registry.record(
      .step(
        "train", "4", "let model = data.map(scale)\nprint(mean)",
        [
          .variable("model", "let model = data.map(scale)", needs: ["data", "scale"])
        ], free: ["data", "scale", "print", "mean"], types: ["model": "[Swift.Double]"]))

    let pipeline = try registry.pipeline(named: "churn")
    #expect(pipeline.steps.map(\.name) == ["prepare", "train"])
    #expect(
      pipeline.steps[0].program == """
        import Foundation
        import Martlet
        #sourceLocation(file: "cell 2", line: 2)
        let data = [1.0, 2.0]
        #sourceLocation(file: "outputs of prepare", line: 1)
        try Martlet.stepOutput("data", data)
        #sourceLocation()

        """)
    #expect(
      pipeline.steps[1].program == """
        import Foundation
        import Martlet
        #sourceLocation(file: "cell 1", line: 2)
        let rate = base * 2
        #sourceLocation(file: "cell 1", line: 3)
        let base = 0.5
        #sourceLocation(file: "cell 1", line: 4)
        func scale(_ x: Double) -> Double { x * rate }
        #sourceLocation(file: "cell 3", line: 2)
        func average(_ x: [Double]) -> Double { 0 }
        #sourceLocation(file: "inputs of train", line: 1)
        let data: [Swift.Double] = try Martlet.stepInput("data")
        #sourceLocation(file: "cell 3", line: 1)
        let mean = average(data)
        #sourceLocation(file: "cell 4", line: 2)
        let model = data.map(scale)
        print(mean)
        #sourceLocation()

        """)
    #expect(
      pipeline.edges == [
        PipelineEdge(
          producer: "prepare", consumer: "train",
          value: StepValue(name: "data", type: "[Swift.Double]"))
      ])
    #expect(
      pipeline.table == """
        pipeline churn, 2 steps

          step     cell    takes           makes                 options
          prepare  cell 2                  data: [Swift.Double]
          train    cell 4  data ← prepare

        """)
  }

  @Test("take the latest declaration, and functions with all their signatures")
  func latest() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1",
        [
          .variable("k", "let k = 1"),
          .function("f", "func f(_ x: Int) {}", signature: "f(_:Int)"),
          .function("f", "func f(_ x: String) {}", line: 2, signature: "f(_:String)"),
        ]))
    registry.record(
      .ordinary(
        "2",
        [
          .variable("k", "let k = 2"),
          .function("f", "func f(_ x: Int) { print(x) }", signature: "f(_:Int)"),
        ]))
    registry.record(.step("a", "3", "f(k)", [], free: ["f", "k"]))
    registry.record(.ordinary("4", [.variable("k", "let k = 3")]))
    let program = try registry.pipeline(named: "p").steps[0].program
    #expect(program.contains("let k = 2") && !program.contains("let k = 1"))
    #expect(program.contains("print(x)") && program.contains("String"))
    #expect(!program.contains("func f(_ x: Int) {}"))
  }

  @Test("carry operators with their functions and precedence groups")
  func operators() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1",
        [
          Declaration(
            kind: .precedenceGroup, names: ["G"], source: "precedencegroup G {}", line: 1),
          Declaration(
            kind: .operator, names: ["<+>"], source: "infix operator <+>: G", line: 2,
            freeNames: ["G"]),
        ]))
    registry.record(
      .ordinary(
        "2",
        [
          .function("<+>", "func <+> (a: Int, b: Int) -> Int { a }", signature: "<+>")
        ]))
    registry.record(.step("a", "3", "print(1 <+> 2)", [], free: ["<+>", "print"]))
    let program = try registry.pipeline(named: "p").steps[0].program
    for part in ["precedencegroup G {}", "infix operator <+>: G", "func <+>"] {
      #expect(program.contains(part))
    }
  }

  @Test(
    "carry extensions of carried types and of library types, unless they take values for nothing")
  func extensions() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1",
        [
          .type("S", "struct S {}"), .type("U", "struct U {}"),
          .addition("S", "extension S { func g() { h() } }", needs: ["S", "h"], members: ["g"]),
          .function("h", "func h() {}"),
          .addition("U", "extension U {}", needs: ["U"], members: []),
          .addition(
            "Int", "extension Int { var twice: Int { self * 2 } }", needs: ["Int", "*"],
            members: ["twice"]),
        ]))
    registry.record(
      .step(
        "a", "2", "let v = 1", [.variable("v", "let v = 1")],
        types: ["v": "Swift.Int"]))
    registry.record(
      .ordinary(
        "3",
        [
          .addition(
            "Int", "extension Int { var plusV: Int { self + v } }", needs: ["Int", "v"],
            members: ["plusV"])
        ]))
    registry.record(.step("b", "4", "S().g()", [], free: ["S"], members: ["g"]))
    registry.record(.step("c", "5", "1.plusV", [], free: [], members: ["plusV"]))
    let pipeline = try registry.pipeline(named: "p")
    let b = pipeline.steps[1]
    #expect(b.program.contains("extension S") && b.program.contains("func h()"))
    #expect(b.program.contains("twice") && !b.program.contains("struct U"))
    #expect(!b.program.contains("extension U") && !b.program.contains("plusV") && b.inputs.isEmpty)
    let c = pipeline.steps[2]
    #expect(c.program.contains("var plusV") && c.inputs.map(\.name) == ["v"])
  }

  @Test("carry the types that a taken value needs, out of step cells too")
  func typesOfValues() throws {
    var registry = CellRegistry()
    registry.record(
      .step(
        "a", "1", "struct P: Codable {}\nlet p = [P()]",
        [
          .type("P", "struct P: Codable {}"), .variable("p", "let p = [P()]", needs: ["P"]),
        ], types: ["p": "[P]"]))
    registry.record(.step("b", "2", "print(p)", [], free: ["p", "print"]))
    let b = try registry.pipeline(named: "x").steps[1]
    #expect(b.program.contains("struct P: Codable {}\n"))
    #expect(!b.program.contains("let p = [P()]"))
  }

  @Test("carry extensions through other names, and conditions around imports")
  func aliases() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1",
        [
          .type("S", "struct S {}"),
          Declaration(
            kind: .typeAlias, names: ["A"], source: "typealias A = S", line: 2, freeNames: ["S"]),
          .addition("A", "extension A { func g() {} }", needs: ["A"], members: ["g"]),
          Declaration(
            kind: .typeAlias, names: ["B"], source: "typealias B = U", line: 3, freeNames: ["U"]),
          .type("U", "struct U {}"),
          .addition("B", "extension B { func h() {} }", needs: ["B"], members: ["h"]),
          Declaration(
            kind: .conditional, names: [], source: "#if os(Linux)\nimport Glibc\n#endif", line: 9),
        ]))
    registry.record(.step("a", "2", "S().g()", [], free: ["S"], members: ["g"]))
    let program = try registry.pipeline(named: "p").steps[0].program
    #expect(program.contains("extension A") && program.contains("typealias A = S"))
    #expect(program.contains("import Glibc"))
    #expect(!program.contains("extension B") && !program.contains("struct U"))
  }

  @Test("carry overloads and operators that a cell's own functions stand beside")
  func ownOverloads() throws {
    var registry = CellRegistry()
    registry.record(
      .ordinary(
        "1",
        [
          .function("f", "func f(_ x: Int) {}", signature: "f(_:Int)"),
          .function("f", "func f(_ x: String) {}", signature: "f(_:String)"),
          Declaration(kind: .operator, names: ["<+>"], source: "infix operator <+>", line: 1),
          .variable("g", "let g = 1"),
        ]))
    registry.record(
      .step(
        "a", "2", "func f(_ x: Int) { g() }; func g() {}; func <+> (a: Int, b: Int) {}",
        [
          .function("f", "…", needs: ["g"], signature: "f(_:Int)"), .function("g", "…"),
          .function("<+>", "…"),
        ]))
    let program = try registry.pipeline(named: "p").steps[0].program
    #expect(program.contains("func f(_ x: String) {}") && !program.contains("func f(_ x: Int) {}"))
    #expect(program.contains("infix operator <+>") && !program.contains("let g = 1"))
  }

  @Test("replace a cell that runs again, in its place")
  func rerun() throws {
    var registry = CellRegistry()
    registry.record(.ordinary("1", id: "A", [.variable("k", "let k = 1")]))
    registry.record(.step("s", "2", "print(k)", id: "B", [], free: ["k"]))
    registry.record(.ordinary("3", id: "A", [.variable("k", "let k = 9")]))
    #expect(registry.cells.map(\.label) == ["cell 3", "cell 2"])
    #expect(try registry.pipeline(named: "p").steps[0].program.contains("let k = 9"))
    registry.record(.step("s", "4", "print(k + 1)", id: "C", [], free: ["k"]))
    #expect(registry.cells.map(\.label) == ["cell 3", "cell 4"])
    registry.record(.ordinary("5", id: "C", []))
    #expect(registry.stepNames.isEmpty)
  }

  @Test("of jobs carry variables of steps as source")
  func job() throws {
    var registry = CellRegistry()
    registry.record(
      .step(
        "a", "1", "let n = 3", [.variable("n", "let n = 3")],
        types: ["n": "Swift.Int"]))
    let job = ExecutedCell.ordinary(
      "2", source: "print(n)", imports: ["import Glibc"], [],
      free: ["n", "print"])
    #expect(
      try registry.jobProgram(for: job) == """
        import Glibc
        #sourceLocation(file: "cell 1", line: 1)
        let n = 3
        #sourceLocation(file: "cell 2", line: 1)
        print(n)
        #sourceLocation()

        """)
  }

  @Test("fail when the type of a value is not known or cannot cross")
  func types() {
    for (type, message) in [
      (nil, "whose type is not known"), ("(Swift.Int) -> Swift.Int", "is a function"),
      ("(Swift.Int, Swift.Int)", "is a tuple"), ("some Swift.Sequence", "has no name"),
    ] {
      var registry = CellRegistry()
      registry.record(
        .step(
          "a", "1", "let v = x", [.variable("v", "let v = x")],
          types: type.map { ["v": $0] } ?? [:]))
      registry.record(.step("b", "2", "print(v)", [], free: ["v"]))
      let error = #expect(throws: WorkflowsError.self) { try registry.pipeline(named: "p") }
      #expect(error?.description.contains(message) == true)
    }
  }

  @Test("fail when a step below makes a value, but not for a name that a library has")
  func later() throws {
    var registry = CellRegistry()
    registry.record(.step("a", "1", "print(v)", id: "A", [], free: ["v"]))
    registry.record(
      .step(
        "b", "2", "let v = 1", id: "B", [.variable("v", "let v = 1")],
        types: ["v": "Swift.Int"]))
    #expect(try registry.pipeline(named: "p").edges.isEmpty)
    registry.record(.step("a", "3", "print(v)", id: "A", [], free: ["v"]))
    #expect(throws: WorkflowsError.producedLater(value: "v", step: "a", producer: "b")) {
      try registry.pipeline(named: "p")
    }
  }

  @Test("fail without steps")
  func none() {
    #expect(throws: WorkflowsError.noSteps) { try CellRegistry().pipeline(named: "p") }
  }

  @Test("lose the names of cells' modules in type texts")
  func modules() {
    let text = TypeText.withoutModules("[Cell3.P<Cell12.Q>: Swift.Cell3]") {
      $0.hasPrefix("Cell")
    }
    #expect(text == "[P<Q>: Swift.Cell3]")
  }
}
