import FoundationEssentials
import Tracking

extension MLflowFolder {
  /// Writes a logged model and its files; returns its folder of artifacts.
  func write(
    _ model: TransferredLoggedModel, _ record: LoggedModel, of store: TrackingStore
  ) throws {
    let place = "\(root)/\(record.experimentID)/models/\(model.id)"
    let statuses: [LoggedModelStatus: Int] = [.pending: 1, .ready: 2, .uploadFailed: 3]
    try writeMeta(
      place,
      [
        ("artifact_location", quoted("file://\(encoded("\(place)/artifacts"))")),
        ("creation_timestamp", "\(model.createdMilliseconds)"),
        ("experiment_id", quoted("\(record.experimentID)")),
        ("last_updated_timestamp", "\(model.updatedMilliseconds)"),
        ("lifecycle_stage", "active"), ("model_id", quoted(model.id)),
        ("model_type", quoted(model.type)), ("name", quoted(model.name)),
        ("source_run_id", quoted(model.sourceRunID)),
        ("status", "\(statuses[model.status] ?? 0)"), ("status_message", "null"),
      ])
    for name in ["metrics", "params", "tags", "artifacts"] { try makeFolder("\(place)/\(name)") }
    for (key, value) in model.params { try write(value, "\(place)/params", key: key) }
    for (key, value) in model.tags { try write(value, "\(place)/tags", key: key) }
    for (key, metrics) in Dictionary(grouping: model.metrics, by: \.key) {
      let lines = metrics.map { metric in
        let facts = "\(metric.timeMilliseconds) \(Self.number(metric.value)) \(metric.step)"
        // MLflow parts a line at its spaces.
        let hasDataset = !metric.datasetName.isEmpty && !metric.datasetName.contains(" ")
        return "\(facts) \(metric.runID)"
          + (hasDataset ? " \(metric.datasetName) \(metric.datasetDigest)" : "") + "\n"
      }
      try write(lines.joined(), "\(place)/metrics", key: key)
    }
    for artifact in try store.artifacts(of: .model(record.row)) {
      try store.copy(artifact, to: "\(place)/artifacts/\(artifact.path)")
    }
  }

  /// Writes a registered model with its versions; `models` are the logged models by id, with their experiments.
  func write(_ model: TransferredRegisteredModel, models: [String: Int64]) throws {
    let place = "\(root)/models/\(model.name)"
    let aliases = model.aliases.map { "\n  \(quoted($0.alias)): '\($0.version)'" }.joined()
    try writeMeta(
      place,
      [
        ("aliases", aliases.isEmpty ? "{}" : aliases),
        ("creation_timestamp", "\(model.createdMilliseconds)"),
        ("description", quoted(model.description)),
        ("last_updated_timestamp", "\(model.updatedMilliseconds)"), ("name", quoted(model.name)),
      ])
    for (key, value) in model.tags { try write(value, "\(place)/tags", key: key) }
    for (alias, version) in model.aliases {
      try write("\(version)", "\(place)/aliases", key: alias)
    }
    for version in model.versions {
      let folder = "\(place)/version-\(version.number)"
      var storage = version.storage
      if let id = version.loggedModelID, let experiment = models[id] {
        storage = "file://\(encoded("\(root)/\(experiment)/models/\(id)/artifacts"))"
      }
      try writeMeta(
        folder,
        [
          ("creation_timestamp", "\(version.createdMilliseconds)"),
          ("current_stage", version.stage.rawValue), ("description", quoted(version.description)),
          ("last_updated_timestamp", "\(version.updatedMilliseconds)"),
          ("model_id", version.loggedModelID.map(quoted) ?? "null"), ("name", quoted(model.name)),
          ("run_id", quoted(version.runID)), ("run_link", quoted(version.runLink)),
          ("source", quoted(version.source)), ("status", "READY"), ("status_message", "null"),
          ("storage_location", quoted(storage)), ("user_id", "null"),
          ("version", "\(version.number)"),
        ])
      for (key, value) in version.tags { try write(value, "\(folder)/tags", key: key) }
    }
  }

  /// Writes which logged models a run used and made.
  func write(_ models: RunModels, of run: String, in place: String) throws {
    for output in models.outputs {
      try writeMeta(
        "\(place)/outputs/\(output.modelID)",
        [
          ("destination_id", quoted(output.modelID)), ("destination_type", "MODEL_OUTPUT"),
          ("source_id", quoted(output.modelID)), ("source_type", "RUN_OUTPUT"),
          ("step", "\(output.step)"), ("tags", "{}"),
        ])
    }
    for input in models.inputs {
      try writeMeta(
        "\(place)/inputs/\(input)",
        [
          ("destination_id", quoted(run)), ("destination_type", "RUN"),
          ("source_id", quoted(input)), ("source_type", "MODEL"), ("tags", "{}"),
        ])
    }
  }
}
