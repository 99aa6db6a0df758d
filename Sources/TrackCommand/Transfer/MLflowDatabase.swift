import FoundationEssentials
import SQLite
import Tracking

/// Reads an SQLite database of MLflow's, of this or an older version.
struct MLflowDatabase {
  let path: String
  let connection: Connection
  /// The columns by table.
  private(set) var columns: [String: Set<String>] = [:]

  /// Opens the database to read it; `nil` if it is another program's.
  init?(_ path: String) throws {
    self.path = path
    connection = try Connection(path: path, mode: .readOnly)
    let tables = try connection.query("SELECT name FROM sqlite_master WHERE type = 'table'") {
      $0.text(0)
    }
    guard tables.contains("experiments"),
      tables.contains("latest_metrics") || tables.contains("metrics"),
      tables.contains("runs")
    else { return nil }
    for table in tables where !table.contains("\"") {
      columns[table] = Set(
        try connection.query("SELECT name FROM pragma_table_info(?)", .text(table)) { $0.text(0) })
    }
    guard columns["runs"]?.contains("run_uuid") == true else { return nil }
  }

  func has(_ table: String, _ column: String) -> Bool {
    columns[table]?.contains(column) == true
  }

  func read(into store: TrackingStore, _ report: inout ImportReport) throws {
    let name = has("runs", "name") ? "r.name" : "''"
    let runs = try connection.query(
      """
      SELECT r.run_uuid, e.name, \(name), r.status, r.start_time, r.end_time, r.user_id,
        r.lifecycle_stage = 'deleted' OR e.lifecycle_stage = 'deleted', r.artifact_uri
      FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id
      ORDER BY r.start_time, r.run_uuid
      """
    ) { (row: borrowing Row) in
      (
        id: row.text(0), experiment: row.text(1), name: row.text(2), status: row.text(3),
        start: row.integer(4), end: row.integer(ifPresent: 5), user: row.text(6),
        isDeleted: row.integer(7) != 0, artifacts: row.text(8)
      )
    }
    for found in runs {
      guard !found.isDeleted else {
        report.leave(out: found.id, because: "runs that are deleted")
        continue
      }
      var run = TransferredRun(
        id: found.id, experiment: found.experiment, name: found.name,
        status: RunStatus(rawValue: found.status) ?? .finished, startMilliseconds: found.start,
        endMilliseconds: found.end)
      run.user = found.user
      run.params = try pairs("params", of: found.id)
      run.tags = try pairs("tags", of: found.id)
      run.parentID = run.tags.first { $0.key == "mlflow.parentRunId" }?.value
      if run.name.isEmpty {
        run.name =
          run.tags.first { $0.key == "mlflow.runName" }?.value ?? String(found.id.prefix(8))
      }
      run.metrics = try metrics(of: found.id)
      run.datasets = try datasets(of: found.id)
      run.models = try models(of: found.id)
      run.artifacts = try artifacts(of: found.id, at: found.artifacts, &report)
      try report.take(run, into: store)
    }
    try readLoggedModels(into: store, &report)
    try readRegisteredModels(into: store, &report)
    for (table, thing) in [
      ("trace_info", "traces"), ("spans", "spans of traces"),
    ] where columns[table] != nil {
      let count = try connection.value("SELECT count(*) FROM \(table)")
      if case .integer(let count) = count, count > 0 {
        report.leave(out: "\(count) in the table \(table)", because: thing)
      }
    }
  }

  private func pairs(_ table: String, of run: String) throws -> [(key: String, value: String)] {
    try connection.query(
      "SELECT key, value FROM \(table) WHERE run_uuid = ? ORDER BY key", .text(run)
    ) { (key: $0.text(0), value: $0.text(1)) }
  }

  private func metrics(of run: String) throws -> [MetricEntry] {
    let step = has("metrics", "step") ? "step" : "0"
    let isNaN = has("metrics", "is_nan") ? "is_nan" : "0"
    return try connection.query(
      """
      SELECT key, value, \(step), timestamp, \(isNaN) FROM metrics WHERE run_uuid = ?
        ORDER BY key, timestamp, 3
      """, .text(run)
    ) { (row: borrowing Row) in
      var value = row.real(1)
      // MLflow keeps infinities as the largest numbers in databases.
      if abs(value) == .greatestFiniteMagnitude { value = value < 0 ? -.infinity : .infinity }
      if row.integer(4) != 0 || row.isNull(1) { value = .nan }
      return MetricEntry(
        key: row.text(0), value: value, step: row.integer(2), timeMilliseconds: row.integer(3))
    }
  }

  private func datasets(of run: String) throws -> [DatasetRecord] {
    guard columns["datasets"] != nil, columns["inputs"] != nil else { return [] }
    return try connection.query(
      """
      SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema,
        d.dataset_profile,
        (SELECT t.value FROM input_tags t WHERE t.input_uuid = i.input_uuid
          AND t.name = 'mlflow.data.context')
      FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
      WHERE i.source_type = 'DATASET' AND i.destination_id = ? ORDER BY d.name
      """, .text(run)
    ) { (row: borrowing Row) in
      DatasetRecord(
        name: row.text(0), digest: row.text(1), sourceType: row.text(2), source: row.text(3),
        schema: row.text(ifPresent: 4), profile: row.text(ifPresent: 5),
        context: row.text(ifPresent: 6))
    }
  }

  func artifacts(
    of run: String, at uri: String, _ report: inout ImportReport
  ) throws -> [(path: String, file: String)] {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    var place = MLflowFileStore.localPath(uri, beside: folder.isEmpty ? "." : folder)
    if uri.hasPrefix("mlflow-artifacts:") {
      // Where `mlflow server` keeps what it is given, unless it was told another place.
      let tail = uri.dropFirst("mlflow-artifacts:".count).drop { $0 == "/" }
      place = "\(folder.isEmpty ? "." : folder)/mlartifacts/\(tail)"
    }
    guard let place else {
      report.leave(out: "\(run.prefix(8)) \(uri)", because: "artifacts kept elsewhere")
      return []
    }
    guard FileManager.default.fileExists(atPath: place) else {
      if uri.hasPrefix("mlflow-artifacts:") {
        report.leave(out: "\(run.prefix(8)) \(uri)", because: "artifacts that are not at \(place)")
      }
      return []
    }
    return try ArtifactFolder.files(in: place, run: run, &report)
  }
}
