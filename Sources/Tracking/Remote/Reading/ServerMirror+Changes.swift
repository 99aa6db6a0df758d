import JSONValues

/// What is changed at the server.
extension ServerMirror {
  private func change(_ path: String, _ message: JSONValue) throws(TrackingError) {
    _ = try source.server.answer("POST", path, message)
  }

  /// Sets tags of a run, all or none, and then removes those without a value.
  package func change(
    tagsOf run: RunRecord, _ changes: [(key: String, value: String?)]
  ) throws(TrackingError) {
    let set = changes.compactMap { change in
      change.value.map { value -> JSONValue in
        ["key": .string(change.key), "value": .string(value)]
      }
    }
    if !set.isEmpty {
      try change("runs/log-batch", ["run_id": .string(run.id), "tags": .array(set)])
    }
    let known = try store.detail(of: run).tags.map(\.key)
    // One that is not there is removed.
    for (key, value) in changes where value == nil && known.contains(key) {
      try change("runs/delete-tag", ["run_id": .string(run.id), "key": .string(key)])
    }
  }

  /// Makes a version of a model of the artifact, or the folder of artifacts, that a run has at `path`.
  ///
  /// - Throws: ``TrackingError/artifactNotFound(run:path:)`` when it has nothing there.
  package func registerModel(
    _ name: String, from run: RunRecord, path: String, description: String
  ) throws(TrackingError) -> ModelVersion {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let files = try source.files(.run(run.id))
    guard files.contains(where: { ArtifactPath.lies($0.path, at: folder) }) else {
      throw .artifactNotFound(run: run.shortID, path: path)
    }
    return try RemoteModels(server: source.server).register(
      name, ofRun: run.id, path: folder, description: description, tags: [:])
  }

  package func delete(_ run: RunRecord) throws(TrackingError) {
    try change("runs/delete", ["run_id": .string(run.id)])
  }

  package func restore(_ run: RunRecord) throws(TrackingError) {
    try change("runs/restore", ["run_id": .string(run.id)])
  }

  package func delete(_ experiment: ServerRuns.Experiment) throws(TrackingError) {
    try change("experiments/delete", ["experiment_id": .string(experiment.id)])
  }

  package func restore(_ experiment: ServerRuns.Experiment) throws(TrackingError) {
    try change("experiments/restore", ["experiment_id": .string(experiment.id)])
  }
}
