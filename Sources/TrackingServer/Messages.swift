import JSONValues
import Tracking

/// MLflow's messages.
///
/// Fields that are not set are left out, and so are empty lists.
enum Messages {
  static func tags(_ tags: [(key: String, value: String)]) -> [String: JSONValue] {
    tags.isEmpty ? [:] : ["tags": pairs(tags)]
  }

  static func pairs(_ pairs: [(key: String, value: String)]) -> JSONValue {
    .array(pairs.map { ["key": .string($0.key), "value": .string($0.value)] })
  }

  static func number(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return .double(value)
  }

  static func metric(_ key: String, _ point: MetricPoint) -> JSONValue {
    [
      "key": .string(key), "value": number(point.value),
      "timestamp": .int(Int(point.timeMilliseconds)), "step": .int(Int(point.step)),
    ]
  }

  static func experiment(_ experiment: ExperimentDetail) -> JSONValue {
    let members: [String: JSONValue] = [
      "experiment_id": .string("\(experiment.id)"), "name": .string(experiment.name),
      "artifact_location": .string(
        experiment.artifactLocation ?? ArtifactURI.experiment(experiment.id)),
      "lifecycle_stage": .string(experiment.isDeleted ? "deleted" : "active"),
      // There is one workspace, whose name MLflow's servers say too.
      "workspace": "default",
      "creation_time": .int(Int(experiment.createdMilliseconds)),
      "last_update_time": .int(Int(experiment.updatedMilliseconds)),
    ]
    return .object(members.merging(tags(experiment.tags)) { $1 })
  }

  static func datasetInput(_ dataset: DatasetRecord) -> JSONValue {
    var message: [String: JSONValue] = [
      "name": .string(dataset.name), "digest": .string(dataset.digest),
      "source_type": .string(dataset.sourceType), "source": .string(dataset.source),
    ]
    if let schema = dataset.schema { message["schema"] = .string(schema) }
    if let profile = dataset.profile { message["profile"] = .string(profile) }
    return .object(
      ["dataset": .object(message)].merging(tags(dataset.tags)) { $1 })
  }
}

/// Where MLflow's clients find artifacts: at the server's proxy.
enum ArtifactURI {
  static func experiment(_ id: Int64) -> String { "mlflow-artifacts:/\(id)" }
  static func run(_ run: RunRecord) -> String {
    "mlflow-artifacts:/\(run.experimentID)/\(run.id)/artifacts"
  }
}
