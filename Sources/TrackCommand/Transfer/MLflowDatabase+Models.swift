import FoundationEssentials
import SQLite
import Tracking

extension MLflowDatabase {
  /// The logged models that a run used and made.
  func models(of run: String) throws -> RunModels {
    var models = RunModels()
    guard columns["inputs"] != nil else { return models }
    let step = has("inputs", "step") ? "step" : "0"
    let rows = try connection.query(
      """
      SELECT destination_type, destination_id, \(step) FROM inputs
        WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?
      """, .text(run)
    ) { (type: $0.text(0), id: $0.text(1), step: $0.integer(2)) }
    models.inputs = rows.filter { $0.type == "MODEL_INPUT" }.map(\.id)
    models.outputs = rows.filter { $0.type == "MODEL_OUTPUT" }.map {
      .init(modelID: $0.id, step: $0.step)
    }
    return models
  }

  func readLoggedModels(into store: TrackingStore, _ report: inout ImportReport) throws {
    guard columns["logged_models"] != nil else { return }
    let found = try connection.query(
      """
      SELECT m.model_id, e.name, m.name, m.model_type, m.status, m.creation_timestamp_ms,
        m.last_updated_timestamp_ms, m.source_run_id, m.artifact_location,
        m.lifecycle_stage = 'deleted' OR e.lifecycle_stage = 'deleted'
      FROM logged_models m JOIN experiments e ON e.experiment_id = m.experiment_id
      ORDER BY m.creation_timestamp_ms, m.model_id
      """
    ) { (row: borrowing Row) in
      var model = TransferredLoggedModel(
        id: row.text(0), experiment: row.text(1), name: row.text(2))
      model.type = row.text(ifPresent: 3) ?? ""
      model.status = LoggedModelStatus(mlflow: "\(row.integer(4))")
      model.createdMilliseconds = row.integer(5)
      model.updatedMilliseconds = row.integer(6)
      model.sourceRunID = row.text(ifPresent: 7) ?? ""
      return (model: model, place: row.text(8), isDeleted: row.integer(9) != 0)
    }
    for (found, place, isDeleted) in found {
      guard !isDeleted else {
        report.leave(out: found.id, because: "logged models that are deleted")
        continue
      }
      var model = found
      model.params = try texts(
        "SELECT param_key, param_value FROM logged_model_params WHERE model_id = ? ORDER BY 1",
        .text(model.id))
      model.tags = try texts(
        "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ? ORDER BY 1",
        .text(model.id))
      model.metrics = try connection.query(
        """
        SELECT metric_name, metric_value, metric_step, metric_timestamp_ms, run_id, dataset_name,
          dataset_digest FROM logged_model_metrics WHERE model_id = ? ORDER BY 1, 4, 3
        """, .text(model.id)
      ) { (row: borrowing Row) in
        var value = row.isNull(1) ? .nan : row.real(1)
        // MLflow keeps infinities as the largest numbers in databases.
        if abs(value) == .greatestFiniteMagnitude { value = value < 0 ? -.infinity : .infinity }
        return LoggedModel.Metric(
          key: row.text(0), value: value, step: row.integer(2), timeMilliseconds: row.integer(3),
          runID: row.text(4), datasetName: row.text(ifPresent: 5) ?? "",
          datasetDigest: row.text(ifPresent: 6) ?? "")
      }
      model.artifacts = try artifacts(of: model.id, at: place, &report)
      try report.take(model, into: store)
    }
  }

  func readRegisteredModels(into store: TrackingStore, _ report: inout ImportReport) throws {
    guard columns["registered_models"] != nil, columns["model_versions"] != nil else { return }
    let models = try connection.query(
      "SELECT name, description, creation_time, last_updated_time FROM registered_models ORDER BY 1"
    ) { (row: borrowing Row) in
      var model = TransferredRegisteredModel(name: row.text(0))
      model.description = row.text(ifPresent: 1) ?? ""
      model.createdMilliseconds = row.integer(ifPresent: 2) ?? 0
      model.updatedMilliseconds = row.integer(ifPresent: 3) ?? model.createdMilliseconds
      return model
    }
    for var model in models {
      let name = SQLiteValue.text(model.name)
      model.tags = try texts(
        "SELECT key, value FROM registered_model_tags WHERE name = ? ORDER BY 1", name,
        of: "registered_model_tags")
      model.aliases = try texts(
        "SELECT alias, version FROM registered_model_aliases WHERE name = ? ORDER BY 1", name,
        of: "registered_model_aliases"
      ).compactMap { alias, version in Int(version).map { (alias, $0) } }
      model.versions = try versions(of: name)
      try report.take(model, into: store)
    }
  }

  private func versions(
    of name: SQLiteValue
  ) throws -> [TransferredRegisteredModel.Version] {
    func column(_ column: String) -> String { has("model_versions", column) ? column : "''" }
    let versions = try connection.query(
      """
      SELECT version, description, creation_time, last_updated_time, \(column("current_stage")), source,
        \(column("storage_location")), run_id, \(column("run_link"))
      FROM model_versions WHERE name = ? ORDER BY version
      """, name
    ) { (row: borrowing Row) in
      var version = TransferredRegisteredModel.Version(number: Int(row.integer(0)))
      version.description = row.text(ifPresent: 1) ?? ""
      version.createdMilliseconds = row.integer(ifPresent: 2) ?? 0
      version.updatedMilliseconds = row.integer(ifPresent: 3) ?? version.createdMilliseconds
      version.source = row.text(ifPresent: 5) ?? ""
      version.storage = row.text(ifPresent: 6) ?? ""
      version.runID = row.text(ifPresent: 7) ?? ""
      version.runLink = row.text(ifPresent: 8) ?? ""
      version.loggedModelID = version.sourceModelID
      return (version: version, stage: row.text(ifPresent: 4) ?? "")
    }
    var found: [TransferredRegisteredModel.Version] = []
    // Deleted versions stay there, under a stage of their own.
    for (version, stage) in versions where stage != "Deleted_Internal" {
      var version = version
      version.stage = ModelStage(named: stage) ?? .none
      version.tags = try texts(
        "SELECT key, value FROM model_version_tags WHERE name = ? AND version = \(version.number)",
        name, of: "model_version_tags")
      found.append(version)
    }
    return found
  }

  /// Pairs of texts of a table, if that is there.
  private func texts(
    _ sql: String, _ value: SQLiteValue, of table: String? = nil
  ) throws -> [(key: String, value: String)] {
    if let table, columns[table] == nil { return [] }
    return try connection.query(sql, value) { ($0.text(0), $0.text(ifPresent: 1) ?? "") }
  }
}
