import SQLite

/// One metric of one run.
struct SeriesKey: Hashable {
  let run: Int64
  let key: String
}

/// The numbers under which the points of a metric are stored.
struct MetricSeries {
  let id: Int64
  /// The time from which its points count theirs.
  let originMilliseconds: Int64
}

/// A metric value on its way into the store.
package struct MetricEntry: Sendable {
  package let key: String
  package let value: Double
  /// The step; `nil` is the one after the metric's last, or 0.
  package let step: Int64?
  package let timeMilliseconds: Int64

  package init(key: String, value: Double, step: Int64?, timeMilliseconds: Int64) {
    self.key = key
    self.value = value
    self.step = step
    self.timeMilliseconds = timeMilliseconds
  }
}

/// What a batch adds to the summary of one series.
private struct Addition {
  /// The last step before the batch, once it was asked for.
  var storedStep: Int64?
  var knowsStored = false
  var count: Int64 = 0
  var last: (step: Int64, time: Int64, value: Double)?
  var minimum: (value: Double, step: Int64)?
  var maximum: (value: Double, step: Int64)?

  mutating func add(step: Int64, time: Int64, value: Double) {
    count += 1
    if last.map({ Self.isLater((step, time, value), than: $0) }) ?? true {
      last = (step, time, value)
    }
    guard !value.isNaN else { return }
    if minimum.map({ value < $0.value }) ?? true { minimum = (value, step) }
    if maximum.map({ value > $0.value }) ?? true { maximum = (value, step) }
  }

  private static func isLater(
    _ a: (step: Int64, time: Int64, value: Double),
    than b: (step: Int64, time: Int64, value: Double)
  ) -> Bool {
    if a.step != b.step { return a.step > b.step }
    if a.time != b.time { return a.time > b.time }
    return a.value > b.value || (a.value.isNaN && !b.value.isNaN)  // As the store sorts them.
  }
}

extension SQLiteValue {
  /// A metric's value: SQLite has no NaN, which is stored as text.
  static func metric(_ value: Double) -> SQLiteValue {
    value.isNaN ? "NaN" : .real(value)
  }

  static func metric(orNull value: Double?) -> SQLiteValue {
    value.map { .metric($0) } ?? .null
  }
}

extension Row {
  /// The metric's value in `column`.
  func metric(_ column: Int) -> Double {
    if case .text = value(column) { return .nan }
    return real(column)
  }
}

extension Database {
  /// Stores `entries` of `run` and brings the summaries up to date, all or nothing.
  func insert(_ entries: [MetricEntry], run: Int64) throws(TrackingError) {
    try write { () throws(TrackingError) in
      try checkIsThere(run: run)
      try insertWithin(entries, run: run)
    }
  }

  /// The same, within a transaction.
  func insertWithin(_ entries: [MetricEntry], run: Int64) throws(TrackingError) {
    var additions: [(series: MetricSeries, addition: Addition)] = []
    var places: [String: Int] = [:]
    // Most entries are of the metric before them.
    var (latestKey, place) = ("", -1)
    for entry in entries {
      if place < 0 || entry.key != latestKey {
        latestKey = entry.key
        if let known = places[entry.key] {
          place = known
        } else {
          place = additions.count
          places[entry.key] = place
          additions.append((try series(of: entry, run: run), Addition()))
        }
      }
      try insert(entry, into: additions[place].series, addition: &additions[place].addition)
    }
    for (series, addition) in additions { try update(series, with: addition) }
  }

  private func insert(
    _ entry: MetricEntry, into series: MetricSeries, addition: inout Addition
  ) throws(TrackingError) {
    let time = entry.timeMilliseconds &- series.originMilliseconds
    var step = entry.step ?? 0
    if entry.step == nil {
      if !addition.knowsStored {
        addition.knowsStored = true
        addition.storedStep =
          try query(
            "SELECT last_step FROM series WHERE id = ?", .integer(series.id)
          ) { $0.integer(ifPresent: 0) }.first ?? nil
      }
      let last = [addition.storedStep, addition.last?.step].compactMap { $0 }.max()
      step = last.map { $0 == .max ? $0 : $0 + 1 } ?? 0
    }
    let inserted = try execute(
      "INSERT OR IGNORE INTO points (series, step, time, value) VALUES (?, ?, ?, ?)",
      .integer(series.id), .integer(step), .integer(time), .metric(entry.value))
    if inserted > 0 { addition.add(step: step, time: time, value: entry.value) }
  }

  private static let summaryUpdate: String = {
    let isLater = "(last_step IS NULL OR (?3, ?4, ?5) > (last_step, last_time, last_value))"
    return """
      UPDATE series SET point_count = point_count + ?2,
          last_step = iif(\(isLater), ?3, last_step),
          last_time = iif(\(isLater), ?4, last_time),
          last_value = iif(\(isLater), ?5, last_value),
          minimum_step = iif(minimum IS NULL OR ?6 < minimum, ?7, minimum_step),
          minimum = iif(minimum IS NULL OR ?6 < minimum, ?6, minimum),
          maximum_step = iif(maximum IS NULL OR ?8 > maximum, ?9, maximum_step),
          maximum = iif(maximum IS NULL OR ?8 > maximum, ?8, maximum)
        WHERE id = ?1
      """
  }()

  private func update(_ series: MetricSeries, with addition: Addition) throws(TrackingError) {
    guard let last = addition.last else { return }
    try execute(
      Self.summaryUpdate, .integer(series.id), .integer(addition.count), .integer(last.step),
      .integer(last.time), .metric(last.value), .metric(orNull: addition.minimum?.value),
      .integer(orNull: addition.minimum?.step), .metric(orNull: addition.maximum?.value),
      .integer(orNull: addition.maximum?.step))
  }

  private func series(of entry: MetricEntry, run: Int64) throws(TrackingError) -> MetricSeries {
    let key = SeriesKey(run: run, key: entry.key)
    if let known = series[key] { return known }
    try execute(
      "INSERT OR IGNORE INTO series (run, key, origin_ms) VALUES (?, ?, ?)",
      .integer(run), .text(entry.key), .integer(entry.timeMilliseconds))
    let found = try query(
      "SELECT id, origin_ms FROM series WHERE run = ? AND key = ?", .integer(run), .text(entry.key)
    ) { MetricSeries(id: $0.integer(0), originMilliseconds: $0.integer(1)) }
    guard let found = found.first else { throw .runNotFound(reference: "\(run)") }
    series[key] = found
    return found
  }
}
