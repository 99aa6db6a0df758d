import SQLite

extension Database {
  /// The logged models that `condition`, which may go on with an order and a limit, chooses; with all that is known of them.
  func loggedModels(
    with expressions: SQLPart = SQLPart(""), where condition: String, values: [SQLiteValue]
  ) throws(TrackingError) -> [LoggedModel] {
    var models = try query(
      """
      \(expressions.text) SELECT id, model_id, experiment, name, model_type, source_run_id, status,
          created_ms, updated_ms, deleted_ms
        FROM logged_models WHERE \(condition)
      """, values: expressions.values + values
    ) { (row: borrowing Row) in
      LoggedModel(
        id: row.text(1), experimentID: row.integer(2), name: row.text(3), modelType: row.text(4),
        sourceRunID: row.text(5), status: LoggedModelStatus(rawValue: row.text(6)) ?? .unspecified,
        createdMilliseconds: row.integer(7), updatedMilliseconds: row.integer(8),
        row: row.integer(0), deletedMilliseconds: row.integer(ifPresent: 9))
    }
    for index in models.indices {
      let row = models[index].row
      models[index].tags = try pairs("logged_model_tags", model: row)
      models[index].params = try pairs("logged_model_params", model: row)
      models[index].metrics = try metrics(model: row)
      models[index].registrations = try query(
        """
        SELECT name, version FROM model_versions
          JOIN registered_models ON registered_models.id = model
          WHERE model_id = ? ORDER BY name, version
        """, .text(models[index].id)
      ) { LoggedModel.Registration(model: $0.text(0), version: Int($0.integer(1))) }
    }
    return models
  }

  /// The logged model of an id; a deleted one only if that is asked for.
  func loggedModel(_ id: String, orDeleted: Bool = false) throws(TrackingError) -> LoggedModel {
    let found = try loggedModels(where: "model_id = ?", values: [.text(id)])
    guard let model = found.first, orDeleted || model.deletedMilliseconds == nil else {
      throw .loggedModelNotFound(id: id)
    }
    return model
  }

  private func pairs(_ table: String, model: Int64) throws(TrackingError) -> [String: String] {
    let pairs = try query("SELECT key, value FROM \(table) WHERE model = ?", .integer(model)) {
      ($0.text(0), $0.text(1))
    }
    return Dictionary(pairs) { $1 }
  }

  private func metrics(model: Int64) throws(TrackingError) -> [LoggedModel.Metric] {
    try query(
      """
      SELECT key, value, step, time_ms, run_id, dataset_name, dataset_digest
        FROM logged_model_metrics WHERE model = ? ORDER BY key, time_ms, step, run_id
      """, .integer(model)
    ) { (row: borrowing Row) in
      LoggedModel.Metric(
        key: row.text(0), value: row.metric(1), step: row.integer(2),
        timeMilliseconds: row.integer(3), runID: row.text(4), datasetName: row.text(5),
        datasetDigest: row.text(6))
    }
  }

  /// Stores values of metrics of logged models; one that is there already stays once.
  func insert(
    _ entries: [LoggedModelMetricEntry], runID: String
  ) throws(TrackingError) {
    for metric in entries {
      let added = try execute(
        """
        INSERT INTO logged_model_metrics
            (model, key, run_id, step, time_ms, value, dataset_name, dataset_digest)
          SELECT id, ?, ?, ?, ?, ?, ?, ? FROM logged_models WHERE model_id = ?
          ON CONFLICT DO UPDATE SET dataset_name = excluded.dataset_name,
            dataset_digest = excluded.dataset_digest
        """, .text(metric.entry.key), .text(runID), .integer(metric.entry.step ?? 0),
        .integer(metric.entry.timeMilliseconds), .metric(metric.entry.value),
        .text(metric.datasetName), .text(metric.datasetDigest), .text(metric.modelID))
      guard added > 0 else { throw .loggedModelNotFound(id: metric.modelID) }
    }
  }

  /// Notes models that a run used or made, within a transaction; twice is once.
  func insertWithin(_ models: RunModels, run: Int64) throws(TrackingError) {
    var rows: [(isOutput: Int64, id: String, step: Int64)] = models.inputs.map { (0, $0, 0) }
    rows += models.outputs.map { (1, $0.modelID, $0.step) }
    for (isOutput, id, step) in rows {
      try execute(
        "INSERT OR IGNORE INTO run_models (run, is_output, model_id, step) VALUES (?, ?, ?, ?)",
        .integer(run), .integer(isOutput), .text(id), .integer(step))
    }
  }
}
