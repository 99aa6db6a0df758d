import CommandArguments
import Tracking

/// `compare`: runs side by side.
struct CompareCommand: Command {
  static let name = "compare"
  static let operands = "RUN RUN..."
  static let summary = "Compare runs: the params that differ, and metrics, best marked."
  static let options = [
    "-e, --experiment NAME  the runs of this experiment, newest first",
    "-n, --limit N          with --experiment, at most N runs; by default 10",
    "    --all              all params, not only those that differ",
    "    --minimize KEY     lower values of the metric KEY are better",
    "    --maximize KEY     higher values of the metric KEY are better",
  ]
  static let notes = """
    Each metric has its last value and, where an earlier one was better, its best.
    Whether lower or higher is better follows from its name where that says so: a
    loss, error or latency is best when low, an accuracy, f1 or auc when high. NaN
    is never best. Up to five runs that fit are columns; more runs are rows.
    """

  let references: [String]
  let experiment: String?
  let limit: Int
  let showsAll: Bool
  let directions: [String: MetricDirection]

  init(_ arguments: inout Arguments) throws(UsageError) {
    experiment = try arguments.option("--experiment", "-e")
    let limit = try arguments.count("--limit", "-n", minimum: 2)
    showsAll = arguments.flag("--all")
    var directions: [String: MetricDirection] = [:]
    for key in try arguments.options("--minimize") { directions[key] = .lowerIsBetter }
    for key in try arguments.options("--maximize") {
      guard directions[key] == nil else {
        throw UsageError("--minimize and --maximize both name \(key); keep one")
      }
      directions[key] = .higherIsBetter
    }
    self.directions = directions
    self.limit = limit ?? 10
    guard experiment == nil else {
      references = []
      _ = try arguments.operands(0...0, of: "RUNs or --experiment, not both")
      return
    }
    guard limit == nil else { throw UsageError("--limit goes with --experiment") }
    references = try arguments.operands(2...1000, of: "at least two RUNs")
  }

  func run(_ context: Context) throws -> String {
    let comparison = Comparison(
      try context.store.details(of: try runs(in: context.store)), directions: directions)
    if let unknown = directions.keys.sorted().first(where: { key in
      !comparison.metrics.contains { $0.key == key }
    }) {
      throw Refusal(
        "none of these runs has a metric \"\(unknown)\"; check --minimize and --maximize")
    }
    let layout = ComparisonLayout(comparison: comparison, showsAll: showsAll)
    switch context.format {
    case .json: return json(comparison)
    case .csv: return layout.flatTable.text(.csv, style: context.style)
    case .markdown: return layout.markdown(context.style)
    case .table: return layout.text(context.style)
    }
  }

  private func runs(in store: TrackingStore) throws -> [RunRecord] {
    if let experiment {
      let runs = try store.runs(experiment: experiment, limit: limit)
      guard runs.count > 1 else {
        throw Refusal("\(experiment) has fewer than two runs; there is nothing to compare")
      }
      return runs
    }
    var runs: [RunRecord] = []
    for reference in references {
      let run = try store.run(reference)
      if let index = runs.firstIndex(where: { $0.row == run.row }) {
        throw Refusal(
          "\"\(references[index])\" and \"\(reference)\" are the same run, \(run.shortID); "
            + "name different ones")
      }
      runs.append(run)
    }
    return runs
  }

  private func json(_ comparison: Comparison) -> String {
    let runs = comparison.runs.enumerated().map { place, detail in
      JSON.object(
        detail.run.members + [
          ("params", .object(detail.params.map { ($0.key, .string($0.value)) })),
          (
            "metrics",
            .object(
              comparison.metrics.compactMap { metric in
                metric.summaries[place].map { (metric.key, .object($0.members(metric.direction))) }
              })
          ),
        ])
    }
    let metrics = comparison.metrics.map { metric in
      let ids = metric.bestEver.sorted().map { JSON.string(comparison.runs[$0].run.id) }
      let direction =
        metric.direction.map { $0 == .lowerIsBetter ? "minimize" : "maximize" }
      return (
        metric.key,
        JSON.object([("direction", .string(orNull: direction)), ("best_runs", .array(ids))])
      )
    }
    let differing = comparison.params.filter(\.differs).map { JSON.string($0.key) }
    return JSON.object([
      ("runs", .array(runs)), ("differing_params", .array(differing)),
      ("metrics", .object(metrics)),
    ]).text
  }
}
