package import SQLite

/// What people may ask of a store in SQL, which they can only read.
package struct SQLView: Sendable {
  package let name: String
  /// What its rows are.
  package let summary: String
  package let columns: [String]
  fileprivate let query: String

  /// The views, which hide the tables of the same names; those are `main.runs` and so on, and may change with versions.
  package static let all: [SQLView] = [
    SQLView(
      name: "experiments", summary: "an experiment, deleted ones too",
      columns: ["experiment_id", "name", "created", "updated", "deleted", "run_count"],
      query: """
        SELECT id, name, \(time("created_ms")), \(time("updated_ms")), \(time("deleted_ms")),
          (SELECT count(*) FROM main.runs r WHERE r.experiment = e.id AND r.deleted_ms IS NULL)
        FROM main.experiments e
        """),
    SQLView(
      name: "runs", summary: "a run, deleted ones too",
      columns: [
        "run_id", "name", "experiment_id", "experiment", "status", "interrupted", "started",
        "ended", "seconds", "parent_run_id", "user", "deleted",
      ],
      query: """
        SELECT r.run_id, r.name, r.experiment, e.name, r.status, r.interrupted,
          \(time("r.start_ms")), \(time("r.end_ms")), (r.end_ms - r.start_ms) / 1000.0,
          r.parent_run_id, r.user, \(time("r.deleted_ms"))
        FROM main.runs r JOIN main.experiments e ON e.id = r.experiment
        """),
    SQLView(
      name: "params", summary: "a param of a run; number is NULL unless it is one",
      columns: ["run_id", "key", "value", "number"],
      query: """
        SELECT r.run_id, p.key, p.value,
          CASE WHEN trim(p.value) GLOB '*[0-9]*' AND trim(p.value) NOT GLOB '*[^-+.eE0-9]*'
            AND trim(p.value) GLOB '[-+.0-9]*' THEN CAST(p.value AS REAL) END
        FROM main.params p JOIN main.runs r ON r.id = p.run
        """),
    SQLView(
      name: "tags", summary: "a tag of a run", columns: ["run_id", "key", "value"],
      query: """
        SELECT r.run_id, t.key, t.value FROM main.tags t JOIN main.runs r ON r.id = t.run
        """),
    SQLView(
      name: "metrics", summary: "a metric of a run in short; NaN is NULL",
      columns: [
        "run_id", "key", "last", "last_step", "minimum", "minimum_step", "maximum",
        "maximum_step", "points",
      ],
      query: """
        SELECT r.run_id, s.key, \(number("s.last_value")), s.last_step, s.minimum, s.minimum_step,
          s.maximum, s.maximum_step, s.point_count
        FROM main.series s JOIN main.runs r ON r.id = s.run
        """),
    SQLView(
      name: "points", summary: "a point of a metric; NaN is NULL",
      columns: ["run_id", "key", "step", "time_ms", "value"],
      query: """
        SELECT r.run_id, s.key, p.step, s.origin_ms + p.time, \(number("p.value"))
        FROM main.points p JOIN main.series s ON s.id = p.series JOIN main.runs r ON r.id = s.run
        """),
    SQLView(
      name: "artifacts", summary: "a file that a run logged",
      columns: ["run_id", "path", "bytes", "sha256", "logged"],
      query: """
        SELECT r.run_id, a.path, a.byte_count, a.sha256, \(time("a.logged_ms"))
        FROM main.artifacts a JOIN main.runs r ON r.id = a.run
        """),
    SQLView(
      name: "datasets", summary: "a data set that a run used",
      columns: ["run_id", "name", "digest", "source_type", "source", "context"],
      query: """
        SELECT r.run_id, d.name, d.digest, d.source_type, d.source,
          (SELECT t.value FROM main.input_tags t WHERE t.run = i.run AND t.dataset = i.dataset
            AND t.key = 'mlflow.data.context')
        FROM main.inputs i JOIN main.datasets d ON d.id = i.dataset JOIN main.runs r ON r.id = i.run
        """),
  ]

  /// A time as SQLite's functions of dates take it, in UTC.
  private static func time(_ column: String) -> String {
    "strftime('%Y-%m-%d %H:%M:%f', \(column) / 1000.0, 'unixepoch')"
  }

  private static func number(_ column: String) -> String {
    "CASE WHEN typeof(\(column)) <> 'text' THEN \(column) END"
  }

  fileprivate var definition: String {
    "CREATE TEMP VIEW \(name)(\(columns.joined(separator: ", "))) AS \(query)"
  }
}

extension TrackingStore {
  /// Answers a query of somebody's own over ``SQLView/all``, which can read the store and do nothing else.
  ///
  /// - Parameters:
  ///   - sql: One statement.
  ///   - limit: How many rows at most; `nil` gives all.
  ///   - seconds: How long it may take.
  /// - Returns: The rows.
  /// - Throws: ``SQLiteError``, with code `authorization` for a statement that would do more than read.
  package func table(
    _ sql: String, limit: Int?, seconds: Double?
  ) throws(SQLiteError) -> QueryTable {
    let connection = try connectionToRead()
    try connection.execute("PRAGMA temp_store = MEMORY")
    for view in SQLView.all { try connection.execute(view.definition) }
    try connection.allowReadingOnly()
    if let seconds { connection.limitTime(seconds: seconds) }
    return try connection.table(sql, limit: limit)
  }

  private func connectionToRead() throws(SQLiteError) -> Connection {
    do throws(SQLiteError) {
      let connection = try Connection(path: path, mode: .readOnly)
      _ = try connection.value("SELECT count(*) FROM sqlite_master")
      return connection
    } catch {
      // A read-only medium: nobody can change the store, and no file can be made beside it.
      guard error.code == .cannotOpen || error.code == .readOnly else { throw error }
      return try Connection(path: path, mode: .readOnly, isImmutable: true)
    }
  }

  /// The value of one tag of a run; `nil` without that tag.
  package func tag(_ key: String, of run: RunRecord) throws(TrackingError) -> String? {
    try reading { database throws(TrackingError) in
      try database.query(
        "SELECT value FROM tags WHERE run = ? AND key = ?", .integer(run.row), .text(key)
      ) { $0.text(0) }.first
    }
  }
}
