import SQLite

/// A logged model on its way from another store into this one.
package struct TransferredLoggedModel: Sendable {
  /// `m-` and 32 hexadecimal digits, by which it is known again.
  package var id: String
  package var experiment: String
  package var name: String
  package var type = ""
  package var status = LoggedModelStatus.ready
  package var createdMilliseconds: Int64 = 0
  package var updatedMilliseconds: Int64 = 0
  package var sourceRunID = ""
  package var params: [(key: String, value: String)] = []
  package var tags: [(key: String, value: String)] = []
  package var metrics: [LoggedModel.Metric] = []
  /// The files with the contents, by the artifacts' paths.
  package var artifacts: [(path: String, file: String)] = []

  package init(id: String, experiment: String, name: String) {
    (self.id, self.experiment, self.name) = (id, experiment, name)
  }
}

/// A registered model on its way from another store into this one.
package struct TransferredRegisteredModel: Sendable {
  /// One of its versions.
  package struct Version: Sendable {
    package var number: Int
    package var createdMilliseconds: Int64 = 0
    package var updatedMilliseconds: Int64 = 0
    package var description = ""
    package var stage = ModelStage.none
    package var source = ""
    package var storage = ""
    package var runID = ""
    package var runLink = ""
    package var loggedModelID: String?
    package var tags: [(key: String, value: String)] = []

    package init(number: Int) { self.number = number }
  }

  package var name: String
  package var description = ""
  package var createdMilliseconds: Int64 = 0
  package var updatedMilliseconds: Int64 = 0
  package var tags: [(key: String, value: String)] = []
  package var aliases: [(alias: String, version: Int)] = []
  package var versions: [Version] = []

  package init(name: String) { self.name = name }
}

extension TrackingStore {
  /// Takes a logged model over; what is there of it already stays as it is, so that taking it twice changes nothing.
  ///
  /// - Parameter model: The model.
  /// - Returns: What became of it, and the artifacts that could not be taken, with the reasons.
  /// - Throws: ``TrackingError`` when the store cannot be written.
  package func take(
    _ model: TransferredLoggedModel
  ) throws(TrackingError) -> (outcome: TransferOutcome, failed: [(path: String, reason: String)]) {
    let (row, isNew, before) = try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let known = try? database.loggedModel(model.id, orDeleted: true)
        let row = if let known { known.row } else { try database.insert(model) }
        let before = try database.size(ofLoggedModel: row)
        try database.add(model, to: row)
        return (row, known == nil, before)
      }
    }
    let known = Set(try artifacts(of: .model(row)).map(\.path))
    var failed: [(path: String, reason: String)] = []
    for (path, file) in model.artifacts where !known.contains(path) {
      do throws(TrackingError) {
        try logArtifact(file: file, as: path, of: .model(row))
      } catch {
        switch error {
        case .artifactFailed(_, let reason), .invalidArtifactPath(_, let reason):
          failed.append((path, reason))
        // It was deleted here.
        case .loggedModelNotFound: return (.present, [])
        default: throw error
        }
      }
    }
    let after = try withDatabase { database throws(TrackingError) in
      try database.size(ofLoggedModel: row)
    }
    return (isNew ? .added : before == after ? .present : .completed, failed)
  }

  /// Takes a registered model over, as one transaction; what is there of it already stays as it is.
  ///
  /// - Parameter model: The model.
  /// - Returns: What became of it, and the versions whose numbers are taken here by others.
  /// - Throws: ``TrackingError`` when the name is none or the store cannot be written.
  package func take(
    _ model: TransferredRegisteredModel
  ) throws(TrackingError) -> (outcome: TransferOutcome, taken: [Int]) {
    try RegistryName.validate(model: model.name)
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let known = try? database.registeredModel(model.name)
        if known == nil {
          try database.execute(
            """
            INSERT INTO registered_models (name, description, created_ms, updated_ms)
              VALUES (?, ?, ?, ?)
            """, .text(model.name), .text(model.description),
            .integer(model.createdMilliseconds), .integer(model.updatedMilliseconds))
        }
        let row = try database.registeredModel(model.name).row
        let before = try database.size(ofRegisteredModel: row)
        let taken = try database.add(model, to: row)
        let after = try database.size(ofRegisteredModel: row)
        return (known == nil ? .added : before == after ? .present : .completed, taken)
      }
    }
  }
}

