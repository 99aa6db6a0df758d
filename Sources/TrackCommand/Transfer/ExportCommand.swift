import CommandArguments
import FoundationEssentials
import Processes
import Tracking

/// `export`: writes runs for other programs.
struct ExportCommand: Command {
  static let name = "export"
  static let operands = "[RUN...]"
  static let summary = "Write runs as CSV, JSON, Parquet, or a folder of MLflow's."
  static let options = [
    "-t, --to KIND          csv, json, parquet or mlflow",
    "-o, --output PLACE     the folder to make; for json, the file",
    "-e, --experiment NAME  the runs of this experiment, no RUNs",
    "    --artifacts        copy artifacts, too, for csv and parquet; mlflow always",
    "                       has them, json never",
    "    --force            write into a folder, or over a file, that is there",
  ]
  static let notes = """
    Without RUNs, all that are not deleted. csv and parquet make a file for each of
    runs, params, tags, points, datasets and artifacts, and of logged models and of
    registered ones, whose rows belong together by run_id, model_id and name; json
    is one file with everything; mlflow is a folder mlruns, which MLflow's client
    reads. Logged models and versions come along with their runs.
    """
  static let formats = [OutputFormat.table]

  private enum Kind: String, CaseIterable {
    case csv, json, parquet, mlflow
  }

  private let kind: Kind
  private let output: String
  private let experiment: String?
  private let copiesArtifacts: Bool
  private let isForced: Bool
  private let references: [String]

  init(_ arguments: inout Arguments) throws(UsageError) {
    let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let name = try arguments.option("--to", "-t") else {
      throw UsageError("give --to, one of \(names)")
    }
    guard let kind = Kind(rawValue: name) else {
      throw UsageError("--to is one of \(names), not \"\(name)\"")
    }
    guard let output = try arguments.option("--output", "-o") else {
      throw UsageError("give --output, where to write")
    }
    self.kind = kind
    self.output = output
    copiesArtifacts = arguments.flag("--artifacts")
    isForced = arguments.flag("--force")
    experiment = try arguments.option("--experiment", "-e")
    references = try arguments.operands(0...1000, of: "RUNs")
    if experiment != nil, !references.isEmpty {
      throw UsageError("give RUNs or --experiment, not both")
    }
    if kind == .json, copiesArtifacts { throw UsageError("--to json takes no --artifacts") }
  }

  func run(_ context: Context) throws -> String {
    let store = context.store
    let runs =
      references.isEmpty
      ? try store.runs(experiment: experiment) : try references.map { try store.run($0) }
    try checkPlace()
    let isAll = references.isEmpty && experiment == nil
    let models = try ExportedModels(store, ofRuns: isAll ? nil : Set(runs.map(\.id)))
    switch kind {
    case .json: try writeJSON(runs, models, store)
    case .mlflow: try MLflowFolder(folder: output).write(runs, models, of: store)
    case .csv: try writeTables(runs, models, store) { try CSVWriter($0, $1) }
    case .parquet: try writeTables(runs, models, store) { try ParquetWriter($0, $1) }
    }
    return "Exported \(runs.count) run\(runs.count == 1 ? "" : "s") to \(printable(output)).\n"
  }

  private func checkPlace() throws {
    let manager = FileManager.default
    var isFolder = false
    let isThere = manager.fileExists(atPath: output, isDirectory: &isFolder)
    if kind == .json {
      guard !isThere || (isForced && !isFolder) else {
        throw Refusal(
          "\(printable(output)) is there already; name another --output or give --force")
      }
      return
    }
    guard !isThere || isFolder else {
      throw Refusal("\(printable(output)) is a file; name a folder for --output")
    }
    let names = isThere ? try manager.contentsOfDirectory(atPath: output) : []
    guard names.isEmpty || isForced else {
      throw Refusal("\(printable(output)) is not empty; name another --output or give --force")
    }
    do {
      try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw Refusal("cannot make the folder \(printable(output)); check its path and permissions")
    }
  }

  private func writeTables(
    _ runs: [RunRecord], _ models: ExportedModels, _ store: TrackingStore,
    _ open: (String, TransferTable) throws -> any TableWriter
  ) throws {
    let ending = kind.rawValue
    var writers = try TransferTable.all.map { try open("\(output)/\($0.name).\(ending)", $0) }
    try store.transfer(runs) { run, artifacts in
      for (index, table) in TransferTable.all.enumerated() {
        for row in table.rows(run, artifacts) { try writers[index].write(row) }
      }
      guard copiesArtifacts else { return }
      for artifact in artifacts {
        try store.copy(artifact, to: "\(output)/artifacts/\(run.id)/\(artifact.path)")
      }
    }
    for index in writers.indices { try writers[index].finish() }
    for (table, rows) in ModelTables(models.logged.map(\.model), models.registered).rows {
      var writer = try open("\(output)/\(table.name).\(ending)", table)
      for row in rows { try writer.write(row) }
      try writer.finish()
    }
    for (model, record) in models.logged where copiesArtifacts {
      for artifact in try store.artifacts(of: .model(record.row)) {
        try store.copy(artifact, to: "\(output)/artifacts/\(model.id)/\(artifact.path)")
      }
    }
  }

  private func writeJSON(
    _ runs: [RunRecord], _ models: ExportedModels, _ store: TrackingStore
  ) throws {
    let file = try FileWriter(output)
    var separator = "[\n"
    try store.transfer(runs) { run, artifacts in
      func list(_ table: TransferTable, _ rows: [[TransferValue]]) -> (String, JSON) {
        let objects = rows.map { row in
          JSON.object(
            zip(table.columns, row).filter { table.name == "runs" || $0.0.name != "run_id" }
              .map { ($0.name, $1.json) })
        }
        return (table.name, .array(objects))
      }
      var tables = TransferTable.all.map { list($0, $0.rows(run, artifacts)) }
      tables += models.tables(ofRun: run.id).rows.map { list($0.table, $0.rows) }
      guard case .array(let facts) = tables[0].1, case .object(let members) = facts[0] else {
        return
      }
      try file.write(separator + JSON.object(members + tables.dropFirst()).text)
      separator = ","
    }
    try file.write(separator == "," ? "]\n" : "[]\n")
    try file.finish()
  }
}

/// The models that are exported with runs.
struct ExportedModels {
  let logged: [(model: TransferredLoggedModel, record: LoggedModel)]
  let registered: [TransferredRegisteredModel]

  /// Those of some runs, or all.
  init(_ store: TrackingStore, ofRuns runs: Set<String>?) throws {
    logged = try store.transferredLoggedModels(ofRuns: runs)
    registered = try store.transferredRegisteredModels(ofRuns: runs)
  }

  /// The tables of what is of one run.
  func tables(ofRun id: String) -> ModelTables {
    let ours = registered.compactMap { model in
      var model = model
      model.versions = model.versions.filter { $0.runID == id }
      return model.versions.isEmpty ? nil : model
    }
    return ModelTables(logged.map(\.model).filter { $0.sourceRunID == id }, ours)
  }
}

extension TransferValue {
  fileprivate var json: JSON {
    switch self {
    case .null: .null
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .real(let number): .number(number)
    }
  }
}
