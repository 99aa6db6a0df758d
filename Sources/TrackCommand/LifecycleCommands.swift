import CommandArguments
import Tracking

/// What `delete` and `restore` have in common: they act on runs, or on an experiment with its runs.
protocol LifecycleCommand: Command {
  /// What was done, as a word that begins a sentence.
  static var deed: String { get }
  /// Among which runs and experiments those to act on are found.
  static var view: RunView { get }
  var target: LifecycleTarget { get }

  func act(onExperiment name: String, _ context: Context) throws
  func act(on run: RunRecord, _ context: Context) throws
}

extension LifecycleCommand {
  static var operands: String { "RUN..." }
  static var options: [String] {
    ["-e, --experiment NAME  this experiment (its name or id), no runs"]
  }
  var servers: ServerUse { .runs }
  var access: StoreAccess { .change }

  func run(_ context: Context) throws -> String {
    switch target {
    case .experiment(let name):
      try act(onExperiment: name, context)
      return "\(Self.deed) the experiment \(printable(name)) and its runs.\n"
    case .runs(let references):
      // All are found before anything is done.
      let runs = try references.map { try context.run($0, among: Self.view) }
      for run in runs { try act(on: run, context) }
      return runs.map { "\(Self.deed) \($0.shortID) \(printable($0.name))\n" }.joined()
    }
  }
}

/// `delete`: puts runs or an experiment away.
struct DeleteCommand: LifecycleCommand {
  static let name = "delete"
  static let summary = "Delete runs, or an experiment with its runs."
  static let notes = "restore brings back what was deleted, until gc removes it for good."
  static let deed = "Deleted"
  static let view = RunView.active

  let target: LifecycleTarget

  init(_ arguments: inout Arguments) throws(UsageError) {
    target = try LifecycleTarget(&arguments)
  }

  func act(onExperiment name: String, _ context: Context) throws {
    try context.delete(experiment: name)
  }

  func act(on run: RunRecord, _ context: Context) throws {
    try context.delete(run)
  }
}

/// `restore`: brings back what was deleted.
struct RestoreCommand: LifecycleCommand {
  static let name = "restore"
  static let summary = "Restore deleted runs, or a deleted experiment with its runs."
  static let notes = "List what can be restored with: track-cli runs --view deleted"
  static let deed = "Restored"
  static let view = RunView.deleted

  let target: LifecycleTarget

  init(_ arguments: inout Arguments) throws(UsageError) {
    target = try LifecycleTarget(&arguments)
  }

  func act(onExperiment name: String, _ context: Context) throws {
    try context.restore(experiment: name)
  }

  func act(on run: RunRecord, _ context: Context) throws {
    try context.restore(run)
  }
}

/// What `delete` and `restore` act on.
enum LifecycleTarget {
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
