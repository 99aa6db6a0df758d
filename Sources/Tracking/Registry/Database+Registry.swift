import SQLite

extension Database {
  private static let modelColumns =
    "registered_models.id, name, description, created_ms, updated_ms"

  /// The registered models that `condition`, which may go on with an order and a limit, chooses; with all that is known of them.
  func registeredModels(
    where condition: String, values: [SQLiteValue]
  ) throws(TrackingError) -> [RegisteredModel] {
    var models = try query(
      "SELECT \(Self.modelColumns) FROM registered_models WHERE \(condition)", values: values
    ) { (row: borrowing Row) in
      RegisteredModel(
        name: row.text(1), description: row.text(2), createdMilliseconds: row.integer(3),
        updatedMilliseconds: row.integer(4), row: row.integer(0))
    }
    for index in models.indices {
      let model = SQLiteValue.integer(models[index].row)
      models[index].tags = try tags("registered_model_tags", of: "model", models[index].row)
      let aliases = try query(
        """
        SELECT alias, model_versions.version FROM model_aliases
          JOIN model_versions ON model_versions.id = model_aliases.version
          WHERE model_aliases.model = ?
        """, model
      ) { ($0.text(0), Int($0.integer(1))) }
      models[index].aliases = Dictionary(aliases) { $1 }
      models[index].latestVersions = try modelVersions(
        where: """
          model_versions.id IN (SELECT id FROM (SELECT id, row_number()
            OVER (PARTITION BY stage ORDER BY version DESC) AS place
            FROM model_versions WHERE model = ?) WHERE place = 1)
          ORDER BY version
          """, values: [model])
    }
    return models
  }

  /// The registered model of a name.
  func registeredModel(_ name: String) throws(TrackingError) -> RegisteredModel {
    try RegistryName.validate(model: name)
    let found = try registeredModels(where: "name = ?", values: [.text(name)])
    guard let model = found.first else { throw .modelNotFound(name: name) }
    return model
  }

  private static let versionColumns = """
    model_versions.id, registered_models.name, version, model_versions.created_ms,
      model_versions.updated_ms, model_versions.description, stage, source, storage, run_id,
      run_link, model_id
    """

  /// The versions that `condition`, which may go on with an order and a limit, chooses; with all that is known of them.
  func modelVersions(
    where condition: String, values: [SQLiteValue]
  ) throws(TrackingError) -> [ModelVersion] {
    var versions = try query(
      """
      SELECT \(Self.versionColumns) FROM model_versions
        JOIN registered_models ON registered_models.id = model WHERE \(condition)
      """, values: values
    ) { (row: borrowing Row) in
      ModelVersion(
        model: row.text(1), version: Int(row.integer(2)), createdMilliseconds: row.integer(3),
        updatedMilliseconds: row.integer(4), description: row.text(5),
        stage: ModelStage(rawValue: row.text(6)) ?? .none, source: row.text(7),
        storage: row.text(8), runID: row.text(9), runLink: row.text(10),
        loggedModelID: row.text(ifPresent: 11), row: row.integer(0))
    }
    for index in versions.indices {
      versions[index].tags = try tags("model_version_tags", of: "version", versions[index].row)
      versions[index].aliases = try query(
        "SELECT alias FROM model_aliases WHERE version = ? ORDER BY alias",
        .integer(versions[index].row)
      ) { $0.text(0) }
    }
    return versions
  }

  /// The version of a number.
  func modelVersion(_ name: String, _ version: Int) throws(TrackingError) -> ModelVersion {
    let model = try registeredModel(name)
    let found = try modelVersions(
      where: "model = ? AND version = ?",
      values: [.integer(model.row), .integer(Int64(version))])
    guard let found = found.first else {
      throw .modelVersionNotFound(name: name, version: "\(version)")
    }
    return found
  }

