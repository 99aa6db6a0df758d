/// Reads a value that another step of the pipeline made.
///
/// ```swift
/// let train: Tensor<Float> = try Martlet.stepInput("train")
/// let names: [String] = try Martlet.stepInput("names")
/// ```
///
/// Tensors, arrays of tensors and dictionaries from texts to tensors come from a safetensors file,
/// every other type from a JSON file, whatever the file is called.
///
/// - Parameter name: The value's name.
/// - Returns: The value.
/// - Throws: ``MartletError`` when there is no such input, or its file holds something else.
public func stepInput<Value: Decodable>(_ name: String) throws(MartletError) -> Value {
  try StepFile.input(name).read(Value.self)
}

/// Refuses types that no file can hold.
@available(
  *, unavailable,
  message: "a value of this type cannot come from another step; make the type Codable"
)
public func stepInput<Value>(_ name: String) throws(MartletError) -> Value {
  fatalError("stepInput: a value of \(Value.self) cannot come from another step")
}

/// Writes a value for the steps that use it.
///
/// ```swift
/// try Martlet.stepOutput("train", train)
/// ```
///
/// Tensors, arrays of tensors and dictionaries from texts to tensors go to a safetensors file,
/// every other type to a JSON file, in which numbers that JSON has not are the texts `NaN`,
/// `Infinity` and `-Infinity`. The file appears whole or not at all.
///
/// - Parameters:
///   - name: The value's name.
///   - value: The value.
/// - Throws: ``MartletError`` when there is no such output, the value cannot be encoded, or its
///   file cannot be written.
public func stepOutput<Value: Encodable>(
  _ name: String, _ value: Value
) throws(MartletError) {
  try StepFile.output(name).write(value)
}

/// Refuses types that no file can hold.
@available(
  *, unavailable,
  message: "a value of this type cannot go to another step; make the type Codable"
)
public func stepOutput<Value>(_ name: String, _ value: Value) throws(MartletError) {
  fatalError("stepOutput: a value of \(Value.self) cannot go to another step")
}
