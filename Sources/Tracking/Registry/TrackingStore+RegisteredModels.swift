import JSONValues
import SQLite

extension TrackingStore {
  /// Makes a name under which versions of a model can be registered.
  ///
  /// ```swift
  /// try store.createRegisteredModel("digits", description: "Reads digits.", tags: ["team": "vision"])
  /// ```
  ///
  /// - Parameters:
  ///   - name: What it is called; without `/` and `:`.
  ///   - description: What is said of it, in Markdown.
  ///   - tags: Its tags.
  /// - Returns: The model, which has no version yet.
  /// - Throws: ``TrackingError/modelExists(name:)``, or when a name is invalid or the store cannot be written.
  @discardableResult
  public func createRegisteredModel(
    _ name: String, description: String = "", tags: [String: String] = [:]
  ) throws(TrackingError) -> RegisteredModel {
    try RegistryName.validate(model: name)
    for (key, value) in tags { try RegistryName.validate(tag: key, value) }
    if let remoteModels {
      return try remoteModels.create(name, description: description, tags: tags)
    }
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsFree(modelName: name)
        let now = SQLiteValue.integer(currentMilliseconds())
        try database.execute(
          """
          INSERT INTO registered_models (name, description, created_ms, updated_ms)
            VALUES (?, ?, ?, ?)
          """, .text(name), .text(description), now, now)
        let model = try database.registeredModel(name)
        for (key, value) in tags {
          try database.setTag(key, value, in: "registered_model_tags", of: "model", model.row)
        }
        return try database.registeredModel(name)
      }
    }
  }

  /// The registered model of a name, with the latest version of each stage.
  ///
  /// - Parameter name: What it is called.
  /// - Returns: The model.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  public func registeredModel(_ name: String) throws(TrackingError) -> RegisteredModel {
    if let remoteModels { return try remoteModels.registeredModel(name) }
    return try reading { database throws(TrackingError) in try database.registeredModel(name) }
  }

  /// Gives a registered model another name; its versions, aliases and tags stay.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - newName: What it is to be called.
  /// - Returns: The model as it is now.
  /// - Throws: ``TrackingError/modelExists(name:)`` when another one has that name.
  @discardableResult
  public func renameRegisteredModel(
    _ name: String, to newName: String
  ) throws(TrackingError) -> RegisteredModel {
    try RegistryName.validate(model: newName)
    if let remoteModels {
      return try remoteModels.change(
        name, "POST", "rename", ["new_name": .string(newName)],
        exists: .modelExists(name: newName))
    }
    return try changeModel(name, resultName: newName) { database, model throws(TrackingError) in
      guard name != newName else { return }
      try database.checkIsFree(modelName: newName)
      try database.execute(
        "UPDATE registered_models SET name = ? WHERE id = ?", .text(newName), .integer(model.row))
      try database.execute(
        "UPDATE model_versions SET updated_ms = ? WHERE model = ?",
        .integer(currentMilliseconds()), .integer(model.row))
    }
  }

  /// Changes what is said of a registered model.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - description: What is to be said of it, in Markdown.
  /// - Returns: The model as it is now.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  @discardableResult
  public func updateRegisteredModel(
    _ name: String, description: String
  ) throws(TrackingError) -> RegisteredModel {
    if let remoteModels {
      return try remoteModels.change(
        name, "PATCH", "update", ["description": .string(description)])
    }
    return try changeModel(name, resultName: name) { database, model throws(TrackingError) in
      try database.execute(
        "UPDATE registered_models SET description = ? WHERE id = ?", .text(description),
        .integer(model.row))
    }
  }

  /// Removes a registered model with its versions; runs and logged models that they came from stay.
  ///
  /// - Parameter name: What it is called.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  public func deleteRegisteredModel(_ name: String) throws(TrackingError) {
    if let remoteModels {
      try remoteModels.change(name, "DELETE", "delete")
      return
    }
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let model = try database.registeredModel(name)
        _ = try database.execute(
          "DELETE FROM registered_models WHERE id = ?", .integer(model.row))
      }
    }
  }

  /// Sets a tag of a registered model, or removes it.
  ///
  /// - Parameters:
  ///   - key: The tag's key.
  ///   - value: Its text; `nil` removes it.
  ///   - name: The model's name.
  /// - Throws: ``TrackingError/modelNotFound(name:)``, or when the key is invalid.
  public func setTag(
    _ key: String, _ value: String?, ofModel name: String
  ) throws(TrackingError) {
    try RegistryName.validate(tag: key, value ?? "")
    if let remoteModels {
      var fields: [String: JSONValue] = ["key": .string(key)]
      if let value { fields["value"] = .string(value) }
      try remoteModels.change(
        name, value == nil ? "DELETE" : "POST", value == nil ? "delete-tag" : "set-tag", fields)
      return
    }
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let model = try database.registeredModel(name)
        try database.setTag(key, value, in: "registered_model_tags", of: "model", model.row)
      }
    }
  }

  private func changeModel(
    _ name: String, resultName: String,
    _ body: (Database, RegisteredModel) throws(TrackingError) -> Void
  ) throws(TrackingError) -> RegisteredModel {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let model = try database.registeredModel(name)
        try body(database, model)
        try database.touch(model: model.row)
        return try database.registeredModel(resultName)
      }
    }
  }
}

extension Database {
  /// Throws when a registered model has the name.
  fileprivate func checkIsFree(modelName name: String) throws(TrackingError) {
    let taken = try query("SELECT 1 FROM registered_models WHERE name = ?", .text(name)) {
      $0.integer(0)
    }
    guard taken.isEmpty else { throw .modelExists(name: name) }
  }

  /// Notes that a registered model was changed now.
  func touch(model: Int64) throws(TrackingError) {
    try execute(
      "UPDATE registered_models SET updated_ms = ? WHERE id = ?",
      .integer(currentMilliseconds()), .integer(model))
  }
}
