import FoundationEssentials
import Processes
import SQLite

/// Runs of a server, copied to a store of this process as they are asked for: there they are read, compared and drawn
/// as those of a file are.
///
/// The copy lies in a temporary folder, which goes with this object, or with the process.
package final class ServerMirror {
  /// What is copied of a run beside its params, tags, data sets and the last values of its metrics.
  package struct Parts {
    /// Of which metrics to copy every point.
    package var wantsHistory: (_ key: String) -> Bool = { _ in false }
    /// The paths and sizes of its artifacts; their digests only of those whose contents are copied.
    package var hasArtifacts = false
    /// Which artifacts to copy with their contents.
    package var wantsContents: (ServerFile) -> Bool = { _ in false }

    package init() {}

    /// With every point of every metric.
    package static var histories: Self { histories(of: nil) }

    /// With every point of one metric, or of all.
    package static func histories(of key: String?) -> Self {
      var parts = Self()
      parts.wantsHistory = { key == nil || $0 == key }
      return parts
    }
  }

  /// Where the copies are; its experiments have the numbers that they have at the server.
  package let store: TrackingStore
  let source: ServerRuns
  private let folder: String
  /// Those that are not deleted, and the deleted ones.
  private(set) var experiments: [ServerRuns.Experiment] = []

  /// Makes a copy with the server's experiments and no runs.
  ///
  /// - Parameters:
  ///   - address: The server, and who asks.
  ///   - limit: How long it may take to answer a request.
  /// - Throws: ``TrackingError`` when the server does not answer, or no folder can be made.
  package init(
    _ address: ServerAddress, limit: Duration = .seconds(60)
  ) throws(TrackingError) {
    let folder = try TemporaryFolder.prepared(for: .mirror)
    self.folder = folder
    do throws(TrackingError) {
      source = ServerRuns(address, limit: limit)
      store = try TrackingStore(file: "\(folder)/mirror.db", artifacts: "\(folder)/artifacts")
      experiments = Self.withNames(try source.experiments(.all))
      try enterExperiments()
    } catch {
      TemporaryFolder.remove(folder)
      throw error
    }
  }

  deinit { TemporaryFolder.remove(folder) }

  /// The experiments with a name of its own for each: a server may have deleted ones whose name another one has now.
  private static func withNames(
    _ experiments: [ServerRuns.Experiment]
  ) -> [ServerRuns.Experiment] {
    var taken: Set<String> = []
    return experiments.sorted { !$0.isDeleted && $1.isDeleted }.map { experiment in
      let isFree = taken.insert(experiment.name).inserted
      return isFree
        ? experiment
        : ServerRuns.Experiment(
          id: experiment.id, name: "\(experiment.name) (\(experiment.id), deleted)",
          isDeleted: experiment.isDeleted)
    }
  }

  private func enterExperiments() throws(TrackingError) {
    try store.withDatabase { [experiments] database throws(TrackingError) in
      // What a crash does to this file is nobody's loss.
      try database.execute("PRAGMA synchronous = OFF")
      try database.write { () throws(TrackingError) in
        try database.execute("DELETE FROM experiments")
        for experiment in experiments {
          try database.execute(
            "INSERT INTO experiments (id, name, created_ms, updated_ms) VALUES (?, ?, 0, 0)",
            .integer(orNull: Int64(experiment.id)), .text(experiment.name))
        }
      }
    }
  }

  /// Copies runs, and gives the copies in the same order.
  func take(_ runs: [ServerRun]) throws(TrackingError) -> [RunRecord] {
    var records: [RunRecord] = []
    for run in runs {
      _ = try store.take(run.content)
      if run.isDeleted {
        try store.withDatabase { database throws(TrackingError) in
          _ = try database.execute(
            "UPDATE runs SET deleted_ms = ? WHERE run_id = ?", .integer(currentMilliseconds()),
            .text(run.content.id))
        }
      }
      records.append(try store.run(run.content.id, among: .all))
    }
    return records
  }

  /// Copies what else is wanted of a run.
  func complete(
    _ run: ServerRun, _ record: RunRecord, _ parts: Parts
  ) throws(TrackingError) {
    var content = run.content
    content.metrics = try source.histories(of: run, where: parts.wantsHistory)
    if !content.metrics.isEmpty { _ = try store.take(content) }
    guard parts.hasArtifacts else { return }
    let owner = ServerFiles.run(record.id)
    let files = try source.files(owner)
    try store.withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        for file in files {
          try database.execute(
            """
            INSERT OR IGNORE INTO artifacts (run, path, sha256, byte_count, logged_ms)
              VALUES (?, ?, '', ?, 0)
            """, .integer(record.row), .text(file.path), .integer(file.byteCount))
        }
      }
    }
    for file in files where parts.wantsContents(file) {
      let place = "\(folder)/download"
      try source.download(file.path, owner, to: place)
      try store.logArtifact(file: place, as: file.path, of: .run(record.row))
      try? FileManager.default.removeItem(atPath: place)
    }
  }

  /// Forgets the runs, so that they are copied as they are now.
  func forgetRuns() throws(TrackingError) {
    try store.withDatabase { database throws(TrackingError) in
      _ = try database.execute("DELETE FROM runs")
    }
  }

  /// The URL of the contents of an artifact.
  package func address(of artifact: ArtifactRecord, in run: RunRecord) -> String {
    source.url + ServerRuns.place(of: artifact.path, .run(run.id))
  }
}
