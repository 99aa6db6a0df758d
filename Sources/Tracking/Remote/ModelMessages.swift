import JSONValues

/// Tags and params of a message, by key.
func pairs(_ list: JSONValue?) -> [String: String] {
  let pairs = (list?.array ?? []).compactMap { pair in
    pair["key"]?.string.map { ($0, pair["value"]?.string ?? "") }
  }
  return Dictionary(pairs) { $1 }
}

extension RegisteredModel {
  /// What a server says of a registered model.
  init(_ message: JSONValue) {
    self.init(
      name: message["name"]?.string ?? "", description: message["description"]?.string ?? "",
      createdMilliseconds: JSONNumber.milliseconds(message, "creation_timestamp"),
      updatedMilliseconds: JSONNumber.milliseconds(message, "last_updated_timestamp"), row: 0)
    tags = pairs(message["tags"])
    let named = (message["aliases"]?.array ?? []).compactMap { alias -> (String, Int)? in
      guard let name = alias["alias"]?.string,
        let version = alias["version"].flatMap(JSONNumber.integer)
      else { return nil }
      return (name, version)
    }
    aliases = Dictionary(named) { $1 }
    latestVersions = (message["latest_versions"]?.array ?? []).map { ModelVersion($0) }
      .sorted { $0.version < $1.version }
  }
}

extension ModelVersion {
  /// What a server says of a version.
  init(_ message: JSONValue) {
    let source = message["source"]?.string ?? ""
    var modelID = message["model_id"]?.string ?? ""
    // MLflow's own server says it there only.
    if modelID.isEmpty, case .loggedModel(let id) = try? ModelReference(source) { modelID = id }
    self.init(
      model: message["name"]?.string ?? "",
      version: message["version"].flatMap(JSONNumber.integer) ?? 0,
      createdMilliseconds: JSONNumber.milliseconds(message, "creation_timestamp"),
      updatedMilliseconds: JSONNumber.milliseconds(message, "last_updated_timestamp"),
      description: message["description"]?.string ?? "",
      stage: ModelStage(named: message["current_stage"]?.string ?? "") ?? .none, source: source,
      storage: source, runID: message["run_id"]?.string ?? "",
      runLink: message["run_link"]?.string ?? "", loggedModelID: modelID.isEmpty ? nil : modelID,
      row: 0)
    tags = pairs(message["tags"])
    aliases = (message["aliases"]?.array ?? []).compactMap(\.string).sorted()
  }
}

extension LoggedModel {
  /// What a server says of a logged model.
  init(_ message: JSONValue) {
    let info = message["info"] ?? [:]
    let status = (info["status"]?.string ?? "").replacing("LOGGED_MODEL_", with: "")
    self.init(
      id: info["model_id"]?.string ?? "",
      experimentID: Int64(info["experiment_id"].flatMap(JSONNumber.integer) ?? 0),
      name: info["name"]?.string ?? "", modelType: info["model_type"]?.string ?? "",
      sourceRunID: info["source_run_id"]?.string ?? "",
      status: LoggedModelStatus(rawValue: status) ?? .unspecified,
      createdMilliseconds: JSONNumber.milliseconds(info, "creation_timestamp_ms"),
      updatedMilliseconds: JSONNumber.milliseconds(info, "last_updated_timestamp_ms"), row: 0,
      deletedMilliseconds: nil)
    tags = pairs(info["tags"])
    params = pairs(message["data"]?["params"])
    metrics = (message["data"]?["metrics"]?.array ?? []).map { metric in
      Metric(
        key: metric["key"]?.string ?? "", value: JSONNumber.metric(metric["value"]),
        step: JSONNumber.milliseconds(metric, "step"),
        timeMilliseconds: JSONNumber.milliseconds(metric, "timestamp"),
        runID: metric["run_id"]?.string ?? "", datasetName: metric["dataset_name"]?.string ?? "",
        datasetDigest: metric["dataset_digest"]?.string ?? "")
    }
    // MLflow's own server says it in a tag only.
    let listed = info["registrations"]?.array
    let tagged = tags["mlflow.modelVersions"].flatMap { JSONValue(json: $0)?.array }
    registrations = (listed ?? tagged ?? []).compactMap { registration in
      guard let name = registration["name"]?.string,
        let version = registration["version"].flatMap(JSONNumber.integer)
      else { return nil }
      return Registration(model: name, version: version)
    }
  }
}
