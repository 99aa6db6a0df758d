internal import FoundationEssentials

/// The file through which a value goes from one step to another.
package struct StepFile {
  package static let inputVariable = "MARTLET_STEP_INPUTS"
  package static let outputVariable = "MARTLET_STEP_OUTPUTS"

  let name: String
  let path: String

  /// The file of the input `name`.
  package static func input(
    _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(MartletError) -> StepFile {
    try StepFile(name, variable: inputVariable, environment: environment)
  }

  /// The file of the output `name`.
  package static func output(
    _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(MartletError) -> StepFile {
    try StepFile(name, variable: outputVariable, environment: environment)
  }

  private init(
    _ name: String, variable: String, environment: [String: String]
  ) throws(MartletError) {
    guard let text = environment[variable] else {
      throw .notInStep(name: name, variable: variable)
    }
    let paths: [String: String]
    do {
      paths = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    } catch {
      throw .invalidStepVariable(variable: variable, value: text)
    }
    guard let path = paths[name] else {
      throw .unknownName(name: name, variable: variable, known: paths.keys.sorted())
    }
    self.name = name
    self.path = path
  }

  // MARK: Reading

  /// Reads a value of `type`, which alone decides about the file's format.
  package func read<Value: Decodable>(_ type: Value.Type) throws(MartletError) -> Value {
    if let tensors = type as? any TensorFileValue.Type {
      guard let value = try tensors.read(from: self) as? Value else {
        throw undecodable(type, "it holds tensors of another type")
      }
      return value
    }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .unreadableInput(name: name, path: path, reason: Self.reason(error))
    }
    do { return try JSONCoding.decoder.decode(type, from: data) } catch {
      throw undecodable(type, JSONCoding.reason(error))
    }
  }

  /// Reads every tensor of the file; `type` is what is to be made of them.
  func tensors<Scalar>(for type: Any.Type) throws(MartletError) -> [String: Tensor<Scalar>] {
    do throws(SafetensorsError) {
      let archive = try Safetensors.read(path)
      var tensors: [String: Tensor<Scalar>] = [:]
      for name in archive.names { tensors[name] = try archive.tensor(name) }
      return tensors
    } catch {
      switch error {
      case .cannotRead(_, let reason):
        throw .unreadableInput(name: name, path: path, reason: reason)
      case .malformed(_, let reason):
        throw undecodable(type, "it is no valid safetensors file: \(reason)")
      case .wrongType(_, _, let found, _):
        throw undecodable(type, "its elements are of type \(found)")
      case .unknownType(_, _, let found):
        throw undecodable(type, "its elements are of type \(found)")
      default: throw undecodable(type, error.description)
      }
    }
  }

  func undecodable(_ type: Any.Type, _ reason: String) -> MartletError {
    .undecodableInput(name: name, path: path, type: "\(type)", reason: reason)
  }

  // MARK: Writing

  /// Writes `value` in the format that its type decides.
  package func write<Value: Encodable>(_ value: Value) throws(MartletError) {
    if let tensors = value as? any TensorFileValue, Value.self is any TensorFileValue.Type {
      return try write(tensors: tensors.namedTensors, of: Value.self)
    }
    let data: Data
    do { data = try JSONCoding.encoder.encode(value) } catch {
      throw .unencodableOutput(
        name: name, type: "\(Value.self)", reason: JSONCoding.reason(error))
    }
    do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw .unwritableOutput(name: name, path: path, reason: Self.reason(error))
    }
  }

  private func write(
    tensors: [String: any AnyTensor], of type: Any.Type
  ) throws(MartletError) {
    do throws(SafetensorsError) {
      try Safetensors.write(tensors, to: path)
    } catch {
      switch error {
      case .cannotWrite(_, let reason):
        throw .unwritableOutput(name: name, path: path, reason: reason)
      default:
        throw .unencodableOutput(name: name, type: "\(type)", reason: error.description)
      }
    }
  }

  /// What `error` of a file operation means.
  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case CocoaError.Code.fileNoSuchFile, CocoaError.Code.fileReadNoSuchFile:
      "there is no such file or folder"
    case CocoaError.Code.fileReadNoPermission, CocoaError.Code.fileWriteNoPermission:
      "permission denied"
    case CocoaError.Code.fileWriteOutOfSpace: "the disk is full"
    case CocoaError.Code.fileWriteVolumeReadOnly: "the file system is read-only"
    default: "\(error)"
    }
  }
}
