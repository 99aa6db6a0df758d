/// What crosses between steps as a safetensors file.
protocol TensorFileValue {
  static func read(from file: StepFile) throws(MartletError) -> Self
  var namedTensors: [String: any AnyTensor] { get }
}

/// A tensor, whatever its elements are.
protocol TensorFileElement: AnyTensor {
  static func all(
    in file: StepFile, for type: Any.Type
  ) throws(MartletError) -> [String: Self]
}

extension Tensor: TensorFileElement {
  static func all(
    in file: StepFile, for type: Any.Type
  ) throws(MartletError) -> [String: Tensor] {
    try file.tensors(for: type)
  }
}

extension Tensor: TensorFileValue {
  /// The name of the only tensor in a file that holds one.
  private static var name: String { "value" }

  static func read(from file: StepFile) throws(MartletError) -> Tensor {
    let found = try all(in: file, for: Tensor.self)
    guard let tensor = found[name], found.count == 1 else {
      throw file.undecodable(Tensor.self, "it holds several tensors, or one with a name")
    }
    return tensor
  }

  var namedTensors: [String: any AnyTensor] { [Tensor.name: self] }
}

extension Array: TensorFileValue where Element: TensorFileElement {
  static func read(from file: StepFile) throws(MartletError) -> [Element] {
    let found = try Element.all(in: file, for: [Element].self)
    let list = (0..<found.count).compactMap { found["\($0)"] }
    guard list.count == found.count else {
      throw file.undecodable([Element].self, "its tensors are not numbered from 0")
    }
    return list
  }

  var namedTensors: [String: any AnyTensor] {
    Dictionary(enumerated().map { ("\($0)", $1) }) { _, last in last }
  }
}

extension Dictionary: TensorFileValue where Key == String, Value: TensorFileElement {
  static func read(from file: StepFile) throws(MartletError) -> [String: Value] {
    try Value.all(in: file, for: [String: Value].self)
  }

  var namedTensors: [String: any AnyTensor] { self }
}
