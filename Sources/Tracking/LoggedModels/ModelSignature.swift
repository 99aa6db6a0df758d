import JSONValues

/// What a model takes and gives: tensors of a scalar type and a shape.
///
/// ```swift
/// let signature = ModelSignature(
///   inputs: [.init(scalarType: "float32", shape: [-1, 64])],
///   outputs: [.init(scalarType: "float32", shape: [-1, 10])])
/// ```
///
/// - SeeAlso: MLflow's documentation, "Model Signatures and Input Examples".
public struct ModelSignature: Sendable, Equatable {
  /// A tensor that a model takes or gives.
  public struct TensorSpecification: Sendable, Equatable {
    /// What it is called; `nil` where it is the only one.
    public var name: String?
    /// The type of its scalars as NumPy writes it, such as `float32`.
    public var scalarType: String
    /// Its shape, with -1 for an axis of any length.
    public var shape: [Int]

    /// Makes a description of a tensor.
    ///
    /// - Parameters:
    ///   - name: What it is called; `nil` where it is the only one.
    ///   - scalarType: The type of its scalars as NumPy writes it.
    ///   - shape: Its shape, with -1 for an axis of any length.
    public init(_ name: String? = nil, scalarType: String, shape: [Int]) {
      self.name = name
      self.scalarType = scalarType
      self.shape = shape
    }
  }

  /// What it takes.
  public var inputs: [TensorSpecification]
  /// What it gives.
  public var outputs: [TensorSpecification]

  /// Makes a signature.
  ///
  /// - Parameters:
  ///   - inputs: What the model takes.
  ///   - outputs: What it gives.
  public init(inputs: [TensorSpecification], outputs: [TensorSpecification]) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// A list of tensors as MLflow has it, JSON in a text.
  static func json(_ tensors: [TensorSpecification]) -> String {
    let list = tensors.map { tensor -> JSONValue in
      var fields: [String: JSONValue] = [
        "type": "tensor",
        "tensor-spec": [
          "dtype": .string(tensor.scalarType), "shape": .array(tensor.shape.map { .int($0) }),
        ],
      ]
      if let name = tensor.name { fields["name"] = .string(name) }
      return .object(fields)
    }
    return "\(JSONValue.array(list))"
  }
}

/// A way in which a logged model can be loaded, and what that needs to know.
public struct ModelFlavor: Sendable, Equatable {
  /// What it is called, such as `martlet` or `onnx`.
  public var name: String
  /// Its facts by name, such as the file with the data.
  public var fields: [String: String]

  /// Makes a flavor.
  ///
  /// - Parameters:
  ///   - name: What it is called, such as `martlet` or `onnx`.
  ///   - fields: Its facts by name.
  public init(_ name: String, _ fields: [String: String]) {
    self.name = name
    self.fields = fields
  }
}
