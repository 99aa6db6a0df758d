import CommandArguments
import Tracking

/// `experiments`: what experiments there are.
struct ExperimentsCommand: Command {
  static let name = "experiments"
  static let operands = ""
  static let summary = "List the experiments."
  static let notes = "The runs of a server's experiments are not counted."
  let servers = ServerUse.runs

  init(_ arguments: inout Arguments) throws(UsageError) {
    _ = try arguments.operands(0...0, of: "no operand")
  }

  func run(_ context: Context) throws -> String {
    let experiments = try context.experiments()
    if context.format == .json {
      return JSON.array(
        experiments.map { experiment in
          .object([
            ("id", .string("\(experiment.id)")), ("name", .string(experiment.name)),
            ("runs", .integer(orNull: experiment.runCount.map { Int64($0) })),
            ("latest_start_ms", .integer(orNull: experiment.latestStartMilliseconds)),
          ])
        }
      ).text
    }
    let areCounted = experiments.contains { $0.runCount != nil }
    var table = Table(columns: [
      .init(title: "id", alignment: .right), .init(title: "name", mayShrink: true),
    ])
    if areCounted { table.columns.append(.init(title: "runs", alignment: .right)) }
    table.columns.append(.init(title: "latest run"))
    for experiment in experiments {
      table.rows.append(
        ["\(experiment.id)", experiment.name]
          + (areCounted ? [experiment.runCount.map { "\($0)" } ?? ""] : [])
          + [try context.minutes(experiment.latestStartMilliseconds)])
    }
    return table.text(context.format, style: context.style)
  }
}
