import SQLite

/// One thing that the server is to be told.
struct OutboxEntry: Sendable, Equatable {
  enum Kind: String, Sendable {
    case start, update, metric, param, tag, untag, artifact, dataset
    /// A logged model with its files; what is registered of one; its metrics; that a run made or used it.
    case model, register
    case modelMetric = "model_metric"
    case runModel = "run_model"
  }

  let sequence: Int64
  let kind: Kind
  /// The run's number in this store.
  let run: Int64
  /// The metric's, param's or tag's name, the artifact's path, or the run's status.
  let key: String
  /// The value as it is stored.
  let value: SQLiteValue
  let step: Int64
  let timeMilliseconds: Int64?

  /// The value as text.
  var text: String {
    switch value {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .null, .blob: ""
    }
  }

  /// About how many bytes it has in a request.
  var size: Int { key.utf8.count + text.utf8.count + 100 }
}

/// What an outbox holds.
package struct OutboxCounts: Sendable, Equatable {
  /// Entries that wait for the server.
  package var waiting = 0
  /// Entries that the server will never take, for a reason that is kept.
  package var rejected = 0

  package init(waiting: Int = 0, rejected: Int = 0) {
    self.waiting = waiting
    self.rejected = rejected
  }
}

/// A run that entries belong to, as its server is told of it.
struct OutboxRun: Sendable {
  let record: RunRecord
  let remoteID: String?
  let artifactURI: String?
  let isAttempted: Bool
  let parentRemoteID: String?
}

extension Database {
  /// Makes the store one that keeps runs for the server at `url`.
  func prepareOutbox(url: String) throws(TrackingError) {
    try write { () throws(TrackingError) in
      for statement in OutboxSchema.statements { try execute(statement) }
      try execute(
        "INSERT INTO outbox_server (id, url) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET url = excluded.url",
        .text(url))
    }
  }

  /// The oldest entries that wait, of one run, in order.
  func nextEntries(limit: Int) throws(TrackingError) -> [OutboxEntry] {
    let oldest = try query(
      "SELECT run FROM outbox WHERE reason IS NULL ORDER BY seq LIMIT 1"
    ) { $0.integer(0) }.first
    guard let run = oldest else { return [] }
    return try query(
      """
      SELECT seq, kind, key, value, step, time FROM outbox
        WHERE run = ? AND reason IS NULL ORDER BY seq LIMIT ?
      """, .integer(run), .integer(Int64(limit))
    ) { (row: borrowing Row) in
      OutboxEntry(
        sequence: row.integer(0), kind: OutboxEntry.Kind(rawValue: row.text(1)) ?? .update,
        run: run, key: row.text(ifPresent: 2) ?? "", value: row.value(3),
        step: row.integer(ifPresent: 4) ?? 0, timeMilliseconds: row.integer(ifPresent: 5))
    }
  }

  /// Removes entries that the server has.
  func removeDelivered(_ entries: [OutboxEntry]) throws(TrackingError) {
    guard let first = entries.first, let last = entries.last else { return }
    try execute(
      "DELETE FROM outbox WHERE run = ? AND seq BETWEEN ? AND ? AND reason IS NULL",
      .integer(first.run), .integer(first.sequence), .integer(last.sequence))
  }

  /// Keeps entries that the server will not take aside.
  func reject(_ entries: [OutboxEntry], reason: String) throws(TrackingError) {
    guard let first = entries.first, let last = entries.last else { return }
    try execute(
      "UPDATE outbox SET reason = ? WHERE run = ? AND seq BETWEEN ? AND ?", .text(reason),
      .integer(first.run), .integer(first.sequence), .integer(last.sequence))
  }

  func outboxCounts(run: Int64? = nil) throws(TrackingError) -> OutboxCounts {
    let counts = try query(
      """
      SELECT count(*) FILTER (WHERE reason IS NULL), count(*) FILTER (WHERE reason IS NOT NULL)
        FROM outbox WHERE ?1 IS NULL OR run = ?1
      """, .integer(orNull: run)
    ) { OutboxCounts(waiting: Int($0.integer(0)), rejected: Int($0.integer(1))) }
    return counts.first ?? OutboxCounts()
  }

  /// What is known of a run of the outbox; `nil` when it was removed.
  func outboxRun(_ row: Int64) throws(TrackingError) -> OutboxRun? {
    guard let record = try runs(where: "runs.id = ?", .integer(row)).first else { return nil }
    let known = try query(
      "SELECT remote_id, artifact_uri, attempted FROM outbox_runs WHERE run = ?", .integer(row)
    ) { ($0.text(ifPresent: 0), $0.text(ifPresent: 1), $0.integer(2) != 0) }.first
    var parent: String?
    if let id = record.parentID {
      // A parent that is not of this outbox is known to the server by its own id.
      parent =
        try query(
          "SELECT remote_id FROM outbox_runs JOIN runs ON runs.id = run WHERE run_id = ?", .text(id)
        ) { $0.text(ifPresent: 0) }.first ?? id
    }
    return OutboxRun(
      record: record, remoteID: known?.0, artifactURI: known?.1, isAttempted: known?.2 ?? false,
      parentRemoteID: parent)
  }

  /// Notes that the server is about to be asked to make a run.
  func noteAttempt(run: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT INTO outbox_runs (run, attempted) VALUES (?, 1) ON CONFLICT (run) DO UPDATE SET attempted = 1
      """, .integer(run))
  }

  /// Notes what the server calls a run; with `renames`, it is called so here too.
  func noteRemote(
    run: Int64, id: String, artifactURI: String, renames: Bool
  ) throws(TrackingError) {
    try write { () throws(TrackingError) in
      try noteRemoteWithin(run: run, id: id, artifactURI: artifactURI)
      guard renames else { return }
      try execute("UPDATE OR IGNORE runs SET run_id = ? WHERE id = ?", .text(id), .integer(run))
    }
  }

  /// The same, within a transaction.
  func noteRemoteWithin(run: Int64, id: String, artifactURI: String) throws(TrackingError) {
    try execute(
      """
      INSERT INTO outbox_runs (run, attempted, remote_id, artifact_uri) VALUES (?1, 1, ?2, ?3)
        ON CONFLICT (run) DO UPDATE SET remote_id = ?2, artifact_uri = ?3
      """, .integer(run), .text(id), .text(artifactURI))
  }

  /// Takes the right to deliver, or keeps it, unless another process has it that is there.
  func takeLease() throws(TrackingError) -> Bool {
    try write { () throws(TrackingError) in
      let now = currentMilliseconds()
      let holder = try query("SELECT host, boot, pid, started, time FROM outbox_lease") {
        (row: borrowing Row) in
        (
          owner: RunOwner(
            host: row.text(0), boot: row.text(1), pid: Int32(truncatingIfNeeded: row.integer(2)),
            started: row.integer(3)), time: row.integer(4)
        )
      }.first
      let me = RunOwner.current
      if let holder, holder.owner != me,
        holder.owner.isAlive(silenceMilliseconds: now - holder.time)
      {
        return false
      }
      try execute(
        """
        INSERT OR REPLACE INTO outbox_lease (id, host, boot, pid, started, time) VALUES (1, ?, ?, ?, ?, ?)
        """, .text(me.host), .text(me.boot), .integer(Int64(me.pid)), .integer(me.started),
        .integer(now))
      return true
    }
  }

  /// Lets others deliver.
  func returnLease() throws(TrackingError) {
    let me = RunOwner.current
    try execute(
      "DELETE FROM outbox_lease WHERE pid = ? AND started = ? AND boot = ?",
      .integer(Int64(me.pid)), .integer(me.started), .text(me.boot))
  }
}
