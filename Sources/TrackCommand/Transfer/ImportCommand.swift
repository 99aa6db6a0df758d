import CommandArguments
import FoundationEssentials
import Tracking

/// `import`: takes over the runs of another store.
struct ImportCommand: Command {
  static let name = "import"
  static let operands = "PLACE"
  static let summary = "Take over runs of MLflow (server, mlruns, SQLite), or from CSV."
  static let options = [
    "-e, --experiment NAME  for runs of a CSV file that name none; by default its",
    "                       own name",
  ]
  static let notes = """
    PLACE is the URL of a server that speaks MLflow's REST API (MLflow's variables
    say who asks), a folder that MLflow's client wrote (mlruns), an SQLite database
    of MLflow's, a CSV file with a row for each run (as mlflow.search_runs gives
    them), or a folder that track-cli export wrote as CSV.

    Runs keep their ids, so that importing twice changes nothing, and importing
    again later completes what has grown. Logged and registered models come along.
    It tells what was left out: what is deleted, traces, versions whose number is
    another's here, and artifacts that are not on this machine.
    """
  let access = StoreAccess.create

  private let place: String
  private let experiment: String?

  init(_ arguments: inout Arguments) throws(UsageError) {
    experiment = try arguments.option("--experiment", "-e")
    place = try arguments.operands(1...1, of: "one PLACE to import from")[0]
  }

  func run(_ context: Context) throws -> String {
    if let address = ServerAddress(place) {
      return try ServerImport.read(address, into: context.store).text(context)
    }
    var path = place
    if place.contains(":") { path = try StoreLocation.path(uri: place) }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    var report = ImportReport()
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Refusal("there is no \(printable(path)) to import from")
    }
    if isFolder {
      if CSVRuns.isOne(path) {
        try CSVRuns(path: path, experiment: experiment ?? "Default").read(
          into: context.store, &report)
      } else if MLflowFileStore.isOne(path) {
        try MLflowFileStore(folder: path).read(into: context.store, &report)
      } else if MLflowFileStore.isOne("\(path)/mlruns") {
        try MLflowFileStore(folder: "\(path)/mlruns").read(into: context.store, &report)
      } else {
        throw Refusal(
          "\(printable(path)) is neither a folder of MLflow's (with N/meta.yaml) nor one that "
            + "track-cli export wrote as CSV (with runs.csv)")
      }
      return report.text(context)
    }
    if isDatabase(path) {
      guard let database = try MLflowDatabase(path) else {
        throw Refusal("\(printable(path)) is a database, but none of MLflow's")
      }
      try database.read(into: context.store, &report)
      return report.text(context)
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    try CSVRuns(path: path, experiment: experiment ?? name.replacingSuffix(".csv")).read(
      into: context.store, &report)
    return report.text(context)
  }

  private func isDatabase(_ path: String) -> Bool {
    let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    return data?.starts(with: Array("SQLite format 3\0".utf8)) ?? false
  }
}

extension String {
  /// The text without `suffix` at its end.
  fileprivate func replacingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
