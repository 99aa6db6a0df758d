import SQLite

extension Database {
  private static let runColumns = """
    runs.id AS row, run_id, experiment, experiments.name AS experiment_name, runs.name AS name, status,
      interrupted, start_ms, end_ms, parent_run_id, runs.deleted_ms AS deleted_ms, user
    """
  private static let runTables = "runs JOIN experiments ON experiments.id = experiment"

  /// The runs that `condition`, which may go on with an order and a limit, chooses.
  func runs(where condition: String, _ values: SQLiteValue...) throws(TrackingError) -> [RunRecord]
  {
    try query(
      "SELECT \(Self.runColumns) FROM \(Self.runTables) WHERE \(condition)", values: values
    ) { record(of: $0) }
  }

  /// The runs that `condition` chooses, sorted by `order`, which names columns of the result and `sortKeys`.
  func runs(
    sortKeys: [SQLPart], where condition: SQLPart, order: String, limit: Int?, offset: Int
  ) throws(TrackingError) -> [RunRecord] {
    let columns = ([Self.runColumns] + sortKeys.map(\.text)).joined(separator: ", ")
    // Materialized, or SQLite would look each key up as often as the order names it.
    return try query(
      """
      WITH found AS \(sortKeys.isEmpty ? "NOT " : "")MATERIALIZED
          (SELECT \(columns) FROM \(Self.runTables) WHERE \(condition.text))
        SELECT * FROM found ORDER BY \(order) LIMIT ? OFFSET ?
      """,
      values: sortKeys.flatMap(\.values) + condition.values
        + [.integer(Int64(limit ?? -1)), .integer(Int64(offset))]
    ) { record(of: $0) }
  }

  /// The runs that `condition` chooses and that have a number as the latest value of the metric `key`, sorted by that, then by
  /// `order`; they are gone through in that order, only until there are enough.
  func runs(
    byMetric key: String, isDescending: Bool, sortKeys: [SQLPart], where condition: SQLPart,
    order: [String], limit: Int, offset: Int
  ) throws(TrackingError) -> [RunRecord] {
    let columns = ([Self.runColumns] + sortKeys.map(\.text)).joined(separator: ", ")
    let terms = ["sorted.last_value \(isDescending ? "DESC" : "ASC")"] + order
    // A cross join is carried out from left to right.
    return try query(
      """
      SELECT \(columns) FROM series AS sorted
        CROSS JOIN runs ON runs.id = sorted.run CROSS JOIN experiments ON experiments.id = experiment
        WHERE sorted.key = ? AND sorted.last_value < 'NaN' AND sorted.point_count > 0
          AND \(condition.text)
        ORDER BY \(terms.joined(separator: ", ")) LIMIT ? OFFSET ?
      """,
      values: sortKeys.flatMap(\.values) + [.text(key)] + condition.values
        + [.integer(Int64(limit)), .integer(Int64(offset))]
    ) { record(of: $0) }
  }

  private func record(of row: borrowing Row) -> RunRecord {
    let unmarkedEnd = unmarkedInterruptions[row.integer(0)]
    return RunRecord(
      row: row.integer(0), id: row.text(1), experimentID: row.integer(2), experiment: row.text(3),
      name: row.text(4),
      status: unmarkedEnd != nil ? .killed : RunStatus(rawValue: row.text(5)) ?? .killed,
      isInterrupted: unmarkedEnd != nil || row.integer(6) != 0, startMilliseconds: row.integer(7),
      endMilliseconds: unmarkedEnd ?? row.integer(ifPresent: 8), parentID: row.text(ifPresent: 9),
      deletedMilliseconds: row.integer(ifPresent: 10), user: row.text(11))
  }

  /// Inserts a run of the experiment `experiment`, made or restored where necessary.
  func insertRun(
    id: String, experiment: String, name: String, parentID: String?, startMilliseconds: Int64,
    tags: [String: String]
  ) throws(TrackingError) -> Int64 {
    try write { () throws(TrackingError) in
      try makeExperiment(experiment, atMilliseconds: startMilliseconds)
      let now = SQLiteValue.integer(startMilliseconds)
      let owner = RunOwner.current
      try execute(
        """
        INSERT INTO runs (run_id, experiment, name, status, start_ms, parent_run_id, owner_host,
            owner_boot, owner_pid, owner_started, heartbeat_ms)
          SELECT ?, id, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ? FROM experiments
          WHERE name = ? AND deleted_ms IS NULL
        """, .text(id), .text(name), now, .text(orNull: parentID), .text(owner.host),
        .text(owner.boot), .integer(Int64(owner.pid)), .integer(owner.started), now,
        .text(experiment))
      guard
        let row = try query(
          "SELECT id FROM runs WHERE run_id = ?", .text(id), body: { $0.integer(0) }
        ).first
      else { throw .runNotFound(reference: id) }
      for (key, value) in tags { try setTag(key, value, run: row) }
      return row
    }
  }

