public import Tensors

/// A model's file that does not fit the model.
public enum ModuleError: Error, Equatable, CustomStringConvertible {
  /// The file has no tensor for these parameters or buffers, and others that the model has not.
  case wrongNames(file: String, missing: [String], unexpected: [String])
  /// A tensor has another shape than its parameter.
  case wrongShape(file: String, name: String, found: [Int], expected: [Int])
  /// A checkpoint says something that it should not.
  case malformed(file: String, reason: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .wrongNames(let file, let missing, let unexpected):
      "\(file) does not fit the model: "
        + [
          missing.isEmpty ? nil : "it has no \(missing.joined(separator: ", "))",
          unexpected.isEmpty ? nil : "the model has no \(unexpected.joined(separator: ", "))",
        ].compactMap(\.self).joined(separator: "; ")
        + ". Make the model with the layers that were saved."
    case .wrongShape(let file, let name, let found, let expected):
      "\(file) does not fit the model: \(name) has shape \(found), the model's \(expected). "
        + "Make the model with the sizes that were saved."
    case .malformed(let file, let reason):
      "\(file) is not a checkpoint of this training: \(reason)."
    }
  }
}

extension Module {
  /// The values of all `Float` parameters and buffers, by name.
  public var tensors: [String: Tensor<Float>] {
    var result: [String: Tensor<Float>] = [:]
    let contents = contents
    for case (let name, let parameter as Parameter<Float>) in contents.parameters {
      result[name] = stopGradient(parameter.value)
    }
    for case (let name, let buffer as Buffer<Float>) in contents.buffers {
      result[name] = buffer.value
    }
    return result
  }

  /// Writes all parameters and buffers to a safetensors file, which PyTorch's tools read.
  ///
  /// ```swift
  /// try model.save("model.safetensors")
  /// ```
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - metadata: Texts to keep beside the tensors.
  /// - Throws: `SafetensorsError.cannotWrite`.
  public func save(_ path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
    try Safetensors.write(tensors, to: path, metadata: metadata)
  }

  /// Reads all parameters and buffers from a safetensors file.
  ///
  /// Nothing changes if the file does not fit.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be read; `ModuleError` if names or shapes differ.
  public func load(_ path: String) throws {
    let archive = try Safetensors.read(path)
    var values: [String: Tensor<Float>] = [:]
    for name in archive.names { values[name] = try archive.tensor(name) }
    try assign(values, file: path)
  }

  /// Gives all parameters and buffers new values.
  package func assign(_ values: [String: Tensor<Float>], file: String) throws(ModuleError) {
    let expected = tensors
    let missing = expected.keys.filter { values[$0] == nil }.sorted()
    let unexpected = values.keys.filter { expected[$0] == nil }.sorted()
    guard missing.isEmpty && unexpected.isEmpty else {
      throw .wrongNames(file: file, missing: missing, unexpected: unexpected)
    }
    for (name, tensor) in values {
      guard let shape = expected[name]?.shape, shape == tensor.shape else {
        throw .wrongShape(
          file: file, name: name, found: tensor.shape, expected: expected[name]?.shape ?? [])
      }
    }
    let contents = contents
    for case (let name, let parameter as Parameter<Float>) in contents.parameters {
      if let value = values[name] { parameter.value = value.copied() }
    }
    for case (let name, let buffer as Buffer<Float>) in contents.buffers {
      if let value = values[name] { buffer.value = value.copied() }
    }
  }
}
