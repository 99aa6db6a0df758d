import CommandArguments
import Tracking

/// `delete`: puts runs or an experiment away.
struct DeleteCommand: Command {
  static let name = "delete"
  static let operands = "RUN..."
  static let summary = "Delete runs, or an experiment with its runs."
  static let options = ["-e, --experiment NAME  this experiment (its name or id), no runs"]
  static let notes = "restore brings back what was deleted, until gc removes it for good."
  let access = StoreAccess.change

  private let target: Target

  init(_ arguments: inout Arguments) throws(UsageError) {
    target = try Target(&arguments)
  }

  func run(_ context: Context) throws -> String {
    switch target {
    case .experiment(let name):
      try context.store.deleteExperiment(id: context.store.experimentID(name))
      return "Deleted the experiment \(printable(name)) and its runs.\n"
    case .runs(let references):
      // All are found before any is deleted.
      let runs = try references.map { try context.store.run($0) }
      for run in runs { try context.store.delete(run) }
      return runs.map { "Deleted \($0.shortID) \(printable($0.name))\n" }.joined()
    }
  }
}

/// `restore`: brings back what was deleted.
struct RestoreCommand: Command {
  static let name = "restore"
  static let operands = "RUN..."
  static let summary = "Restore deleted runs, or a deleted experiment with its runs."
  static let options = ["-e, --experiment NAME  this experiment (its name or id), no runs"]
  static let notes = "List what can be restored with: track-cli runs --view deleted"
  let access = StoreAccess.change

  private let target: Target

  init(_ arguments: inout Arguments) throws(UsageError) {
    target = try Target(&arguments)
  }

  func run(_ context: Context) throws -> String {
    switch target {
    case .experiment(let name):
      try context.store.restoreExperiment(id: context.store.experimentID(name, isDeleted: true))
      return "Restored the experiment \(printable(name)).\n"
    case .runs(let references):
      let runs = try references.map { try context.store.run($0, among: .deleted) }
      for run in runs { try context.store.restore(run) }
      return runs.map { "Restored \($0.shortID) \(printable($0.name))\n" }.joined()
    }
  }
}

/// What `delete` and `restore` act on.
private enum Target {
  case experiment(String)
  case runs([String])

  init(_ arguments: inout Arguments) throws(UsageError) {
    if let experiment = try arguments.option("--experiment", "-e") {
      _ = try arguments.operands(0...0, of: "runs or --experiment, not both")
      self = .experiment(experiment)
    } else {
      self = .runs(try arguments.operands(1...1000, of: "one RUN or more, or --experiment NAME"))
    }
  }
}

/// `gc`: removes for good what was deleted.
struct CollectGarbageCommand: Command {
  static let name = "gc"
  static let operands = ""
  static let summary = "Remove for good what was deleted, and the files of no artifact."
  static let options = [
    "    --older-than DAYS  only what was deleted over DAYS days ago",
    "    --dry-run          only say what would go",
  ]
  let access = StoreAccess.change

  private let days: Int
  private let isTrial: Bool

  init(_ arguments: inout Arguments) throws(UsageError) {
    days = try arguments.count("--older-than", minimum: 0) ?? 0
    guard days <= 100_000 else {
      throw UsageError("--older-than takes at most 100000 days, not \(days)")
    }
    isTrial = arguments.flag("--dry-run")
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    // What was deleted in this very millisecond is meant, too.
    let time = currentMilliseconds() - Int64(days) * 86_400_000 + (days == 0 ? 1 : 0)
    let report = try context.store.collectGarbage(deletedBefore: time, isTrial: isTrial)
    if context.format == .json {
      return JSON.object([
        ("runs", .integer(Int64(report.runs))),
        ("experiments", .integer(Int64(report.experiments))),
        ("logged_models", .integer(Int64(report.models))),
        ("files", .integer(Int64(report.files))), ("bytes", .integer(report.bytes)),
        ("dry_run", .bool(isTrial)),
      ]).text
    }
    func count(_ number: Int, _ thing: String) -> String {
      "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
    let models = report.models == 0 ? "" : "\(count(report.models, "logged model")), "
    return "\(isTrial ? "Would remove" : "Removed") \(count(report.runs, "run")), \(models)"
      + "\(count(report.experiments, "experiment")) and \(count(report.files, "file")) "
      + "(\(shortSize(bytes: report.bytes))).\n"
  }
}
