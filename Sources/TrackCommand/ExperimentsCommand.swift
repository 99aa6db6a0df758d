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
