import Digest
import FoundationEssentials
import SQLite

/// Something that is wrong with a store.
package struct StoreFault: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// SQLite finds its pages or indexes damaged.
    case damage
    /// A table, an index or a view is not there.
    case missingObject = "missing object"
    /// A row names another one that is not there.
    case orphanRow = "orphan row"
    /// What is kept of a metric is not what its points say.
    case wrongSummary = "wrong summary"
    /// The contents of an artifact are not there.
    case missingArtifact = "missing artifact"
    /// The contents of an artifact are not those that were logged.
    case corruptArtifact = "corrupt artifact"
    /// A file in the store's folder belongs to no artifact.
    case orphanFile = "orphan file"

    /// Whether a store with such a fault is sound all the same.
    package var isHarmless: Bool { self == .orphanFile }
  }

  package let kind: Kind
  package let subject: String
  package let detail: String
}

extension TrackingStore {
  /// Looks for what is wrong with the store.
  ///
  /// - Parameter isQuick: Whether to leave out what reads every point and every artifact's contents.
  /// - Returns: The faults, none in a sound store.
  /// - Throws: ``TrackingError`` when the store cannot be read at all.
  package func faults(isQuick: Bool) throws(TrackingError) -> [StoreFault] {
    let found = try withDatabase { database throws(TrackingError) in
      do throws(TrackingError) {
        return try database.faults(isQuick: isQuick)
      } catch {
        guard case .damaged(let path, let reason) = error else { throw error }
        return [StoreFault(kind: .damage, subject: path, detail: reason)]
      }
    }
    // What is damaged cannot be relied on for anything else.
    guard !found.contains(where: { $0.kind == .damage || $0.kind == .missingObject }) else {
      return found
    }
    return try found + artifactFaults(isQuick: isQuick)
  }

  /// Makes missing indexes and views again, and works out wrong summaries anew.
  ///
  /// - Returns: How many of each.
  /// - Throws: ``TrackingError`` when the store cannot be written.
  package func mend() throws(TrackingError) -> (objects: Int, summaries: Int) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        var objects = 0
        for object in try database.missingObjects() where object.kind != "table" {
          try database.execute(object.sql)
          objects += 1
        }
        let wrong = try database.wrongSummaries().map(\.series)
        for series in wrong { try database.summarizeAnew(series) }
        return (objects, wrong.count)
      }
    }
  }

  private func artifactFaults(isQuick: Bool) throws(TrackingError) -> [StoreFault] {
    let rows = try reading { database throws(TrackingError) in
      try database.query(
        """
        WITH owned AS (
          SELECT sha256, byte_count, substr(run_id, 1, 8) AS owner, path FROM artifacts
            JOIN runs ON runs.id = run
          UNION ALL SELECT sha256, byte_count, model_id, path FROM logged_model_artifacts
            JOIN logged_models ON logged_models.id = model
          UNION ALL SELECT sha256, byte_count, 'shared', path FROM shared_artifacts
        )
        SELECT sha256, byte_count, min(owner), min(path), count(*) FROM owned
          GROUP BY sha256, byte_count ORDER BY sha256
        """
      ) { (row: borrowing Row) in
        (
          digest: row.text(0), bytes: row.integer(1), owner: row.text(2), path: row.text(3),
          count: row.integer(4)
        )
      }
    }
    var faults: [StoreFault] = []
    let all = try contents.all()
    let sizes = Dictionary(
      all.map { ($0.digest, $0.size) }, uniquingKeysWith: { first, _ in first })
    for row in rows {
      let place = contents.address(row.digest)
      let others = row.count > 1 ? " and \(row.count - 1) more" : ""
      let subject = "\(row.owner) \(row.path)\(others)"
      guard let size = sizes[row.digest] else {
        faults.append(
          StoreFault(kind: .missingArtifact, subject: subject, detail: "there is no \(place)"))
        continue
      }
      var detail: String?
      if size != row.bytes {
        detail = "\(place) has \(size) bytes instead of \(row.bytes)"
      } else if !isQuick {
        detail = try corruption(of: row.digest)
      }
      if let detail {
        faults.append(StoreFault(kind: .corruptArtifact, subject: subject, detail: detail))
      }
    }
    let known = Set(rows.map(\.digest))
    return faults
      + all.filter { !known.contains($0.digest) }.map {
        StoreFault(
          kind: .orphanFile, subject: $0.address, detail: "no artifact has these contents")
      }
  }

  /// What is wrong with the bytes of contents, which are read from where they are kept.
  private func corruption(of digest: String) throws(TrackingError) -> String? {
    var file = contents.address(digest)
    var isTemporary = false
    defer { if isTemporary { try? FileManager.default.removeItem(atPath: file) } }
    if case .bucket = contents {
      file = try newIncomingFile()
      isTemporary = true
      try contents.copy(digest, to: file)
    }
    do throws(DigestError) {
      return hexadecimal(try sha256(ofFile: file).digest) == digest
        ? nil : "the SHA-256 of \(contents.address(digest)) is not its name"
    } catch {
      return error.description
    }
  }
}

