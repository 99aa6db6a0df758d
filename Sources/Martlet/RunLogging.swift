internal import FoundationEssentials
public import Plots
public import Tables
public import Tensors
public import Tracking

extension Run {
  /// Logs a value of a metric.
  ///
  /// ```swift
  /// try run.log("loss", 0.25)
  /// ```
  ///
  /// - Parameters:
  ///   - key: The metric's name.
  ///   - value: Any number; NaN and infinities are kept.
  ///   - step: The step it belongs to. By default, the one after the metric's last, or 0.
  /// - Throws: `TrackingError` when the key is invalid or the store cannot be written.
  public func log(_ key: String, _ value: Double, step: Int? = nil) throws(TrackingError) {
    try logMetric(key, value, step: step)
  }

  /// Logs the element of a tensor, such as a loss, as a value of a metric.
  ///
  /// - Parameters:
  ///   - key: The metric's name.
  ///   - value: A tensor with one element.
  ///   - step: The step it belongs to. By default, the one after the metric's last, or 0.
  /// - Throws: `TrackingError` when the key is invalid or the store cannot be written.
  public func log<Scalar: RealTensorScalar>(
    _ key: String, _ value: Tensor<Scalar>, step: Int? = nil
  ) throws(TrackingError) {
    try logMetric(key, Tensor<Double>(value).item(), step: step)
  }

  /// Logs a value of each of several metrics at once, each at its own next step.
  public func log(_ metrics: [String: Double]) throws(TrackingError) {
    try logMetrics(metrics)
  }

  /// Logs a configuration as parameters; what is nested has names with dots, such as `optimizer.rate`.
  ///
  /// ```swift
  /// struct Settings: Codable { var rate = 0.1; var layers = [64, 32] }
  /// try run.log(params: Settings())  // rate = 0.1, layers = [64,32]
  /// ```
  ///
  /// - Parameter configuration: A value that is encoded as an object: a structure or a dictionary.
  /// - Throws: ``MartletError`` when it cannot be encoded, or as something else; `TrackingError` when it cannot be stored.
  public func log(params configuration: some Encodable) throws {
    let text = try JSONCoding.text(configuration)
    guard let object = JSONValue(json: text)?.object else {
      throw MartletError.invalidJSON(
        type: "a run's params",
        reason: "\(type(of: configuration)) is encoded as \(text.prefix(60))")
    }
    var params: [String: any CustomStringConvertible] = [:]
    func flatten(_ object: [String: JSONValue], _ prefix: String) {
      for (name, value) in object {
        if let nested = value.object, !nested.isEmpty {
          flatten(nested, "\(prefix)\(name).")
        } else {
          params[prefix + name] = value.string ?? "\(value)"
        }
      }
    }
    flatten(object, "")
    try logParams(params)
  }

  /// Logs a chart as an artifact, whose ending says the format: `.svg`, `.png`, `.html` or `.json`.
  ///
  /// - Parameters:
  ///   - chart: The chart.
  ///   - path: The artifact's path in the run, such as `plots/loss.svg`.
  /// - Throws: `ChartError` for another ending, `TrackingError` when it cannot be stored.
  public func log(_ chart: Chart, as path: String) throws {
    try throughFile(path) { try chart.save($0) }
  }

  /// Logs a table as an artifact, in CSV.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - path: The artifact's path in the run, such as `predictions.csv`.
  /// - Throws: `TrackingError` when it cannot be stored.
  public func log(_ table: Table, as path: String) throws {
    try logArtifact(text: try table.csvText(), as: path)
  }

  /// Logs a tensor as an artifact: in NumPy's format if the path ends in `.npy`, else as safetensors.
  ///
  /// - Parameters:
  ///   - tensor: The tensor.
  ///   - path: The artifact's path in the run, such as `weights.npy`.
  /// - Throws: What writing that format throws; `TrackingError` when it cannot be stored.
  public func log<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>, as path: String) throws {
    try throughFile(path) { file in
      if path.hasSuffix(".npy") {
        try NPY.write(tensor, to: file)
      } else {
        try Safetensors.write(["value": tensor], to: file)
      }
    }
  }

  /// Logs a picture as an artifact, in PNG.
  ///
  /// - Parameters:
  ///   - image: Shape `[height, width]` or `[height, width, channels]`: grey, grey and alpha, RGB or RGBA.
  ///   - path: The artifact's path in the run, such as `samples/3.png`.
  /// - Throws: `ImageError.wrongShape`; `TrackingError` when it cannot be stored.
  public func log<Scalar: ImageScalar>(image: Tensor<Scalar>, as path: String) throws {
    try logArtifact(data: try Image.encode(image, as: .png), as: path)
  }

  /// Logs a picture as an artifact, in PNG.
  ///
  /// - Parameters:
  ///   - image: The same shapes, with 0 for black and 1 for the brightest.
  ///   - path: The artifact's path in the run.
  /// - Throws: `ImageError.wrongShape`; `TrackingError` when it cannot be stored.
  @_disfavoredOverload
  public func log<Scalar: FloatingTensorScalar>(image: Tensor<Scalar>, as path: String) throws {
    let bytes = clip(round(nanToNum(Tensor<Float>(image)) * 255), 0...255)
    try log(image: Tensor<UInt8>(bytes), as: path)
  }

  /// Logs a file, or every file below a folder, as artifacts.
  ///
  /// - Parameters:
  ///   - file: The path of the file or folder.
  ///   - path: Its path in the run. By default, a file's name, and the run's top for a folder.
  /// - Throws: `TrackingError` when it cannot be read or stored.
  public func log(file: String, as path: String? = nil) throws(TrackingError) {
    var isFolder = false
    if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder {
      try logArtifacts(file, as: path)
    } else {
      try logArtifact(file, as: path)
    }
  }

  /// Runs `body` and ends the run with it: finished, or failed when it throws.
  ///
  /// ```swift
  /// let run = try Run.start(experiment: "mnist")
  /// try run { run in
  ///   try run.log("loss", 0.5)
  /// }
  /// ```
  ///
  /// - Parameter body: What to do; it gets the run.
  /// - Returns: What `body` returned.
  /// - Throws: What `body` threw, or `TrackingError` when the end cannot be stored.
  @discardableResult
  public func callAsFunction<Value>(_ body: (Run) throws -> Value) throws -> Value {
    let value: Value
    do {
      value = try body(self)
    } catch {
      // The body's error matters more than one of ending the run, which is then found interrupted.
      try? end(error is CancellationError ? .killed : .failed)
      throw error
    }
    try end()
    return value
  }

  /// Logs what `write` writes to a file whose name ends as `path` does.
  private func throughFile(_ path: String, write: (String) throws -> Void) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? "artifact"
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name).path
    try write(file)
    try logArtifact(file, as: path)
  }
}
