import Digest
import FoundationEssentials
import Processes
import Tracking

/// Writes runs as MLflow's file store has them.
struct MLflowFolder {
  let folder: String

  var root: String {
    folder.hasPrefix("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
  }

  func write(_ runs: [RunRecord], _ models: ExportedModels, of store: TrackingStore) throws {
    let all = runs.map(\.experimentID) + models.logged.map(\.record.experimentID)
    for id in Set(all).sorted() {
      guard let experiment = try store.experiment(id: id) else { continue }
      try writeMeta(
        "\(root)/\(id)",
        [
          ("artifact_location", quoted("file://\(encoded("\(root)/\(id)"))")),
          ("creation_time", "\(experiment.createdMilliseconds)"),
          ("experiment_id", quoted("\(id)")),
          ("last_update_time", "\(experiment.updatedMilliseconds)"),
          ("lifecycle_stage", "active"), ("name", quoted(experiment.name)),
        ])
      for tag in experiment.tags { try write(tag.value, "\(root)/\(id)/tags", key: tag.key) }
    }
    var experiments: [String: Int64] = [:]
    for run in runs { experiments[run.id] = run.experimentID }
    try store.transfer(runs) { run, artifacts in
      try write(run, artifacts, experiment: experiments[run.id] ?? 0, store)
    }
    var places: [String: Int64] = [:]
    for (model, record) in models.logged {
      try write(model, record, of: store)
      places[model.id] = record.experimentID
    }
    for model in models.registered { try write(model, models: places) }
  }

  private func write(
    _ run: TransferredRun, _ artifacts: [ArtifactRecord], experiment: Int64, _ store: TrackingStore
  ) throws {
    let place = "\(root)/\(experiment)/\(run.id)"
    let statuses: [RunStatus: Int] = [
      .running: 1, .scheduled: 2, .finished: 3, .failed: 4, .killed: 5,
    ]
    try writeMeta(
      place,
      [
        ("artifact_uri", quoted("file://\(encoded("\(place)/artifacts"))")),
        ("end_time", run.endMilliseconds.map { "\($0)" } ?? "null"),
        ("entry_point_name", "''"), ("experiment_id", quoted("\(experiment)")),
        ("lifecycle_stage", "active"), ("run_id", quoted(run.id)),
        ("run_name", quoted(run.name)), ("run_uuid", quoted(run.id)), ("source_name", "''"),
        ("source_type", "4"), ("source_version", "''"),
        ("start_time", "\(run.startMilliseconds)"), ("status", "\(statuses[run.status] ?? 3)"),
        ("tags", "[]"), ("user_id", quoted(run.user)),
      ])
    for name in ["metrics", "params", "tags", "artifacts"] { try makeFolder("\(place)/\(name)") }
    for (key, value) in run.params { try write(value, "\(place)/params", key: key) }
    var tags = run.tags.filter { $0.key != "mlflow.runName" }
    tags.append(("mlflow.runName", run.name))
    if let parent = run.parentID, !tags.contains(where: { $0.key == "mlflow.parentRunId" }) {
      tags.append(("mlflow.parentRunId", parent))
    }
    for (key, value) in tags { try write(value, "\(place)/tags", key: key) }
    for (key, points) in Dictionary(grouping: run.metrics, by: \.key) {
      let lines = points.map {
        "\($0.timeMilliseconds) \(Self.number($0.value)) \($0.step ?? 0)\n"
      }
      try write(lines.joined(), "\(place)/metrics", key: key)
    }
    try write(run.models, of: run.id, in: place)
    for dataset in run.datasets { try write(dataset, run, experiment: experiment) }
    for artifact in artifacts {
      try store.copy(artifact, to: "\(place)/artifacts/\(artifact.path)")
    }
  }

  private func write(
    _ dataset: DatasetRecord, _ run: TransferredRun, experiment: Int64
  ) throws {
    let digest = sha256(Array("\(dataset.name)\n\(dataset.digest)".utf8))
    let id = String(hexadecimal(digest).prefix(32))
    var facts = [
      ("digest", quoted(dataset.digest)), ("name", quoted(dataset.name)),
      ("source", quoted(dataset.source)), ("source_type", quoted(dataset.sourceType)),
    ]
    facts += [("schema", dataset.schema), ("profile", dataset.profile)]
      .compactMap { name, text in text.map { (name, quoted($0)) } }
    try writeMeta("\(root)/\(experiment)/datasets/\(id)", facts)
    try writeMeta(
      "\(root)/\(experiment)/\(run.id)/inputs/\(id)",
      [
        ("source_type", "DATASET"), ("source_id", quoted(id)), ("destination_type", "RUN"),
        ("destination_id", quoted(run.id)),
        (
          "tags",
          dataset.context.map { "\n  mlflow.data.context: \(quoted($0))" } ?? "{}"
        ),
      ])
  }

  /// A number as Python reads it.
  static func number(_ value: Double) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : "\(value)"
  }

  func quoted(_ text: String) -> String { YAML.quoted(text) }

  /// A path as a URI has it.
  func encoded(_ path: String) -> String {
    path.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.properties.isAlphabetic && byte < 0x80 || (48...57).contains(byte)
        || "/-_.~".utf8.contains(byte)
      guard !isPlain else { return String(scalar) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  func writeMeta(_ folder: String, _ facts: [(String, String)]) throws {
    try makeFolder(folder)
    try writeFile(facts.map { "\($0): \($1)\n" }.joined(), "\(folder)/meta.yaml")
  }

  func write(_ text: String, _ folder: String, key: String) throws {
    // Keys come from whoever logged them, and become paths.
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { ["", ".", ".."].contains($0) }), !key.utf8.contains(0),
      parts.allSatisfy({ $0.utf8.count <= 255 })
    else {
      throw Refusal("MLflow's file stores have no place for the key \"\(printable(key))\"")
    }
    let path = "\(folder)/\(key)"
    try makeFolder(
      parts.count > 1 ? "\(folder)/\(parts.dropLast().joined(separator: "/"))" : folder)
    try writeFile(text, path)
  }

  private func writeFile(_ text: String, _ path: String) throws {
    let file = try FileWriter(path)
    try file.write(text)
    try file.finish()
  }

  func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Refusal("cannot make the folder \(printable(path)): is there a file in its way?")
    }
  }
}
