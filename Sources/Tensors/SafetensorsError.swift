/// Why a safetensors file could not be read or written.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)
  /// The file's contents contradict the format.
  case malformed(file: String, reason: String)
  /// A tensor's element type is not one that tensors have here.
  case unknownType(file: String, name: String, type: String)
  /// There is no tensor of that name.
  case noTensor(file: String, name: String, names: [String])
  /// The tensor has another element type.
  case wrongType(file: String, name: String, found: DataType, expected: DataType)
  /// A tensor cannot have the name of the metadata.
  case reservedName(String)
  /// The format has no name for the element type.
  case unsupportedType(name: String, type: DataType)

  /// What failed and what to do.
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason):
      return "cannot read \(file): \(reason). Check the path and its permissions."
    case .cannotWrite(let file, let reason):
      return "cannot write \(file): \(reason). Check that the folder exists and has room."
    case .malformed(let file, let reason):
      return "\(file) is no valid safetensors file: \(reason). Write or download it again."
    case .unknownType(let file, let name, let type):
      return
        "\(file): \"\(name)\" has elements of type \(type). Convert it to one of "
        + DataType.allCases.compactMap(\.safetensorsName).joined(separator: ", ") + "."
    case .noTensor(let file, let name, let names):
      return "\(file) has no tensor \"\(name)\". It has: \(names.joined(separator: ", "))."
    case .wrongType(let file, let name, let found, let expected):
      return "\(file): \"\(name)\" has elements of type \(found), not \(expected). "
        + "Read it as Tensor<\(found)>, then convert."
    case .reservedName(let name):
      return "a tensor cannot be called \"\(name)\", the name of the metadata. Choose another."
    case .unsupportedType(let name, let type):
      return "\"\(name)\" has elements of type \(type), for which safetensors files have no name. "
        + "Write its real and imaginary parts."
    }
  }
}
