import Dispatch
import FoundationEssentials
import JSONValues
import Locks
import SQLite

/// How far a delivery came.
package enum DeliveryOutcome: Sendable, Equatable {
  /// The server has everything that it will take.
  case complete
  /// Another process delivers.
  case busy
  /// The server is away, or somebody has to do something first.
  case stopped(reason: String)
}

/// Takes entries of an outbox to its server, in order.
///
/// Each is delivered once in effect. A request whose answer was lost is sent again: points of metrics, params, tags,
/// artifacts and ends of runs are the same when they arrive twice. Making a run is not: before it is asked for again,
/// the server is searched for the run, which carries the tag ``tag``.
struct Delivery: Sendable {
  /// The tag by which a run that was made, but whose answer was lost, is found.
  static let tag = "martlet.run_id"
  /// What MLflow takes in one call.
  private static let most = (metrics: 1000, params: 100, tags: 100, bytes: 900_000)

  let store: TrackingStore
  let server: MLflowServer
  /// Whether runs are called here as the server calls them; only before anybody knows their names.
  var renamesRuns = false

  /// Delivers what waits, or what waits of one run and what is older.
  ///
  /// Another delivery of this process to the same server is waited for; one of another process is not.
  func deliver(
    until run: Int64? = nil, waiting: DispatchTimeInterval = .seconds(3600)
  ) -> DeliveryOutcome {
    let turn = Self.turn(at: store.path)
    guard turn.wait(timeout: .now() + waiting) == .success else { return .busy }
    defer { turn.signal() }
    do {
      guard try database({ database throws(TrackingError) in try database.takeLease() }) else {
        return .busy
      }
      defer { try? database { database throws(TrackingError) in try database.returnLease() } }
      var failures = 0
      while true {
        if let run {
          let counts = try database { database throws(TrackingError) in
            try database.outboxCounts(run: run)
          }
          if counts.waiting == 0 { return .complete }
        }
        let entries = try database { database throws(TrackingError) in
          try database.nextEntries(limit: Self.most.metrics)
        }
        guard !entries.isEmpty else { return .complete }
        do throws(DeliveryFailure) {
          try send(Self.batch(of: entries))
          failures = 0
        } catch .broken(let reason) {
          // An error of the server's own that stays is one of the entry.
          failures += 1
          if failures == 4 {
            try rejectFirst(of: entries, reason: reason)
            failures = 0
          }
        } catch {
          return .stopped(reason: error.reason)
        }
        _ = try database { database throws(TrackingError) in try database.takeLease() }
      }
    } catch {
      return .stopped(reason: "\(error)")
    }
  }

  private static let turns = Guarded<[String: DispatchSemaphore]>([:])

  /// What one delivery of this process after the other has: the lease is the whole process's.
  private static func turn(at path: String) -> DispatchSemaphore {
    turns.withLock { turns in
      let turn = turns[path] ?? DispatchSemaphore(value: 1)
      turns[path] = turn
      return turn
    }
  }

  /// The first of `entries` that one call takes.
  private static func batch(of entries: [OutboxEntry]) -> [OutboxEntry] {
    guard let first = entries.first else { return [] }
    let loggable: Set<OutboxEntry.Kind> = [.metric, .param, .tag]
    guard loggable.contains(first.kind) else { return [first] }
    var batch: [OutboxEntry] = []
    var counts: [OutboxEntry.Kind: Int] = [:]
    var names: Set<String> = []
    var bytes = 0
    for entry in entries {
      guard loggable.contains(entry.kind) else { break }
      counts[entry.kind, default: 0] += 1
      bytes += entry.size
      // Of params and tags, one call takes one value each.
      let isNew =
        entry.kind == .metric || names.insert("\(entry.kind.rawValue) \(entry.key)").inserted
      let fits =
        counts[.param, default: 0] <= most.params && counts[.tag, default: 0] <= most.tags
        && batch.count < most.metrics && (bytes <= most.bytes || batch.isEmpty)
      guard isNew, fits else { break }
      batch.append(entry)
    }
    return batch
  }

  /// Sends a batch, in parts where some of it is not taken.
  private func send(_ batch: [OutboxEntry]) throws(DeliveryFailure) {
    guard let first = batch.first else { return }
    do throws(DeliveryFailure) {
      try dispatch(first, batch)
    } catch {
      guard case .rejected(_, let reason) = error else { throw error }
      if batch.count > 1 {
        let middle = batch.count / 2
        try send(Array(batch[..<middle]))
        try send(Array(batch[middle...]))
        return
      }
      try storing { database throws(TrackingError) in try database.reject(batch, reason: reason) }
      Notices.rejected(first, reason: reason, server: server.address.url)
      return
    }
    try storing { database throws(TrackingError) in try database.removeDelivered(batch) }
  }

