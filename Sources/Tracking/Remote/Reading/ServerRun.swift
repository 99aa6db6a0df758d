import JSONValues

/// A run as a server gives it, with the last value of each metric.
///
/// - SeeAlso: MLflow's documentation, "REST API", data structure `Run`.
package struct ServerRun: Sendable {
  /// What it is here, without its artifacts.
  package let content: TransferredRun
  package let isDeleted: Bool

  /// The run of a message; `nil` for one that names none.
  init?(_ message: JSONValue, experiments: [String: String]) {
    let info = message["info"] ?? [:]
    guard let id = info["run_id"]?.string, !id.isEmpty,
      let experimentID = info["experiment_id"]?.string
    else { return nil }
    var tags = pairs(message["data"]?["tags"])
    let name = info["run_name"]?.string ?? tags["mlflow.runName"] ?? ""
    // It says the name once more.
    if tags["mlflow.runName"] == name { tags["mlflow.runName"] = nil }
    var run = TransferredRun(
      id: id, experiment: experiments[experimentID] ?? experimentID,
      name: name.isEmpty ? String(id.prefix(8)) : name,
      status: RunStatus(rawValue: info["status"]?.string ?? "") ?? .finished,
      startMilliseconds: JSONNumber.milliseconds(info, "start_time"),
      endMilliseconds: info["end_time"].flatMap(JSONNumber.integer).map { Int64($0) })
    // Our own server says it.
    run.isInterrupted = info["interrupted"]?.bool == true
    run.user = info["user_id"]?.string ?? ""
    run.params = pairs(message["data"]?["params"]).sortedPairs
    run.tags = tags.sortedPairs
    run.parentID = tags["mlflow.parentRunId"]
    run.metrics = (message["data"]?["metrics"]?.array ?? []).compactMap { Self.metric($0) }
    run.datasets = (message["inputs"]?["dataset_inputs"]?.array ?? []).map { DatasetRecord($0) }
    run.models.inputs = (message["inputs"]?["model_inputs"]?.array ?? [])
      .compactMap { $0["model_id"]?.string }
    run.models.outputs = (message["outputs"]?["model_outputs"]?.array ?? [])
      .compactMap { output in
        output["model_id"]?.string.map {
          RunModels.Output(modelID: $0, step: JSONNumber.milliseconds(output, "step"))
        }
      }
    content = run
    isDeleted = info["lifecycle_stage"]?.string == "deleted"
  }

  /// The point of a metric that a message has; that of a history need not name the metric.
  static func metric(_ message: JSONValue, key: String? = nil) -> MetricEntry? {
    guard let key = key ?? message["key"]?.string else { return nil }
    return MetricEntry(
      key: key, value: JSONNumber.metric(message["value"]),
      step: JSONNumber.milliseconds(message, "step"),
      timeMilliseconds: JSONNumber.milliseconds(message, "timestamp"))
  }
}

extension DatasetRecord {
  /// What a server says of a data set that a run used.
  init(_ message: JSONValue) {
    let dataset = message["dataset"] ?? [:]
    var tags = pairs(message["tags"])
    let context = tags.removeValue(forKey: DatasetContext.tag)
    self.init(
      name: dataset["name"]?.string ?? "", digest: dataset["digest"]?.string ?? "",
      sourceType: dataset["source_type"]?.string ?? "", source: dataset["source"]?.string ?? "",
      schema: dataset["schema"]?.string, profile: dataset["profile"]?.string, context: context,
      otherTags: tags)
  }
}
