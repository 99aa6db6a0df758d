import JSONValues
import SQLite

/// What a new version of a model is made of.
package struct NewModelVersion: Sendable {
  package var source: String
  /// Where its files are, if that is not `source`.
  package var storage: String?
  package var runID: String
  package var runLink: String
  package var loggedModelID: String?
  package var description: String
  package var tags: [String: String]

  package init(
    source: String, storage: String? = nil, runID: String = "", runLink: String = "",
    loggedModelID: String? = nil, description: String = "", tags: [String: String] = [:]
  ) {
    self.source = source
    self.storage = storage
    self.runID = runID
    self.runLink = runLink
    self.loggedModelID = loggedModelID
    self.description = description
    self.tags = tags
  }
}

extension TrackingStore {
  /// Registers what a run logged as a new version of a model, which is made where it is missing.
  ///
  /// ```swift
  /// try run.logArtifact("digits.safetensors", as: "model/digits.safetensors")
  /// let version = try store.registerModel("digits", from: run, path: "model")
  /// try store.setAlias("champion", of: "digits", to: version.version)
  /// ```
  ///
  /// - Parameters:
  ///   - name: What the model is called; without `/` and `:`.
  ///   - run: The run that logged it.
  ///   - path: The artifact, or the folder of artifacts, that is the model.
  ///   - description: What is said of the version, in Markdown.
  ///   - tags: The version's tags.
  /// - Returns: The version; its number is one more than the highest that was ever given.
  /// - Throws: ``TrackingError/artifactNotFound(run:path:)`` when the run logged nothing there.
  @discardableResult
  public func registerModel(
    _ name: String, from run: Run, path: String, description: String = "",
    tags: [String: String] = [:]
  ) throws(TrackingError) -> ModelVersion {
    try registerModel(
      name, from: self.run(run.id, among: .all), path: path, description: description, tags: tags)
  }

  package func registerModel(
    _ name: String, from run: RunRecord, path: String, description: String = "",
    tags: [String: String] = [:]
  ) throws(TrackingError) -> ModelVersion {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    if remote != nil {
      return try registerRemotely(
        name, from: run, path: folder, description: description, tags: tags)
    }
    guard try artifacts(of: run).contains(where: { ArtifactPath.lies($0.path, at: folder) }) else {
      throw .artifactNotFound(run: run.shortID, path: path)
    }
    do throws(TrackingError) {
      try createRegisteredModel(name)
    } catch {
      guard case .modelExists = error else { throw error }
    }
    return try createModelVersion(
      of: name,
      NewModelVersion(
        source: "runs:/\(run.id)/\(folder)", runID: run.id, description: description, tags: tags))
  }

  /// Makes a version of a model that is registered.
  @discardableResult
  package func createModelVersion(
    of name: String, _ new: NewModelVersion
  ) throws(TrackingError) -> ModelVersion {
    for (key, value) in new.tags { try RegistryName.validate(tag: key, value) }
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in try database.insertVersion(of: name, new) }
    }
  }

  /// The version of a number.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - version: The number.
  /// - Returns: The version.
  /// - Throws: ``TrackingError/modelNotFound(name:)`` or ``TrackingError/modelVersionNotFound(name:version:)``.
  public func modelVersion(_ name: String, _ version: Int) throws(TrackingError) -> ModelVersion {
    if let remoteModels { return try remoteModels.version(name, version) }
    return try reading { database throws(TrackingError) in try database.modelVersion(name, version)
    }
  }

  /// The version that an alias names; `latest` is the one of the highest number.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - alias: The alias.
  /// - Returns: The version.
  /// - Throws: ``TrackingError/aliasNotFound(name:alias:)`` when nothing is called that.
  public func modelVersion(
    _ name: String, alias: String
  ) throws(TrackingError) -> ModelVersion {
    try RegistryName.validate(alias: alias, isNew: false)
    if let remoteModels { return try remoteModels.version(name, alias: alias) }
    return try reading { database throws(TrackingError) in
      let model = try database.registeredModel(name)
      let found =
        if alias.lowercased() == "latest" {
          try database.modelVersions(
            where: "model = ? ORDER BY version DESC LIMIT 1", values: [.integer(model.row)])
        } else {
          try database.modelVersions(
            where: """
              model_versions.id = (SELECT version FROM model_aliases WHERE model = ? AND alias = ?)
              """, values: [.integer(model.row), .text(alias)])
        }
      guard let version = found.first else { throw .aliasNotFound(name: name, alias: alias) }
      return version
    }
  }

  /// Lets an alias name a version; it names no other one any more.
  ///
  /// - Parameters:
  ///   - alias: Letters, digits, `_` and `-`; not `latest`, nor like `v3`.
  ///   - name: The model's name.
  ///   - version: The version's number.
  /// - Throws: ``TrackingError/modelVersionNotFound(name:version:)``, or when the alias is invalid.
  public func setAlias(
    _ alias: String, of name: String, to version: Int
  ) throws(TrackingError) {
    try RegistryName.validate(alias: alias, isNew: true)
    if let remoteModels {
      _ = try remoteModels.version(name, version)
      try remoteModels.change(
        name, "POST", "alias", ["alias": .string(alias), "version": .string("\(version)")])
      return
    }
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.setAlias(alias, version: try database.modelVersion(name, version).row)
      }
    }
  }

  /// Removes an alias; one that is not there is no fault.
  ///
  /// - Parameters:
  ///   - alias: The alias.
  ///   - name: The model's name.
  /// - Returns: Whether it was there.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  @discardableResult
  public func removeAlias(_ alias: String, of name: String) throws(TrackingError) -> Bool {
    try RegistryName.validate(alias: alias, isNew: false)
    if let remoteModels {
      let isThere = try remoteModels.registeredModel(name).aliases[alias] != nil
      if isThere { try remoteModels.change(name, "DELETE", "alias", ["alias": .string(alias)]) }
      return isThere
    }
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let model = try database.registeredModel(name)
        return try database.execute(
          "DELETE FROM model_aliases WHERE model = ? AND alias = ?", .integer(model.row),
          .text(alias)) > 0
      }
    }
  }
}