  /// Makes an experiment of that name, unless there is one.
  func makeExperiment(_ name: String, atMilliseconds: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT INTO experiments (name, created_ms, updated_ms) SELECT ?1, ?2, ?2
        WHERE NOT EXISTS (SELECT 1 FROM experiments WHERE name = ?1 AND deleted_ms IS NULL)
      """, .text(name), .integer(atMilliseconds))
  }

  /// Makes this process the owner of a run and the run a running one.
  func adopt(run: Int64) throws(TrackingError) {
    let owner = RunOwner.current
    try execute(
      """
      UPDATE runs SET status = 'RUNNING', interrupted = 0, end_ms = NULL, owner_host = ?,
        owner_boot = ?, owner_pid = ?, owner_started = ?, heartbeat_ms = ? WHERE id = ?
      """, .text(owner.host), .text(owner.boot), .integer(Int64(owner.pid)),
      .integer(owner.started), .integer(currentMilliseconds()), .integer(run))
  }

  /// Throws when the run was deleted or is gone.
  func checkIsThere(run: Int64) throws(TrackingError) {
    let found = try query(
      "SELECT run_id, deleted_ms FROM runs WHERE id = ?", .integer(run)
    ) { (id: $0.text(0), deleted: $0.integer(ifPresent: 1)) }
    guard let found = found.first else { throw .runRemoved(path: path) }
    guard found.deleted == nil else { throw .runDeleted(run: String(found.id.prefix(8))) }
  }

  func setParam(_ key: String, _ value: String, run: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT INTO params (run, key, value) VALUES (?, ?, ?)
        ON CONFLICT (run, key) DO UPDATE SET value = excluded.value
      """, .integer(run), .text(key), .text(value))
  }

  func setTag(_ key: String, _ value: String, run: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT INTO tags (run, key, value) VALUES (?, ?, ?)
        ON CONFLICT (run, key) DO UPDATE SET value = excluded.value
      """, .integer(run), .text(key), .text(value))
  }

  func end(
    run: Int64, outcome: RunOutcome, isInterrupted: Bool, atMilliseconds: Int64
  ) throws(TrackingError) {
    try execute(
      "UPDATE runs SET status = ?, interrupted = ?, end_ms = ?, heartbeat_ms = ? WHERE id = ?",
      .text(outcome.rawValue), isInterrupted ? 1 : 0, .integer(atMilliseconds),
      .integer(atMilliseconds), .integer(run))
  }

  /// Notes a sign of life; a run that another machine took for interrupted runs again.
  func beat(run: Int64) throws(TrackingError) {
    let now = SQLiteValue.integer(currentMilliseconds())
    try execute(
      """
      UPDATE runs SET heartbeat_ms = ?,
          status = CASE WHEN interrupted THEN 'RUNNING' ELSE status END,
          end_ms = CASE WHEN interrupted THEN NULL ELSE end_ms END,
          interrupted = 0
        WHERE id = ? AND (status = 'RUNNING' OR interrupted)
      """, now, .integer(run))
  }

  /// Finds running runs whose process is gone and marks them; where the store cannot be written,
  /// remembers them for this connection.
  func markInterruptedRuns() throws(TrackingError) {
    let now = currentMilliseconds()
    let candidates = try query(
      """
      SELECT id, owner_host, owner_boot, owner_pid, owner_started, heartbeat_ms FROM runs
        WHERE status = 'RUNNING' AND owner_host IS NOT NULL
      """
    ) { (row: borrowing Row) in
      let owner = RunOwner(
        host: row.text(1), boot: row.text(2), pid: Int32(truncatingIfNeeded: row.integer(3)),
        started: row.integer(4))
      return (row: row.integer(0), owner: owner, heartbeat: row.integer(5))
    }
    let interrupted = candidates.filter {
      unmarkedInterruptions[$0.row] == nil
        && !$0.owner.isAlive(silenceMilliseconds: now - $0.heartbeat)
    }
    for run in interrupted {
      let latestPoint = try query(
        "SELECT max(origin_ms + last_time) FROM series WHERE run = ?", .integer(run.row)
      ) { $0.integer(0) }.first
      let end = max(run.heartbeat, min(latestPoint ?? 0, now))
      do throws(TrackingError) {
        try writingWhereReading { () throws(TrackingError) in
          _ = try execute(
            """
            UPDATE runs SET status = 'KILLED', interrupted = 1, end_ms = ?
              WHERE id = ? AND status = 'RUNNING' AND heartbeat_ms = ?
            """, .integer(end), .integer(run.row), .integer(run.heartbeat))
        }
      } catch {
        unmarkedInterruptions[run.row] = end
      }
    }
  }
}