  private func dispatch(
    _ first: OutboxEntry, _ batch: [OutboxEntry]
  ) throws(DeliveryFailure) {
    let found = try storing { database throws(TrackingError) in try database.outboxRun(first.run) }
    guard let run = found else { return }  // It was removed here, with what it logged.
    if first.kind == .start {
      if run.remoteID == nil { try start(run) }
      return
    }
    guard let id = run.remoteID else {
      throw .rejected(code: "NO_RUN", reason: "the server did not take the run itself")
    }
    let name = JSONValue.string(id)
    switch first.kind {
    case .start: return
    case .metric, .param, .tag: try log(batch, to: name)
    case .untag:
      do throws(DeliveryFailure) {
        _ = try server.call("POST", "runs/delete-tag", ["run_id": name, "key": .string(first.key)])
      } catch {
        // It is gone already.
        guard case .rejected("RESOURCE_DOES_NOT_EXIST", _) = error else { throw error }
      }
    case .update:
      var message: [String: JSONValue] = [
        "run_id": name, "status": .string(first.key), "run_name": .string(first.text),
      ]
      if let end = first.timeMilliseconds { message["end_time"] = .int(Int(end)) }
      _ = try server.call("POST", "runs/update", .object(message))
    case .artifact:
      let file = store.contents.address(first.text)
      // Contents that were replaced before they were delivered may be gone; the new ones follow.
      guard FileManager.default.fileExists(atPath: file) else { return }
      try server.upload(file, as: first.key, artifactURI: run.artifactURI ?? "")
    case .dataset: try logInput(first, to: name)
    case .model: try deliverModel(first.key, of: run, id: id)
    case .register: try register(first, run: id)
    case .modelMetric: try logModelMetric(first, run: name)
    case .runModel: try logRunModel(first, run: name)
    }
  }

  private func log(_ batch: [OutboxEntry], to run: JSONValue) throws(DeliveryFailure) {
    var message: [String: JSONValue] = ["run_id": run]
    func list(_ kind: OutboxEntry.Kind, _ name: String, _ body: (OutboxEntry) -> JSONValue) {
      let entries = batch.filter { $0.kind == kind }
      if !entries.isEmpty { message[name] = .array(entries.map(body)) }
    }
    list(.metric, "metrics") { entry in
      [
        "key": .string(entry.key), "value": Self.number(entry.value),
        "step": .int(Int(entry.step)), "timestamp": .int(Int(max(0, entry.timeMilliseconds ?? 0))),
      ]
    }
    list(.param, "params") { ["key": .string($0.key), "value": .string($0.text)] }
    list(.tag, "tags") { ["key": .string($0.key), "value": .string($0.text)] }
    _ = try server.call("POST", "runs/log-batch", .object(message))
  }

  /// A metric's value as MLflow reads it: JSON has no NaN and no infinities.
  private static func number(_ value: SQLiteValue) -> JSONValue {
    switch value {
    case .real(let number) where number.isFinite: .double(number)
    case .real(let number): .string(number > 0 ? "Infinity" : "-Infinity")
    case .integer(let number): .double(Double(number))
    default: "NaN"
    }
  }

  private func logInput(_ entry: OutboxEntry, to run: JSONValue) throws(DeliveryFailure) {
    guard case .integer(let id) = entry.value else { return }
    let found = try storing { database throws(TrackingError) in
      try database.dataset(id, run: entry.run)
    }
    guard let dataset = found else { return }
    var fields: [String: JSONValue] = [
      "name": .string(dataset.name), "digest": .string(dataset.digest),
      "source_type": .string(dataset.sourceType), "source": .string(dataset.source),
    ]
    if let schema = dataset.schema { fields["schema"] = .string(schema) }
    if let profile = dataset.profile { fields["profile"] = .string(profile) }
    var input: [String: JSONValue] = ["dataset": .object(fields)]
    if !dataset.tags.isEmpty {
      input["tags"] = .array(
        dataset.tags.map { ["key": .string($0.key), "value": .string($0.value)] })
    }
    _ = try server.call("POST", "runs/log-inputs", ["run_id": run, "datasets": [.object(input)]])
  }
}

// MARK: Runs

