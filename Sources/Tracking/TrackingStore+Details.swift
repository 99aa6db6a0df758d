import SQLite

extension TrackingStore {
  /// What `run` logged.
  package func detail(of run: RunRecord) throws(TrackingError) -> RunDetail {
    try details(of: [run])[0]
  }

  /// What each of `runs` logged, read in a few queries however many there are.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - hasArtifacts: Whether the artifacts' list is wanted too; without, it is empty.
  /// - Returns: The details, in the order of `runs`.
  /// - Throws: ``TrackingError`` when the store cannot be read.
  package func details(
    of runs: [RunRecord], withArtifacts hasArtifacts: Bool = true
  ) throws(TrackingError) -> [RunDetail] {
    guard !runs.isEmpty else { return [] }
    let rows = RowList(runs.map(\.row))
    return try reading { database throws(TrackingError) in
      let params = try database.pairs("params", runs: rows)
      let tags = try database.pairs("tags", runs: rows)
      let metrics = try database.summaries(runs: rows)
      let artifacts = hasArtifacts ? try database.artifacts(runs: rows) : [:]
      let datasets = try database.datasets(runs: rows)
      let models = try database.models(runs: rows)
      return runs.map { run in
        RunDetail(
          run: run, params: params[run.row] ?? [], tags: tags[run.row] ?? [],
          metrics: metrics[run.row] ?? [], artifacts: artifacts[run.row] ?? [],
          datasets: datasets[run.row] ?? [], models: RunModels(models[run.row] ?? []))
      }
    }
  }
}

/// Numbers of rows, as one value that a query can take: `IN (SELECT value FROM json_each(?))`.
struct RowList {
  let value: SQLiteValue

  init(_ rows: [Int64]) {
    value = .text("[\(rows.map { "\($0)" }.joined(separator: ","))]")
  }
}

extension Database {
  /// Runs a query whose rows are sorted by run, which is their first column.
  fileprivate func grouped<Element>(
    _ sql: String, _ values: SQLiteValue..., body: (borrowing Row) -> Element
  ) throws(TrackingError) -> [Int64: [Element]] {
    var groups: [Int64: [Element]] = [:]
    var group: [Element] = []
    var latest: Int64?
    _ = try query(sql, values: values) { (row: borrowing Row) in
      let run = row.integer(0)
      if run != latest {
        if let latest { groups[latest] = group }
        group = []
        latest = run
      }
      group.append(body(row))
    }
    if let latest { groups[latest] = group }
    return groups
  }

  fileprivate func pairs(
    _ table: String, runs: RowList
  ) throws(TrackingError) -> [Int64: [(key: String, value: String)]] {
    try grouped(
      """
      SELECT run, key, value FROM \(table) WHERE run IN (SELECT value FROM json_each(?))
        ORDER BY run, key
      """, runs.value
    ) { (key: $0.text(1), value: $0.text(2)) }
  }

  /// The summaries of the metrics of each run, by key.
  fileprivate func summaries(runs: RowList) throws(TrackingError) -> [Int64: [MetricSummary]] {
    try grouped(
      """
      SELECT run, key, point_count, last_value, last_step, minimum, minimum_step, maximum,
          maximum_step, origin_ms + last_time
        FROM series WHERE run IN (SELECT value FROM json_each(?)) AND point_count > 0
        ORDER BY run, key
      """, runs.value
    ) { (row: borrowing Row) in
      MetricSummary(
        key: row.text(1), count: Int(row.integer(2)), last: row.metric(3),
        lastStep: row.integer(4), lastMilliseconds: row.integer(9),
        minimum: row.isNull(5) ? nil : (row.real(5), row.integer(6)),
        maximum: row.isNull(7) ? nil : (row.real(7), row.integer(8)))
    }
  }

  /// The names of the metrics that `run` logged.
  func metricKeys(run: Int64) throws(TrackingError) -> [String] {
    try query(
      "SELECT key FROM series WHERE run = ? AND point_count > 0 ORDER BY key", .integer(run)
    ) { $0.text(0) }
  }

  /// The files that `run` logged, by path.
  func artifacts(run: Int64) throws(TrackingError) -> [ArtifactRecord] {
    try artifacts(runs: RowList([run]))[run] ?? []
  }

  fileprivate func artifacts(runs: RowList) throws(TrackingError) -> [Int64: [ArtifactRecord]] {
    try grouped(
      """
      SELECT run, path, byte_count, sha256, logged_ms FROM artifacts
        WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, path
      """, runs.value
    ) { (row: borrowing Row) in
      ArtifactRecord(
        path: row.text(1), byteCount: row.integer(2), sha256: row.text(3),
        loggedMilliseconds: row.integer(4))
    }
  }

  /// The logged models that each run used and made.
  fileprivate func models(runs: RowList) throws(TrackingError) -> [Int64: [RunModels.Row]] {
    try grouped(
      """
      SELECT run, is_output, model_id, step FROM run_models
        WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, step, model_id
      """, runs.value
    ) { (row: borrowing Row) in
      RunModels.Row(
        isOutput: row.integer(1) != 0, modelID: row.text(2), step: row.integer(3))
    }
  }

  /// The data sets that each run used, in the order in which its experiment came to know them.
  func datasets(runs: RowList) throws(TrackingError) -> [Int64: [DatasetRecord]] {
    try grouped(
      """
      SELECT inputs.run, name, digest, source_type, source, schema, profile, value,
          (SELECT json_group_object(key, value) FROM input_tags
            WHERE run = inputs.run AND dataset = inputs.dataset)
        FROM inputs
        JOIN datasets ON datasets.id = inputs.dataset
        LEFT JOIN input_tags ON input_tags.run = inputs.run
          AND input_tags.dataset = inputs.dataset AND key = ?
        WHERE inputs.run IN (SELECT value FROM json_each(?))
        ORDER BY inputs.run, inputs.dataset
      """, .text(DatasetContext.tag), runs.value
    ) { (row: borrowing Row) in
      DatasetRecord(
        name: row.text(1), digest: row.text(2), sourceType: row.text(3), source: row.text(4),
        schema: row.text(ifPresent: 5), profile: row.text(ifPresent: 6),
        context: row.text(ifPresent: 7), otherTags: DatasetRecord.otherTags(json: row.text(8)))
    }
  }
}
