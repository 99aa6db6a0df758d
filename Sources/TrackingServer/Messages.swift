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
      "creation_time": .int(Int(experiment.createdMilliseconds)),
      "last_update_time": .int(Int(experiment.updatedMilliseconds)),
    ]
    return .object(members.merging(tags(experiment.tags)) { $1 })
  }

  static func runInfo(_ run: RunRecord) -> JSONValue {
    var info: [String: JSONValue] = [
      "run_id": .string(run.id), "run_uuid": .string(run.id), "run_name": .string(run.name),
      "experiment_id": .string("\(run.experimentID)"), "user_id": .string(run.user),
      "status": .string(run.status.rawValue), "start_time": .int(Int(run.startMilliseconds)),
      "artifact_uri": .string(ArtifactURI.run(run)),
      "lifecycle_stage": .string(run.deletedMilliseconds == nil ? "active" : "deleted"),
    ]
    if let end = run.endMilliseconds { info["end_time"] = .int(Int(end)) }
    return .object(info)
  }

  static func run(_ detail: RunDetail) -> JSONValue {
    let run = detail.run
    var shown = detail.tags.filter { $0.key != "mlflow.runName" }
    shown.append((key: "mlflow.runName", value: run.name))
    if let parent = run.parentID, !shown.contains(where: { $0.key == "mlflow.parentRunId" }) {
      shown.append((key: "mlflow.parentRunId", value: parent))
    }
    var data = tags(shown)
    if !detail.params.isEmpty { data["params"] = pairs(detail.params) }
    if !detail.metrics.isEmpty {
      data["metrics"] = .array(
        detail.metrics.map { metric in
          Self.metric(
            metric.key,
            MetricPoint(
              step: metric.lastStep, timeMilliseconds: metric.lastMilliseconds, value: metric.last))
        })
    }
    var inputs: [String: JSONValue] = [:]
    if !detail.datasets.isEmpty {
      inputs["dataset_inputs"] = .array(detail.datasets.map(datasetInput))
    }
    let models = models(detail.models)
    if !models.inputs.isEmpty { inputs["model_inputs"] = .array(models.inputs) }
    return [
      "info": runInfo(run), "data": .object(data), "inputs": .object(inputs),
      "outputs": models.outputs.isEmpty ? [:] : ["model_outputs": .array(models.outputs)],
    ]
  }

  private static func datasetInput(_ dataset: DatasetRecord) -> JSONValue {
    var message: [String: JSONValue] = [
      "name": .string(dataset.name), "digest": .string(dataset.digest),
      "source_type": .string(dataset.sourceType), "source": .string(dataset.source),
    ]
    if let schema = dataset.schema { message["schema"] = .string(schema) }
    if let profile = dataset.profile { message["profile"] = .string(profile) }
    let context = dataset.context.map { [(key: "mlflow.data.context", value: $0)] } ?? []
    return .object(["dataset": .object(message)].merging(tags(context)) { $1 })
  }
}

/// Where MLflow's clients find artifacts: at the server's proxy.
enum ArtifactURI {
  static func experiment(_ id: Int64) -> String { "mlflow-artifacts:/\(id)" }
  static func run(_ run: RunRecord) -> String {
    "mlflow-artifacts:/\(run.experimentID)/\(run.id)/artifacts"
  }
}
