/// Why an array file (`.npy`, `.npz` or IDX) could not be read or written.
public enum ArrayFileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)
  /// The file's contents contradict the format.
  case malformed(file: String, reason: String)
  /// The array's elements are of a type that tensors do not have; `type` is NumPy's description.
  case unsupportedType(file: String, type: String)
  /// The array has another element type.
  case wrongType(file: String, found: DataType, expected: DataType)
  /// There is no array of that name.
  case noArray(file: String, name: String, names: [String])
  /// An array cannot be written under that name.
  case unusableName(name: String, reason: String)

  /// What failed and what to do.
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason):
      "cannot read \(file): \(reason). Check the path and its permissions."
    case .cannotWrite(let file, let reason):
      "cannot write \(file): \(reason). Check that the folder exists and has room."
    case .malformed(let file, let reason):
      "\(file) is damaged or of another format: \(reason). Write or download it again."
    case .unsupportedType(let file, let type):
      "\(file) has elements of type \(type), which tensors cannot hold. Convert it in NumPy with "
        + "astype to one of "
        + DataType.allCases.filter { $0 != .bfloat16 }.map(\.numPyName).joined(separator: ", ")
        + ", and structured arrays field by field."
    case .wrongType(let file, let found, let expected):
      "\(file) has elements of type \(found), not \(expected). "
        + "Read it as Tensor<\(found)>, then convert."
    case .noArray(let file, let name, let names):
      "\(file) has no array \"\(name)\". It has: \(names.joined(separator: ", "))."
    case .unusableName(let name, let reason):
      "an array cannot be called \"\(name)\": \(reason). Choose another name."
    }
  }
}
