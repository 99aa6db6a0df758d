internal import Tables

/// Compares the runs of an experiment, newest first.
///
/// ```swift
/// try compareRuns(experiment: "digits")
/// ```
///
/// - Parameters:
///   - experiment: The experiment's name.
///   - limit: How many runs at most.
///   - lowerIsBetter: Metrics of which lower values are better, where their names do not say so.
///   - higherIsBetter: Metrics of which higher values are better, where their names do not say so.
///   - store: Where the runs are, a file or a server. By default, the one that `track-cli` finds too.
/// - Returns: A table of params that differ and of metrics, which a cell shows as its value.
/// - Throws: `TrackingError` when there is no such experiment, the store cannot be read or the server does not answer.
public func compareRuns(
  experiment: String, limit: Int = 10, lowerIsBetter: [String] = [],
  higherIsBetter: [String] = [], in store: TrackingStore? = nil
) throws(TrackingError) -> RunComparison {
  let directions = directions(lower: lowerIsBetter, higher: higherIsBetter)
  if let address = store == nil ? StoreLocation.server() : store?.serverAddress {
    let mirror = try ServerMirror(address)
    let runs = try mirror.runs(experiment: experiment, limit: limit, .histories)
    let details = try mirror.store.details(of: runs)
    return RunComparison(Comparison(details, directions: directions))
  }
  let opened =
    if let store { store } else { try TrackingStore(reading: try StoreLocation.forReading()) }
  let runs = try opened.runs(experiment: experiment, limit: limit)
  return RunComparison(Comparison(try opened.details(of: runs), directions: directions))
}

/// Compares runs, in their order.
///
/// ```swift
/// try compareRuns([baseline, wider, deeper])
/// ```
///
/// - Parameters:
///   - runs: The runs, which may still be running.
///   - lowerIsBetter: Metrics of which lower values are better, where their names do not say so.
///   - higherIsBetter: Metrics of which higher values are better, where their names do not say so.
/// - Returns: A table of params that differ and of metrics, which a cell shows as its value.
/// - Throws: `TrackingError` when a run's store cannot be read.
public func compareRuns(
  _ runs: [Run], lowerIsBetter: [String] = [], higherIsBetter: [String] = []
) throws(TrackingError) -> RunComparison {
  var details: [RunDetail] = []
  for run in runs { details.append(try run.store.detail(of: try run.store.run(run.id))) }
  let directions = directions(lower: lowerIsBetter, higher: higherIsBetter)
  return RunComparison(Comparison(details, directions: directions))
}

private func directions(lower: [String], higher: [String]) -> [String: MetricDirection] {
  Dictionary(
    lower.map { ($0, .lowerIsBetter) } + higher.map { ($0, .higherIsBetter) },
    uniquingKeysWith: { _, last in last })
}

/// Runs side by side: params that differ, and metrics with the best marked.
///
/// Up to six runs are columns, more are rows.
public struct RunComparison: DisplayRepresentable, CustomStringConvertible, Sendable {
  private let comparison: Comparison

  init(_ comparison: Comparison) {
    self.comparison = comparison
  }

  /// The table as text.
  public var description: String { table.text }

  /// The table as text and as HTML.
  public var displayBundle: MIMEBundle { table.bundle }

  /// What is compared: a label and a cell for each run.
  private struct Line {
    let label: String
    var cells: [TextTable.Cell]

    init(_ label: String, _ texts: [String], best: Set<Int> = []) {
      self.label = label
      cells = texts.enumerated().map { .init($1, isBest: best.contains($0)) }
    }
  }

  private var runs: [RunRecord] { comparison.runs.map(\.run) }

  private var lines: [Line] {
    var lines: [Line] = []
    if Set(runs.map(\.experiment)).count > 1 {
      lines.append(Line("experiment", runs.map(\.experiment)))
    }
    lines.append(Line("id", runs.map(\.shortID)))
    lines.append(Line("status", runs.map(\.displayStatus)))
    for param in comparison.params where param.differs {
      lines.append(Line(param.key, param.values.map { $0.map(Numbers.shortParam) ?? "–" }))
    }
    for metric in comparison.metrics {
      let mark = metric.direction.map { $0 == .lowerIsBetter ? " ↓" : " ↑" } ?? ""
      lines.append(
        Line(
          metric.key + mark, metric.summaries.map { $0.map { Numbers.short($0.last) } ?? "–" },
          best: metric.bestLast))
      guard metric.direction != nil, metric.wasBetterBefore else { continue }
      let best = metric.summaries.map { $0?.best(metric.direction) }
      lines.append(
        Line(
          "best \(metric.key)\(mark)", best.map { $0.map { Numbers.short($0.value) } ?? "–" },
          best: metric.bestEver))
    }
    return lines
  }

  private var table: TextTable {
    guard !runs.isEmpty else {
      var table = TextTable(columns: [.init("run", isNumeric: false)])
      table.footer = "There are no runs to compare."
      return table
    }
    let lines = self.lines
    var table: TextTable
    if runs.count <= 6 {
      table = TextTable(
        columns: [.init("", isNumeric: false)] + runs.map { .init($0.name) })
      table.rows = lines.map { [.init($0.label, isHeader: true)] + $0.cells }
    } else {
      table = TextTable(columns: [.init("run", isNumeric: false)] + lines.map { .init($0.label) })
      table.rows = runs.indices.map { place in
        [.init(runs[place].name, isHeader: true)] + lines.map { $0.cells[place] }
      }
    }
    let experiments = Set(runs.map(\.experiment))
    if experiments.count == 1, let experiment = experiments.first {
      table.caption = "\(experiment): \(Elision.counted(runs.count, "run"))"
    }
    let equal = comparison.params.filter { !$0.differs }.map { param in
      "\(param.key) = \(param.values.first.flatMap { $0 }.map(Numbers.shortParam) ?? "–")"
    }
    if !equal.isEmpty { table.footer = "Equal in all runs: \(equal.joined(separator: ", "))" }
    return table
  }
}

extension RunRecord {
  /// The status in a word, with how long the run took or has taken so far.
  var displayStatus: String {
    let word = isInterrupted ? "interrupted" : status.rawValue.lowercased()
    let milliseconds = durationMilliseconds(now: currentMilliseconds())
    return "\(word), \(Numbers.duration(milliseconds: milliseconds))"
  }
}

extension Run: DisplayRepresentable {
  /// A card of the run: where it belongs, how it stands, and what it logged last.
  public var displayBundle: MIMEBundle {
    var table = TextTable(
      columns: [.init("run", isNumeric: false), .init(name, isNumeric: false)])
    func add(_ label: String, _ text: String) {
      table.rows.append([.init(label, isHeader: true), .init(text)])
    }
    add("experiment", experiment)
    add("id", id)
    do throws(TrackingError) {
      let detail = try store.detail(of: try store.run(id))
      add("status", detail.run.displayStatus)
      func list(_ label: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        let rest = texts.count > 8 ? ", … \(texts.count - 8) more" : ""
        add(label, texts.prefix(8).joined(separator: ", ") + rest)
      }
      list("params", detail.params.map { "\($0.key) = \(Numbers.shortParam($0.value))" })
      list("metrics", detail.metrics.map { "\($0.key) = \(Numbers.short($0.last))" })
      list("artifacts", detail.artifacts.map(\.path))
    } catch {
      add("status", error.description)
    }
    table.footer = "track-cli show \(id.prefix(8))"
    return table.bundle
  }
}
