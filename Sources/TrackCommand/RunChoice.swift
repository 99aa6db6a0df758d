import CommandArguments
import Tracking

/// The runs that a command line names: one after the other, or those of an experiment.
struct RunChoice {
  private let references: [String]
  private let experiment: String?
  private let limit: Int

  /// Takes `--experiment`, `--limit` and the operands off.
  init(_ arguments: inout Arguments, defaultLimit: Int, minimum: Int) throws(UsageError) {
    experiment = try arguments.option("--experiment", "-e")
    let limit = try arguments.count("--limit", "-n", minimum: minimum)
    self.limit = limit ?? defaultLimit
    guard experiment == nil else {
      references = []
      _ = try arguments.operands(0...0, of: "RUNs or --experiment, not both")
      return
    }
    guard limit == nil else { throw UsageError("--limit goes with --experiment") }
    references = try arguments.operands(
      minimum...1000, of: minimum == 1 ? "at least one RUN" : "at least two RUNs")
  }

  /// The runs, in the order in which they are named.
  func runs(
    _ context: Context, fetching parts: ServerMirror.Parts
  ) throws -> [RunRecord] {
    if let experiment {
      let runs = try context.runs(experiment: experiment, limit: limit, fetching: parts)
      guard runs.count > 1 else {
        throw Refusal("\(experiment) has fewer than two runs; there is nothing to compare")
      }
      return runs
    }
    var runs: [RunRecord] = []
    for reference in references {
      let run = try context.run(reference, fetching: parts)
      if let index = runs.firstIndex(where: { $0.row == run.row }) {
        throw Refusal(
          "\"\(references[index])\" and \"\(reference)\" are the same run, \(run.shortID); "
            + "name different ones")
      }
      runs.append(run)
    }
    return runs
  }
}

/// Reads the points of metrics that are to be drawn.
struct CurveReader {
  private let store: TrackingStore

  init(_ store: TrackingStore) {
    self.store = store
  }

  /// A curve for each run that has the metric.
  func curves(_ key: String, of runs: [RunDetail]) throws -> [TerminalPlot.Curve] {
    try runs.filter { run in run.metrics.contains { $0.key == key } }.map { run in
      let points = try store.history(of: run.run, key: key).map {
        (x: Double($0.step), y: $0.value)
      }
      return TerminalPlot.Curve(name: "\(run.run.name) (\(run.run.shortID))", points: points)
    }
  }

  /// The values of metrics by step, for each run; none where it has not logged the metric.
  func values(_ keys: [String], of runs: [RunDetail]) throws -> [String: [[Double]]] {
    var values: [String: [[Double]]] = [:]
    for key in keys {
      values[key] = try runs.map { run in
        guard run.metrics.contains(where: { $0.key == key }) else { return [] }
        return try store.history(of: run.run, key: key).map(\.value)
      }
    }
    return values
  }
}
