import JSONValues
import Tracking

/// A call: what it answers to the fields of a request.
typealias APICall = @Sendable (APIFields) throws -> any CallResult

/// MLflow's calls about registered models.
struct RegistryAPI {
  let store: TrackingStore

  /// The calls by method and path.
  var calls: [(String, APICall)] {
    [
      ("POST registered-models/create", { try create($0) }),
      ("POST registered-models/rename", { try rename($0) }),
      ("PATCH registered-models/update", { try update($0) }),
      ("DELETE registered-models/delete", { try delete($0) }),
      ("GET registered-models/get", { try get($0) }),
      ("GET registered-models/search", { try search($0) }),
      ("GET registered-models/get-latest-versions", { try latestVersions($0) }),
      ("POST registered-models/get-latest-versions", { try latestVersions($0) }),
      ("POST registered-models/set-tag", { try setTag($0) }),
      ("DELETE registered-models/delete-tag", { try deleteTag($0) }),
      ("POST registered-models/alias", { try setAlias($0) }),
      ("DELETE registered-models/alias", { try deleteAlias($0) }),
      ("GET registered-models/alias", { try versionByAlias($0) }),
    ]
  }

  private func create(_ fields: APIFields) throws -> JSONValue {
    let name = try fields.modelName()
    let (tags, description) = (try fields.tagDictionary(), try fields.string("description"))
    do throws(TrackingError) {
      let model = try store.createRegisteredModel(
        name, description: description ?? "", tags: tags)
      return ["registered_model": Messages.registeredModel(model)]
    } catch {
      guard case .modelExists = error else { throw error }
      throw try existing(name, isPrompt: tags[RegisteredModel.promptTag] == "true")
    }
  }

  /// That a name is taken, by a model or by one of MLflow's prompts.
  private func existing(_ name: String, isPrompt: Bool) throws(TrackingError) -> APIError {
    let isKnownPrompt = try store.registeredModel(name).tags[RegisteredModel.promptTag] == "true"
    let words = { (isPrompt: Bool) in isPrompt ? "Prompt" : "Registered Model" }
    guard isPrompt == isKnownPrompt else {
      return APIError(
        .resourceAlreadyExists,
        "The name '\(name)' is already taken by a \(words(isKnownPrompt).lowercased()), "
          + "so that no \(words(isPrompt).lowercased()) can have it.")
    }
    return APIError(.resourceAlreadyExists, "\(words(isPrompt)) (name=\(name)) already exists.")
  }

  private func rename(_ fields: APIFields) throws -> JSONValue {
    let model = try store.renameRegisteredModel(
      fields.modelName(), to: fields.modelName("new_name"))
    return ["registered_model": Messages.registeredModel(model)]
  }

  private func update(_ fields: APIFields) throws -> JSONValue {
    let model = try store.updateRegisteredModel(
      fields.modelName(), description: fields.string("description") ?? "")
    return ["registered_model": Messages.registeredModel(model)]
  }

  private func delete(_ fields: APIFields) throws -> JSONValue {
    try store.deleteRegisteredModel(fields.modelName())
    return [:]
  }

  private func get(_ fields: APIFields) throws -> JSONValue {
    let model = try store.registeredModel(fields.modelName())
    return ["registered_model": Messages.registeredModel(model)]
  }

  private func search(_ fields: APIFields) throws -> JSONValue {
    let page = try Page(fields, default: 100, most: 1000)
    let models = try store.searchRegisteredModels(
      filter: fields.string("filter") ?? "", order: fields.strings("order_by"),
      limit: page.limit + 1, offset: page.offset)
    return page.message("registered_models", models, Messages.registeredModel)
  }

  private func latestVersions(_ fields: APIFields) throws -> JSONValue {
    let stages = try fields.strings("stages").map { try Self.stage($0) }
    let versions = try store.latestVersions(of: fields.modelName(), stages: stages)
    return versions.isEmpty ? [:] : ["model_versions": .array(versions.map(Messages.modelVersion))]
  }

  /// The stage of a name.
  static func stage(_ text: String) throws(APIError) -> ModelStage {
    guard let stage = ModelStage(named: text) else {
      let names = ModelStage.allCases.map(\.rawValue).joined(separator: ", ")
      throw APIError(
        .invalidParameterValue,
        "Invalid Model Version stage: \(text). Value must be one of \(names).")
    }
    return stage
  }

  private func setTag(_ fields: APIFields) throws -> JSONValue {
    let tag = try fields.pair()
    try store.setTag(tag.key, tag.value, ofModel: fields.modelName())
    return [:]
  }

  private func deleteTag(_ fields: APIFields) throws -> JSONValue {
    try store.setTag(fields.required("key"), nil, ofModel: fields.modelName())
    return [:]
  }

  // MARK: Aliases

  private func setAlias(_ fields: APIFields) throws -> JSONValue {
    try store.setAlias(
      fields.required("alias"), of: fields.modelName(), to: fields.versionNumber())
    return [:]
  }

  private func deleteAlias(_ fields: APIFields) throws -> JSONValue {
    try store.removeAlias(fields.required("alias"), of: fields.modelName())
    return [:]
  }

  private func versionByAlias(_ fields: APIFields) throws -> JSONValue {
    let (name, alias) = (try fields.modelName(), try fields.required("alias"))
    do throws(TrackingError) {
      return ["model_version": Messages.modelVersion(try store.modelVersion(name, alias: alias))]
    } catch {
      guard case .aliasNotFound = error, alias.lowercased() == "latest" else { throw error }
      throw APIError(.resourceDoesNotExist, "Latest version not found for model \(name).")
    }
  }
}

extension APIFields {
  /// A registered model's name; one of spaces only is none.
  func modelName(_ field: String = "name") throws(APIError) -> String {
    let name = try required(field)
    guard name.contains(where: { !$0.isWhitespace }) else { throw .missing(field) }
    return name
  }

  /// The number of a version, which is written as a text.
  func versionNumber() throws(APIError) -> Int {
    let text = try required("version")
    guard let number = Int(text) else {
      throw APIError(
        .invalidParameterValue, "Parameter 'version' must be an integer, got '\(text)'.")
    }
    return number
  }

  /// The tags by key; of several of one key, the last.
  func tagDictionary() throws(APIError) -> [String: String] {
    Dictionary(try tags().map { ($0.key, $0.value) }) { $1 }
  }
}
