import FoundationEssentials
import SQLite

/// Runs of this user that wait for a server.
///
/// ```swift
/// for outbox in try Outbox.all() { print(outbox.url, try outbox.counts()) }
/// ```
package struct Outbox: Sendable {
  /// The server's URL.
  package let url: String
  /// The file that keeps them.
  package let path: String
  private let store: TrackingStore

  /// Something that the server refused.
  package struct Rejection: Sendable, Equatable {
    package let run: String
    package let kind: String
    package let key: String
    package let reason: String
  }

  /// The outboxes in `folder`; those of this user by default.
  package static func all(in folder: String? = nil) throws(TrackingError) -> [Outbox] {
    let folder = if let folder { folder } else { try StoreLocation.outboxFolder() }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var found: [Outbox] = []
    for name in names.sorted() where name.hasSuffix(".db") {
      let path = "\(folder)/\(name)"
      let store = try TrackingStore(file: path)
      let url = try? store.withDatabase { database throws(TrackingError) in
        try database.query("SELECT url FROM outbox_server") { $0.text(0) }.first
      }
      if let url = url ?? nil { found.append(Outbox(url: url, path: path, store: store)) }
    }
    return found
  }

  /// How much it holds.
  package func counts() throws(TrackingError) -> OutboxCounts {
    try store.withDatabase { database throws(TrackingError) in try database.outboxCounts() }
  }

  /// Delivers what waits; runs of processes that are gone end as interrupted ones.
  ///
  /// - Parameter environment: Has the variables of ``ServerAddress``.
  /// - Returns: How far it came.
  /// - Throws: ``TrackingError`` when the file cannot be used.
  package func deliver(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TrackingError) -> DeliveryOutcome {
    guard let address = ServerAddress(url, environment: environment) else {
      return .stopped(reason: "\(url) is no URL of http or https")
    }
    try store.withDatabase { database throws(TrackingError) in
      try database.prepareOutbox(url: url)
      try database.markInterruptedRuns()
    }
    let outcome = Delivery(store: store, server: MLflowServer(address)).deliver()
    try store.withDatabase { database throws(TrackingError) in try database.forgetDelivered() }
    _ = try store.collectGarbage(deletedBefore: 0)
    return outcome
  }

  /// What the server refused, oldest first.
  package func rejections() throws(TrackingError) -> [Rejection] {
    try store.withDatabase { database throws(TrackingError) in
      try database.query(
        """
        SELECT run_id, kind, coalesce(key, ''), reason FROM outbox JOIN runs ON runs.id = run
          WHERE reason IS NOT NULL ORDER BY seq
        """
      ) { Rejection(run: $0.text(0), kind: $0.text(1), key: $0.text(2), reason: $0.text(3)) }
    }
  }

  /// Lets what the server refused wait again.
  package func retry() throws(TrackingError) {
    try store.withDatabase { database throws(TrackingError) in
      _ = try database.execute("UPDATE outbox SET reason = NULL WHERE reason IS NOT NULL")
    }
  }

  /// Gives up what the server refused; the runs keep it here until they are a day old.
  package func discardRejections() throws(TrackingError) {
    try store.withDatabase { database throws(TrackingError) in
      _ = try database.execute("DELETE FROM outbox WHERE reason IS NOT NULL")
    }
  }
}
