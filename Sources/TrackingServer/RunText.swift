import JSONValues
import Tracking

/// A run's message, and others of which answers have thousands: written as text at once.
///
/// Fields that are not set are left out, and so are empty lists.
extension JSONWriter {
  /// Writes a run with what it logged; one that was just made has no outputs, not even none.
  mutating func run(_ detail: RunDetail, isNew: Bool = false) {
    object { json in
      json.object("info") { $0.info(of: detail.run) }
      json.object("data") { $0.data(of: detail) }
      json.object("inputs") { json in
        if !detail.datasets.isEmpty {
          json.array("dataset_inputs") { json in
            for dataset in detail.datasets { json.element(Messages.datasetInput(dataset)) }
          }
        }
        guard !detail.models.inputs.isEmpty else { return }
        json.array("model_inputs") { json in
          for id in detail.models.inputs { json.element(["model_id": .string(id)]) }
        }
      }
      if isNew { return }
      json.object("outputs") { json in
        guard !detail.models.outputs.isEmpty else { return }
        json.array("model_outputs") { json in
          for output in detail.models.outputs {
            json.element(
              ["model_id": .string(output.modelID), "step": .int(Int(output.step))])
          }
        }
      }
    }
  }

  /// Writes the members of a run's info.
  mutating func info(of run: RunRecord) {
    member("run_id", run.id)
    member("run_uuid", run.id)
    member("run_name", run.name)
    member("experiment_id", "\(run.experimentID)")
    member("user_id", run.user)
    member("status", run.status.rawValue)
    member("start_time", run.startMilliseconds)
    if let end = run.endMilliseconds, end != 0 { member("end_time", end) }
    member("artifact_uri", ArtifactURI.run(run))
    member("lifecycle_stage", run.deletedMilliseconds == nil ? "active" : "deleted")
    // An addition of ours, which MLflow's clients pass over.
    if run.isInterrupted { member("interrupted", JSONValue.bool(true)) }
  }

  private mutating func data(of detail: RunDetail) {
    if !detail.metrics.isEmpty {
      array("metrics") { json in
        for metric in detail.metrics {
          json.metric(
            metric.key,
            MetricPoint(
              step: metric.lastStep, timeMilliseconds: metric.lastMilliseconds, value: metric.last))
        }
      }
    }
    if !detail.params.isEmpty {
      array("params") { json in
        for param in detail.params { json.pair(param.key, param.value) }
      }
    }
    array("tags") { json in
      json.pair("mlflow.runName", detail.run.name)
      var hasParent = false
      for tag in detail.tags where tag.key != "mlflow.runName" {
        if tag.key == "mlflow.parentRunId" { hasParent = true }
        json.pair(tag.key, tag.value)
      }
      if let parent = detail.run.parentID, !hasParent { json.pair("mlflow.parentRunId", parent) }
    }
  }

  private mutating func pair(_ key: String, _ value: String) {
    object { json in
      json.member("key", key)
      json.member("value", value)
    }
  }

  /// Writes a value of the metric `key`.
  mutating func metric(_ key: String, _ point: MetricPoint) {
    object { json in
      json.member("key", key)
      json.member("value", point.value)
      json.member("timestamp", point.timeMilliseconds)
      json.member("step", point.step)
    }
  }
}
