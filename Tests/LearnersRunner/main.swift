// Fits and asks the learners that Tests/python/test_scikit_learn.py compares with scikit-learn's: a request in JSON on each
// line of standard input, an answer in JSON on each line of standard output.

import Foundation
import Learners
import Tensors

let decoder = JSONDecoder()
decoder.nonConformingFloatDecodingStrategy = .convertFromString(
  positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")

while let line = readLine() {
  var answer: Answer
  do {
    let request = try decoder.decode(Request.self, from: Data(line.utf8))
    answer = try answered(request)
  } catch {
    answer = Answer()
    answer.texts["error"] = "\(error)"
  }
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  print(String(decoding: try encoder.encode(answer), as: UTF8.self))
  // So that a case that stops the program is the first without an answer.
  fflush(nil)
}

/// Numbers with a shape.
struct Numbers: Codable {
  var shape: [Int]
  var values: [Double]

  init<Scalar: RealTensorScalar>(_ tensor: Tensor<Scalar>) {
    (shape, values) = (tensor.shape, Tensor<Double>(tensor).scalars)
  }

  var tensor: Tensor<Double> { Tensor(shape: shape, values: values) }
}

/// One case: what is computed, its settings and its data.
struct Request: Decodable {
  let task: String
  let settings: [String: Double]
  let words: [String: String]
  let data: [String: Numbers]

  func tensor(_ name: String) -> Tensor<Double> {
    guard let numbers = data[name] else { fatalError("no \(name) for \(task)") }
    return numbers.tensor
  }
  func labels(_ name: String) -> Tensor<Int32> { Tensor<Int32>(tensor(name)) }
  func double(_ name: String, _ standard: Double) -> Double { settings[name] ?? standard }
  func int(_ name: String, _ standard: Int) -> Int { settings[name].map { Int($0) } ?? standard }
  func optionalInt(_ name: String) -> Int? { settings[name].map { Int($0) } }
  func flag(_ name: String, _ standard: Bool) -> Bool { settings[name].map { $0 != 0 } ?? standard }
}

/// What came out, by name.
struct Answer: Encodable {
  var data: [String: Numbers] = [:]
  var texts: [String: String] = [:]

  mutating func give<Scalar: RealTensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) {
    data[name] = Numbers(tensor)
  }
  mutating func give(_ name: String, _ value: Double) { data[name] = Numbers(Tensor(value)) }
}

func answered(_ request: Request) throws -> Answer {
  for family in [linear, classifiers, trees, unsupervised, preprocessing, metrics, selection] {
    if let answer = try family(request) { return answer }
  }
  fatalError("no task \(request.task)")
}

/// A copy that went through JSON, so that every comparison also checks that models can be saved.
func reloaded<Model: Codable>(_ model: Model) throws -> Model {
  try JSONDecoder().decode(Model.self, from: JSONEncoder().encode(model))
}
