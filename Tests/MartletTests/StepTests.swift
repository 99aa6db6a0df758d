import Foundation
import Martlet
import TestSupport
import Testing

private struct Model: Codable, Equatable {
  var weights: Tensor<Double>
  var losses: [Float]
}

@Suite("Values between steps")
struct StepTests {
  private let folder: TemporaryDirectory
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryDirectory()
    // The names of the files say nothing about what is in them.
    let paths = ["x": folder.path("x.json"), "lost": folder.path("missing/y")]
    let text = String(decoding: try JSONEncoder().encode(paths), as: UTF8.self)
    environment = [StepFile.inputVariable: text, StepFile.outputVariable: text]
  }

  private func crossed<Value: Codable>(_ value: Value) throws -> Value {
    try StepFile.output("x", environment: environment).write(value)
    return try StepFile.input("x", environment: environment).read(Value.self)
  }

  @Test("cross unchanged, tensors as safetensors and the rest as JSON")
  func roundTrips() throws {
    let matrix: Tensor<Float> = [[1, 2], [3, 4]]
    #expect(try crossed(matrix.transposed()) == matrix.transposed())
    #expect(try Safetensors.read(folder.path("x.json")).names == ["value"])
    let list = (0..<12).map { Tensor<Int>([$0]) }
    #expect(try crossed(list) == list)
    #expect(try crossed([Tensor<Float>]()) == [])
    #expect(try crossed(["a": Tensor<Bool>([true]), "b": [false]])["a"] == [true])
    #expect(try crossed(Optional(matrix)) == matrix)
    let model = Model(weights: [1, .infinity], losses: [.infinity, 0.1, -.infinity])
    #expect(try crossed(model) == model)
    #expect(try crossed(Double.nan).isNaN)
    #expect(try crossed("é\n") == "é\n")
    #expect(try crossed([1: ["a"]]) == [1: ["a"]])
  }

  @Test("leave no other file beside theirs")
  func atomic() throws {
    _ = try crossed([1, 2])
    _ = try crossed(Tensor<Float>([1]))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(names == ["x.json"])
  }

  private func read<Value: Codable>(_ name: String = "x", as type: Value.Type) throws -> Value {
    try StepFile.input(name, environment: environment).read(type)
  }

  @Test("are refused when the file is missing, broken or of another type")
  func brokenFiles() throws {
    let path = folder.path("x.json")
    #expect(
      throws: MartletError.unreadableInput(
        name: "x", path: path, reason: "there is no such file or folder")
    ) { try read(as: Int.self) }
    for text in ["", "{", "[1, 2]", "\"text\"", "{\"weights\": 1}"] {
      try folder.write(text, to: "x.json")
      #expect(throws: MartletError.self) { try read(as: Model.self) }
      #expect(throws: MartletError.self) { try read(as: Tensor<Float>.self) }
      #expect(throws: MartletError.self) { try read(as: [Tensor<Float>].self) }
    }
    try StepFile.output("x", environment: environment).write(Tensor<Float>([1]))
    do {
      _ = try read(as: Tensor<Double>.self)
      Issue.record("a tensor of another type was read")
    } catch let error as MartletError {
      #expect(error.description.contains("no value of type Tensor<Double>"))
      #expect(error.description.contains("of type Float"))
    }
    #expect(throws: MartletError.self) { try read(as: [Tensor<Float>].self) }
  }

  @Test("are refused with the place of a mistake in JSON")
  func places() throws {
    try folder.write("{\"losses\": [1, true], \"weights\": null}", to: "x.json")
    do {
      _ = try read(as: Model.self)
      Issue.record("a broken model was read")
    } catch let error as MartletError {
      #expect(error.description.contains("at .weights"))
    }
    let odd = "{\"type\":\"Float\",\"shape\":[2],\"base64\":\"AAAA\"}"
    try folder.write("{\"a\": \(odd)}", to: "x.json")
    #expect(throws: MartletError.self) { try read(as: [String: Tensor<Int>?].self) }
  }

  @Test("are refused when the environment does not know them")
  func environments() throws {
    #expect(throws: MartletError.notInStep(name: "x", variable: "MARTLET_STEP_INPUTS")) {
      try StepFile.input("x", environment: [:])
    }
    #expect(throws: MartletError.invalidStepVariable(variable: "MARTLET_STEP_OUTPUTS", value: "[]"))
    {
      try StepFile.output("x", environment: ["MARTLET_STEP_OUTPUTS": "[]"])
    }
    #expect(
      throws: MartletError.unknownName(
        name: "y", variable: "MARTLET_STEP_INPUTS", known: ["lost", "x"])
    ) { try StepFile.input("y", environment: environment) }
  }

  @Test("are refused when their folder is missing")
  func unwritable() throws {
    let file = try StepFile.output("lost", environment: environment)
    #expect(throws: MartletError.self) { try file.write(1) }
    #expect(throws: MartletError.self) { try file.write(Tensor<Float>([1])) }
  }

  @Test("have every tensor type as JSON inside other values", arguments: [0, 1, 2, 3, 7])
  func tensorsInJSON(count: Int) throws {
    struct Holder<Scalar: TensorScalar>: Codable, Equatable { var tensor: Tensor<Scalar> }
    let floats = Tensor<Float>((0..<count).map { Float($0) / 3 })
    #expect(try crossed(Holder(tensor: floats)) == Holder(tensor: floats))
    let flags = Tensor<Bool>((0..<count).map { $0 % 2 == 0 })
    #expect(try crossed(Holder(tensor: flags)) == Holder(tensor: flags))
  }
}
