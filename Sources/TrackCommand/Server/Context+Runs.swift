import Tracking

/// Runs of the store or of a server, the same to the commands.
extension Context {
  /// The run that `reference` names, with what is wanted of it where it has to be fetched.
  func run(
    _ reference: String, among view: RunView = .active, fetching parts: ServerMirror.Parts = .init()
  ) throws -> RunRecord {
    try mirror?.run(reference, among: view, parts) ?? store.run(reference, among: view)
  }

  /// The runs of an experiment, newest first.
  func runs(
    experiment: String, limit: Int?, fetching parts: ServerMirror.Parts
  ) throws -> [RunRecord] {
    try mirror?.runs(experiment: experiment, limit: limit, parts)
      ?? store.runs(experiment: experiment, limit: limit)
  }

  /// The runs that a search finds in an experiment, or in all.
  func search(_ search: RunSearch, experiment: String?) throws -> [RunRecord] {
    if let mirror { return try mirror.search(search, experiment: experiment) }
    var search = search
    if let experiment { search.experiments = [try store.experimentID(experiment)] }
    return try store.search(search)
  }

  func experiments() throws -> [ExperimentRecord] {
    try mirror?.experimentRecords() ?? store.experiments()
  }

  /// The runs whose parent is `run`, oldest first.
  func children(of run: RunRecord) throws -> [RunRecord] {
    try mirror?.children(of: run) ?? store.children(of: run)
  }

  /// Sets tags of a run, and removes those without a value.
  func change(tagsOf run: RunRecord, _ changes: [(key: String, value: String?)]) throws {
    if let mirror { return try mirror.change(tagsOf: run, changes) }
    try store.change(tagsOf: run, changes)
  }

  func delete(_ run: RunRecord) throws {
    if let mirror { return try mirror.delete(run) }
    try store.delete(run)
  }

  func restore(_ run: RunRecord) throws {
    if let mirror { return try mirror.restore(run) }
    try store.restore(run)
  }

  /// Makes a version of a model of what a run logged at `path`.
  func registerModel(
    _ name: String, from run: RunRecord, path: String, description: String
  ) throws -> ModelVersion {
    try mirror?.registerModel(name, from: run, path: path, description: description)
      ?? store.registerModel(name, from: run, path: path, description: description)
  }

  /// Deletes the experiment that has a name or id, with its runs.
  func delete(experiment: String) throws {
    if let mirror { return try mirror.delete(mirror.experiment(experiment)) }
    try store.deleteExperiment(id: store.experimentID(experiment))
  }

  /// Restores the deleted experiment that has a name or id, with its runs.
  func restore(experiment: String) throws {
    if let mirror { return try mirror.restore(mirror.experiment(experiment, isDeleted: true)) }
    try store.restoreExperiment(id: store.experimentID(experiment, isDeleted: true))
  }

  /// Where the contents of an artifact are: a file, or a URL.
  func address(of artifact: ArtifactRecord, in run: RunRecord) -> String {
    mirror?.address(of: artifact, in: run) ?? store.contentAddress(of: artifact)
  }
}

extension ServerMirror.Parts {
  /// With the artifacts, and the contents of those that are wanted.
  func artifacts(contents isWanted: @escaping (String, Int64) -> Bool = { _, _ in false }) -> Self {
    var parts = self
    parts.hasArtifacts = true
    parts.wantsContents = { isWanted($0.path, $0.byteCount) }
    return parts
  }
}

extension ArtifactRecord {
  /// The digest; `nil` where a server has the contents, and they were not fetched.
  var knownDigest: String? { sha256.isEmpty ? nil : sha256 }
}
