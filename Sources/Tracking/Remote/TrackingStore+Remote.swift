import Digest
import Dispatch
import FoundationEssentials
import JSONValues
import SQLite

extension StoreLocation {
  /// MLflow's variable for the server, which counts if `TRACKING_URI` is not set and it names one.
  static let mlflowVariable = "MLFLOW_TRACKING_URI"

  /// The server that new runs are to be logged to; `nil` for a file.
  package static func server(
    _ uri: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ServerAddress? {
    let named = [uri, environment[variable], environment[mlflowVariable]]
      .compactMap { $0 }.first { !$0.isEmpty }
    return named.flatMap { ServerAddress($0, environment: environment) }
  }

  /// The folder with the outboxes of this user.
  package static func outboxFolder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TrackingError) -> String {
    let chosen = environment["XDG_STATE_HOME"] ?? ""
    if chosen.hasPrefix("/") { return "\(chosen)/martlet/outbox" }
    let home = environment["HOME"] ?? ""
    guard home.hasPrefix("/") else {
      throw .cannotOpen(
        path: "~/.local/state/martlet/outbox", reason: "HOME is not set, nor XDG_STATE_HOME")
    }
    return "\(home)/.local/state/martlet/outbox"
  }

  /// The file that keeps what a server at `url` is to get.
  static func outbox(url: String) throws(TrackingError) -> String {
    let digest = hexadecimal(sha256(Array(url.utf8))).prefix(16)
    return "\(try outboxFolder())/\(digest).db"
  }
}

extension TrackingStore {
  /// The runs on their way to a server, and the courier that takes them there.
  struct Remote: Sendable {
    let address: ServerAddress
    let courier: Courier
    let delivery: Delivery
  }

  /// Opens the outbox of a server.
  static func remote(
    _ address: ServerAddress, outbox path: String
  ) throws(TrackingError) -> (database: Database, remote: Remote) {
    let database = try Database.create(path: path)
    try database.prepareOutbox(url: address.url)
    // A connection of the courier's own, so that nobody who logs waits for it.
    let store = try TrackingStore(file: path)
    let delivery = Delivery(store: store, server: MLflowServer(address))
    return (
      database, Remote(address: address, courier: Courier(delivery: delivery), delivery: delivery)
    )
  }

  /// Tries to have the server make a new run at once; returns what the run is called here.
  ///
  /// A server that is away costs little: the run is made when it is back.
  func announce(_ run: Int64, id: String) throws(TrackingError) -> String {
    guard let remote else { return id }
    try withDatabase { database throws(TrackingError) in try database.forgetDelivered() }
    var delivery = Delivery(
      store: remote.delivery.store, server: MLflowServer(remote.address, limit: .seconds(5)))
    delivery.renamesRuns = true
    switch delivery.deliver(until: run, waiting: .seconds(5)) {
    case .complete: break
    case .busy: remote.courier.wake()
    case .stopped(let reason):
      Notices.away(remote.address.url, reason: reason, outbox: path)
      remote.courier.wake()
    }
    return try withDatabase { database throws(TrackingError) in
      try database.query("SELECT run_id FROM runs WHERE id = ?", .integer(run)) { $0.text(0) }
        .first ?? id
    }
  }

  /// Delivers what a run that ends has logged, unless the server is away.
  func deliverAll(of run: Int64) {
    guard let remote else { return }
    let end = ContinuousClock.now + .seconds(10)
    // While it is taken, artifacts may take as long as they need.
    while remote.courier.flush(run: run, limit: .seconds(3600)) == .busy, ContinuousClock.now < end
    {
      let waiting = try? withDatabase { database throws(TrackingError) in
        try database.outboxCounts(run: run).waiting
      }
      if waiting == 0 { return }
      _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(100))
    }
  }

  /// The run that `reference` means, here or at the server.
  func known(_ reference: String) throws(TrackingError) -> RunRecord {
    guard remote != nil else { return try run(reference) }
    do throws(TrackingError) {
      return try run(reference)
    } catch {
      guard case .runNotFound = error else { throw error }
    }
    let id = try withDatabase { database throws(TrackingError) in
      try database.query(
        "SELECT run_id FROM runs JOIN outbox_runs ON run = runs.id WHERE remote_id = ?",
        .text(reference)
      ) { $0.text(0) }.first
    }
    return if let id { try run(id) } else { try adopt(remote: reference) }
  }

  /// Fetches a run that this machine does not know from the server, to go on with it.
  func adopt(remote reference: String) throws(TrackingError) -> RunRecord {
    guard let remote else { throw .runNotFound(reference: reference) }
    let server = remote.delivery.server
    let found: JSONValue
    do throws(DeliveryFailure) {
      found = try server.call("GET", "runs/get", ["run_id": .string(reference)])
    } catch {
      if case .rejected("RESOURCE_DOES_NOT_EXIST", _) = error {
        throw .runNotFound(reference: reference)
      }
      throw .serverFailed(url: remote.address.url, reason: error.reason)
    }
    guard let info = found["run"]?["info"], let experiment = info["experiment_id"]?.string else {
      throw .serverFailed(url: remote.address.url, reason: "its answer to runs/get names no run")
    }
    let name: String
    do throws(DeliveryFailure) {
      let answer = try server.call("GET", "experiments/get", ["experiment_id": .string(experiment)])
      name = answer["experiment"]?["name"]?.string ?? "Default"
    } catch {
      throw .serverFailed(url: remote.address.url, reason: error.reason)
    }
    let id = try withDatabase { database throws(TrackingError) in
      try database.insertKnown(
        info, data: found["run"]?["data"] ?? [:], experiment: name, reference: reference)
    }
    return try run(id)
  }
}

extension Database {
  /// Removes runs that ended a day ago, or longer, and that the server has.
  func forgetDelivered() throws(TrackingError) {
    let limit = currentMilliseconds() - 86_400_000
    try execute(
      """
      DELETE FROM runs WHERE end_ms < ? AND status <> 'RUNNING'
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.run = runs.id)
      """, .integer(limit))
    try execute(
      "DELETE FROM logged_models WHERE source_run_id NOT IN (SELECT run_id FROM runs)")
    try execute(
      "DELETE FROM outbox_models WHERE model_id NOT IN (SELECT model_id FROM logged_models)")
  }

  /// Enters a run that the server has, with the last steps of its metrics; nothing of that is delivered.
  fileprivate func insertKnown(
    _ info: JSONValue, data: JSONValue, experiment: String, reference: String
  ) throws(TrackingError) -> String {
    let id = info["run_id"]?.string ?? reference
    try write { () throws(TrackingError) in
      let row = try insertRun(
        id: id, experiment: experiment, name: info["run_name"]?.string ?? id, parentID: nil,
        startMilliseconds: Int64(info["start_time"]?.int ?? 0), tags: [:])
      for metric in data["metrics"]?.array ?? [] {
        guard let key = metric["key"]?.string else { continue }
        let time = Int64(metric["timestamp"]?.int ?? 0)
        try execute(
          """
          INSERT OR IGNORE INTO series (run, key, origin_ms, last_step, last_time, last_value)
            VALUES (?, ?, ?, ?, 0, ?)
          """, .integer(row), .text(key), .integer(time), .integer(Int64(metric["step"]?.int ?? 0)),
          .metric(metric["value"]?.double ?? .nan))
      }
      try execute("DELETE FROM outbox WHERE run = ?", .integer(row))
      try noteRemoteWithin(run: row, id: id, artifactURI: info["artifact_uri"]?.string ?? "")
    }
    return id
  }
}
