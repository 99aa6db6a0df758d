import FoundationEssentials
import SQLite

/// A run on its way from another store into this one, with everything that it logged.
package struct TransferredRun: Sendable {
  /// 32 hexadecimal digits, by which it is known again.
  package var id: String
  package var experiment: String
  package var name: String
  package var status: RunStatus
  /// Whether it was killed by nobody's decision.
  package var isInterrupted = false
  package var startMilliseconds: Int64
  package var endMilliseconds: Int64?
  package var parentID: String?
  package var user = ""
  package var params: [(key: String, value: String)] = []
  package var tags: [(key: String, value: String)] = []
  /// With their steps.
  package var metrics: [MetricEntry] = []
  package var datasets: [DatasetRecord] = []
  /// The logged models that it used and made, by their ids.
  package var models = RunModels()
  /// The files with the contents, by the artifacts' paths.
  package var artifacts: [(path: String, file: String)] = []

  package init(
    id: String, experiment: String, name: String, status: RunStatus, startMilliseconds: Int64,
    endMilliseconds: Int64?
  ) {
    self.id = id
    self.experiment = experiment
    self.name = name
    self.status = status
    self.startMilliseconds = startMilliseconds
    self.endMilliseconds = endMilliseconds
  }
}

/// What became of a transferred run.
package enum TransferOutcome: Sendable, Equatable {
  case added
  /// It was there, and had not everything.
  case completed
  /// It was there with everything.
  case present
}

extension TrackingStore {
  /// Takes a run over; what is there of it already stays as it is, so that taking it twice changes nothing.
  ///
  /// - Parameter run: The run.
  /// - Returns: What became of it, and the artifacts that could not be taken, with the reasons.
  /// - Throws: ``TrackingError`` when the store cannot be written; the run is then not there, or as it was before.
  package func take(
    _ run: TransferredRun
  ) throws(TrackingError) -> (outcome: TransferOutcome, failed: [(path: String, reason: String)]) {
    let (row, isNew, before) = try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let known = try database.query(
          "SELECT id FROM runs WHERE run_id = ?", .text(run.id)
        ) { $0.integer(0) }.first
        let row = if let known { known } else { try database.insert(run) }
        let before = try database.size(ofRun: row)
        try database.add(run, to: row)
        return (row, known == nil, before)
      }
    }
    let failed = try takeArtifacts(of: run, row: row)
    let after = try withDatabase { database throws(TrackingError) in try database.size(ofRun: row) }
    return (isNew ? .added : before == after ? .present : .completed, failed)
  }

  private func takeArtifacts(
    of run: TransferredRun, row: Int64
  ) throws(TrackingError) -> [(path: String, reason: String)] {
    let known = try reading { database throws(TrackingError) in
      Set(try database.artifacts(run: row).map(\.path))
    }
    var failed: [(path: String, reason: String)] = []
    for (path, file) in run.artifacts where !known.contains(path) {
      do throws(TrackingError) {
        try logArtifact(file: file, as: path, of: .run(row))
      } catch {
        switch error {
        case .artifactFailed(_, let reason), .invalidArtifactPath(_, let reason):
          failed.append((path, reason))
        default: throw error
        }
      }
    }
    return failed
  }

  /// Runs and what they logged, one after the other, for another store.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - body: Called with each run.
  /// - Throws: What `body` threw, or ``TrackingError`` when the store cannot be read.
  package func transfer(
    _ runs: [RunRecord], _ body: (TransferredRun, [ArtifactRecord]) throws -> Void
  ) throws {
    for record in runs {
      let detail = try detail(of: record)
      var run = TransferredRun(
        id: record.id, experiment: record.experiment, name: record.name, status: record.status,
        startMilliseconds: record.startMilliseconds, endMilliseconds: record.endMilliseconds)
      run.isInterrupted = record.isInterrupted
      run.parentID = record.parentID
      run.user = record.user
      run.params = detail.params
      run.tags = detail.tags
      run.datasets = detail.datasets
      run.models = detail.models
      for metric in detail.metrics {
        run.metrics += try history(of: record, key: metric.key).map {
          MetricEntry(
            key: metric.key, value: $0.value, step: $0.step, timeMilliseconds: $0.timeMilliseconds)
        }
      }
      try body(run, detail.artifacts)
    }
  }
}

