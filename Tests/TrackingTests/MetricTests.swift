import SQLite
import TestSupport
import Testing

import Tracking

@Suite("Metrics")
struct MetricTests {
  let folder: TemporaryDirectory
  let store: TrackingStore
  let run: Run

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
    run = try Run.start(in: store)
  }

  private func history(_ key: String) throws -> [MetricPoint] {
    try store.history(of: try store.run(run.id), key: key)
  }

  private func summary(_ key: String) throws -> MetricSummary {
    let metrics = try store.detail(of: try store.run(run.id)).metrics
    return try #require(metrics.first { $0.key == key })
  }

  @Test(
    "gives every kind of number back as it was",
    arguments: [
      0, -0.1, .pi, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
      1e300, 9_007_199_254_740_992, 42,
    ])
  func numbers(value: Double) throws {
    try run.logMetric("x", value)
    #expect(try history("x").map(\.value) == [value])
    #expect(try summary("x").last == value)
  }

  @Test("keeps NaN, which is never the lowest or highest")
  func notANumber() throws {
    try run.logMetric("loss", .nan)
    #expect(try summary("loss").last.isNaN)
    #expect(try summary("loss").minimum == nil)
    for value in [2, .nan, 1, .infinity, .nan] { try run.logMetric("loss", value) }
    let values = try history("loss").map(\.value)
    #expect(values.map(\.isNaN) == [true, false, true, false, false, true])
    let summary = try summary("loss")
    #expect(summary.last.isNaN)
    #expect(summary.count == 6)
    #expect(summary.minimum?.value == 1)
    #expect(summary.minimum?.step == 3)
    #expect(summary.maximum?.value == .infinity)
    #expect(summary.maximum?.step == 4)
  }

  @Test("counts steps itself when none is given, and goes on after the highest")
  func steps() throws {
    try run.logMetric("loss", 1)
    try run.logMetric("loss", 2)
    try run.logMetric("loss", 3, step: 10)
    try run.logMetric("loss", values: [4, 5])
    try run.logMetric("loss", 6, step: -3)
    #expect(try history("loss").map(\.step) == [-3, 0, 1, 10, 11, 12])
    #expect(try summary("loss").last == 5)
    #expect(try summary("loss").lastStep == 12)
  }

  @Test("the same point twice is one point, two values at one step are two")
  func duplicates() throws {
    let entry = MetricEntry(key: "loss", value: 1, step: 0, timeMilliseconds: 1_000_000)
    try run.logMetrics([entry, entry])
    try run.logMetrics([entry])
    #expect(try summary("loss").count == 1)
    try run.logMetrics([
      MetricEntry(key: "loss", value: 2, step: 0, timeMilliseconds: 1_000_000)
    ])
    #expect(try summary("loss").count == 2)
    #expect(try summary("loss").last == 2)
    #expect(try history("loss").map(\.timeMilliseconds) == [1_000_000, 1_000_000])
  }

  @Test("summaries after single calls are those after one batch")
  func batches() throws {
    let values = (0..<500).map { Double(($0 * 7919) % 1009) }
    for (step, value) in values.enumerated() { try run.logMetric("single", value, step: step) }
    try run.logMetric("batch", values: values, startingAt: 0)
    let (single, batch) = (try summary("single"), try summary("batch"))
    #expect(single.count == batch.count)
    #expect(single.last == batch.last)
    #expect(single.minimum?.value == values.min())
    #expect(batch.minimum?.value == values.min())
    #expect(single.minimum?.step == batch.minimum?.step)
    #expect(single.maximum?.step == batch.maximum?.step)
  }

  @Test("100,000 points come back whole and take at most 30 bytes each")
  func manyPoints() throws {
    let values = (0..<100_000).map { Double($0) * 0.37 }
    for start in stride(from: 0, to: values.count, by: 1000) {
      try run.logMetric("loss", values: Array(values[start..<start + 1000]), startingAt: start)
    }
    let history = try history("loss")
    #expect(history.map(\.value) == values)
    #expect(history.map(\.step) == (0..<100_000).map { Int64($0) })
    let reader = try Connection(path: store.path, mode: .readWrite)
    try reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let pages = try reader.query("PRAGMA page_count") { $0.integer(0) }[0]
    let size = try reader.query("PRAGMA page_size") { $0.integer(0) }[0]
    #expect(pages * size < 3_000_000)
    let points = try reader.value("SELECT count(*) FROM metric_points WHERE key = 'loss'")
    #expect(points == 100_000)
  }

  @Test("says which metrics there are when one is asked for that is not")
  func unknownMetric() throws {
    try run.logMetrics(["loss": 1, "accuracy": 2])
    let short = String(run.id.prefix(8))
    #expect(
      throws: TrackingError.metricNotFound(run: short, key: "los", known: ["accuracy", "loss"])
    ) { try history("los") }
  }

  @Test(
    "knows from the name which values are better",
    arguments: [
      ("loss", .lowerIsBetter), ("val_loss", .lowerIsBetter), ("valLoss", .lowerIsBetter),
      ("train/loss", .lowerIsBetter), ("loss2", .lowerIsBetter), ("RMSE", .lowerIsBetter),
      ("accuracy_loss", .lowerIsBetter), ("neg_log_likelihood", .lowerIsBetter),
      ("accuracy", .higherIsBetter), ("f1", .higherIsBetter), ("eval f1_score", .higherIsBetter),
      ("test.AUC", .higherIsBetter), ("mean-reward", .higherIsBetter), ("R2", .higherIsBetter),
      ("learning_rate", nil), ("epoch", nil), ("glossary", nil), ("", nil),
    ] as [(String, MetricDirection?)])
  func directions(key: String, direction: MetricDirection?) {
    #expect(MetricDirection(key: key) == direction)
  }

  @Test("gives pages by time, also where times do not follow the steps, and when that changes")
  func pagesByTime() throws {
    let record = try store.run(run.id)
    func add(_ step: Int64, at time: Int64) throws {
      let entry = MetricEntry(key: "p", value: 1, step: step, timeMilliseconds: time)
      try store.log(LogBatch(metrics: [entry]), to: record)
    }
    func steps(_ limit: Int?, _ offset: Int) throws -> [Int64] {
      try store.history(of: record, key: "p", limit: limit, offset: offset).map(\.step)
    }
    for step in 0..<5 { try add(Int64(step), at: 1000 + Int64(step)) }
    #expect(try steps(nil, 0) == [0, 1, 2, 3, 4])
    #expect(try steps(2, 3) == [3, 4])
    try add(5, at: 900)
    #expect(try steps(nil, 0) == [5, 0, 1, 2, 3, 4])
    #expect(try steps(2, 1) == [0, 1])
    #expect(try store.history(of: record, key: "none", limit: nil, offset: 0).isEmpty)
  }
}
