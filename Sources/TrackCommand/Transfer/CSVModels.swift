import FoundationEssentials
import JSONValues
import Tracking

extension CSVRuns {
  /// Reads the models of a folder that `export` wrote.
  func readModels(into store: TrackingStore, _ report: inout ImportReport) throws {
    let metrics = Dictionary(grouping: try table("logged_model_metrics")) { $0["model_id"] ?? "" }
    for row in try table("logged_models") {
      let id = row["model_id"] ?? ""
      guard id.hasPrefix("m-"), id.utf8.count == 34 else {
        throw Refusal("\(path)/logged_models.csv: \"\(printable(id))\" is no id of a logged model")
      }
      var model = TransferredLoggedModel(
        id: id, experiment: row["experiment"] ?? experiment, name: row["name"] ?? id)
      model.type = row["type"] ?? ""
      model.status = LoggedModelStatus(mlflow: row["status"] ?? "")
      model.createdMilliseconds = try number(row, "created_ms", "logged_models")
      model.updatedMilliseconds = try number(row, "updated_ms", "logged_models")
      model.sourceRunID = row["run_id"] ?? ""
      model.params = try pairs(row, "params", "logged_models")
      model.tags = try pairs(row, "tags", "logged_models")
      model.metrics = try (metrics[id] ?? []).map { row in
        guard let value = MLflowFileStore.number((row["value"] ?? "")[...]) else {
          throw Refusal(
            "\(path)/logged_model_metrics.csv: \"\(printable(row["value"] ?? ""))\" is no number")
        }
        return LoggedModel.Metric(
          key: row["key"] ?? "", value: value,
          step: try number(row, "step", "logged_model_metrics"),
          timeMilliseconds: try number(row, "time_ms", "logged_model_metrics"),
          runID: row["run_id"] ?? "", datasetName: row["dataset_name"] ?? "",
          datasetDigest: row["dataset_digest"] ?? "")
      }
      let artifacts = "\(path)/artifacts/\(id)"
      if FileManager.default.fileExists(atPath: artifacts) {
        model.artifacts = try ArtifactFolder.files(in: artifacts, run: id, &report)
      }
      try report.take(model, into: store)
    }
    let versions = Dictionary(grouping: try table("model_versions")) { $0["name"] ?? "" }
    for row in try table("registered_models") {
      var model = TransferredRegisteredModel(name: row["name"] ?? "")
      model.description = row["description"] ?? ""
      model.createdMilliseconds = try number(row, "created_ms", "registered_models")
      model.updatedMilliseconds = try number(row, "updated_ms", "registered_models")
      model.tags = try pairs(row, "tags", "registered_models")
      model.aliases = try pairs(row, "aliases", "registered_models").map { alias, version in
        guard let number = Int(version) else {
          throw Refusal(
            "\(path)/registered_models.csv: the alias \(printable(alias)) names no version")
        }
        return (alias, number)
      }
      model.versions = try (versions[model.name] ?? []).map { try version($0) }
      try report.take(model, into: store)
    }
  }

  private func version(
    _ row: [String: String]
  ) throws -> TransferredRegisteredModel.Version {
    var version = TransferredRegisteredModel.Version(
      number: Int(try number(row, "version", "model_versions")))
    version.createdMilliseconds = try number(row, "created_ms", "model_versions")
    version.updatedMilliseconds = try number(row, "updated_ms", "model_versions")
    version.description = row["description"] ?? ""
    version.stage = ModelStage(named: row["stage"] ?? "") ?? .none
    (version.source, version.storage) = (row["source"] ?? "", row["storage"] ?? "")
    (version.runID, version.runLink) = (row["run_id"] ?? "", row["run_link"] ?? "")
    version.loggedModelID = row["model_id"].flatMap { $0.isEmpty ? nil : $0 }
    version.tags = try pairs(row, "tags", "model_versions")
    return version
  }

  private func table(_ name: String) throws -> [[String: String]] {
    let file = "\(path)/\(name).csv"
    return FileManager.default.fileExists(atPath: file) ? try records(file) : []
  }

  private func number(_ row: [String: String], _ key: String, _ table: String) throws -> Int64 {
    guard let number = Int64(row[key] ?? "") else {
      throw Refusal(
        "\(path)/\(table).csv: \"\(printable(row[key] ?? ""))\" in \(key) is no whole number")
    }
    return number
  }

  /// The pairs of a field that holds a JSON object of texts.
  private func pairs(
    _ row: [String: String], _ key: String, _ table: String
  ) throws -> [(key: String, value: String)] {
    guard let text = row[key], !text.isEmpty else { return [] }
    guard let object = JSONValue(json: text)?.object else {
      throw Refusal(
        "\(path)/\(table).csv: \"\(printable(text))\" in \(key) is no JSON object of texts")
    }
    return object.sorted { $0.key < $1.key }.map { ($0.key, $0.value.string ?? "\($0.value)") }
  }
}
