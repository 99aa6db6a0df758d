public import Tensors

/// A model that cannot be written as ONNX.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
  /// ONNX has nothing for an operation of the model.
  case unsupportedOperation(String)
  /// ONNX, or this export, has no such element type.
  case unsupportedType(DataType)
  /// The model computes with numbers that depend on its input, but not by operations that are exported.
  case hiddenDependence(shape: [Int], after: String)
  /// The model's output does not depend on its input.
  case constantOutput
  /// A model for any number of items does something that depends on their number.
  case batchDependence(String)
  /// A model for any number of items needs an example with at least one.
  case noBatch(shape: [Int])
  /// The model's parameters take more room than a file of this format has.
  case tooLarge(bytes: Int)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unsupportedOperation(let name):
      "ONNX export: there is no operator for \(name). Use other operations in the model, or do this one outside of it."
    case .unsupportedType(let type):
      "ONNX export: elements of type \(type) are not exported. Convert to Float in the model."
    case .hiddenDependence(let shape, let operation):
      "ONNX export: after \(operation), the model uses a tensor of shape \(shape) that changes with the input, "
        + "but was computed by an operation that is not exported, or from numbers taken out of a tensor. "
        + "Use other operations in the model, or do this one outside of it."
    case .constantOutput:
      "ONNX export: the model's output does not depend on its input by operations that are exported. "
        + "Return what layers and tensor operations make of the input."
    case .batchDependence(let operation):
      "ONNX export: \(operation) changes with the number of items along the first axis in another way than "
        + "growing with it, so the exported model could not take any number. Leave out dynamicBatch, "
        + "or let the model treat each item by itself."
    case .noBatch(let shape):
      "ONNX export: an example of shape \(shape) has no items along a first axis, which dynamicBatch needs. "
        + "Give an example with at least one item, or leave out dynamicBatch."
    case .tooLarge(let bytes):
      "ONNX export: \(bytes) bytes of parameters and constants; a file has at most 2 GiB. Make the model smaller."
    case .cannotWrite(let file, let reason):
      "cannot write \(file): \(reason). Check that the folder exists and has room."
    }
  }
}
