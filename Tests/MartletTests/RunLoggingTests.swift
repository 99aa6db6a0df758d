import Foundation
import Martlet
import TestSupport
import Testing

import Tracking

@Suite("What cells log to runs", .serialized)
struct RunLoggingTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func detail(_ reference: String = "latest") throws -> RunDetail {
    try store.detail(of: try store.run(reference))
  }

  private func content(_ path: String) throws -> Data {
    let found = try #require(try detail().artifacts.first { $0.path == path }, "no \(path)")
    return try Data(contentsOf: URL(fileURLWithPath: store.contentAddress(of: found)))
  }

  private struct Settings: Codable {
    struct Optimizer: Codable { var rate = 0.1, name = "adam" }
    var optimizer = Optimizer()
    var layers = [64, 32]
    var shuffles = true
  }

  @Test("numbers, configurations, charts, tables, tensors, pictures, files and folders")
  func everything() throws {
    let run = try Run.start(in: store)
    try run.log("loss", 0.5)
    try run.log("loss", Tensor<Float>([0.25]))
    try run.log(["a": 1, "b": 2])
    try run.log(["a": 3], step: 7)
    try run.log(params: Settings())
    try run.log(params: ["depth": 3])
    try run.log(Chart.line([Series("loss", x: [0, 1], y: [2, 1])]), as: "plots/loss.svg")
    let weights = Tensor<Float>([1, 2, 3, 4]).reshaped(to: [2, 2])
    try run.log(weights, as: "w.npy")
    try run.log(weights, as: "w.safetensors")
    try run.log(image: weights / 4, as: "w.png")
    try folder.write("x", to: "some/deep/file.txt")
    try run.log(file: folder.path("some"), as: "copied")
    try run.log(file: folder.path("some/deep/file.txt"))
    try run.end()
    let shown = try detail()
    let params = Dictionary(uniqueKeysWithValues: shown.params.map { ($0.key, $0.value) })
    #expect(
      params == [
        "optimizer.rate": "0.1", "optimizer.name": "adam", "layers": "[64,32]", "shuffles": "true",
        "depth": "3",
      ])
    #expect(shown.metrics.first { $0.key == "loss" }?.last == 0.25)
    #expect(shown.metrics.first { $0.key == "a" }?.lastStep == 7)
    #expect(
      shown.artifacts.map(\.path) == [
        "copied/deep/file.txt", "file.txt", "plots/loss.svg", "w.npy", "w.png", "w.safetensors",
      ])
    #expect(try content("plots/loss.svg").starts(with: Data("<svg".utf8)))
    #expect(try content("w.npy").starts(with: [0x93] + Array("NUMPY".utf8)))
    #expect(try content("w.png").starts(with: [0x89] + Array("PNG".utf8)))
    #expect(throws: MartletError.self) { try Run.start(in: store).log(params: [1, 2]) }
  }

  @Test("a run that is called ends with the closure, as failed when it throws")
  func scopes() throws {
    struct Broken: Error {}
    let value = try Run.start(name: "good", in: store)() { run in
      try run.log("loss", 1)
      return 3
    }
    #expect(value == 3)
    #expect(throws: Broken.self) {
      try Run.start(name: "bad", in: store)() { _ in throw Broken() }
    }
    #expect(try detail("good").run.status == .finished)
    #expect(try detail("bad").run.status == .failed)
  }

  @Test("autolog notes what learners are set to and how they do, in the current run")
  func learners() throws {
    let run = try Run.start(name: "auto", in: store)
    #expect(Run.current === run)
    autolog()
    defer { autolog(false) }
    let x = Tensor<Double>([0, 1, 2, 3, 4, 5]).reshaped(to: [6, 1])
    var ridge = Ridge(alpha: 0.25)
    try ridge.fit(x, x.reshaped(to: [6]) * 2 + 1)
    var tree = DecisionTreeClassifier(maxDepth: 2)
    let labels = Tensor<Int32>([0, 0, 0, 1, 1, 1])
    try tree.fit(x, labels)
    // What a cross-validation tries is no fit of the user's.
    _ = try crossValidate(KNeighborsClassifier(neighbors: 1), x, labels, folds: KFold(3))
    try run.end()
    #expect(Run.current !== run)
    let shown = try detail("auto")
    let params = Dictionary(uniqueKeysWithValues: shown.params.map { ($0.key, $0.value) })
    #expect(params["alpha"] == "0.25" && params["fitsIntercept"] == "true")
    #expect(params["maxDepth"] == "2" && params["maxFeatures"] == "none")
    #expect(params["intercept"] == nil && params["neighbors"] == nil)
    let metrics = Dictionary(uniqueKeysWithValues: shown.metrics.map { ($0.key, $0.last) })
    #expect(metrics["training_accuracy_score"] == 1)
    #expect((metrics["training_r2_score"] ?? 0) > 0.9)
    #expect(shown.tags.contains { $0 == ("estimator_name", "DecisionTreeClassifier") })
  }
}
