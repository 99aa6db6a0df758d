import JSONValues
import SQLite

extension TrackingStore {
  /// Changes what is said of a version.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - version: The version's number.
  ///   - description: What is to be said of it, in Markdown.
  /// - Returns: The version as it is now.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``.
  @discardableResult
  public func updateModelVersion(
    _ name: String, _ version: Int, description: String
  ) throws(TrackingError) -> ModelVersion {
    if let remoteModels {
      return try remoteModels.change(
        name, version, "PATCH", "update", ["description": .string(description)])
    }
    return try changeVersion(name, version) { database, found throws(TrackingError) in
      try database.execute(
        "UPDATE model_versions SET description = ?, updated_ms = ? WHERE id = ?",
        .text(description), .integer(currentMilliseconds()), .integer(found.row))
    }
  }

  /// Moves a version to a stage.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - version: The version's number.
  ///   - stage: The stage.
  ///   - archivesOthers: Whether the other versions of that stage are moved to ``ModelStage/archived``.
  /// - Returns: The version as it is now.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``.
  @discardableResult
  public func moveModelVersion(
    _ name: String, _ version: Int, to stage: ModelStage, archivesOthers: Bool = false
  ) throws(TrackingError) -> ModelVersion {
    if let remoteModels {
      return try remoteModels.change(
        name, version, "POST", "transition-stage",
        [
          "stage": .string(stage.rawValue), "archive_existing_versions": .bool(archivesOthers),
        ])
    }
    return try changeVersion(name, version) { database, found throws(TrackingError) in
      let now = SQLiteValue.integer(currentMilliseconds())
      if archivesOthers {
        try database.execute(
          """
          UPDATE model_versions SET stage = 'Archived', updated_ms = ?1
            WHERE stage = ?2 AND id != ?3
              AND model = (SELECT model FROM model_versions WHERE id = ?3)
          """, now, .text(stage.rawValue), .integer(found.row))
      }
      try database.execute(
        "UPDATE model_versions SET stage = ?, updated_ms = ? WHERE id = ?", .text(stage.rawValue),
        now, .integer(found.row))
      try database.touch(model: try database.registeredModel(name).row)
    }
  }

  /// Removes a version and the aliases that name it; its number is not given again.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - version: The version's number.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``.
  public func deleteModelVersion(_ name: String, _ version: Int) throws(TrackingError) {
    if let remoteModels {
      try remoteModels.change(name, version, "DELETE", "delete")
      return
    }
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let found = try database.modelVersion(name, version)
        try database.execute("DELETE FROM model_versions WHERE id = ?", .integer(found.row))
        try database.touch(model: try database.registeredModel(name).row)
      }
    }
  }

  /// Sets a tag of a version, or removes it.
  ///
  /// - Parameters:
  ///   - key: The tag's key.
  ///   - value: Its text; `nil` removes it.
  ///   - name: The model's name.
  ///   - version: The version's number.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``, or when the key is invalid.
  public func setTag(
    _ key: String, _ value: String?, ofModel name: String, version: Int
  ) throws(TrackingError) {
    try RegistryName.validate(tag: key, value ?? "")
    if let remoteModels {
      var fields: [String: JSONValue] = ["key": .string(key)]
      if let value { fields["value"] = .string(value) }
      try remoteModels.change(
        name, version, value == nil ? "DELETE" : "POST", value == nil ? "delete-tag" : "set-tag",
        fields)
      return
    }
    try changeVersion(name, version) { database, found throws(TrackingError) in
      try database.setTag(key, value, in: "model_version_tags", of: "version", found.row)
    }
  }

  /// Where a version comes from: the run that made it, and the data that the run used.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - version: The version's number.
  /// - Returns: The version, its run and that run's data sets.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``.
  public func lineage(ofModel name: String, version: Int) throws(TrackingError) -> ModelLineage {
    if let remoteModels {
      return try remoteModels.lineage(of: try remoteModels.version(name, version))
    }
    return try reading { database throws(TrackingError) in
      let found = try database.modelVersion(name, version)
      let run =
        found.runID.isEmpty
        ? nil : try database.runs(where: "run_id = ?", .text(found.runID)).first
      var datasets: [ModelLineage.Dataset] = []
      if let run {
        datasets = (try database.datasets(runs: RowList([run.row]))[run.row] ?? []).map {
          ModelLineage.Dataset(
            name: $0.name, digest: $0.digest, source: $0.source, context: $0.context)
        }
      }
      return ModelLineage(
        version: found, runID: run?.id, runName: run?.name, experiment: run?.experiment,
        datasets: datasets)
    }
  }

  @discardableResult
  private func changeVersion(
    _ name: String, _ version: Int,
    _ body: (Database, ModelVersion) throws(TrackingError) -> Void
  ) throws(TrackingError) -> ModelVersion {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try body(database, try database.modelVersion(name, version))
        return try database.modelVersion(name, version)
      }
    }
  }
}
