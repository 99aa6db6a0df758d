import FoundationEssentials
import SQLite

/// What a store was rid of.
package struct GarbageReport: Sendable, Equatable {
  /// How many deleted runs.
  package var runs = 0
  /// How many deleted logged models.
  package var models = 0
  /// How many deleted experiments.
  package var experiments = 0
  /// How many files that were sent in parts and never completed.
  package var uploads = 0
  /// Why those in a bucket could not be looked for.
  package var uploadsFault: String?
  /// How many files that no artifact has any more.
  package var files = 0
  /// The sizes of these files together.
  package var bytes: Int64 = 0

  /// Nothing went.
  package init() {}
}

extension TrackingStore {
  /// Deletes a run, which can be restored until the garbage is collected.
  package func delete(_ run: RunRecord) throws(TrackingError) {
    try setDeleted("runs", row: run.row, at: currentMilliseconds())
  }

  /// Restores a deleted run.
  package func restore(_ run: RunRecord) throws(TrackingError) {
    try setDeleted("runs", row: run.row, at: nil)
  }

  private func setDeleted(
    _ table: String, row: Int64, at time: Int64?
  ) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        _ = try database.execute(
          "UPDATE \(table) SET deleted_ms = ? WHERE id = ?", .integer(orNull: time), .integer(row))
      }
    }
  }

  /// Deletes an experiment and its runs; its name is free again.
  package func deleteExperiment(id: Int64) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        // The same time marks the runs that are to come back with the experiment.
        let now = SQLiteValue.integer(currentMilliseconds())
        let deleted = try database.execute(
          "UPDATE experiments SET deleted_ms = ?, updated_ms = ? WHERE id = ? AND deleted_ms IS NULL",
          now, now, .integer(id))
        guard deleted > 0 else { throw .experimentNotFound(reference: "\(id)") }
        _ = try database.execute(
          "UPDATE runs SET deleted_ms = ? WHERE experiment = ? AND deleted_ms IS NULL", now,
          .integer(id))
      }
    }
  }

  /// Restores a deleted experiment and the runs that were deleted with it.
  ///
  /// - Throws: ``TrackingError/experimentExists(name:)`` when its name was given to another one.
  package func restoreExperiment(id: Int64) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let found = try database.query(
          "SELECT name, deleted_ms FROM experiments WHERE id = ? AND deleted_ms IS NOT NULL",
          .integer(id)
        ) { (name: $0.text(0), deleted: $0.integer(1)) }
        guard let experiment = found.first else { throw .experimentNotFound(reference: "\(id)") }
        try database.checkIsFree(experimentName: experiment.name)
        try database.execute(
          "UPDATE experiments SET deleted_ms = NULL, updated_ms = ? WHERE id = ?",
          .integer(currentMilliseconds()), .integer(id))
        _ = try database.execute(
          "UPDATE runs SET deleted_ms = NULL WHERE experiment = ? AND deleted_ms = ?",
          .integer(id), .integer(experiment.deleted))
      }
    }
  }

  /// Removes what was deleted before a time, and the files that no artifact has any more.
  ///
  /// A run or logged model that a version of a registered model comes from stays, and so does its experiment.
  ///
  /// - Parameters:
  ///   - milliseconds: The time, since 1970; what was deleted later stays.
  ///   - isTrial: Whether only to say what would go.
  /// - Returns: What went.
  /// - Throws: ``TrackingError`` when the store cannot be written.
  package func collectGarbage(
    deletedBefore milliseconds: Int64, isTrial: Bool = false
  ) throws(TrackingError) -> GarbageReport {
    // Listing a bucket takes long, and nobody can write meanwhile. What comes after this stays.
    let all = try contents.all()
    var left = GarbageReport()
    try removeUploads(isTrial: isTrial, report: &left)
    let uploads = left
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let time = SQLiteValue.integer(milliseconds)
        var report = uploads
        let old = "deleted_ms IS NOT NULL AND deleted_ms < ?1"
        let oldRuns = "\(old) AND run_id NOT IN (SELECT run_id FROM model_versions)"
        let oldModels = """
          (\(old) OR experiment IN (SELECT id FROM experiments WHERE \(old)))
            AND model_id NOT IN (SELECT model_id FROM model_versions WHERE model_id IS NOT NULL)
          """
        // The experiment of number 0 is one that every store has.
        let oldExperiments = """
          \(old) AND id > 0
            AND id NOT IN (SELECT experiment FROM runs WHERE NOT (\(old) AND \(oldRuns)))
            AND id NOT IN (SELECT experiment FROM logged_models WHERE NOT (\(oldModels)))
          """
        report.experiments = try database.count("experiments WHERE \(oldExperiments)", time)
        report.runs = try database.count("runs WHERE \(oldRuns)", time)
        report.models = try database.count("logged_models WHERE \(oldModels)", time)
        // Files first: if that fails half-way, their rows are still there.
        let kept = try database.query(
          """
          SELECT sha256 FROM artifacts WHERE run IN
              (SELECT id FROM runs WHERE id NOT IN (SELECT id FROM runs WHERE \(oldRuns)))
            UNION SELECT sha256 FROM logged_model_artifacts WHERE model NOT IN
              (SELECT id FROM logged_models WHERE \(oldModels))
            UNION SELECT sha256 FROM shared_artifacts
          """, time
        ) { $0.text(0) }
        try removeContents(all, except: Set(kept), isTrial: isTrial, report: &report)
        guard !isTrial else { return report }
        // Experiments while it can be told what keeps them.
        try database.execute("DELETE FROM experiments WHERE \(oldExperiments)", time)
        try database.execute("DELETE FROM runs WHERE \(oldRuns)", time)
        try database.execute("DELETE FROM logged_models WHERE \(oldModels)", time)
        database.series = [:]
        return report
      }
    }
  }

  /// Removes the kept contents of artifacts whose digests are not `digests`, and what a killed process left half-copied.
  private func removeContents(
    _ all: [(digest: String, address: String, size: Int64)], except digests: Set<String>,
    isTrial: Bool, report: inout GarbageReport
  ) throws(TrackingError) {
    for content in all
    where ArtifactContents.isDigest(content.digest[...]) && !digests.contains(content.digest) {
      report.files += 1
      report.bytes += content.size
      if !isTrial { try contents.remove(content.digest) }
    }
    let manager = FileManager.default
    let yesterday = Date(timeIntervalSinceNow: -86400)
    for name in (try? manager.contentsOfDirectory(atPath: incomingFolder)) ?? [] {
      let path = "\(incomingFolder)/\(name)"
      let attributes = try? manager.attributesOfItem(atPath: path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular,
        (attributes?[.modificationDate] as? Date ?? Date()) < yesterday
      else { continue }
      report.files += 1
      report.bytes += ArtifactContents.size(attributes ?? [:])
      guard !isTrial else { continue }
      do { try manager.removeItem(atPath: path) } catch {
        throw TrackingError(copying: path, error: error)
      }
    }
  }

  /// Sets or removes tags of a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - tags: The texts by key; `nil` removes the tag.
  /// - Throws: ``TrackingError`` when a key is invalid or the store cannot be written.
  package func change(
    tagsOf run: RunRecord, _ tags: [(key: String, value: String?)]
  ) throws(TrackingError) {
    for tag in tags { try RunIdentity.validate(tag.key, kind: "tag's key") }
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: run.row)
        for (key, value) in tags {
          if let value {
            try database.setTag(key, value, run: run.row)
          } else {
            try database.execute(
              "DELETE FROM tags WHERE run = ? AND key = ?", .integer(run.row), .text(key))
          }
        }
      }
    }
  }
}

extension Database {
  fileprivate func count(_ rows: String, _ value: SQLiteValue) throws(TrackingError) -> Int {
    try query("SELECT count(*) FROM \(rows)", value) { Int($0.integer(0)) }.first ?? 0
  }
}
