import FoundationEssentials
import SQLite

extension Run {
  /// Logs a file, or every file below a folder, as a model of the run.
  ///
  /// ```swift
  /// let model = try run.logModel(
  ///   "exported/digits.onnx", name: "classifier", registeredAs: "digits", metrics: ["accuracy"])
  /// print(model.registrations)  // digits, version 1
  /// let files = try LoadedModel("models:/digits/latest")
  /// ```
  ///
  /// The model gets a file `MLmodel`, so that MLflow's client takes it for one of its own. Where runs go to a server,
  /// it goes with them: when the server is away, the model is kept here and delivered later, and `registrations` of
  /// what is returned is empty.
  ///
  /// - Parameters:
  ///   - path: The path of the file or folder.
  ///   - name: What the model is called; several may be called the same.
  ///   - registeredName: The registered model that it becomes a version of; that is made where it is missing.
  ///   - alias: An alias that the new version gets.
  ///   - type: What it is for, such as `classifier`.
  ///   - metrics: Metrics of the run, whose last values are the model's too.
  ///   - params: Params of the model.
  ///   - tags: Tags of the model.
  ///   - step: The step of the run that it is from.
  ///   - signature: What it takes and gives.
  ///   - flavors: How it can be loaded.
  /// - Returns: The model, which is ready.
  /// - Throws: ``TrackingError`` when something cannot be read or stored, a name is invalid, or the run has no such metric.
  @discardableResult
  public func logModel(
    _ path: String, name: String, registeredAs registeredName: String? = nil,
    alias: String? = nil, type: String = "", metrics: [String] = [],
    params: [String: any CustomStringConvertible] = [:], tags: [String: String] = [:],
    step: Int = 0, signature: ModelSignature? = nil, flavors: [ModelFlavor] = []
  ) throws(TrackingError) -> LoggedModel {
    let files = try ModelFiles(path)
    let registration = try ModelRegistration(name: registeredName, alias: alias)
    let record = try store.run(id, among: .all)
    let last = try lastValues(of: metrics)
    let model = try store.createLoggedModel(
      experimentID: record.experimentID, name: name, modelType: type, sourceRunID: id,
      params: params.mapValues { String(describing: $0) }.sortedPairs,
      tags: tags.sortedPairs)
    do throws(TrackingError) {
      for file in files.files {
        try store.logArtifact(file: file.file, as: file.path, of: .model(model.row))
      }
      if !files.files.contains(where: { $0.path == MLmodelFile.name }) {
        let own = ModelFlavor("martlet", ["files": files.files.map(\.path).joined(separator: " ")])
        let description = MLmodelFile(
          modelID: model.id, runID: id, createdMilliseconds: model.createdMilliseconds,
          byteCount: try store.artifacts(of: .model(model.row)).reduce(0) { $0 + $1.byteCount },
          flavors: flavors.isEmpty ? [own] : flavors, signature: signature,
          artifactPath: model.proxyURI)
        try store.logArtifact(
          data: Array(description.text.utf8), as: MLmodelFile.name, of: .model(model.row))
      }
    } catch {
      // The first error is the one to tell.
      _ = try? store.finalizeLoggedModel(model.id, .uploadFailed)
      throw error
    }
    return try store.publish(
      model, of: record, metrics: last, step: Int64(step), registration: registration)
  }

  /// Logs values of metrics that belong to a model, as well as to the run: all of them or, on an error, none.
  ///
  /// - Parameters:
  ///   - metrics: The values by name.
  ///   - model: A model of this or another run.
  ///   - step: The step they belong to.
  ///   - dataset: The data set that it was measured on, as the run logged it.
  /// - Throws: ``TrackingError`` when a key is invalid, there is no such model or data set, or the store cannot be written.
  public func logMetrics(
    _ metrics: [String: Double], of model: LoggedModel, step: Int = 0, dataset: String? = nil
  ) throws(TrackingError) {
    for key in metrics.keys { try RunIdentity.validate(key, kind: "metric's name") }
    let record = try store.run(id, among: .all)
    var digest = ""
    if let dataset {
      guard let found = try store.detail(of: record).datasets.last(where: { $0.name == dataset })
      else {
        throw .invalidName(
          kind: "data set", name: dataset, reason: "the run has logged no data set of that name")
      }
      digest = found.digest
    }
    let now = currentMilliseconds()
    let known = try store.localModelID(model.id)
    var batch = LogBatch(
      metrics: metrics.sortedPairs.map {
        MetricEntry(key: $0.key, value: $0.value, step: Int64(step), timeMilliseconds: now)
      })
    batch.modelMetrics = batch.metrics.map {
      LoggedModelMetricEntry(
        modelID: known, entry: $0, datasetName: dataset ?? "", datasetDigest: digest)
    }
    try store.log(batch, to: record)
  }

  /// Notes that the run uses a model that was logged before, by it or another run.
  ///
  /// - Parameter model: The model.
  /// - Throws: ``TrackingError`` when the store cannot be written.
  public func logInput(_ model: LoadedModel) throws(TrackingError) {
    guard let id = model.loggedModelID else {
      throw .loggedModelNotFound(id: model.uri)
    }
    var models = RunModels()
    models.inputs = [id]
    try store.log(models, to: try store.run(self.id, among: .all))
  }

  /// The last values of metrics of the run.
  private func lastValues(of keys: [String]) throws(TrackingError) -> [MetricEntry] {
    guard !keys.isEmpty else { return [] }
    let known = try store.detail(of: try store.run(id, among: .all)).metrics
    var values: [MetricEntry] = []
    for key in keys {
      guard let metric = known.first(where: { $0.key == key }) else {
        throw .metricNotFound(run: String(id.prefix(8)), key: key, known: known.map(\.key))
      }
      values.append(
        MetricEntry(
          key: key, value: metric.last, step: metric.lastStep,
          timeMilliseconds: metric.lastMilliseconds))
    }
    return values
  }
}

/// The files that a model is made of, by their paths in it.
private struct ModelFiles {
  private(set) var files: [(path: String, file: String)] = []

  init(_ place: String) throws(TrackingError) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
      throw .artifactFailed(path: place, reason: "there is no such file or folder")
    }
    guard isFolder else {
      files = [(place.split(separator: "/").last.map(String.init) ?? place, place)]
      return
    }
    let names: [String]
    do {
      names = try FileManager.default.subpathsOfDirectory(atPath: place).sorted()
    } catch {
      throw TrackingError(copying: place, error: error)
    }
    for name in names {
      _ = FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder)
      if !isFolder { files.append((name, "\(place)/\(name)")) }
    }
    guard !files.isEmpty else {
      throw .artifactFailed(path: place, reason: "there are no files below it to make a model of")
    }
  }
}

/// What a model that is logged is registered as.
struct ModelRegistration: Sendable {
  let name: String
  let alias: String?

  init?(name: String?, alias: String?) throws(TrackingError) {
    guard let name else {
      if let alias {
        throw .invalidName(
          kind: "alias", name: alias,
          reason: "only versions of registered models have aliases; "
            + "say registeredAs, too")
      }
      return nil
    }
    try RegistryName.validate(model: name)
    if let alias { try RegistryName.validate(alias: alias, isNew: true) }
    self.name = name
    self.alias = alias
  }
}
