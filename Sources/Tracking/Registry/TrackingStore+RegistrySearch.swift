import SQLite

extension TrackingStore {
  /// The registered models that meet a filter, by name where `order` says nothing else.
  ///
  /// ```swift
  /// let models = try store.searchRegisteredModels(
  ///   filter: "name LIKE 'digit%' AND tags.team = 'vision'", order: ["last_updated_timestamp DESC"])
  /// ```
  ///
  /// MLflow's prompts, which are registered too, are left out unless the filter names their tag.
  ///
  /// - Parameters:
  ///   - filter: Conditions on `name` and `tags.KEY`, in MLflow's language with `OR` and parentheses.
  ///   - order: Such as `name DESC`, `last_updated_timestamp`, `creation_timestamp`; the first counts most.
  ///   - limit: How many to give at most; `nil` for all.
  ///   - offset: How many to skip.
  /// - Returns: The models, each with the latest version of each stage.
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)`` or
  ///   ``TrackingError/invalidOrder(order:position:reason:hint:)`` with the place of the fault.
  public func searchRegisteredModels(
    filter: String = "", order: [String] = [], limit: Int? = nil, offset: Int = 0
  ) throws(TrackingError) -> [RegisteredModel] {
    if let remoteModels {
      return try remoteModels.searchRegisteredModels(
        filter: filter, order: order, limit: limit, offset: offset)
    }
    let search = try RegistrySearch(
      .registeredModels, filter: filter, order: order, lastly: ["registered_models.name"])
    return try reading { database throws(TrackingError) in
      try database.registeredModels(
        where: search.condition, values: search.values(limit: limit, offset: offset))
    }
  }

  /// The versions of all models that meet a filter, the latest change first where `order` says nothing else.
  ///
  /// ```swift
  /// let versions = try store.searchModelVersions(filter: "name = 'digits' AND version_number > 3")
  /// ```
  ///
  /// - Parameters:
  ///   - filter: Conditions on `name`, `run_id`, `source_path`, `version_number` and `tags.KEY`.
  ///   - order: Such as `version_number DESC`, `name`, `creation_timestamp`, `last_updated_timestamp`.
  ///   - limit: How many to give at most; `nil` for all.
  ///   - offset: How many to skip.
  /// - Returns: The versions.
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)`` or
  ///   ``TrackingError/invalidOrder(order:position:reason:hint:)`` with the place of the fault.
  public func searchModelVersions(
    filter: String = "", order: [String] = [], limit: Int? = nil, offset: Int = 0
  ) throws(TrackingError) -> [ModelVersion] {
    if let remoteModels {
      return try remoteModels.searchVersions(
        filter: filter, order: order, limit: limit, offset: offset)
    }
    var lastly = ["registered_models.name", "model_versions.version DESC"]
    if order.isEmpty { lastly.insert("model_versions.updated_ms DESC", at: 0) }
    let search = try RegistrySearch(
      .modelVersions, filter: filter, order: order, lastly: lastly)
    return try reading { database throws(TrackingError) in
      try database.modelVersions(
        where: search.condition, values: search.values(limit: limit, offset: offset))
    }
  }

  /// The versions of one model, the highest number first.
  ///
  /// - Parameter name: The model's name.
  /// - Returns: The versions.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  public func modelVersions(of name: String) throws(TrackingError) -> [ModelVersion] {
    if let remoteModels {
      let model = try remoteModels.registeredModel(name)
      return try remoteModels.searchVersions(
        filter: RemoteModels.named(name), order: [], limit: nil, offset: 0
      ).sorted { $0.version > $1.version }.map { version in
        // MLflow's own server says them of the model only.
        var version = version
        version.aliases = model.aliases.filter { $0.value == version.version }.keys.sorted()
        return version
      }
    }
    return try reading { database throws(TrackingError) in
      let model = try database.registeredModel(name)
      return try database.modelVersions(
        where: "model = ? ORDER BY version DESC", values: [.integer(model.row)])
    }
  }

  /// The latest version of each of `stages`, by number; of all stages if none is named.
  ///
  /// - Parameters:
  ///   - name: The model's name.
  ///   - stages: The stages.
  /// - Returns: One version of each stage at most.
  /// - Throws: ``TrackingError/modelNotFound(name:)``.
  public func latestVersions(
    of name: String, stages: [ModelStage] = []
  ) throws(TrackingError) -> [ModelVersion] {
    try registeredModel(name).latestVersions.filter { stages.isEmpty || stages.contains($0.stage) }
  }
}

/// A search of the registry as SQL.
struct RegistrySearch {
  /// A condition, an order and a limit.
  let condition: String
  private let parameters: [SQLiteValue]

  /// - Parameters:
  ///   - subject: What is searched for.
  ///   - filter: What they must meet.
  ///   - order: What they are sorted by.
  ///   - lastly: What decides after that.
  /// - Throws: ``TrackingError`` for a filter or an order that cannot be understood.
  init(
    _ subject: SearchSubject, filter: String, order: [String], lastly: [String]
  ) throws(TrackingError) {
    let filter = try RunFilter(filter, of: subject)
    let orders = try RunOrder.list(order, of: subject)
    var part = filter.sql()
    if !filter.names(tag: RegisteredModel.promptTag) {
      let noPrompt = ModelField.notPrompt(subject)
      part = SQLPart(
        "\(part.text) AND \(noPrompt.text)", values: part.values + noPrompt.values)
    }
    var terms: [String] = []
    var values = part.values
    for order in orders {
      let key = order.field.sortKey
      terms += ["\(key.text) IS NULL", "\(key.text) \(order.isDescending ? "DESC" : "ASC")"]
      values += key.values + key.values
    }
    condition =
      "\(part.text) ORDER BY \((terms + lastly).joined(separator: ", ")) LIMIT ? OFFSET ?"
    parameters = values
  }

  func values(limit: Int?, offset: Int) -> [SQLiteValue] {
    parameters + [.integer(Int64(limit ?? -1)), .integer(Int64(offset))]
  }
}

extension RunFilter {
  /// Whether a comparison is with the tag `key` of what is searched for.
  fileprivate func names(tag key: String) -> Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.contains { $0.names(tag: key) }
    case .comparison(.model(let field), _, _): field.kind == .tag(key)
    case .comparison: false
    }
  }
}

extension ModelField {
  /// That something is no prompt.
  fileprivate static func notPrompt(_ subject: SearchSubject) -> SQLPart {
    ModelField(subject: subject, kind: .tag(RegisteredModel.promptTag)).sql(
      .notEqual, .text("true"))
  }

  private init(subject: SearchSubject, kind: Kind) {
    self.subject = subject
    self.kind = kind
  }
}
