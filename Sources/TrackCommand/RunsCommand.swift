import CommandArguments
import Tracking

/// `runs`: what runs there are, newest first, or as they are asked for.
struct RunsCommand: Command {
  static let name = "runs"
  static let operands = ""
  static let summary =
    "List the runs, newest first, or as a filter and order ask."
  static let options = [
    "-e, --experiment NAME  only the runs of this experiment (its name or id)",
    "-f, --filter FILTER    only the runs that meet FILTER",
    "-o, --order ORDER      sort by a metric, param, tag or attribute, or from",
    "                       the highest with DESC after it; may be repeated",
    "-c, --columns LIST     show these, too: metrics.loss,params.lr,tags.team",
    "    --view VIEW        active, deleted or all runs; by default active",
    "-n, --limit N          at most N runs; 20 unless --all is given",
    "    --all              all runs",
    "-w, --watch            go on, and show the runs again when they change",
    "    --interval SECONDS with --watch, look every so often; by default 2",
  ]
  static let notes = """
    A filter compares metrics, params, tags, attributes and datasets:

      metrics.loss < 0.5 AND (params.model = 'cnn' OR tags.team LIKE 'vis%')

    Metrics are compared by their latest value. Texts stand between quotes and are
    compared with =, !=, LIKE and ILIKE (% is any text, _ any character); params
    and tags also with IS NULL and IS NOT NULL. Names with spaces stand between
    backquotes. The attributes are run_id, run_name, status, artifact_uri, user_id,
    and start_time and end_time in milliseconds since 1970; data sets have name,
    digest and context. It is MLflow's language, with OR and parentheses.
    """
  let servers = ServerUse.runs

  let experiment: String?
  let limit: Int?
  let columns: [RunColumn]
  private var search = RunSearch()
  private let watch: RunWatch?

  init(_ arguments: inout Arguments) throws(UsageError) {
    experiment = try arguments.option("--experiment", "-e")
    let limit = try arguments.count("--limit", "-n", minimum: 1)
    let isAll = arguments.flag("--all")
    if isAll, limit != nil { throw UsageError("--all and --limit exclude each other; keep one") }
    self.limit = isAll ? nil : limit ?? 20
    search.filter = try arguments.option("--filter", "-f") ?? ""
    search.order = try arguments.options("--order", "-o")
    columns = try RunColumn.list(try arguments.option("--columns", "-c") ?? "")
    if let name = try arguments.option("--view") {
      guard let view = RunView(rawValue: name) else {
        let names = RunView.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--view is one of \(names), not \"\(name)\"")
      }
      search.view = view
    }
    watch = try RunWatch(&arguments)
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    guard let watch else { return try list(context) }
    guard context.format == .table else {
      throw UsageError("--watch shows a table; leave out --format, or --watch")
    }
    try watch.loop(context) { try list(context) }
  }

  private func list(_ context: Context) throws -> String {
    var search = search
    // One more than is shown tells whether there are more.
    search.limit = limit.map { $0 + 1 }
    var runs = try context.search(search, experiment: experiment)
    let hasMore = limit.map { runs.count > $0 } ?? false
    if hasMore { runs.removeLast() }
    let details = columns.isEmpty ? [] : try context.store.details(of: runs)
    if context.format == .json {
      return JSON.array(
        runs.indices.map { index in
          .object(
            runs[index].members
              + columns.map { ($0.title, .string(orNull: $0.text(of: details[index]))) })
        }
      ).text
    }
    guard !runs.isEmpty || context.format != .table else { return nothing }
    let text = try table(runs, details, context).text(context.format, style: context.style)
    guard hasMore, context.format == .table else { return text }
    return text + "\nThere are more runs; see them with --limit N or --all.\n"
  }

  /// What is said when there are no runs.
  private var nothing: String {
    let place = experiment.map { " in \($0)" } ?? ""
    return search.filter.isEmpty && search.view == .active
      ? "No runs\(place) yet.\n" : "No such runs\(place).\n"
  }

  private func table(
    _ runs: [RunRecord], _ details: [RunDetail], _ context: Context
  ) throws -> Table {
    let now = currentMilliseconds()
    var table = Table(columns: [
      .init(title: "id"), .init(title: "name", mayShrink: true),
      .init(title: "experiment", mayShrink: true), .init(title: "status"),
      .init(title: "started"), .init(title: "duration", alignment: .right),
    ])
    table.columns += columns.map {
      .init(title: $0.title, alignment: $0.isNumber ? .right : .left, mayShrink: !$0.isNumber)
    }
    for (index, run) in runs.enumerated() {
      let cells = columns.map { column in
        let text = column.text(of: details[index]) ?? ""
        return context.format == .table && column.isNumber
          ? Double(text).map(shortNumber) ?? text : text
      }
      table.rows.append(
        [
          context.format == .csv ? run.id : run.shortID, run.name, run.experiment,
          run.shortStatus, try context.minutes(run.startMilliseconds),
          shortDuration(milliseconds: run.durationMilliseconds(now: now)),
        ] + cells)
    }
    return table
  }
}

/// A column of `runs` beside those that it always has.
struct RunColumn {
  private enum Kind: String, CaseIterable {
    case metrics, params, tags
  }

  private let kind: Kind
  private let key: String

  /// What stands above it.
  var title: String { "\(kind.rawValue).\(key)" }
  var isNumber: Bool { kind == .metrics }

  /// Reads names between commas.
  static func list(_ text: String) throws(UsageError) -> [RunColumn] {
    var columns: [RunColumn] = []
    for name in text.split(separator: ",").map(String.init) {
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2, let kind = Kind(rawValue: parts[0]) else {
        throw UsageError(
          "--columns takes metrics.NAME, params.NAME and tags.NAME between commas, not \"\(name)\"")
      }
      columns.append(RunColumn(kind: kind, key: parts[1]))
    }
    return columns
  }

  /// What a run has there: of a metric, the latest value.
  func text(of run: RunDetail) -> String? {
    switch kind {
    case .metrics: run.metrics.first { $0.key == key }.map { jsonNumber($0.last) }
    case .params: run.params.first { $0.key == key }?.value
    case .tags: run.tags.first { $0.key == key }?.value
    }
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
