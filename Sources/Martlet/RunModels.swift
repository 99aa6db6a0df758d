internal import FoundationEssentials
public import NeuralNetworks
public import Tensors
public import Tracking

extension Run {
  /// Logs a network as a model of the run: its parameters and buffers as safetensors.
  ///
  /// ```swift
  /// let model = try run.log(
  ///   model: network, name: "classifier", registeredAs: "digits", alias: "champion", metrics: ["accuracy"])
  /// try LoadedModel("models:/digits@champion").load(into: network)
  /// ```
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  /// - Returns: The model, which is ready.
  /// - Throws: `SafetensorsError`; `TrackingError` when a name is invalid, the run has no such metric, or it cannot be stored.
  @discardableResult
  public func log(
    model: some Module, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, metrics: [String] = [],
    params: [String: any CustomStringConvertible] = [:], tags: [String: String] = [:],
    step: Int = 0
  ) throws -> LoggedModel {
    try withFolder { folder in
      try model.save("\(folder)/\(ModelFile.safetensors)")
      return try logModel(
        folder, name: name, registeredAs: registeredName, alias: alias, type: "\(type(of: model))",
        metrics: metrics, params: params, tags: tags, step: step, flavors: [.martlet(model)])
    }
  }

  /// Logs a network as a model of the run: as safetensors, and as ONNX, which other programs run.
  ///
  /// ```swift
  /// try run.log(model: network, name: "classifier", registeredAs: "digits", example: images)
  /// ```
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - example: An input that the network takes, not all of whose elements are equal.
  ///   - dynamicBatch: Whether the ONNX model takes any number of items along the first axis.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  /// - Returns: The model, which is ready and has a signature.
  /// - Throws: `ONNXError`, which names what cannot be exported; `SafetensorsError`; `TrackingError`.
  @discardableResult
  public func log(
    model: some Layer, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, example: Tensor<Float>, dynamicBatch: Bool = true,
    metrics: [String] = [], params: [String: any CustomStringConvertible] = [:],
    tags: [String: String] = [:], step: Int = 0
  ) throws -> LoggedModel {
    try log(
      model: model, name: name, registeredAs: registeredName, alias: alias, example: example,
      dynamicBatch: dynamicBatch, metrics: metrics, params: params, tags: tags, step: step
    ) { model($0) }
  }

  /// Logs a network as a model of the run: as safetensors, and as ONNX what a function does with it.
  ///
  /// ```swift
  /// try run.log(model: translator, name: "translator", example: tokens) { translator($0) }
  /// ```
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - example: An input that the function takes, not all of whose elements are equal.
  ///   - dynamicBatch: Whether the ONNX model takes any number of items along the first axis.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  ///   - function: What is exported; see `exportONNX(to:example:dynamicBatch:_:)`.
  /// - Returns: The model, which is ready and has a signature.
  /// - Throws: `ONNXError`, which names what cannot be exported; `SafetensorsError`; `TrackingError`.
  @discardableResult
  public func log<Input: RealTensorScalar, Output: TensorScalar>(
    model: some Module, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, example: Tensor<Input>, dynamicBatch: Bool = true,
    metrics: [String] = [], params: [String: any CustomStringConvertible] = [:],
    tags: [String: String] = [:], step: Int = 0, _ function: (Tensor<Input>) -> Tensor<Output>
  ) throws -> LoggedModel {
    try withFolder { folder in
      try model.save("\(folder)/\(ModelFile.safetensors)")
      var shape: [Int] = []
      try model.exportONNX(
        to: "\(folder)/\(ModelFile.onnx)", example: example, dynamicBatch: dynamicBatch
      ) { input in
        let output = function(input)
        shape = output.shape
        return output
      }
      func specification(_ type: DataType, _ shape: [Int]) -> ModelSignature.TensorSpecification {
        .init(
          scalarType: type.numPyName,
          shape: dynamicBatch && !shape.isEmpty ? [-1] + shape.dropFirst() : shape)
      }
      let signature = ModelSignature(
        inputs: [specification(Input.dataType, example.shape)],
        outputs: [specification(Output.dataType, shape)])
      return try logModel(
        folder, name: name, registeredAs: registeredName, alias: alias, type: "\(type(of: model))",
        metrics: metrics, params: params, tags: tags, step: step, signature: signature,
        flavors: [.martlet(model)] + ModelFlavor.onnx)
    }
  }