extension Database {
  /// Inserts a run that no process here owns.
  fileprivate func insert(_ run: TransferredRun) throws(TrackingError) -> Int64 {
    try makeExperiment(run.experiment, atMilliseconds: currentMilliseconds())
    try execute(
      """
      INSERT INTO runs
          (run_id, experiment, name, status, interrupted, start_ms, end_ms, parent_run_id, user)
        SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM experiments WHERE name = ? AND deleted_ms IS NULL
      """, .text(run.id), .text(run.name), .text(run.status.rawValue),
      .integer(run.isInterrupted ? 1 : 0), .integer(run.startMilliseconds),
      .integer(orNull: run.endMilliseconds),
      .text(orNull: run.parentID), .text(run.user), .text(run.experiment))
    let row = try query("SELECT id FROM runs WHERE run_id = ?", .text(run.id)) { $0.integer(0) }
    guard let row = row.first else { throw .runNotFound(reference: run.id) }
    return row
  }

  /// Adds what the run at `row` has not.
  fileprivate func add(_ run: TransferredRun, to row: Int64) throws(TrackingError) {
    try addMissing(run.params, to: "params", of: ("run", row))
    try addMissing(run.tags, to: "tags", of: ("run", row))
    if !run.metrics.isEmpty { try insertWithin(run.metrics, run: row) }
    for dataset in run.datasets { try insertWithin(dataset, run: row) }
    try insertWithin(run.models, run: row)
    if run.status != .running {
      try execute(
        """
        UPDATE runs SET status = ?, interrupted = ?, end_ms = ?
          WHERE id = ? AND status = 'RUNNING' AND owner_host IS NULL
        """, .text(run.status.rawValue), .integer(run.isInterrupted ? 1 : 0),
        .integer(orNull: run.endMilliseconds), .integer(row))
    }
  }

  /// Adds those of `pairs` whose keys the owner, a column and its value, has not in `table`.
  func addMissing(
    _ pairs: [(key: String, value: String)], to table: String,
    of owner: (column: String, row: Int64)
  ) throws(TrackingError) {
    for (key, value) in pairs {
      try execute(
        "INSERT OR IGNORE INTO \(table) (\(owner.column), key, value) VALUES (?, ?, ?)",
        .integer(owner.row), .text(key), .text(value))
    }
  }

  /// How much a run has of everything.
  fileprivate func size(ofRun row: Int64) throws(TrackingError) -> [Int64] {
    try query(
      """
      SELECT (SELECT count(*) FROM params WHERE run = ?1), (SELECT count(*) FROM tags WHERE run = ?1),
        (SELECT total(point_count) FROM series WHERE run = ?1),
        (SELECT count(*) FROM inputs WHERE run = ?1),
        (SELECT count(*) FROM artifacts WHERE run = ?1),
        (SELECT count(*) FROM run_models WHERE run = ?1),
        (SELECT status = 'RUNNING' FROM runs WHERE id = ?1)
      """, .integer(row)
    ) { row in (0..<7).map { row.integer($0) } }.first ?? []
  }
}

extension TrackingStore {
  /// The milliseconds since 1970 of a date and time as SQLite reads them, in UTC unless it says another zone; `nil`
  /// for another text.
  package func milliseconds(ofTime text: String) throws(TrackingError) -> Int64? {
    try withDatabase { database throws(TrackingError) in
      try database.query(
        "SELECT CAST(round((julianday(?) - 2440587.5) * 86400000.0) AS INTEGER)", .text(text)
      ) { $0.integer(ifPresent: 0) }.first ?? nil
    }
  }
}