extension Database {
  fileprivate func insert(_ model: TransferredLoggedModel) throws(TrackingError) -> Int64 {
    try makeExperiment(model.experiment, atMilliseconds: currentMilliseconds())
    try execute(
      """
      INSERT INTO logged_models
          (model_id, experiment, name, model_type, source_run_id, status, created_ms, updated_ms)
        SELECT ?, id, ?, ?, ?, ?, ?, ? FROM experiments WHERE name = ? AND deleted_ms IS NULL
      """, .text(model.id), .text(model.name), .text(model.type), .text(model.sourceRunID),
      .text(model.status.rawValue), .integer(model.createdMilliseconds),
      .integer(model.updatedMilliseconds), .text(model.experiment))
    return try loggedModel(model.id).row
  }

  fileprivate func add(_ model: TransferredLoggedModel, to row: Int64) throws(TrackingError) {
    try addMissing(model.params, to: "logged_model_params", of: ("model", row))
    try addMissing(model.tags, to: "logged_model_tags", of: ("model", row))
    for metric in model.metrics {
      try execute(
        """
        INSERT OR IGNORE INTO logged_model_metrics
            (model, key, run_id, step, time_ms, value, dataset_name, dataset_digest)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """, .integer(row), .text(metric.key), .text(metric.runID), .integer(metric.step),
        .integer(metric.timeMilliseconds), .metric(metric.value), .text(metric.datasetName),
        .text(metric.datasetDigest))
    }
    // One that was still being logged may have come further.
    try execute(
      "UPDATE logged_models SET status = ?, updated_ms = ? WHERE id = ? AND status = 'PENDING' AND status <> ?1",
      .text(model.status.rawValue), .integer(model.updatedMilliseconds), .integer(row))
  }

  fileprivate func size(ofLoggedModel row: Int64) throws(TrackingError) -> [Int64] {
    try query(
      """
      SELECT (SELECT count(*) FROM logged_model_params WHERE model = ?1),
        (SELECT count(*) FROM logged_model_tags WHERE model = ?1),
        (SELECT count(*) FROM logged_model_metrics WHERE model = ?1),
        (SELECT count(*) FROM logged_model_artifacts WHERE model = ?1),
        (SELECT status = 'PENDING' FROM logged_models WHERE id = ?1)
      """, .integer(row)
    ) { row in (0..<5).map { row.integer($0) } }.first ?? []
  }

  /// Adds what the registered model at `row` has not; returns the numbers of versions that others have here.
  fileprivate func add(
    _ model: TransferredRegisteredModel, to row: Int64
  ) throws(TrackingError) -> [Int] {
    try addMissing(model.tags, to: "registered_model_tags", of: ("model", row))
    var taken: [Int] = []
    for version in model.versions.sorted(by: { $0.number < $1.number }) {
      let known = try query(
        "SELECT id, run_id, source FROM model_versions WHERE model = ? AND version = ?",
        .integer(row), .integer(Int64(version.number))
      ) { (id: $0.integer(0), runID: $0.text(1), source: $0.text(2)) }.first
      if let known, known.runID != version.runID || known.source != version.source {
        taken.append(version.number)
        continue
      }
      let wasGiven =
        try query(
          "SELECT last_version >= ? FROM registered_models WHERE id = ?",
          .integer(Int64(version.number)), .integer(row)
        ) { $0.integer(0) != 0 }.first ?? false
      if known == nil, wasGiven {
        // A number is never given again, also when its version was deleted.
        taken.append(version.number)
        continue
      }
      let id: Int64 = if let known { known.id } else { try insert(version, of: row) }
      try addMissing(version.tags, to: "model_version_tags", of: ("version", id))
    }
    for (alias, number) in model.aliases where !taken.contains(number) {
      try execute(
        """
        INSERT OR IGNORE INTO model_aliases (model, alias, version)
          SELECT model, ?, id FROM model_versions WHERE model = ? AND version = ?
        """, .text(alias), .integer(row), .integer(Int64(number)))
    }
    return taken
  }