  /// Logs a learner, or another value that can be encoded, as a model of the run, in JSON.
  ///
  /// ```swift
  /// try run.log(model: forest, name: "forest", registeredAs: "wine", metrics: ["score"])
  /// let again = try LoadedModel("models:/wine/latest").value(as: RandomForestClassifier.self)
  /// ```
  ///
  /// - Parameters:
  ///   - model: The learner.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  /// - Returns: The model, which is ready.
  /// - Throws: ``MartletError`` when it cannot be encoded; `TrackingError` when it cannot be stored.
  @discardableResult
  @_disfavoredOverload
  public func log(
    model: some Encodable, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, metrics: [String] = [],
    params: [String: any CustomStringConvertible] = [:], tags: [String: String] = [:],
    step: Int = 0
  ) throws -> LoggedModel {
    let text = try JSONCoding.text(model)
    return try withFolder { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(ModelFile.json)"))
      let flavor = ModelFlavor(
        "martlet",
        ["format": "json", "data": ModelFile.json, "type": "\(type(of: model))"])
      return try logModel(
        folder, name: name, registeredAs: registeredName, alias: alias, type: "\(type(of: model))",
        metrics: metrics, params: params, tags: tags, step: step, flavors: [flavor])
    }
  }

  /// Logs a file, or every file below a folder, as a model of the run.
  ///
  /// ```swift
  /// try run.log(model: "exported/digits.onnx", name: "classifier", registeredAs: "digits")
  /// ```
  ///
  /// - Parameters:
  ///   - path: The path of the file or folder.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  /// - Returns: The model, which is ready.
  /// - Throws: `TrackingError` when something cannot be read or stored, or a name is invalid.
  @discardableResult
  public func log(
    model path: String, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, metrics: [String] = [],
    params: [String: any CustomStringConvertible] = [:], tags: [String: String] = [:],
    step: Int = 0
  ) throws(TrackingError) -> LoggedModel {
    try logModel(
      path, name: name, registeredAs: registeredName, alias: alias, metrics: metrics,
      params: params, tags: tags, step: step)
  }

  /// Gives `body` a folder, which is removed afterwards.
  private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }
}

extension LoadedModel {
  /// Gives a network the parameters and buffers of the model, from its safetensors.
  ///
  /// ```swift
  /// let network = Classifier()
  /// try LoadedModel("models:/digits@champion").load(into: network)
  /// ```
  ///
  /// - Parameter network: A network with the layers of the one that was logged.
  /// - Throws: `TrackingError.modelFileNotFound`; `ModuleError` when names or shapes are others, and nothing is changed.
  public func load(into network: some Module) throws {
    try network.load(try onlyFile(ending: "safetensors"))
  }

  /// The learner, or another value, that was logged in JSON.
  ///
  /// - Parameter type: Its type.
  /// - Returns: The value.
  /// - Throws: `TrackingError.modelFileNotFound`; ``MartletError/undecodableModel(uri:type:reason:)``.
  public func value<Value: Decodable>(as type: Value.Type) throws -> Value {
    let file = try onlyFile(ending: "json")
    do {
      return try JSONCoding.decoder.decode(
        type, from: try Data(contentsOf: URL(fileURLWithPath: file)))
    } catch {
      throw MartletError.undecodableModel(
        uri: uri, type: "\(type)", reason: JSONCoding.reason(error))
    }
  }
}

/// The names of the files in models.
private enum ModelFile {
  static let safetensors = "model.safetensors"
  static let onnx = "model.onnx"
  static let json = "model.json"
}

extension ModelFlavor {
  /// A network as this library saves it.
  fileprivate static func martlet(_ model: some Module) -> ModelFlavor {
    ModelFlavor(
      "martlet",
      [
        "format": "safetensors", "data": ModelFile.safetensors, "type": "\(type(of: model))",
      ])
  }

  /// What MLflow's client needs to know to run it as ONNX.
  fileprivate static let onnx = [
    ModelFlavor("onnx", ["data": ModelFile.onnx, "onnx_version": "1.15.0"]),
    ModelFlavor("python_function", ["loader_module": "mlflow.onnx", "data": ModelFile.onnx]),
  ]
}