extension Delivery {
  /// Has the server make a run, or finds the one that it made when its answer was lost.
  private func start(_ run: OutboxRun) throws(DeliveryFailure) {
    let record = run.record
    let experiment = try experimentID(record.experiment)
    var info: JSONValue?
    if run.isAttempted {
      let found = try server.call(
        "POST", "runs/search",
        [
          "experiment_ids": [.string(experiment)], "max_results": 1, "run_view_type": "ALL",
          "filter": .string("tags.`\(Self.tag)` = '\(record.id)'"),
        ])
      info = found["runs"]?.array?.first?["info"]
    }
    if info == nil {
      try storing { database throws(TrackingError) in try database.noteAttempt(run: record.row) }
      var tags: [JSONValue] = [["key": .string(Self.tag), "value": .string(record.id)]]
      if let parent = run.parentRemoteID {
        tags.append(["key": "mlflow.parentRunId", "value": .string(parent)])
      }
      var message: [String: JSONValue] = [
        "experiment_id": .string(experiment), "run_name": .string(record.name),
        "start_time": .int(Int(record.startMilliseconds)), "tags": .array(tags),
      ]
      if !record.user.isEmpty { message["user_id"] = .string(record.user) }
      info = try server.call("POST", "runs/create", .object(message))["run"]?["info"]
    }
    guard let info, let id = info["run_id"]?.string ?? info["run_uuid"]?.string else {
      throw .refused(reason: "the answer to runs/create names no run (is this a tracking server?)")
    }
    let uri = info["artifact_uri"]?.string ?? ""
    try storing { database throws(TrackingError) in
      try database.noteRemote(run: record.row, id: id, artifactURI: uri, renames: renamesRuns)
    }
  }

  /// The server's number of an experiment, which is made if it is new.
  func experimentID(_ name: String) throws(DeliveryFailure) -> String {
    for isLast in [false, true] {
      do throws(DeliveryFailure) {
        let found = try server.call(
          "GET", "experiments/get-by-name", ["experiment_name": .string(name)])
        let experiment = found["experiment"]
        if experiment?["lifecycle_stage"]?.string == "deleted" {
          throw .rejected(
            code: "DELETED", reason: "the experiment \"\(name)\" is deleted there; restore it")
        }
        if let id = experiment?["experiment_id"]?.string { return id }
        throw .refused(reason: "the answer to get-by-name has no id (is this a tracking server?)")
      } catch {
        guard case .rejected("RESOURCE_DOES_NOT_EXIST", _) = error, !isLast else { throw error }
      }
      do throws(DeliveryFailure) {
        let made = try server.call("POST", "experiments/create", ["name": .string(name)])
        if let id = made["experiment_id"]?.string { return id }
      } catch {
        // Somebody else was faster, so that it can be found.
        guard case .rejected("RESOURCE_ALREADY_EXISTS", _) = error else { throw error }
      }
    }
    throw .refused(reason: "the experiment \"\(name)\" can be neither made nor found")
  }

  // MARK: The store

  private func database<Value: Sendable>(
    _ body: (Database) throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    try store.withDatabase(body)
  }

  func storing<Value: Sendable>(
    _ body: (Database) throws(TrackingError) -> Value
  ) throws(DeliveryFailure) -> Value {
    do throws(TrackingError) {
      return try store.withDatabase(body)
    } catch {
      throw .refused(reason: error.description)
    }
  }

  private func rejectFirst(of entries: [OutboxEntry], reason: String) throws(TrackingError) {
    guard let first = entries.first else { return }
    try database { database throws(TrackingError) in try database.reject([first], reason: reason) }
    Notices.rejected(first, reason: reason, server: server.address.url)
  }
}

extension Database {
  /// A data set as a run used it.
  fileprivate func dataset(_ id: Int64, run: Int64) throws(TrackingError) -> DatasetRecord? {
    try query(
      """
      SELECT name, digest, source_type, source, schema, profile,
          (SELECT value FROM input_tags WHERE run = ?2 AND dataset = ?1 AND key = ?3)
        FROM datasets WHERE id = ?1
      """, .integer(id), .integer(run), .text(DatasetContext.tag)
    ) { (row: borrowing Row) in
      DatasetRecord(
        name: row.text(0), digest: row.text(1), sourceType: row.text(2), source: row.text(3),
        schema: row.text(ifPresent: 4), profile: row.text(ifPresent: 5),
        context: row.text(ifPresent: 6))
    }.first
  }
}