  private func insert(
    _ version: TransferredRegisteredModel.Version, of model: Int64
  ) throws(TrackingError) -> Int64 {
    try execute(
      """
      INSERT INTO model_versions (model, version, created_ms, updated_ms, description, stage,
          source, storage, run_id, run_link, model_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(model), .integer(Int64(version.number)),
      .integer(version.createdMilliseconds), .integer(version.updatedMilliseconds),
      .text(version.description), .text(version.stage.rawValue), .text(version.source),
      .text(try storage(of: version)), .text(version.runID), .text(version.runLink),
      .text(orNull: version.loggedModelID))
    try execute(
      "UPDATE registered_models SET last_version = max(last_version, ?) WHERE id = ?",
      .integer(Int64(version.number)), .integer(model))
    return try query("SELECT last_insert_rowid()") { $0.integer(0) }.first ?? 0
  }

  /// Where the files of a version are here: with its logged model, or with its run, if those were taken over.
  private func storage(
    of version: TransferredRegisteredModel.Version
  ) throws(TrackingError) -> String {
    if let id = version.loggedModelID, let model = try? loggedModel(id) { return model.proxyURI }
    let storage = version.storage.isEmpty ? version.source : version.storage
    let marker = "/\(version.runID)/artifacts/"
    let isHere = try query(
      "SELECT count(*) FROM runs WHERE run_id = ?", .text(version.runID)
    ) { $0.integer(0) }
    guard isHere.first != 0, let place = storage.firstRange(of: marker) else { return storage }
    return "runs:/\(version.runID)/\(storage[place.upperBound...])"
  }

  fileprivate func size(ofRegisteredModel row: Int64) throws(TrackingError) -> [Int64] {
    try query(
      """
      SELECT (SELECT count(*) FROM registered_model_tags WHERE model = ?1),
        (SELECT count(*) FROM model_versions WHERE model = ?1),
        (SELECT count(*) FROM model_version_tags
          WHERE version IN (SELECT id FROM model_versions WHERE model = ?1)),
        (SELECT count(*) FROM model_aliases WHERE model = ?1)
      """, .integer(row)
    ) { row in (0..<4).map { row.integer($0) } }.first ?? []
  }
}

// MARK: Out of a store

extension TransferredLoggedModel {
  /// A model of a store or server, without its artifacts.
  init(_ model: LoggedModel, experiment: String) {
    self.init(id: model.id, experiment: experiment, name: model.name)
    (type, status) = (model.modelType, model.status)
    createdMilliseconds = model.createdMilliseconds
    updatedMilliseconds = model.updatedMilliseconds
    sourceRunID = model.sourceRunID
    params = model.params.sortedPairs
    tags = model.tags.sortedPairs
    metrics = model.metrics
  }
}

extension TransferredRegisteredModel {
  /// A model of a store or server with some of its versions.
  init(_ model: RegisteredModel, versions: [ModelVersion]) {
    self.init(name: model.name)
    description = model.description
    createdMilliseconds = model.createdMilliseconds
    updatedMilliseconds = model.updatedMilliseconds
    tags = model.tags.sortedPairs
    let numbers = Set(versions.map(\.version))
    aliases = model.aliases.filter { numbers.contains($0.value) }
      .sortedPairs.map { (alias: $0.key, version: $0.value) }
    self.versions = versions.map { version in
      var one = Version(number: version.version)
      one.createdMilliseconds = version.createdMilliseconds
      one.updatedMilliseconds = version.updatedMilliseconds
      (one.description, one.stage) = (version.description, version.stage)
      (one.source, one.storage) = (version.source, version.storage)
      (one.runID, one.runLink) = (version.runID, version.runLink)
      one.loggedModelID = version.loggedModelID
      one.tags = version.tags.sortedPairs
      return one
    }
  }
}

extension TrackingStore {
  /// The logged models that are not deleted, of some runs or all, for another store; without their artifacts.
  package func transferredLoggedModels(
    ofRuns runs: Set<String>?
  ) throws(TrackingError) -> [(model: TransferredLoggedModel, record: LoggedModel)] {
    let models = try search(LoggedModelSearch(order: [.init("creation_timestamp")]))
    var experiments: [Int64: String] = [:]
    var found: [(TransferredLoggedModel, LoggedModel)] = []
    for model in models where runs?.contains(model.sourceRunID) ?? true {
      if experiments[model.experimentID] == nil {
        experiments[model.experimentID] = try experiment(id: model.experimentID)?.name
      }
      let experiment = experiments[model.experimentID] ?? "Default"
      found.append((TransferredLoggedModel(model, experiment: experiment), model))
    }
    return found
  }

  /// The registered models, with the versions of some runs or with all, for another store.
  package func transferredRegisteredModels(
    ofRuns runs: Set<String>?
  ) throws(TrackingError) -> [TransferredRegisteredModel] {
    var found: [TransferredRegisteredModel] = []
    for model in try searchRegisteredModels() {
      let versions = try modelVersions(of: model.name).reversed()
        .filter { runs?.contains($0.runID) ?? true }
      if runs != nil, versions.isEmpty { continue }
      found.append(TransferredRegisteredModel(model, versions: versions))
    }
    return found
  }
}
