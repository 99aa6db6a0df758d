import CommandArguments
import Tracking

/// `experiments`: what experiments there are.
struct ExperimentsCommand: Command {
  static let name = "experiments"
  static let operands = ""
  static let summary = "List the experiments."

  init(_ arguments: inout Arguments) throws(UsageError) {
    _ = try arguments.operands(0...0, of: "no operand")
  }

  func run(_ context: Context) throws -> String {
    let experiments = try context.store.experiments()
    if context.format == .json {
      return JSON.array(
        experiments.map { experiment in
          .object([
            ("id", .string("\(experiment.id)")), ("name", .string(experiment.name)),
            ("runs", .integer(Int64(experiment.runCount))),
            ("latest_start_ms", .integer(orNull: experiment.latestStartMilliseconds)),
          ])
        }
      ).text
    }
    var table = Table(columns: [
      .init(title: "id", alignment: .right), .init(title: "name", mayShrink: true),
      .init(title: "runs", alignment: .right), .init(title: "latest run"),
    ])
    for experiment in experiments {
      table.rows.append([
        "\(experiment.id)", experiment.name, "\(experiment.runCount)",
        try context.minutes(experiment.latestStartMilliseconds),
      ])
    }
    return table.text(context.format, style: context.style)
  }
}

/// `runs`: what runs there are, newest first.
struct RunsCommand: Command {
  static let name = "runs"
  static let operands = ""
  static let summary = "List the runs, newest first."
  static let options = [
    "-e, --experiment NAME  only the runs of this experiment (its name or id)",
    "-n, --limit N          at most N runs; 20 unless --all is given",
    "    --all              all runs",
  ]

  let experiment: String?
  let limit: Int?

  init(_ arguments: inout Arguments) throws(UsageError) {
    experiment = try arguments.option("--experiment", "-e")
    let limit = try arguments.count("--limit", "-n", minimum: 1)
    let isAll = arguments.flag("--all")
    if isAll, limit != nil { throw UsageError("--all and --limit exclude each other; keep one") }
    self.limit = isAll ? nil : limit ?? 20
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    // One more than is shown tells whether there are more.
    var runs = try context.store.runs(experiment: experiment, limit: limit.map { $0 + 1 })
    let hasMore = limit.map { runs.count > $0 } ?? false
    if hasMore { runs.removeLast() }
    if context.format == .json {
      return JSON.array(runs.map { .object($0.members) }).text
    }
    guard !runs.isEmpty || context.format != .table else {
      return "No runs\(experiment.map { " in \($0)" } ?? "") yet.\n"
    }
    let now = currentMilliseconds()
    var table = Table(columns: [
      .init(title: "id"), .init(title: "name", mayShrink: true),
      .init(title: "experiment", mayShrink: true), .init(title: "status"),
      .init(title: "started"), .init(title: "duration", alignment: .right),
    ])
    for run in runs {
      table.rows.append([
        context.format == .csv ? run.id : run.shortID, run.name, run.experiment, run.shortStatus,
        try context.minutes(run.startMilliseconds),
        shortDuration(milliseconds: run.durationMilliseconds(now: now)),
      ])
    }
    let text = table.text(context.format, style: context.style)
    guard hasMore, context.format == .table else { return text }
    return text + "\nThere are older runs; see them with --limit N or --all.\n"
  }
}

extension RunRecord {
  /// The status in a word.
  var shortStatus: String { isInterrupted ? "INTERRUPTED" : status.rawValue }

  /// The status, with the reason why nobody ended an interrupted run.
  var longStatus: String {
    isInterrupted ? "\(status.rawValue) (interrupted: its process went away)" : status.rawValue
  }

  /// The members of the run's JSON object.
  var members: [(String, JSON)] {
    [
      ("id", .string(id)), ("name", .string(name)), ("experiment_id", .string("\(experimentID)")),
      ("experiment", .string(experiment)), ("status", .string(status.rawValue)),
      ("interrupted", .bool(isInterrupted)), ("start_ms", .integer(startMilliseconds)),
      ("end_ms", .integer(orNull: endMilliseconds)),
      ("duration_ms", .integer(durationMilliseconds(now: currentMilliseconds()))),
      ("parent_id", .string(orNull: parentID)),
    ]
  }
}

extension Context {
  /// A time to the minute; empty for none.
  func minutes(_ milliseconds: Int64?) throws -> String {
    String(try seconds(milliseconds).dropLast(3))
  }

  /// A time to the second; empty for none.
  func seconds(_ milliseconds: Int64?) throws -> String {
    guard let milliseconds else { return "" }
    return try store.localTimes(milliseconds: [milliseconds]).joined()
  }
}