extension Database {
  fileprivate func faults(isQuick: Bool) throws(TrackingError) -> [StoreFault] {
    let check = isQuick ? "quick_check" : "integrity_check"
    let damage = try query("PRAGMA \(check)(20)") { $0.text(0) }.filter { $0 != "ok" }
    guard damage.isEmpty else {
      return damage.map { StoreFault(kind: .damage, subject: path, detail: $0) }
    }
    let missing = try missingObjects()
    if missing.contains(where: { $0.kind == "table" }) {
      return missing.map {
        StoreFault(
          kind: .missingObject, subject: "\($0.kind) \($0.name)", detail: "it is not there")
      }
    }
    var faults = missing.map {
      StoreFault(kind: .missingObject, subject: "\($0.kind) \($0.name)", detail: "it is not there")
    }
    faults += try query("PRAGMA foreign_key_check") { (row: borrowing Row) in
      StoreFault(
        kind: .orphanRow, subject: "\(row.text(0)) \(row.text(1))",
        detail: "its \(row.text(2)) is not there")
    }
    faults += try query(
      """
      SELECT run_id, parent_run_id FROM runs r WHERE parent_run_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM runs p WHERE p.run_id = r.parent_run_id)
      """
    ) { (row: borrowing Row) in
      StoreFault(
        kind: .orphanRow, subject: "run \(row.text(0).prefix(8))",
        detail: "its parent \(row.text(1).prefix(8)) is not there")
    }
    guard !isQuick else { return faults }
    return try faults
      + wrongSummaries().map {
        StoreFault(kind: .wrongSummary, subject: "\($0.run.prefix(8)) \($0.key)", detail: $0.detail)
      }
  }

  /// What a new store has and this one has not.
  fileprivate func missingObjects() throws(TrackingError) -> [(
    kind: String, name: String, sql: String
  )] {
    let objects = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    let expected: [(kind: String, name: String, sql: String)]
    do throws(SQLiteError) {
      // An empty path is a database of SQLite's own that goes with its connection.
      let model = try Connection(path: "", mode: .create)
      for statement in Schema.migrations.joined() { try model.execute(statement) }
      expected = try model.query(objects) { ($0.text(0), $0.text(1), $0.text(2)) }
    } catch {
      throw failure(error)
    }
    let present = Set(try query(objects) { "\($0.text(0)) \($0.text(1))" })
    return expected.filter { !present.contains("\($0.kind) \($0.name)") }
  }

  /// The series whose count or ends are not those of their points.
  fileprivate func wrongSummaries() throws(TrackingError) -> [(
    series: Int64, run: String, key: String, detail: String
  )] {
    try query(
      """
      SELECT s.id, r.run_id, s.key, s.point_count, count(p.step),
          s.minimum IS NOT min(iif(typeof(p.value) = 'real', p.value, NULL))
          OR s.maximum IS NOT max(iif(typeof(p.value) = 'real', p.value, NULL)),
          s.last_step IS NOT max(p.step)
        FROM series s JOIN runs r ON r.id = s.run LEFT JOIN points p ON p.series = s.id
        GROUP BY s.id
        HAVING s.point_count <> count(p.step) OR s.last_step IS NOT max(p.step)
          OR s.minimum IS NOT min(iif(typeof(p.value) = 'real', p.value, NULL))
          OR s.maximum IS NOT max(iif(typeof(p.value) = 'real', p.value, NULL))
      """
    ) { (row: borrowing Row) in
      let detail =
        row.integer(3) != row.integer(4)
        ? "it counts \(row.integer(3)) points, and \(row.integer(4)) are there"
        : row.integer(5) != 0
          ? "its lowest or highest value is not that of its points"
          : "its last step is not that of its points"
      return (row.integer(0), row.text(1), row.text(2), detail)
    }
  }

  fileprivate func summarizeAnew(_ series: Int64) throws(TrackingError) {
    try execute(
      """
      UPDATE series SET
          point_count = (SELECT count(*) FROM points WHERE series = ?1),
          (last_step, last_time, last_value) = (SELECT step, time, value FROM points
            WHERE series = ?1 ORDER BY step DESC, time DESC, value DESC LIMIT 1),
          (minimum, minimum_step) = (SELECT value, step FROM points
            WHERE series = ?1 AND typeof(value) = 'real' ORDER BY value, step LIMIT 1),
          (maximum, maximum_step) = (SELECT value, step FROM points
            WHERE series = ?1 AND typeof(value) = 'real' ORDER BY value DESC, step LIMIT 1)
        WHERE id = ?1
      """, .integer(series))
  }
}
