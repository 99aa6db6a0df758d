import SQLite
import TestSupport
import Testing
import Tracking

/// Runs found by MLflow's filters and orders.
@Suite("Search")
struct FilterTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  /// Five runs: a, b and c with numbers, d with NaN, e with next to nothing.
  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
    let losses: [(String, Double?)] = [("a", 0.5), ("b", 0.25), ("c", 2), ("d", .nan), ("e", nil)]
    for (index, (name, loss)) in losses.enumerated() {
      let run = try Run.start(
        experiment: name == "e" ? "other" : "first", name: name, in: store)
      if let loss {
        // Only the latest value counts, which is not the one that was written last.
        try run.logMetric("val loss", 9, step: 1)
        try run.logMetric("val loss", loss, step: 5)
        try run.logMetric("val loss", 100, step: 2)
        try run.logParams(["model": index % 2 == 0 ? "CNN_1" : "cnn-2", "lr": loss])
        try run.setTags(["team.name": "it's [vision]*?", "mlflow.note.content": "50% 'done'"])
      }
      if name == "a" {
        try run.logDataset("digits", digest: "d1", source: "digits.csv", context: "training")
        try run.logDataset("faces", digest: "d2", source: "faces.csv", context: "validation")
      }
      try run.end(name == "c" ? .failed : .finished)
      try store.withDatabase { database throws(TrackingError) in
        _ = try database.execute(
          "UPDATE runs SET start_ms = ?, end_ms = ?, user = ? WHERE name = ?",
          .integer(Int64(1000 + index)), .integer(Int64(2000 - index)),
          .text(index < 2 ? "ada" : ""), .text(name))
      }
    }
  }

  private func names(
    _ filter: String, order: [String] = ["attributes.run_name"], in experiments: [Int64]? = nil
  ) throws -> String {
    try store.search(RunSearch(experiments: experiments, filter: filter, order: order))
      .map(\.name).joined()
  }

  @Test(
    "finds what meets the filter",
    arguments: [
      ("", "abcde"), ("   ", "abcde"),
      // Metrics, by the latest value.
      ("metrics.`val loss` = 0.5", "a"), ("metric.\"val loss\" != 0.5", "bcd"),
      ("metrics.`val loss` > 0.25", "ac"), ("metrics.`val loss`>=.25", "abc"),
      ("metrics.`val loss` < 5e-1", "b"), ("metrics.`val loss` <= 0.5", "ab"),
      ("metrics.`val loss` > -1e300", "abc"), ("metrics.missing != 1", ""),
      // Params and tags.
      ("params.model = 'CNN_1'", "ac"), ("parameter.model != \"CNN_1\"", "bd"),
      ("params.model LIKE 'CNN%'", "ac"), ("params.model like '%nn_2'", "bd"),
      ("param.model ILIKE 'cnn_1'", "ac"), ("parameters.model LIKE 'cnn_1'", ""),
      ("tags.team.name = \"it's [vision]*?\"", "abcd"),
      ("tag.team.name LIKE \"%[vision]*?\"", "abcd"), ("tags.team.name LIKE '%[v]%'", ""),
      ("tags.mlflow.note.content LIKE '50% %'", "abcd"),
      ("params.model IS NULL", "e"), ("params.model IS NOT NULL", "abcd"),
      ("tags.`no such` is null", "abcde"), ("tags.missing != 'x'", ""),
      // Attributes.
      ("run_name = 'a'", "a"), ("attributes.`Run Name` LIKE '%'", "abcde"),
      ("attr.run_name ILIKE 'A'", "a"), ("run.status = 'FAILED'", "c"),
      ("status != 'FAILED'", "abde"),
      ("start_time > 1001", "cde"), ("attributes.created = 1000", "a"), ("end_time <= 1997", "de"),
      ("user_id = 'ada'", "ab"), ("artifact_uri LIKE 'mlflow-artifacts:/1/%/artifacts'", "abcd"),
      ("run_id IN ('x', 'y')", ""), ("run_id NOT IN ('x')", "abcde"),
      // Data sets.
      ("dataset.name = 'digits'", "a"), ("datasets.digest IN ('d2', 'd3')", "a"),
      ("dataset.context = 'training'", "a"), ("dataset.name NOT IN ('digits', 'faces')", ""),
      ("dataset.name LIKE 'DIG%'", ""), ("dataset.name ILIKE 'DIG%'", "a"),
      // Several conditions.
      ("params.model = 'CNN_1' and metrics.`val loss` < 1", "a"),
      ("run_name = 'a' OR run_name = 'b' AND status = 'FAILED'", "a"),
      ("(run_name = 'a' OR run_name = 'c') AND status = 'FAILED'", "c"),
      ("((run_name='a'))OR(run_name='e')", "ae"),
    ])
  func filters(filter: String, expected: String) throws {
    #expect(try names(filter) == expected)
  }

  @Test(
    "says what is wrong with a filter, and where",
    arguments: [
      ("metrics.loss", 12, "the end is no comparator"),
      ("metrics.loss <> 1", 13, "\"<>\" is no comparator"),
      ("metrics.loss == 1", 13, "\"==\" is no comparator"),
      ("metrics.loss LIKE 'a'", 13, "cannot be compared with LIKE"),
      ("metrics.loss < '1'", 15, "compared with a number"),
      ("metrics.loss < 0x10", 15, "compared with a number"),
      ("metrics.loss < nan", 15, "compared with a number"),
      ("params.lr = 0.1", 12, "compared with a text"),
      ("params.lr > '0.1'", 10, "cannot be compared with >"),
      ("params.lr = 'a", 12, "the quote is not closed"),
      ("params. = 'a'", 0, "the name after \"params.\" is missing"),
      ("'params' = 'a'", 0, "a name is expected"),
      ("things.lr = 'a'", 0, "\"things\" is nothing that runs have"),
      ("loss < 1", 0, "runs have no attribute \"loss\""),
      ("status = 'a' AND", 16, "a name is expected, not the end"),
      ("status = 'a' AND AND status = 'b'", 17, "a name is expected, not \"AND\""),
      ("status = 'a' status = 'b'", 13, "follows a complete condition"),
      ("(status = 'a'", 0, "the parenthesis is not closed"),
      ("status = 'a')", 12, "follows a complete condition"),
      ("status IN ('a')", 7, "cannot be compared with IN"),
      ("run_id IN 'a'", 10, "IN is followed by a list"),
      ("run_id IN ()", 11, "compared with a text"),
      ("run_id IN ('a' 'b')", 15, "the list goes on"),
      ("start_time > '5'", 13, "compared with a number"),
      ("dataset.size > 3", 0, "data sets have no \"size\""),
      ("status = 'a'; DROP TABLE runs", 12, "has no meaning here"),
      ("status = 'é\u{301}' OR", 15, "a name is expected, not the end"),
    ])
  func faults(filter: String, position: Int, reason: String) throws {
    do throws(TrackingError) {
      _ = try store.search(RunSearch(filter: filter))
      Issue.record("it was taken")
    } catch {
      guard case .invalidFilter(_, let found, let text, let hint) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == position)
      #expect(text.contains(reason), "\(text)")
      #expect(!hint.isEmpty)
      #expect("\(error)".contains("^"))
    }
    #expect(try names("") == "abcde")
  }

  @Test("takes filters of any length and refuses any depth that it could not follow")
  func sizes() throws {
    let many = (0..<3000).map { "run_name = '\($0)'" } + ["run_name = 'a'"]
    #expect(try names(many.joined(separator: " OR ")) == "a")
    #expect(
      try names(many.map { $0.replacing("=", with: "!=") }.joined(separator: " AND ")) == "bcde")
    let deep =
      String(repeating: "(", count: 90) + "run_name = 'a'" + String(repeating: ")", count: 90)
    #expect(try names(deep) == "a")
    for text in [
      String(repeating: "(", count: 100_000),
      "run_name LIKE '\(String(repeating: "%a", count: 30_000))'",
      "run_id IN (\(Array(repeating: "'x'", count: 20_000).joined(separator: ",")))",
    ] {
      #expect(throws: TrackingError.self) { try names(text) }
    }
  }

  @Test(
    "sorts, runs without a value last in both directions, NaN before them",
    arguments: [
      (["metrics.`val loss`"], "bacde"), (["metrics.`val loss` DESC"], "cabde"),
      (["params.model desc", "metrics.`val loss` ASC"], "bdace"), (["params.model"], "cadbe"),
      (["attributes.start_time"], "abcde"), (["end_time ASC"], "edcba"), ([], "edcba"),
      (["status", "run_name DESC"], "cedba"), (["tags.`team.name`"], "dcbae"),
    ])
  func orders(order: [String], expected: String) throws {
    #expect(try names("", order: order) == expected)
  }

  @Test(
    "says what is wrong with an order",
    arguments: [
      ["metrics.loss UP"], ["metrics.loss ASC DESC"], [""], ["things.x"], ["dataset.name"],
      ["start_time", "created DESC"], ["'metrics.a'"],
    ])
  func wrongOrders(order: [String]) throws {
    #expect {
      try names("", order: order)
    } throws: {
      guard case TrackingError.invalidOrder(_, _, let reason, _)? = $0 as? TrackingError else {
        return false
      }
      return !reason.isEmpty
    }
  }

  @Test("looks in the experiments asked for, in pages")
  func pages() throws {
    let first = try store.experimentID("first")
    #expect(try names("", in: [first]) == "abcd")
    #expect(try names("", in: [first, store.experimentID("other")]) == "abcde")
    #expect(try names("", in: []) == "")
    let page = try store.search(RunSearch(order: ["run_name"], limit: 2, offset: 3))
    #expect(page.map(\.name) == ["d", "e"])
  }

  @Test("gives the same runs in pages by a metric as all at once", arguments: ["ASC", "DESC"])
  func metricPages(direction: String) throws {
    for (index, value) in [0.5, 0.25, .infinity, -.infinity, 0.5].enumerated() {
      let run = try Run.start(experiment: "first", name: "more \(index)", in: store)
      try run.logMetric("val loss", value)
      try run.logMetric("other", Double(index % 2))
      try run.end()
    }
    let orders = [
      ["metrics.`val loss` \(direction)"],
      ["metrics.other \(direction)", "metrics.`val loss`"],
      ["metrics.`val loss` \(direction)", "attributes.run_name DESC"],
      ["metrics.missing \(direction)"],
    ]
    for filter in ["", "metrics.`val loss` < 1", "attributes.run_name LIKE '%e%'"] {
      for order in orders {
        let all = try store.search(RunSearch(filter: filter, order: order)).map(\.id)
        for (limit, offset) in [(1, 0), (3, 0), (3, 2), (4, 6), (100, 0), (2, 9)] {
          let page = try store.search(
            RunSearch(filter: filter, order: order, limit: limit, offset: offset))
          #expect(
            page.map(\.id) == Array(all.dropFirst(offset).prefix(limit)),
            "\(filter) \(order) \(limit) \(offset)")
        }
      }
    }
  }
}
