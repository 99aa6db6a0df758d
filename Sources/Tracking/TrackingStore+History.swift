import SQLite

extension TrackingStore {
  /// The points that `run` logged under `key`, by step, then by time.
  package func history(of run: RunRecord, key: String) throws(TrackingError) -> [MetricPoint] {
    try reading { database throws(TrackingError) in
      if let points = try database.points(run: run.row, key: key) { return points }
      let known = try database.metricKeys(run: run.row)
      throw .metricNotFound(run: run.shortID, key: key, known: known)
    }
  }

  /// The points of a metric by time, then by step and value; none for a metric that was never logged.
  package func history(
    of run: RunRecord, key: String, limit: Int?, offset: Int
  ) throws(TrackingError) -> [MetricPoint] {
    try reading { database throws(TrackingError) in
      guard let series = try database.storedSeries(run: run.row, key: key) else { return [] }
      // As they are stored where that is the same, since sorting takes longer than reading.
      let order =
        try database.isInOrderOfTime(series) ? "step, time, value" : "time, step, value"
      return try database.points(
        of: series, order: order, limit: limit.map(Int64.init) ?? -1, offset: Int64(offset))
    }
  }

  /// The first points of a metric beyond `step`, by step; all steps are beyond `nil`.
  package func history(
    of run: RunRecord, key: String, afterStep step: Int64?, limit: Int
  ) throws(TrackingError) -> [MetricPoint] {
    try reading { database throws(TrackingError) in
      guard let series = try database.storedSeries(run: run.row, key: key) else { return [] }
      return try database.query(
        """
        SELECT step, time, value FROM points WHERE series = ?1 AND (?2 IS NULL OR step > ?2)
          ORDER BY step, time, value LIMIT ?3
        """, .integer(series.id), .integer(orNull: step), .integer(Int64(limit))
      ) { (row: borrowing Row) in
        MetricPoint(
          step: row.integer(0), timeMilliseconds: series.originMilliseconds &+ row.integer(1),
          value: row.metric(2))
      }
    }
  }
}

extension Database {
  /// The points of a metric by step, then by time; `nil` when the run never logged it.
  fileprivate func points(run: Int64, key: String) throws(TrackingError) -> [MetricPoint]? {
    guard let series = try storedSeries(run: run, key: key) else { return nil }
    return try points(of: series, order: "step, time, value", limit: -1, offset: 0)
  }

  fileprivate func points(
    of series: MetricSeries, order: String, limit: Int64, offset: Int64
  ) throws(TrackingError) -> [MetricPoint] {
    let origin = series.originMilliseconds
    return try query(
      "SELECT step, time, value FROM points WHERE series = ? ORDER BY \(order) LIMIT ? OFFSET ?",
      .integer(series.id), .integer(limit), .integer(offset)
    ) { (row: borrowing Row) in
      MetricPoint(
        step: row.integer(0), timeMilliseconds: origin &+ row.integer(1), value: row.metric(2))
    }
  }

  fileprivate func storedSeries(run: Int64, key: String) throws(TrackingError) -> MetricSeries? {
    try query(
      "SELECT id, origin_ms FROM series WHERE run = ? AND key = ?", .integer(run), .text(key)
    ) { MetricSeries(id: $0.integer(0), originMilliseconds: $0.integer(1)) }.first
  }

  /// Whether no point of `series` has an earlier time than one of a lower step.
  ///
  /// Points are only ever added, so that what was found of as many points still holds.
  fileprivate func isInOrderOfTime(_ series: MetricSeries) throws(TrackingError) -> Bool {
    let count = try query(
      "SELECT point_count FROM series WHERE id = ?", .integer(series.id)
    ) { $0.integer(0) }.first
    if let known = timeOrders[series.id], known.count == count { return known.isByTime }
    var (latest, isByTime) = (Int64.min, true)
    _ = try query(
      "SELECT time FROM points WHERE series = ? ORDER BY step, time, value", .integer(series.id)
    ) { (row: borrowing Row) in
      let time = row.integer(0)
      if time < latest { isByTime = false }
      latest = time
    }
    if timeOrders.count >= 10_000 { timeOrders = [:] }
    timeOrders[series.id] = TimeOrder(count: count ?? 0, isByTime: isByTime)
    return isByTime
  }
}

/// What was found of the order of a series when it had `count` points.
struct TimeOrder {
  let count: Int64
  let isByTime: Bool
}
