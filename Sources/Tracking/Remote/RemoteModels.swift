import JSONValues

/// The models of a server, as ``TrackingStore`` gives those of a file.
///
/// These calls need an answer, so that they throw where the server is away.
struct RemoteModels: Sendable {
  let server: MLflowServer

  // MARK: Registered models

  func registeredModel(_ name: String) throws(TrackingError) -> RegisteredModel {
    let answer = try server.answer(
      "GET", "registered-models/get", ["name": .string(name)], missing: .modelNotFound(name: name))
    return RegisteredModel(answer["registered_model"] ?? [:])
  }

  /// Calls `registered-models/…` about the model of a name.
  @discardableResult
  func change(
    _ name: String, _ method: String, _ path: String, _ fields: [String: JSONValue] = [:],
    exists: TrackingError? = nil
  ) throws(TrackingError) -> RegisteredModel {
    let answer = try server.answer(
      method, "registered-models/\(path)",
      .object(fields.merging(["name": .string(name)]) { $1 }), missing: .modelNotFound(name: name),
      exists: exists)
    return RegisteredModel(answer["registered_model"] ?? [:])
  }

  func searchRegisteredModels(
    filter: String, order: [String], limit: Int?, offset: Int
  ) throws(TrackingError) -> [RegisteredModel] {
    try server.pages(
      "GET", "registered-models/search", "registered_models", Self.search(filter, order),
      limit: limit, offset: offset
    ).map { RegisteredModel($0) }
  }

  /// Makes a model without versions.
  @discardableResult
  func create(
    _ name: String, description: String = "", tags: [String: String] = [:]
  ) throws(TrackingError) -> RegisteredModel {
    try change(
      name, "POST", "create", ["description": .string(description), "tags": .pairs(tags)],
      exists: .modelExists(name: name))
  }

  // MARK: Versions

  /// Makes a version of what a run of the server has at `path`, and the model if there is none of that name.
  func register(
    _ name: String, ofRun id: String, path: String, description: String, tags: [String: String]
  ) throws(TrackingError) -> ModelVersion {
    try RegistryName.validate(model: name)
    do throws(TrackingError) {
      try create(name)
    } catch {
      guard case .modelExists = error else { throw error }
    }
    let answer = try server.answer(
      "POST", "model-versions/create",
      [
        "name": .string(name), "source": .string("runs:/\(id)/\(path)"), "run_id": .string(id),
        "description": .string(description), "tags": .pairs(tags),
      ])
    return ModelVersion(answer["model_version"] ?? [:])
  }

  func version(_ name: String, _ version: Int) throws(TrackingError) -> ModelVersion {
    try change(name, version, "GET", "get")
  }

  func version(_ name: String, alias: String) throws(TrackingError) -> ModelVersion {
    if alias.lowercased() == "latest" {
      let all = try searchVersions(filter: Self.named(name), order: [], limit: nil, offset: 0)
      guard let latest = all.max(by: { $0.version < $1.version }) else {
        throw .aliasNotFound(name: name, alias: alias)
      }
      return latest
    }
    let missing = TrackingError.aliasNotFound(name: name, alias: alias)
    do throws(DeliveryFailure) {
      let answer = try server.call(
        "GET", "registered-models/alias", ["name": .string(name), "alias": .string(alias)])
      return ModelVersion(answer["model_version"] ?? [:])
    } catch {
      switch error {
      case .rejected("RESOURCE_DOES_NOT_EXIST", _):
        _ = try registeredModel(name)
        throw missing
      // MLflow's own server says so of an alias that is not there.
      case .rejected("INVALID_PARAMETER_VALUE", let reason) where reason.contains("not found"):
        throw missing
      default: throw .serverFailed(url: server.address.url, reason: error.reason)
      }
    }
  }

  /// Calls `model-versions/…` about a version.
  @discardableResult
  func change(
    _ name: String, _ version: Int, _ method: String, _ path: String,
    _ fields: [String: JSONValue] = [:]
  ) throws(TrackingError) -> ModelVersion {
    let answer = try server.answer(
      method, "model-versions/\(path)",
      .object(
        fields.merging(["name": .string(name), "version": .string("\(version)")]) { $1 }),
      missing: .modelVersionNotFound(name: name, version: "\(version)"))
    return ModelVersion(answer["model_version"] ?? [:])
  }

