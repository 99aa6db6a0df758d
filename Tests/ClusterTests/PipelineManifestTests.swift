import Cluster
import FoundationEssentials
import Testing
import Workflows

@Suite("A pipeline for Kubeflow")
struct PipelineManifestTests {
  @Test("is what kfp's parser accepts; pytest checks these files with it")
  func golden() throws {
    let manifest = try PipelineManifest(
      churn(), image: "ghcr.io/example/martlet:1",
      environment: ["MARTLET_TRACKING_URI": "http://tracking:5000"])
    try expectSameAsGolden(manifestText(manifest), "pipeline.json")
    let single = try Pipeline(name: "One", steps: [Step(name: "only", program: "print(1)\n")])
    try expectSameAsGolden(
      manifestText(try PipelineManifest(single, image: "martlet")), "pipeline-single.json")
  }

  @Test("carries programs that look like placeholders as base64")
  func placeholders() throws {
    let program = "let f = {{ $0 }}\nprint(\"{{$.inputs}} {{workflow.name}}\")\n"
    let arguments = try arguments(of: program)
    #expect(!arguments.dropFirst(2).contains { $0.contains("{{") })
    #expect(arguments.contains("--source-base64") && arguments[1] == "{{$}}")
    let read = try StepArguments(arguments)
    #expect(read.source == program && read.step == "a" && read.executorInput == "{{$}}")
  }

  @Test("carries other programs as they are", arguments: ["print(1)\n", "", "\u{1F426}\r\n\"\\\0"])
  func plain(program: String) throws {
    let arguments = try arguments(of: program)
    #expect(arguments.suffix(2) == ["--source", program])
    #expect(try StepArguments(arguments).source == program)
  }

  @Test("refuses programs that Kubeflow cannot pass on")
  func large() throws {
    let large = String(repeating: "x", count: 131_000)
    let pipeline = try Pipeline(name: "p", steps: [Step(name: "a", program: large)])
    let error = #expect(throws: ClusterError.self) {
      try PipelineManifest(pipeline, image: "i")
    }
    #expect(
      error?.description.hasPrefix("the program of 'a' makes a container description of") == true)
    let fits = try Pipeline(
      name: "p", steps: [Step(name: "a", program: String(large.dropLast(1000)))])
    #expect(throws: Never.self) { try PipelineManifest(fits, image: "i") }
  }

  @Test("needs an image for every step")
  func image() throws {
    let pipeline = try Pipeline(name: "p", steps: [Step(name: "a", program: "")])
    #expect(throws: ClusterError.missingImage(name: "a")) {
      try PipelineManifest(pipeline, image: nil)
    }
  }

  private func arguments(of program: String) throws -> [String] {
    struct Manifest: Decodable {
      var deploymentSpec: Deployment
      struct Deployment: Decodable { var executors: [String: Executor] }
      struct Executor: Decodable { var container: Container }
      struct Container: Decodable { var args: [String] }
    }
    let pipeline = try Pipeline(name: "p", steps: [Step(name: "a", program: program)])
    let text = manifestText(try PipelineManifest(pipeline, image: "i"))
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
    return try #require(manifest.deploymentSpec.executors["exec-a"]).container.args
  }

  private func churn() throws -> Pipeline {
    let data = "Tensors.Tensor<Swift.Float>"
    return try Pipeline(
      name: "churn",
      steps: [
        Step(
          name: "Prepare_Data", options: StepOptions(isCached: false),
          outputs: [
            StepValue(name: "features", type: data),
            StepValue(name: "labels", type: "[Swift.String]"),
          ], program: "let features = load()\nlet labels = [\"a\", \"b\"]\n"),
        Step(
          name: "train",
          options: StepOptions(
            image: "ghcr.io/example/gpu:2",
            resources: Resources(cpuMillicores: 1500, memoryMebibytes: 2048), retries: 2),
          inputs: [
            StepInput(name: "features", type: data, producer: "Prepare_Data"),
            StepInput(name: "labels", type: "[Swift.String]", producer: "Prepare_Data"),
          ], outputs: [StepValue(name: "model", type: "ChurnModel")],
          program: "let model = features.map {{ $0 }($0) }\nprint(\"\\(labels) ünïcode\")\n"),
        Step(
          name: "report",
          inputs: [
            StepInput(name: "model", type: "ChurnModel", producer: "train"),
            StepInput(name: "labels", type: "[Swift.String]", producer: "Prepare_Data"),
          ], program: "print(model, labels)\n"),
      ])
  }
}
