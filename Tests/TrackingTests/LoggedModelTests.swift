import Foundation
import TestSupport
import Testing
import Tracking

/// Models that runs log with files, params and metrics of their own.
@Suite("Logged models")
struct LoggedModelTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func model(_ name: String, run: RunRecord? = nil) throws -> LoggedModel {
    try store.createLoggedModel(
      experimentID: 0, name: name, modelType: "classifier", sourceRunID: run?.id ?? "",
      params: [("depth", name)], tags: [("name", name)])
  }

  private func run() throws -> RunRecord {
    try store.createRun(
      experimentID: 0, name: nil, user: "", startMilliseconds: 1, parentID: nil, tags: [])
  }

  private func log(
    _ value: Double, of model: LoggedModel, by run: RunRecord, step: Int64 = 0,
    on dataset: String = ""
  ) throws {
    let entry = MetricEntry(
      key: "accuracy", value: value, step: step, timeMilliseconds: 5 + step)
    var batch = LogBatch(metrics: [entry])
    batch.modelMetrics = [
      LoggedModelMetricEntry(modelID: model.id, entry: entry, datasetName: dataset)
    ]
    try store.log(batch, to: run)
  }

  @Test("a model has params that stay, tags that change, and a status")
  func life() throws {
    let model = try model("tree")
    #expect(model.id.count == 34 && model.id.hasPrefix("m-") && model.status == .pending)
    #expect(model.params == ["depth": "tree"] && model.modelType == "classifier")
    #expect(try store.finalizeLoggedModel(model.id, .ready).status == .ready)
    try store.logParams([("depth", "tree"), ("lr", "1")], toModel: model.id)
    #expect(
      throws: TrackingError.paramConflict(
        run: model.id, key: "depth", stored: "tree", value: "2")
    ) { try store.logParams([("new", "1"), ("depth", "2")], toModel: model.id) }
    #expect(try store.setTags([("name", "x")], ofLoggedModel: model.id).tags == ["name": "x"])
    #expect(try store.removeTag("name", ofLoggedModel: model.id))
    #expect(try !store.removeTag("name", ofLoggedModel: model.id))
    #expect(try store.loggedModel(model.id).params == ["depth": "tree", "lr": "1"])
    try store.deleteLoggedModel(model.id)
    let gone = TrackingError.loggedModelNotFound(id: model.id)
    #expect(throws: gone) { try store.loggedModel(model.id) }
    try store.deleteLoggedModel(model.id)
    #expect(try store.loggedModel(model.id, orDeleted: true).name == "tree")
    #expect(throws: TrackingError.experimentNotFound(reference: "9")) {
      try store.createLoggedModel(experimentID: 9, name: "x")
    }
    for name in ["", "a/b", "a.b", "a'b", "a%b"] {
      #expect(throws: TrackingError.self, "\(name)") {
        try store.createLoggedModel(experimentID: 0, name: name)
      }
    }
  }

  @Test("runs name the models that they used and made")
  func runs() throws {
    let run = try run()
    let model = try model("tree", run: run)
    var models = RunModels()
    models.inputs = ["m-other"]
    models.outputs = [RunModels.Output(modelID: model.id, step: 3)]
    for _ in 0..<2 { try store.log(models, to: run) }
    #expect(try store.detail(of: run).models == models)
    try store.delete(run)
    #expect(throws: TrackingError.runDeleted(run: run.shortID)) { try store.log(models, to: run) }
  }

  @Test("searches compare the metrics of models, on a data set if one is named")
  func search() throws {
    let run = try run()
    let (good, bad, other) = (try model("good"), try model("bad"), try model("other"))
    try log(0.5, of: good, by: run, step: 0, on: "test")
    for _ in 0..<2 { try log(0.9, of: good, by: run, step: 1, on: "train") }
    try log(0.2, of: bad, by: run, on: "test")
    try log(.nan, of: other, by: run, on: "test")
    #expect(try store.loggedModel(good.id).metrics.map(\.value) == [0.5, 0.9])
    #expect(try store.history(of: run, key: "accuracy").count == 4)
    func names(
      _ filter: String = "", on datasets: [(name: String, digest: String?)] = [],
      _ order: [LoggedModelSearch.Order] = [.init("name")]
    ) throws -> [String] {
      try store.search(
        LoggedModelSearch(experiments: [0], filter: filter, datasets: datasets, order: order)
      ).map(\.name)
    }
    #expect(try names("metrics.accuracy > 0.8") == ["good"])
    #expect(try names("metrics.accuracy > 0.8", on: [("test", nil)]) == [])
    #expect(try names("metrics.accuracy > 0.1", on: [("test", nil)]) == ["bad", "good"])
    #expect(try names("", on: [("train", nil)]) == ["good"])
    #expect(try names("params.depth IN ('bad', 'other') AND tags.name LIKE 'b%'") == ["bad"])
    #expect(try names("name = 'bad' OR status = 'READY'") == ["bad"])
    #expect(try names("creation_timestamp > 0 AND model_type = 'classifier'").count == 3)
    #expect(try names("", [.init("metrics.accuracy")]) == ["bad", "good", "other"])
    #expect(
      try names("", [.init("metrics.accuracy", isDescending: true)]) == ["good", "bad", "other"])
    #expect(
      try names("", [.init("metrics.accuracy", isDescending: true, datasetName: "train")]).first
        == "good")
    #expect(throws: TrackingError.self) { try names("", [.init("nothing")]) }
    #expect(throws: TrackingError.self) { try names("params.depth > 3") }
    #expect(try store.search(LoggedModelSearch(experiments: [])).isEmpty)
    let batch = LoggedModelMetricEntry(
      modelID: "m-none", entry: MetricEntry(key: "x", value: 1, step: 0, timeMilliseconds: 1))
    var whole = LogBatch(params: [("undone", "1")])
    whole.modelMetrics = [batch]
    #expect(throws: TrackingError.loggedModelNotFound(id: "m-none")) {
      try store.log(whole, to: run)
    }
    #expect(try store.detail(of: run).params.isEmpty)
  }

  @Test("files are kept as those of runs are, until the model is gone for good")
  func files() throws {
    let model = try model("tree")
    let file = try store.newIncomingFile()
    try "weights".write(toFile: file, atomically: true, encoding: .utf8)
    try store.takeArtifact(file, as: "data/weights.bin", of: .model(model.row))
    let artifact = try #require(try store.artifacts(of: .model(model.row)).first)
    #expect(artifact.path == "data/weights.bin" && artifact.byteCount == 7)
    try store.copy(artifact, to: folder.path("out"))
    #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "weights")
    try store.createRegisteredModel("m")
    try store.createModelVersion(
      of: "m", NewModelVersion(source: "models:/\(model.id)", loggedModelID: model.id))
    #expect(try store.loggedModel(model.id).registrations == [.init(model: "m", version: 1)])
    try store.deleteLoggedModel(model.id)
    // Its version keeps it.
    #expect(try store.collectGarbage(deletedBefore: .max) == GarbageReport())
    try store.deleteRegisteredModel("m")
    let report = try store.collectGarbage(deletedBefore: .max)
    #expect(report.models == 1 && report.files == 1 && report.runs == 0)
    #expect(throws: TrackingError.self) { try store.loggedModel(model.id, orDeleted: true) }
  }
}
