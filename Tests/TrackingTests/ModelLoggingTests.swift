import Foundation
import TestSupport
import Testing
import Tracking

/// Models that runs log from Swift, and the ways back to their files.
@Suite("Models of runs")
struct ModelLoggingTests {
  let folder: TemporaryDirectory
  let store: TrackingStore
  let run: Run

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
    run = try Run.start(experiment: "digits", name: "trained", in: store)
    try folder.write("weights", to: "model/weights.bin")
    try folder.write("{}", to: "model/deep/config.json")
    try run.logDataset("test", digest: "abc", source: "x.csv", context: "validation")
    try run.logMetric("accuracy", 0.5, step: 1)
    try run.logMetric("accuracy", 0.9, step: 2)
  }

  private func log(_ name: String = "net") throws -> LoggedModel {
    try run.logModel(
      folder.path("model"), name: name, registeredAs: "digits", alias: "champion",
      type: "classifier",
      metrics: ["accuracy"], params: ["depth": 3], tags: ["team": "vision"], step: 2,
      signature: ModelSignature(
        inputs: [.init(scalarType: "float32", shape: [-1, 64])],
        outputs: [.init("digit", scalarType: "float32", shape: [-1, 10])]))
  }

  @Test("a model has the run's metrics, params, tags, a version, an alias and its files")
  func everything() throws {
    let model = try log()
    #expect(model.status == .ready && model.name == "net" && model.modelType == "classifier")
    #expect(
      model.sourceRunID == run.id && model.registrations == [.init(model: "digits", version: 1)])
    #expect(model.params == ["depth": "3"] && model.tags == ["team": "vision"])
    #expect(model.metrics.map(\.value) == [0.9] && model.metrics.first?.step == 2)
    try run.logMetrics(["recall": 0.75], of: model, step: 2, dataset: "test")
    let found = try store.searchLoggedModels(
      experiment: "digits", filter: "metrics.recall > 0.7 AND params.depth = '3'",
      order: ["metrics.recall DESC"])
    #expect(found.map(\.id) == [model.id])
    #expect(found.first?.metrics.last?.datasetDigest == "abc")
    #expect(try store.detail(of: store.run(run.id)).models.outputs.map(\.modelID) == [model.id])
    try store.setTag("checked", "yes", ofLoggedModel: model.id)
    try store.setTag("team", nil, ofLoggedModel: model.id)
    #expect(try store.loggedModel(model.id).tags == ["checked": "yes"])
    let again = try log("other")
    #expect(again.registrations.map(\.version) == [2])
    #expect(try store.modelVersion("digits", alias: "champion").loggedModelID == again.id)
    let lineage = try store.lineage(ofModel: "digits", version: 2)
    #expect(lineage.runName == "trained" && lineage.datasets.map(\.name) == ["test"])
  }

  @Test(
    "files come back by each kind of URI",
    arguments: [
      "models:/digits@champion", "digits@champion", "models:/digits/1", "models:/digits/latest",
      "digits", "models:/digits/production", "models:/MODEL", "runs:/RUN/files",
    ])
  func loading(uri: String) throws {
    let model = try log()
    try run.logArtifacts(folder.path("model"), as: "files")
    try store.moveModelVersion("digits", 1, to: .production)
    let named = uri.replacing("MODEL", with: model.id).replacing("RUN", with: run.id)
    let loaded = try LoadedModel(named, in: store)
    let own = ["deep/config.json", "weights.bin"]
    #expect(loaded.files == (uri.hasPrefix("runs:") ? own : ["MLmodel"] + own))
    #expect(loaded.runID == run.id)
    #expect(loaded.version == (uri.contains("digits") ? 1 : nil))
    let file = try loaded.onlyFile(ending: "bin")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "weights")
  }

  @Test("MLmodel says what MLflow's client asks for")
  func description() throws {
    let model = try log()
    let target = folder.path("here")
    let loaded = try LoadedModel("digits/1", to: target, in: store)
    let text = try String(contentsOfFile: loaded.path("MLmodel"), encoding: .utf8)
    for line in [
      "model_id: \"\(model.id)\"", "run_id: \"\(run.id)\"", "  \"martlet\":",
      #"  inputs: "[{\"tensor-spec\":{\"dtype\":\"float32\",\"shape\":[-1,64]},\"type\":\"tensor\"}]""#,
    ] {
      #expect(text.contains(line + "\n"), "\(line) in \(text)")
    }
    #expect(
      text.firstMatch(of: /utc_time_created: '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}'\n/) != nil)
    let other = try Run.start(name: "user", in: store)
    try other.logInput(loaded)
    #expect(try store.detail(of: store.run(other.id)).models.inputs == [model.id])
  }

  @Test("what cannot be is refused, and nothing of it is registered")
  func faults() throws {
    let place = folder.path("model")
    #expect(
      throws: TrackingError.artifactFailed(path: "/no", reason: "there is no such file or folder")
    ) { try run.logModel("/no", name: "x", registeredAs: "digits") }
    #expect(throws: TrackingError.self) { try run.logModel(place, name: "a/b") }
    #expect(throws: TrackingError.self) { try run.logModel(place, name: "a", registeredAs: "a/b") }
    #expect(throws: TrackingError.self) {
      try run.logModel(place, name: "a", registeredAs: "digits", alias: "latest")
    }
    #expect(throws: TrackingError.self) { try run.logModel(place, name: "a", alias: "champion") }
    let error = #expect(throws: TrackingError.self) {
      try run.logModel(place, name: "a", registeredAs: "digits", metrics: ["acuracy"])
    }
    #expect("\(try #require(error))".contains("accuracy"))
    try FileManager.default.createDirectory(
      atPath: folder.path("empty"), withIntermediateDirectories: true)
    #expect(throws: TrackingError.self) { try run.logModel(folder.path("empty"), name: "a") }
    #expect(throws: TrackingError.modelNotFound(name: "digits")) {
      try LoadedModel("models:/digits/1", in: store)
    }
    #expect(try store.searchLoggedModels().isEmpty)
    _ = try log()
    for (uri, part) in [
      ("models:/digits/best", "digits@best"), ("models:/digits", "no version"),
      ("s3://x/y", "scheme"), ("models:/a/b/c", "too many"), ("digits/9", "no version 9"),
      ("digits@none", "\"none\""),
      ("models:/m-\(String(repeating: "0", count: 32))", "no logged model"),
      ("runs:/\(run.id)/nothing", "no files"),
    ] {
      let error = #expect(throws: TrackingError.self) { try LoadedModel(uri, in: store) }
      #expect("\(try #require(error))".contains(part), "\(uri): \(error.map { "\($0)" } ?? "")")
    }
    let loaded = try LoadedModel("digits", in: store)
    #expect(throws: TrackingError.self) { try loaded.onlyFile(ending: "onnx") }
  }
}
