import SQLite

/// What somebody logs to a run at once.
package struct LogBatch: Sendable {
  package var metrics: [MetricEntry]
  package var params: [(key: String, value: String)]
  package var tags: [(key: String, value: String)]
  /// Values of metrics that are of logged models too.
  package var modelMetrics: [LoggedModelMetricEntry] = []

  package init(
    metrics: [MetricEntry] = [], params: [(key: String, value: String)] = [],
    tags: [(key: String, value: String)] = []
  ) {
    self.metrics = metrics
    self.params = params
    self.tags = tags
  }
}

/// What a server does for clients that keep their runs themselves: those runs have no process here, and so no heartbeat.
extension TrackingStore {
  /// Starts a run that nobody watches.
  ///
  /// - Throws: ``TrackingError/experimentNotFound(reference:)`` for an experiment that is deleted or was never there.
  package func createRun(
    experimentID: Int64, name: String?, user: String, startMilliseconds: Int64, parentID: String?,
    tags: [(key: String, value: String)]
  ) throws(TrackingError) -> RunRecord {
    let name = name ?? RunIdentity.newName()
    let id = RunIdentity.newID()
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let inserted = try database.execute(
          """
          INSERT INTO runs (run_id, experiment, name, status, start_ms, parent_run_id, user)
            SELECT ?, id, ?, 'RUNNING', ?, ?, ? FROM experiments WHERE id = ? AND deleted_ms IS NULL
          """, .text(id), .text(name), .integer(startMilliseconds), .text(orNull: parentID),
          .text(user), .integer(experimentID))
        guard inserted > 0 else { throw .experimentNotFound(reference: "\(experimentID)") }
        let run = try database.run(id, among: .active)
        for (key, value) in tags { try database.setTag(key, value, run: run.row) }
        return run
      }
    }
  }

  /// The run of a whole id, deleted or not; `nil` when there is none.
  package func run(id: String) throws(TrackingError) -> RunRecord? {
    try reading { database throws(TrackingError) in
      try database.runs(where: "run_id = ?", .text(id)).first
    }
  }

  /// Changes what is given of a run.
  package func update(
    _ run: RunRecord, status: RunStatus?, endMilliseconds: Int64?, name: String?
  ) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: run.row)
        _ = try database.execute(
          """
          UPDATE runs SET status = coalesce(?1, status), end_ms = coalesce(?2, end_ms),
              name = coalesce(?3, name),
              interrupted = CASE WHEN ?1 IS NULL THEN interrupted ELSE 0 END
            WHERE id = ?4
          """, .text(orNull: status?.rawValue), .integer(orNull: endMilliseconds),
          .text(orNull: name), .integer(run.row))
      }
    }
  }

  /// Logs a batch, all or nothing; params keep the value that they have.
  ///
  /// - Throws: ``TrackingError/paramConflict(run:key:stored:value:)`` when one has another value already.
  package func log(_ batch: LogBatch, to run: RunRecord) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: run.row)
        for (key, value) in batch.params {
          let stored = try database.query(
            "SELECT value FROM params WHERE run = ? AND key = ?", .integer(run.row), .text(key)
          ) { $0.text(0) }.first
          guard stored == nil || stored == value else {
            throw .paramConflict(run: run.id, key: key, stored: stored ?? "", value: value)
          }
          if stored == nil { try database.setParam(key, value, run: run.row) }
        }
        if !batch.metrics.isEmpty { try database.insertWithin(batch.metrics, run: run.row) }
        if !batch.modelMetrics.isEmpty { try database.insert(batch.modelMetrics, runID: run.id) }
        for (key, value) in batch.tags {
          try database.setTag(key, value, run: run.row)
        }
      }
    }
  }

  /// Notes data sets that a run used.
  package func log(_ datasets: [DatasetRecord], to run: RunRecord) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      for dataset in datasets { try database.insert(dataset, run: run.row) }
    }
  }
}