  /// Makes the next version of a registered model, within a transaction.
  func insertVersion(
    of name: String, _ new: NewModelVersion
  ) throws(TrackingError) -> ModelVersion {
    let model = try registeredModel(name)
    let now = SQLiteValue.integer(currentMilliseconds())
    try execute(
      "UPDATE registered_models SET last_version = last_version + 1, updated_ms = ? WHERE id = ?",
      now, .integer(model.row))
    try execute(
      """
      INSERT INTO model_versions (model, version, created_ms, updated_ms, description, stage,
          source, storage, run_id, run_link, model_id)
        SELECT id, last_version, ?1, ?1, ?2, 'None', ?3, ?4, ?5, ?6, ?7
        FROM registered_models WHERE id = ?8
      """, now, .text(new.description), .text(new.source), .text(new.storage ?? new.source),
      .text(new.runID), .text(new.runLink), .text(orNull: new.loggedModelID), .integer(model.row))
    let made = try modelVersions(
      where: "model = ? AND version = registered_models.last_version",
      values: [.integer(model.row)])
    guard let version = made.first else { throw .modelNotFound(name: name) }
    for (key, value) in new.tags {
      try setTag(key, value, in: "model_version_tags", of: "version", version.row)
    }
    return try modelVersion(name, version.version)
  }

  /// Lets an alias name the version at `row`, within a transaction; it names no other one any more.
  func setAlias(_ alias: String, version row: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT INTO model_aliases (model, alias, version)
        SELECT model, ?, id FROM model_versions WHERE id = ?
        ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version
      """, .text(alias), .integer(row))
  }

  private func tags(
    _ table: String, of owner: String, _ row: Int64
  ) throws(TrackingError) -> [String: String] {
    let pairs = try query(
      "SELECT key, value FROM \(table) WHERE \(owner) = ?", .integer(row)
    ) { ($0.text(0), $0.text(1)) }
    return Dictionary(pairs) { $1 }
  }

  /// Sets a tag in `table`, or removes it.
  func setTag(
    _ key: String, _ value: String?, in table: String, of owner: String, _ row: Int64
  ) throws(TrackingError) {
    guard let value else {
      try execute(
        "DELETE FROM \(table) WHERE \(owner) = ? AND key = ?", .integer(row), .text(key))
      return
    }
    try execute(
      """
      INSERT INTO \(table) (\(owner), key, value) VALUES (?, ?, ?)
        ON CONFLICT (\(owner), key) DO UPDATE SET value = excluded.value
      """, .integer(row), .text(key), .text(value))
  }
}

/// The rules for names in the registry.
///
/// - SeeAlso: MLflow's documentation, "Model Registry", sections on names and aliases.
enum RegistryName {
  /// Throws unless a model can have the name.
  static func validate(model name: String) throws(TrackingError) {
    let kind = "model's name"
    guard name.contains(where: { !$0.isWhitespace }) else {
      throw .invalidName(kind: kind, name: name, reason: "it is empty")
    }
    try RunIdentity.validate(name, kind: kind, limit: 256)
    guard !name.contains("/"), !name.contains(":") else {
      throw .invalidName(kind: kind, name: name, reason: "it holds \"/\" or \":\"")
    }
    guard name != ".", name != ".." else {
      throw .invalidName(kind: kind, name: name, reason: "it is the name of a folder")
    }
  }

  /// Throws unless a version can be called by the alias; `latest` and the like have a meaning already.
  static func validate(alias: String, isNew: Bool) throws(TrackingError) {
    let kind = "alias"
    try RunIdentity.validate(alias, kind: kind, limit: 255)
    guard alias.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
      throw .invalidName(
        kind: kind, name: alias, reason: "it has others than letters, digits, \"_\" and \"-\"")
    }
    guard isNew else { return }
    let rest = alias.lowercased().dropFirst()
    let isNumber =
      alias.lowercased().hasPrefix("v") && !rest.isEmpty && rest.allSatisfy(\.isNumber)
    guard alias.lowercased() != "latest", !isNumber else {
      throw .invalidName(
        kind: kind, name: alias, reason: "that is reserved for the version it would seem to name")
    }
  }

  /// Throws unless a tag can be set.
  static func validate(tag key: String, _ value: String) throws(TrackingError) {
    let kind = "tag's key"
    try RunIdentity.validate(key, kind: kind)
    guard key.allSatisfy({ $0.isLetter || $0.isNumber || "/_-. :".contains($0) }) else {
      throw .invalidName(
        kind: kind, name: key,
        reason: "it has others than letters, digits, spaces and the characters / _ - . :")
    }
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
      throw .invalidName(
        kind: kind, name: key, reason: "as a path, it would be another one")
    }
    guard value.count <= 100_000 else {
      throw .invalidName(
        kind: "value of the tag \(key)", name: "\(value.prefix(40))…",
        reason: "it is longer than 100000 characters")
    }
  }
}
