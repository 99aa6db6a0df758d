import Cluster
import FoundationEssentials
import Testing

@Suite("Kubeflow's executor input")
struct ExecutorInputTests {
  @Test("gives the files of inputs and outputs")
  func paths() throws {
    let input = try ExecutorInput(
      json: """
        {"inputs": {"parameterValues": {"n": 3, "m": "4", "s": "x", "l": [1, {"a": null}]},
          "artifacts": {"data": {"artifacts": [{"name": "projects/1/x", "type": {"schemaTitle":
          "system.Dataset"}, "uri": "s3://bucket/v2/a b/data", "metadata": {"size": "12"}}]},
          "local": {"artifacts": [{"uri": "/tmp/local"}]},
          "custom": {"artifacts": [{"uri": "gs://b/c", "customPath": "/mnt/c"}]}}},
        "outputs": {"artifacts": {"model": {"artifacts": [{"name": "model",
          "uri": "minio://bucket/model"}]}}, "outputFile": "/tmp/kfp_outputs/output.json"}}
        """)
    #expect(
      input.inputPaths == [
        "data": "/s3/bucket/v2/a b/data", "local": "/tmp/local", "custom": "/mnt/c",
      ])
    #expect(input.outputPaths == ["model": "/minio/bucket/model"])
    #expect(input.parameters["n"]?.integer == 3 && input.parameters["m"]?.integer == 4)
    #expect(input.parameters["s"]?.integer == nil)
    #expect(input.parameters["l"] == .array([.number(1), .object(["a": .null])]))
    #expect(input.outputFile == "/tmp/kfp_outputs/output.json")
    #expect(
      input.output(metadata: ["model": ["loss": .number(0.25), "bad": .number(.nan)]])
        == #"{"artifacts":{"model":{"artifacts":[{"metadata":{"bad":"nan","loss":0.25},"#
        + #""name":"model","uri":"minio:\/\/bucket\/model"}]}},"parameterValues":{}}"#)
  }

  @Test("may be all but empty")
  func empty() throws {
    let input = try ExecutorInput(json: "{}")
    #expect(input.inputPaths.isEmpty && input.outputPaths.isEmpty && input.outputFile == nil)
    #expect(input.output() == #"{"artifacts":{},"parameterValues":{}}"#)
    try input.writeOutput()
  }

  @Test(
    "that is broken says so", arguments: ["", "{{$}}", "[]", #"{"inputs":{"artifacts":{"a":{}}}}"#])
  func broken(json: String) {
    let error = #expect(throws: ClusterError.self) { try ExecutorInput(json: json) }
    #expect(error?.description.hasPrefix("cannot read the executor input: ") == true)
  }

  @Test("is answered in its output file, in folders that did not exist")
  func writing() throws {
    let folder = try Folder()
    let input = try ExecutorInput(
      json: """
        {"outputs": {"artifacts": {"m": {"artifacts": [{"name": "m", "uri":
        "\(folder.path)/a/b/m"}]}}, "outputFile": "\(folder.path)/c/out.json"}}
        """)
    try input.makeFolders()
    try input.writeOutput()
    #expect(FileManager.default.fileExists(atPath: folder.path + "/a/b"))
    #expect(try folder.read("c/out.json").contains("\"m\""))
  }
}

@Suite("Arguments of martlet step")
struct StepArgumentsTests {
  static let digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"

  @Test("name a file whose digest is checked")
  func file() throws {
    let folder = try Folder()
    try folder.write("1", to: "p.swift")
    let arguments = StepArguments.forFile(
      step: "a", path: folder.path + "/p.swift", sourceDigest: Self.digest)
    #expect(try StepArguments(arguments).source == "1")
    try folder.write("2", to: "p.swift")
    #expect(throws: ClusterError.self) { try StepArguments(arguments) }
  }

  @Test(
    "that do not fit say why",
    arguments: [
      ([], "exactly one of --source"), (["--source", "1"], "--source-sha256 is missing"),
      (["--verbose"], "'--verbose' is not an option"), (["--source"], "--source has no value"),
      (["--source", "1", "--source", "1"], "--source comes twice"),
      (["--source-base64", "%", "--source-sha256", "x"], "is not base64"),
      (["--source", "2", "--source-sha256", digest], "It was changed on its way"),
      (["--source-file", "/none", "--source-sha256", digest], "cannot read /none"),
    ])
  func mistakes(arguments: [String], message: String) {
    let error = #expect(throws: ClusterError.self) { try StepArguments(arguments) }
    #expect(error?.description.contains(message) == true)
  }
}
