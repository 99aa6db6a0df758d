import SQLite

extension TrackingStore {
  /// Points of a metric, spread evenly over all that were logged: by step, then time and value.
  ///
  /// They are those that MLflow picks; the first and the last are among them. However long the series is, SQLite passes over what is left out, and nothing of that is read.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - key: The metric's key; one that was never logged has no points.
  ///   - count: How many to give at most.
  ///   - steps: The steps to look at; `nil` for all.
  /// - Returns: The points.
  /// - Throws: ``TrackingError`` when the store cannot be read.
  package func sampledHistory(
    of run: RunRecord, key: String, count: Int, steps: ClosedRange<Int64>? = nil
  ) throws(TrackingError) -> [MetricPoint] {
    try reading { database throws(TrackingError) in
      let found = try database.query(
        "SELECT id, origin_ms, point_count FROM series WHERE run = ? AND key = ?",
        .integer(run.row), .text(key)
      ) { (id: $0.integer(0), origin: $0.integer(1), count: $0.integer(2)) }
      guard let series = found.first, count > 0 else { return [] }
      var total = series.count
      if let steps {
        total =
          try database.query(
            "SELECT count(*) FROM points WHERE series = ? AND step BETWEEN ? AND ?",
            .integer(series.id), .integer(steps.lowerBound), .integer(steps.upperBound)
          ) { $0.integer(0) }.first ?? 0
      }
      guard total > 0 else { return [] }
      let places = Self.places(of: total, count: Int64(count))
      var points =
        total > count && count > 1
        ? try database.sampleEvenSteps(series.id, steps, of: total, places) : nil
      if points == nil {
        points = try database.sample(
          series: series.id, from: steps?.lowerBound ?? .min, places: places)
      }
      return (points ?? []).map {
        MetricPoint(
          step: $0.step, timeMilliseconds: series.origin &+ $0.time, value: $0.value.metric)
      }
    }
  }

  /// The first place of each of `count` shares of the places from 0 to `total - 1`, of which the first ones are larger by one where
  /// they cannot all be alike, as SQL's NTILE deals them; instead of the last share's, it is the last place.
  private static func places(of total: Int64, count: Int64) -> [Int64] {
    if total <= count { return Array(0..<total) }
    let (share, larger) = total.quotientAndRemainder(dividingBy: count)
    return (0..<count - 1).map { $0 * share + min($0, larger) } + [total - 1]
  }
}

/// A point as the store has it.
private struct StoredPoint {
  let step: Int64
  let time: Int64
  let value: SQLiteValue

  init(_ row: borrowing Row) {
    step = row.integer(0)
    time = row.integer(1)
    value = row.value(2)
  }
}

extension SQLiteValue {
  fileprivate var metric: Double {
    if case .real(let number) = self { return number }
    if case .integer(let number) = self { return Double(number) }
    return .nan
  }
}

extension Database {
  /// The same points where steps are evenly spaced, as they are where each epoch or batch logs once: each is found by its step.
  ///
  /// `nil` where the number of points does not fit their first and last steps, or a step is not there.
  fileprivate func sampleEvenSteps(
    _ series: Int64, _ steps: ClosedRange<Int64>?, of total: Int64, _ places: [Int64]
  ) throws(TrackingError) -> [StoredPoint]? {
    let bounds = [
      SQLiteValue.integer(series), .integer(steps?.lowerBound ?? .min),
      .integer(steps?.upperBound ?? .max),
    ]
    func end(_ direction: String) throws(TrackingError) -> StoredPoint? {
      try query(
        """
        SELECT step, time, value FROM points WHERE series = ? AND step BETWEEN ? AND ?
          ORDER BY step \(direction), time \(direction), value \(direction) LIMIT 1
        """, values: bounds
      ) { StoredPoint($0) }.first
    }
    guard let first = try end("ASC"), let last = try end("DESC"), last.step > first.step,
      case (let span, false) = last.step.subtractingReportingOverflow(first.step),
      span % (total - 1) == 0
    else { return nil }
    var points = [first]
    for place in places.dropFirst().dropLast() {
      let step = first.step + span / (total - 1) * place
      let found = try query(
        "SELECT step, time, value FROM points WHERE series = ? AND step = ? ORDER BY time, value LIMIT 1",
        .integer(series), .integer(step)
      ) { StoredPoint($0) }.first
      guard let found else { return nil }
      points.append(found)
    }
    points.append(last)
    return points
  }

  /// The points at `places`, which go up, counted from the first of the step `from`.
  fileprivate func sample(
    series: Int64, from step: Int64, places: [Int64]
  ) throws(TrackingError) -> [StoredPoint] {
    let first = try query(
      """
      SELECT step, time, value FROM points WHERE series = ? AND step >= ?
        ORDER BY step, time, value LIMIT 1 OFFSET ?
      """, .integer(series), .integer(step), .integer(places[0])
    ) { StoredPoint($0) }
    guard var point = first.first else { return [] }
    var points = [point]
    for (last, place) in zip(places, places.dropFirst()) {
      guard let next = try self.point(series: series, after: point, by: place - last) else { break }
      points.append(next)
      point = next
    }
    return points
  }

  /// The point `count` places after `point`.
  ///
  /// It is looked for among those of the same step and time, then those of the step, then the rest: each of these
  /// is a part of the table's order that SQLite finds at once and passes through without comparing.
  private func point(
    series: Int64, after point: StoredPoint, by count: Int64
  ) throws(TrackingError) -> StoredPoint? {
    let (series, step, time) = (
      SQLiteValue.integer(series), SQLiteValue.integer(point.step), SQLiteValue.integer(point.time)
    )
    let levels = [
      ("series = ? AND step = ? AND time = ? AND value > ?", [series, step, time, point.value]),
      ("series = ? AND step = ? AND time > ?", [series, step, time]),
      ("series = ? AND step > ?", [series, step]),
    ]
    let most = SQLiteValue.integer(count)
    let near =
      try query(
        """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM points WHERE \(levels[0].0) LIMIT ?)),
          (SELECT count(*) FROM (SELECT 1 FROM points WHERE \(levels[1].0) LIMIT ?))
        """, values: levels[0].1 + [most] + levels[1].1 + [most]
      ) { [$0.integer(0), $0.integer(1)] }.first ?? []
    var (rest, level) = (count, 0)
    for found in near {
      guard rest > found else { break }
      rest -= found
      level += 1
    }
    return try query(
      """
      SELECT step, time, value FROM points WHERE \(levels[level].0)
        ORDER BY step, time, value LIMIT 1 OFFSET ?
      """, values: levels[level].1 + [.integer(rest - 1)]
    ) { StoredPoint($0) }.first
  }
}
