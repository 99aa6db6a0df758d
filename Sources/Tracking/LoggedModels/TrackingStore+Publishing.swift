import SQLite

extension LoggedModel {
  /// Where MLflow's clients find its files, through the server of the store.
  package var proxyURI: String { "mlflow-artifacts:/\(experimentID)/models/\(id)/artifacts" }
}

extension TrackingStore {
  /// Says that a model's files are there, what it measured and which run made it; and registers it.
  ///
  /// All of it or, on an error, nothing.
  func publish(
    _ model: LoggedModel, of run: RunRecord, metrics: [MetricEntry], step: Int64,
    registration: ModelRegistration?
  ) throws(TrackingError) -> LoggedModel {
    let isRemote = remote != nil
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: run.row)
        // A server has to know the model before what is said of it.
        try database.execute(
          "UPDATE logged_models SET status = 'READY', updated_ms = ? WHERE id = ?",
          .integer(currentMilliseconds()), .integer(model.row))
        try database.insert(
          metrics.map { LoggedModelMetricEntry(modelID: model.id, entry: $0) }, runID: run.id)
        try database.execute(
          "INSERT OR IGNORE INTO run_models (run, is_output, model_id, step) VALUES (?, 1, ?, ?)",
          .integer(run.row), .text(model.id), .integer(step))
        guard let registration else { return }
        if isRemote {
          try database.queue(registration, of: model.id, run: run.row)
        } else {
          try database.register(model, as: registration)
        }
      }
    }
    return try isRemote ? delivered(model.id, run: run.row) : loggedModel(model.id)
  }
}

extension Database {
  /// Makes a version of a registered model of a logged one, within a transaction.
  fileprivate func register(
    _ model: LoggedModel, as registration: ModelRegistration
  ) throws(TrackingError) {
    let now = SQLiteValue.integer(currentMilliseconds())
    try execute(
      """
      INSERT INTO registered_models (name, description, created_ms, updated_ms) VALUES (?1, '', ?2, ?2)
        ON CONFLICT (name) DO NOTHING
      """, .text(registration.name), now)
    let version = try insertVersion(
      of: registration.name,
      NewModelVersion(
        source: "models:/\(model.id)", storage: model.proxyURI, runID: model.sourceRunID,
        loggedModelID: model.id))
    guard let alias = registration.alias else { return }
    try setAlias(alias, version: version.row)
  }
}
