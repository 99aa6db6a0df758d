import JSONValues
import Tracking

/// MLflow's messages about models.
extension Messages {
  static func registeredModel(_ model: RegisteredModel) -> JSONValue {
    var message: [String: JSONValue] = [
      "name": .string(model.name), "creation_timestamp": .int(Int(model.createdMilliseconds)),
      "last_updated_timestamp": .int(Int(model.updatedMilliseconds)),
    ]
    if !model.description.isEmpty { message["description"] = .string(model.description) }
    if !model.latestVersions.isEmpty {
      message["latest_versions"] = .array(model.latestVersions.map(modelVersion))
    }
    if !model.aliases.isEmpty {
      message["aliases"] = .array(
        model.aliases.sorted { $0.key < $1.key }.map {
          ["alias": .string($0.key), "version": .string("\($0.value)")]
        })
    }
    return .object(message.merging(tags(model.tags.sortedPairs)) { $1 })
  }

  static func modelVersion(_ version: ModelVersion) -> JSONValue {
    var message: [String: JSONValue] = [
      "name": .string(version.model), "version": .string("\(version.version)"),
      "creation_timestamp": .int(Int(version.createdMilliseconds)),
      "last_updated_timestamp": .int(Int(version.updatedMilliseconds)),
      "current_stage": .string(version.stage.rawValue), "description": .string(version.description),
      "source": .string(version.source), "run_id": .string(version.runID),
      "run_link": .string(version.runLink), "status": "READY",
    ]
    if let id = version.loggedModelID { message["model_id"] = .string(id) }
    if !version.aliases.isEmpty {
      message["aliases"] = .array(version.aliases.map { .string($0) })
    }
    return .object(message.merging(tags(version.tags.sortedPairs)) { $1 })
  }

  static func loggedModel(_ model: LoggedModel) -> JSONValue {
    var shown = model.tags
    var info: [String: JSONValue] = [
      "model_id": .string(model.id), "experiment_id": .string("\(model.experimentID)"),
      "name": .string(model.name), "artifact_uri": .string(ArtifactURI.model(model)),
      "creation_timestamp_ms": .int(Int(model.createdMilliseconds)),
      "last_updated_timestamp_ms": .int(Int(model.updatedMilliseconds)),
      "status": .string(name(model.status)), "model_type": .string(model.modelType),
      "source_run_id": .string(model.sourceRunID),
    ]
    if !model.registrations.isEmpty {
      let versions = model.registrations.map { version -> JSONValue in
        ["name": .string(version.model), "version": .string("\(version.version)")]
      }
      info["registrations"] = .array(versions)
      // MLflow's page reads them here, where versions are numbers, and as Python writes JSON.
      let tag = model.registrations.map {
        "{\"name\": \(JSONText.quoted($0.model)), \"version\": \($0.version)}"
      }
      shown["mlflow.modelVersions"] = "[\(tag.joined(separator: ", "))]"
    }
    var data: [String: JSONValue] = [:]
    if !model.params.isEmpty { data["params"] = pairs(model.params.sortedPairs) }
    if !model.metrics.isEmpty {
      data["metrics"] = .array(model.metrics.map { metric($0, of: model) })
    }
    return ["info": .object(info.merging(tags(shown.sortedPairs)) { $1 }), "data": .object(data)]
  }

  private static func metric(_ metric: LoggedModel.Metric, of model: LoggedModel) -> JSONValue {
    var message: [String: JSONValue] = [
      "key": .string(metric.key), "value": number(metric.value), "step": .int(Int(metric.step)),
      "timestamp": .int(Int(metric.timeMilliseconds)), "model_id": .string(model.id),
      "run_id": .string(metric.runID),
    ]
    if !metric.datasetName.isEmpty { message["dataset_name"] = .string(metric.datasetName) }
    if !metric.datasetDigest.isEmpty { message["dataset_digest"] = .string(metric.datasetDigest) }
    return .object(message)
  }

  /// MLflow's name for a status.
  static func name(_ status: LoggedModelStatus) -> String {
    switch status {
    case .unspecified: "LOGGED_MODEL_STATUS_UNSPECIFIED"
    case .pending: "LOGGED_MODEL_PENDING"
    case .ready: "LOGGED_MODEL_READY"
    case .uploadFailed: "LOGGED_MODEL_UPLOAD_FAILED"
    }
  }
}

extension ArtifactURI {
  static func model(_ model: LoggedModel) -> String { model.proxyURI }
}
