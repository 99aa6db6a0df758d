import JSONValues
import SQLite

extension TrackingStore {
  /// The logged model of an id.
  ///
  /// - Parameter id: `m-` and 32 hexadecimal digits.
  /// - Returns: The model, with its params, tags, metrics and registrations.
  /// - Throws: ``TrackingError/loggedModelNotFound(id:)``, also for one that was deleted.
  public func loggedModel(_ id: String) throws(TrackingError) -> LoggedModel {
    if let remoteModels { return try remoteModels.loggedModel(id).model }
    return try loggedModel(id, orDeleted: false)
  }

  /// The logged models that meet a filter, the newest first where `order` says nothing else.
  ///
  /// ```swift
  /// let models = try store.searchLoggedModels(
  ///   experiment: "mnist", filter: "metrics.accuracy > 0.9", order: ["metrics.accuracy DESC"])
  /// ```
  ///
  /// - Parameters:
  ///   - experiment: The name of the experiment to look in; `nil` for all.
  ///   - filter: Conditions on `name`, `model_type`, `source_run_id`, `metrics.`, `params.` and `tags.`, in MLflow's language
  ///     with `OR` and parentheses.
  ///   - order: Such as `metrics.accuracy DESC`, `creation_time`; the first counts most.
  ///   - limit: How many to give at most; `nil` for all.
  /// - Returns: The models.
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)`` or
  ///   ``TrackingError/invalidOrder(order:position:reason:hint:)`` with the place of the fault.
  public func searchLoggedModels(
    experiment: String? = nil, filter: String = "", order: [String] = [], limit: Int? = nil
  ) throws(TrackingError) -> [LoggedModel] {
    if let remoteModels {
      return try remoteModels.searchLoggedModels(
        experiment: experiment, filter: filter, order: order, limit: limit)
    }
    var search = LoggedModelSearch(filter: filter, limit: limit)
    if let experiment {
      guard let found = try self.experiment(named: experiment) else {
        throw .experimentNotFound(reference: experiment)
      }
      search.experiments = [found.id]
    }
    search.order = order.map { LoggedModelSearch.Order(text: $0) }
    return try self.search(search)
  }

  /// Sets a tag of a logged model, or removes it.
  ///
  /// - Parameters:
  ///   - key: The tag's key.
  ///   - value: Its text; `nil` removes it.
  ///   - id: The model's id.
  /// - Throws: ``TrackingError/loggedModelNotFound(id:)``, or when the key is invalid.
  public func setTag(
    _ key: String, _ value: String?, ofLoggedModel id: String
  ) throws(TrackingError) {
    if let remoteModels {
      let missing = TrackingError.loggedModelNotFound(id: id)
      if let value {
        _ = try remoteModels.server.answer(
          "PATCH", "logged-models/\(id)/tags", ["tags": .pairs([key: value])], missing: missing)
      } else {
        _ = try remoteModels.server.answer(
          "DELETE", "logged-models/\(id)/tags/\(key)", [:], missing: missing)
      }
    } else if let value {
      _ = try setTags([(key, value)], ofLoggedModel: id)
    } else {
      _ = try removeTag(key, ofLoggedModel: id)
    }
  }

  package func loggedModel(_ id: String, orDeleted: Bool) throws(TrackingError) -> LoggedModel {
    try reading { database throws(TrackingError) in
      try database.loggedModel(id, orDeleted: orDeleted)
    }
  }

  /// Makes a logged model, whose files are to come.
  ///
  /// - Throws: ``TrackingError/experimentNotFound(reference:)`` for an experiment that is deleted or was never there.
  package func createLoggedModel(
    experimentID: Int64, name: String?, modelType: String = "", sourceRunID: String = "",
    params: [(key: String, value: String)] = [], tags: [(key: String, value: String)] = []
  ) throws(TrackingError) -> LoggedModel {
    let name = name ?? RunIdentity.newName()
    try Self.validate(loggedModelName: name)
    for pair in params { try RunIdentity.validate(pair.key, kind: "param's key") }
    for pair in tags { try RunIdentity.validate(pair.key, kind: "tag's key") }
    let id = "m-\(RunIdentity.newID())"
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let inserted = try database.execute(
          """
          INSERT INTO logged_models
              (model_id, experiment, name, model_type, source_run_id, status, created_ms, updated_ms)
            SELECT ?1, id, ?2, ?3, ?4, 'PENDING', ?5, ?5 FROM experiments
            WHERE id = ?6 AND deleted_ms IS NULL
          """, .text(id), .text(name), .text(modelType), .text(sourceRunID),
          .integer(currentMilliseconds()), .integer(experimentID))
        guard inserted > 0 else { throw .experimentNotFound(reference: "\(experimentID)") }
        let row = try database.loggedModel(id).row
        for (key, value) in params {
          try database.setTag(key, value, in: "logged_model_params", of: "model", row)
        }
        for (key, value) in tags {
          try database.setTag(key, value, in: "logged_model_tags", of: "model", row)
        }
        return try database.loggedModel(id)
      }
    }
  }

  private static func validate(loggedModelName name: String) throws(TrackingError) {
    let kind = "model's name"
    try RunIdentity.validate(name, kind: kind, limit: 500)
    guard !name.contains(where: { "/:.%\"'".contains($0) }) else {
      throw .invalidName(kind: kind, name: name, reason: "it holds one of / : . % \" '")
    }
  }

  /// Says how far a logged model has come.
  package func finalizeLoggedModel(
    _ id: String, _ status: LoggedModelStatus
  ) throws(TrackingError) -> LoggedModel {
    try changeLoggedModel(id) { database, row throws(TrackingError) in
      try database.execute(
        "UPDATE logged_models SET status = ?, updated_ms = ? WHERE id = ?",
        .text(status.rawValue), .integer(currentMilliseconds()), .integer(row))
    }
  }

  /// Deletes a logged model, which is removed for good when the garbage is collected; twice is once.
  package func deleteLoggedModel(_ id: String) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let row = try database.loggedModel(id, orDeleted: true).row
        _ = try database.execute(
          """
          UPDATE logged_models SET deleted_ms = ?1, updated_ms = ?1
            WHERE id = ?2 AND deleted_ms IS NULL
          """,
          .integer(currentMilliseconds()), .integer(row))
      }
    }
  }

  /// Sets params of a logged model, which keep the values that they have.
  ///
  /// - Throws: ``TrackingError/paramConflict(run:key:stored:value:)`` when one has another value already.
  package func logParams(
    _ params: [(key: String, value: String)], toModel id: String
  ) throws(TrackingError) {
    for pair in params { try RunIdentity.validate(pair.key, kind: "param's key") }
    _ = try changeLoggedModel(id) { database, row throws(TrackingError) in
      let stored = try database.loggedModel(id).params
      for (key, value) in params {
        if let known = stored[key], known != value {
          throw .paramConflict(run: id, key: key, stored: known, value: value)
        }
        try database.setTag(key, value, in: "logged_model_params", of: "model", row)
      }
    }
  }

  /// Sets tags of a logged model.
  package func setTags(
    _ tags: [(key: String, value: String)], ofLoggedModel id: String
  ) throws(TrackingError) -> LoggedModel {
    for tag in tags { try RegistryName.validate(tag: tag.key, tag.value) }
    return try changeLoggedModel(id) { database, row throws(TrackingError) in
      for (key, value) in tags {
        try database.setTag(key, value, in: "logged_model_tags", of: "model", row)
      }
    }
  }

  /// Removes a tag of a logged model.
  ///
  /// - Returns: Whether it was there.
  package func removeTag(
    _ key: String, ofLoggedModel id: String
  ) throws(TrackingError) -> Bool {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let row = try database.loggedModel(id).row
        return try database.execute(
          "DELETE FROM logged_model_tags WHERE model = ? AND key = ?", .integer(row), .text(key))
          > 0
      }
    }
  }

  private func changeLoggedModel(
    _ id: String, _ body: (Database, Int64) throws(TrackingError) -> Void
  ) throws(TrackingError) -> LoggedModel {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try body(database, try database.loggedModel(id).row)
        return try database.loggedModel(id)
      }
    }
  }

  /// Notes models that a run used or made; twice is once.
  package func log(_ models: RunModels, to run: RunRecord) throws(TrackingError) {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: run.row)
        try database.insertWithin(models, run: run.row)
      }
    }
  }
}