  func searchVersions(
    filter: String, order: [String], limit: Int?, offset: Int
  ) throws(TrackingError) -> [ModelVersion] {
    try server.pages(
      "GET", "model-versions/search", "model_versions", Self.search(filter, order), limit: limit,
      offset: offset
    ).map { ModelVersion($0) }
  }

  /// Where the files of a version are.
  func storage(of version: ModelVersion) throws(TrackingError) -> String {
    let answer = try server.answer(
      "GET", "model-versions/get-download-uri",
      ["name": .string(version.model), "version": .string("\(version.version)")])
    return answer["artifact_uri"]?.string ?? version.source
  }

  /// The run of a version and what that used.
  func lineage(of version: ModelVersion) throws(TrackingError) -> ModelLineage {
    let missing = TrackingError.runNotFound(reference: version.runID)
    var run: JSONValue?
    if !version.runID.isEmpty {
      do throws(TrackingError) {
        let answer = try server.answer(
          "GET", "runs/get", ["run_id": .string(version.runID)], missing: missing)
        run = answer["run"]
      } catch {
        guard error == missing else { throw error }
      }
    }
    var experiment: JSONValue?
    if let id = run?["info"]?["experiment_id"] {
      experiment = try server.answer("GET", "experiments/get", ["experiment_id": id])["experiment"]
    }
    let datasets = (run?["inputs"]?["dataset_inputs"]?.array ?? []).map { input in
      let dataset = DatasetRecord(input)
      return ModelLineage.Dataset(
        name: dataset.name, digest: dataset.digest, source: dataset.source,
        context: dataset.context)
    }
    return ModelLineage(
      version: version, runID: run == nil ? nil : version.runID,
      runName: run?["info"]?["run_name"]?.string, experiment: experiment?["name"]?.string,
      datasets: datasets.sorted { $0.name < $1.name })
  }

  // MARK: Logged models

  func loggedModel(_ id: String) throws(TrackingError) -> (model: LoggedModel, artifactURI: String)
  {
    let missing = TrackingError.loggedModelNotFound(id: id)
    let answer = try server.answer("GET", "logged-models/\(id)", [:], missing: missing)
    guard let message = answer["model"] else { throw missing }
    return (LoggedModel(message), message["info"]?["artifact_uri"]?.string ?? "")
  }

  func searchLoggedModels(
    experiment: String?, filter: String, order: [String], limit: Int?
  ) throws(TrackingError) -> [LoggedModel] {
    var experiments: [JSONValue] = []
    if let experiment {
      let answer = try server.answer(
        "GET", "experiments/get-by-name", ["experiment_name": .string(experiment)],
        missing: .experimentNotFound(reference: experiment))
      experiments = [answer["experiment"]?["experiment_id"] ?? ""]
    } else {
      experiments = try server.pages(
        "POST", "experiments/search", "experiments"
      ).compactMap { $0["experiment_id"] }
    }
    return try searchLoggedModels(in: experiments, filter: filter, order: order, limit: limit)
  }

  func searchLoggedModels(
    in experiments: [JSONValue], filter: String = "", order: [String], limit: Int? = nil
  ) throws(TrackingError) -> [LoggedModel] {
    let orders = order.map { text -> JSONValue in
      let order = LoggedModelSearch.Order(text: text)
      return ["field_name": .string(order.field), "ascending": .bool(!order.isDescending)]
    }
    return try server.pages(
      "POST", "logged-models/search", "models",
      [
        "experiment_ids": .array(experiments), "filter": .string(filter),
        "order_by": .array(orders),
      ], limit: limit
    ).map { LoggedModel($0) }
  }

  private static func search(_ filter: String, _ order: [String]) -> [String: JSONValue] {
    var message: [String: JSONValue] = [:]
    if !filter.isEmpty { message["filter"] = .string(filter) }
    if !order.isEmpty { message["order_by"] = .array(order.map { .string($0) }) }
    return message
  }

  /// The filter of versions of the model of a name.
  static func named(_ name: String) -> String {
    name.contains("'") ? "name = \"\(name)\"" : "name = '\(name)'"
  }
}
