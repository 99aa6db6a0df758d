import Testing
import Workflows

@Suite("Pipeline")
struct PipelineTests {
  @Test("puts steps after those whose values they take")
  func order() throws {
    let pipeline = try Pipeline(
      name: "p",
      steps: [
        step("d", takes: ["b", "c"]), step("b", takes: ["a"]), step("a"), step("c", takes: ["a"]),
      ])
    #expect(pipeline.steps.map(\.name) == ["a", "b", "c", "d"])
    #expect(pipeline.producers(of: pipeline.steps[3]) == ["b", "c"])
  }

  @Test("refuses circles and names them")
  func cycle() {
    #expect(throws: WorkflowsError.cycle(steps: ["a", "c", "b", "a"])) {
      try Pipeline(
        name: "p",
        steps: [
          step("x"), step("a", takes: ["b"]), step("b", takes: ["c"]), step("c", takes: ["a"]),
        ])
    }
    #expect(throws: WorkflowsError.cycle(steps: ["a", "a"])) {
      try Pipeline(name: "p", steps: [step("a", takes: ["a"])])
    }
  }

  @Test("refuses names that meet")
  func duplicates() {
    #expect(throws: WorkflowsError.duplicateStep(name: "a", other: "a")) {
      try Pipeline(name: "p", steps: [step("a"), step("a")])
    }
    #expect(throws: WorkflowsError.duplicateStep(name: "a-b", other: "A_b")) {
      try Pipeline(name: "p", steps: [step("A_b"), step("a-b")])
    }
  }

  @Test("refuses values that nobody makes")
  func unknown() {
    #expect(throws: WorkflowsError.unknownProducer(value: "a", step: "b", producer: "a")) {
      try Pipeline(name: "p", steps: [step("b", takes: ["a"])])
    }
  }

  @Test(
    "sends tensors as safetensors and all else as JSON",
    arguments: [
      ("Tensors.Tensor<Swift.Float>", "v.safetensors"), ("Tensor<Double>", "v.safetensors"),
      ("[Tensors.Tensor<Swift.Float>]", "v.json"), ("Tensor<Float>.Shape", "v.json"),
      ("Tensor<Float>?", "v.json"), ("Swift.Int", "v.json"),
    ])
  func files(type: String, file: String) {
    #expect(StepValue(name: "v", type: type).fileName == file)
  }

  private func step(_ name: String, takes: [String] = []) -> Step {
    Step(
      name: name, inputs: takes.map { StepInput(name: $0, type: "Swift.Int", producer: $0) },
      outputs: [StepValue(name: name, type: "Swift.Int")], program: "")
  }
}
