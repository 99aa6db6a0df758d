import CommandArguments
import Tracking

/// `compare`: runs side by side, or groups of them.
struct CompareCommand: Command {
  static let name = "compare"
  static let operands = "RUN RUN..."
  static let summary = "Compare runs: the params that differ, and metrics, best marked."
  static let options = [
    "-e, --experiment NAME  the runs of this experiment, newest first",
    "-n, --limit N          with --experiment, at most N runs; by default 10, or",
    "                       1000 with --group-by",
    "    --all              all params, not only those that differ",
    "    --minimize KEY     lower values of the metric KEY are better",
    "    --maximize KEY     higher values of the metric KEY are better",
    "-b, --baseline RUN     differences and ratios of metrics against this run",
    "-c, --curves           a small curve of each metric below its values",
    "-p, --plot KEY         draw the metric KEY of all runs; may be given again",
    "-d, --diff             the lines in which files of source and environment",
    "                       differ from those of the baseline, or the first run",
    "-g, --group-by LIST    groups of runs with the same values of these params and",
    "                       tags.NAME, between commas; params: all but the seed",
    "    --seed KEY         this param is a seed, too; may be given again",
    "    --best             groups take each run's best value, not its last",
  ]
  static let notes = """
    Each metric has its last value and, where an earlier one was better, its best.
    Whether lower or higher is better follows from its name where that says so: a
    loss, error or latency is best when low, an accuracy, f1 or auc when high. NaN
    is never best. Up to five runs that fit are columns; more runs are rows.

    Groups show mean and standard deviation (n - 1) of each metric, and compare
    each with the group of the baseline, or the first: p is two-sided, by Welch's
    t-test; with several comparisons of a metric, corrected by Holm beside it. A
    param seed, random_seed, random_state, rng_seed or manual_seed is a seed.

    --format html prints a page with everything, curves drawn.
    """
  static let formats = OutputFormat.allCases
  let servers = ServerUse.runs

  private let choice: RunChoice
  private let showsAll: Bool
  private let directions: [String: MetricDirection]
  private let baseline: String?
  private let hasCurves: Bool
  private let plots: [String]
  private let hasDifference: Bool
  private let grouping: Grouping?
  private let usesBest: Bool

  init(_ arguments: inout Arguments) throws(UsageError) {
    showsAll = arguments.flag("--all")
    directions = try Self.directions(&arguments)
    baseline = try arguments.option("--baseline", "-b")
    hasCurves = arguments.flag("--curves", "-c")
    plots = try arguments.options("--plot", "-p")
    hasDifference = arguments.flag("--diff", "-d")
    grouping = try Self.grouping(&arguments)
    usesBest = arguments.flag("--best")
    if grouping == nil, usesBest { throw UsageError("--best goes with --group-by") }
    if grouping != nil, hasCurves || hasDifference || !plots.isEmpty || showsAll {
      throw UsageError(
        "--group-by takes runs together; leave out --curves, --plot, --diff and --all")
    }
    choice = try RunChoice(
      &arguments, defaultLimit: grouping == nil ? 10 : 1000, minimum: baseline == nil ? 2 : 1)
  }

  private static func directions(
    _ arguments: inout Arguments
  ) throws(UsageError) -> [String: MetricDirection] {
    var directions: [String: MetricDirection] = [:]
    for key in try arguments.options("--minimize") { directions[key] = .lowerIsBetter }
    for key in try arguments.options("--maximize") {
      guard directions[key] == nil else {
        throw UsageError("--minimize and --maximize both name \(key); keep one")
      }
      directions[key] = .higherIsBetter
    }
    return directions
  }

  private static func grouping(_ arguments: inout Arguments) throws(UsageError) -> Grouping? {
    let list = try arguments.option("--group-by", "-g")
    let seeds = try arguments.options("--seed")
    guard let list else {
      guard seeds.isEmpty else { throw UsageError("--seed goes with --group-by params") }
      return nil
    }
    if list == "params" { return .everyParam(seeds: Set(seeds)) }
    guard seeds.isEmpty else { throw UsageError("--seed goes with --group-by params") }
    let keys = list.split(separator: ",").map(String.init)
    guard !keys.isEmpty else { throw UsageError("--group-by needs names between commas") }
    return .keys(keys)
  }

  func run(_ context: Context) throws -> String {
    var runs = try choice.runs(context, fetching: parts)
    var place: Int?
    if let baseline {
      let run = try context.run(baseline, fetching: parts)
      place = runs.firstIndex { $0.row == run.row }
      if place == nil {
        runs.insert(run, at: 0)
        place = 0
      }
    }
    guard runs.count > 1 else {
      throw Refusal("there is only one run; there is nothing to compare")
    }
    let details = try context.store.details(of: runs)
    let comparison = Comparison(details, directions: directions)
    for key in directions.keys.sorted() + plots
    where !comparison.metrics.contains(where: { $0.key == key }) {
      throw Refusal(
        "none of these runs has a metric \"\(printable(key))\"; "
          + "check --minimize, --maximize and --plot")
    }
    if let grouping {
      let groups = GroupComparison(
        details, by: grouping, baseline: place.map { runs[$0].id }, usesBest: usesBest,
        directions: directions)
      return try GroupLayout(groups: groups).text(context)
    }
    return try text(comparison, baseline: place, context)
  }

  /// What is needed of each run: groups of last values need no curves and no files.
  private var parts: ServerMirror.Parts {
    guard grouping == nil else { return usesBest ? .histories : .init() }
    return .histories.artifacts(contents: CodeComparison.compares)
  }

  private func text(
    _ comparison: Comparison, baseline: Int?, _ context: Context
  ) throws -> String {
    let code = CodeComparison(comparison.runs, reference: baseline ?? 0)
    var layout = ComparisonLayout(
      comparison: comparison, code: code, showsAll: showsAll, baseline: baseline)
    switch context.format {
    case .json:
      return try ComparisonJSON(comparison: comparison, code: code, baseline: baseline)
        .text(differences: hasDifference ? try code.differences(in: context.store) : nil)
    case .csv: return layout.flatTable.text(.csv, style: context.style)
    case .markdown: return layout.markdown(context.style)
    case .html:
      return try ComparisonPage(layout: layout, store: context.store).text()
    case .table:
      if hasCurves {
        layout.curves = try CurveReader(context.store).values(
          comparison.metrics.map(\.key), of: comparison.runs)
      }
      var text = layout.text(context.style)
      for key in plots {
        let curves = try CurveReader(context.store).curves(key, of: comparison.runs)
        text += "\n" + TerminalPlot(title: key, curves: curves).text(context.style)
      }
      if hasDifference {
        for difference in try code.differences(in: context.store) {
          text += "\n" + TextDifference.painted(difference.lines, context.style)
        }
        if !code.hasFiles { text += "\nNo files of source or environment differ.\n" }
      } else if code.hasFiles {
        text += "\nFiles of source differ; see their lines with --diff.\n"
      }
      return text
    }
  }
}
