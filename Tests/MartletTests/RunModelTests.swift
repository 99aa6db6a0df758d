import Foundation
import Martlet
import TestSupport
import Testing

import Tracking

@Suite("Models that cells log to runs")
struct RunModelTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func network(seed: UInt64) -> Sequential {
    let network = Sequential {
      Linear(4, 8)
      ReLU()
      Linear(8, 3)
    }
    // Others than those of another network.
    for name in network.parameterNames {
      guard let parameter = network.parameter(name) else { continue }
      parameter.value = Tensor<Float>.randomNormal(shape: parameter.value.shape, seed: seed)
    }
    return network
  }

  @Test("a network comes back as it was, by its alias")
  func networks() throws {
    let trained = network(seed: 1)
    let run = try Run.start(in: store)
    try run.logMetric("accuracy", 0.9)
    let model = try run.log(
      model: trained, name: "classifier", registeredAs: "flowers", alias: "champion",
      metrics: ["accuracy"], params: ["depth": 2])
    #expect(model.modelType == "Sequential" && model.metrics.map(\.value) == [0.9])
    let other = network(seed: 2)
    let champion = try LoadedModel("models:/flowers@champion", in: store)
    #expect(champion.files == ["MLmodel", "model.safetensors"])
    try champion.load(into: other)
    let x = Tensor<Float>.randomNormal(shape: [5, 4], seed: 3)
    #expect(other(x).scalars == trained(x).scalars)
    let wrong = Sequential { Linear(4, 9) }
    #expect(throws: ModuleError.self) { try champion.load(into: wrong) }
    #expect(throws: TrackingError.self) { try champion.value(as: [Int].self) }
  }

  @Test("with an example, the model has ONNX and a signature too")
  func examples() throws {
    let trained = network(seed: 1)
    let run = try Run.start(in: store)
    let example = Tensor<Float>.randomNormal(shape: [2, 4], seed: 3)
    try run.log(model: trained, name: "classifier", registeredAs: "flowers", example: example)
    let loaded = try LoadedModel("flowers", in: store)
    #expect(loaded.files == ["MLmodel", "model.onnx", "model.safetensors"])
    let text = try String(contentsOfFile: loaded.path("MLmodel"), encoding: .utf8)
    for part in [
      #"\"dtype\":\"float32\",\"shape\":[-1,4]"#, #"\"dtype\":\"float32\",\"shape\":[-1,3]"#,
      "\"loader_module\": \"mlflow.onnx\"", "\"format\": \"safetensors\"",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    let again = try run.log(
      model: trained, name: "classifier", example: example, dynamicBatch: false
    ) { trained($0).mean(axis: 1) }
    let fixed = try LoadedModel("models:/\(again.id)", in: store)
    let shapes = try String(contentsOfFile: fixed.path("MLmodel"), encoding: .utf8)
    #expect(shapes.contains(#"\"shape\":[2,4]"#) && shapes.contains(#"\"shape\":[2]"#))
  }

  @Test("a learner comes back as a value, and says so if it is another")
  func learners() throws {
    let x = Tensor<Double>((0..<20).map(Double.init)).reshaped(to: [20, 1])
    var ridge = Ridge(alpha: 0.5)
    try ridge.fit(x, x.reshaped(to: [20]) * 2 + 1)
    let run = try Run.start(in: store)
    try run.log(model: ridge, name: "ridge", registeredAs: "line", alias: "champion")
    let champion = try LoadedModel("models:/line@champion", in: store)
    let again = try champion.value(as: Ridge.self)
    #expect(try again.predict(x).scalars == ridge.predict(x).scalars)
    let error = #expect(throws: MartletError.self) { try champion.value(as: [Int].self) }
    #expect("\(try #require(error))".contains("models:/line@champion"))
    #expect(throws: TrackingError.self) { try champion.load(into: network(seed: 1)) }
    try folder.write("x", to: "kept/weights.bin")
    try run.log(model: folder.path("kept"), name: "files", registeredAs: "line")
    #expect(try LoadedModel("line/2", in: store).files == ["MLmodel", "weights.bin"])
  }
}
