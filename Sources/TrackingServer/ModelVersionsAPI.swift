import HTTPServer
import JSONValues
import Tracking

/// MLflow's calls about versions of registered models.
struct ModelVersionsAPI {
  let store: TrackingStore

  /// The calls by method and path.
  var calls: [(String, APICall)] {
    [
      ("POST model-versions/create", { try create($0) }),
      ("PATCH model-versions/update", { try update($0) }),
      ("POST model-versions/transition-stage", { try move($0) }),
      ("DELETE model-versions/delete", { try delete($0) }),
      ("GET model-versions/get", { try get($0) }),
      ("GET model-versions/search", { try search($0) }),
      ("GET model-versions/get-download-uri", { try downloadURI($0) }),
      ("POST model-versions/set-tag", { try setTag($0) }),
      ("DELETE model-versions/delete-tag", { try deleteTag($0) }),
    ]
  }

  private func create(_ fields: APIFields) throws -> JSONValue {
    let (name, tags) = (try fields.modelName(), try fields.tagDictionary())
    var source = ModelSource(
      uri: try fields.required("source"), runID: try fields.string("run_id"),
      modelID: try fields.string("model_id"))
    if tags[RegisteredModel.promptTag] != "true" { try source.resolve(in: store) }
    let version = try store.createModelVersion(
      of: name,
      NewModelVersion(
        source: source.uri, storage: source.storage, runID: source.runID ?? "",
        runLink: try fields.string("run_link") ?? "",
        loggedModelID: source.modelID.flatMap { $0.isEmpty ? nil : $0 },
        description: try fields.string("description") ?? "", tags: tags))
    return ["model_version": Messages.modelVersion(version)]
  }

  private func update(_ fields: APIFields) throws -> JSONValue {
    let version = try store.updateModelVersion(
      fields.modelName(), fields.versionNumber(), description: fields.string("description") ?? "")
    return ["model_version": Messages.modelVersion(version)]
  }

  private func move(_ fields: APIFields) throws -> JSONValue {
    let (name, number) = (try fields.modelName(), try fields.versionNumber())
    let (text, archives) = (
      try fields.required("stage"), try fields.bool("archive_existing_versions")
    )
    let stage = try RegistryAPI.stage(text)
    guard !archives || stage == .staging || stage == .production else {
      throw APIError(
        .invalidParameterValue,
        "Model version transition cannot archive existing model versions because '\(text)' is not "
          + "an Active stage. Valid stages are Staging, Production.")
    }
    let version = try store.moveModelVersion(name, number, to: stage, archivesOthers: archives)
    return ["model_version": Messages.modelVersion(version)]
  }

  private func delete(_ fields: APIFields) throws -> JSONValue {
    try store.deleteModelVersion(fields.modelName(), fields.versionNumber())
    return [:]
  }

  private func get(_ fields: APIFields) throws -> JSONValue {
    let version = try store.modelVersion(fields.modelName(), fields.versionNumber())
    return ["model_version": Messages.modelVersion(version)]
  }

  func search(_ fields: APIFields) throws -> JSONValue {
    let page = try Page(fields, default: 10_000, most: 200_000)
    let versions = try store.searchModelVersions(
      filter: fields.string("filter") ?? "", order: fields.strings("order_by"),
      limit: page.limit + 1, offset: page.offset)
    return page.message("model_versions", versions, Messages.modelVersion)
  }

  private func downloadURI(_ fields: APIFields) throws -> JSONValue {
    let version = try store.modelVersion(fields.modelName(), fields.versionNumber())
    return ["artifact_uri": .string(version.storage)]
  }

  private func setTag(_ fields: APIFields) throws -> JSONValue {
    let tag = try fields.pair()
    try store.setTag(
      tag.key, tag.value, ofModel: fields.modelName(), version: fields.versionNumber())
    return [:]
  }

  private func deleteTag(_ fields: APIFields) throws -> JSONValue {
    try store.setTag(
      fields.required("key"), nil, ofModel: fields.modelName(), version: fields.versionNumber())
    return [:]
  }

  /// `/model-versions/get-artifact`: the contents of a file of a version, as MLflow's page asks for it.
  func artifact(_ request: HTTPRequest) throws -> HTTPResponse {
    let fields = APIFields(
      Dictionary(request.query.map { ($0.name, JSONValue.string($0.value)) }) { $1 })
    let version = try store.modelVersion(fields.modelName(), fields.versionNumber())
    let path = try ArtifactsAPI.folder(fields.required("path"))
    let artifacts = ArtifactsAPI(store: store)
    guard let place = try artifacts.place(uri: version.storage) else {
      throw APIError(
        .resourceDoesNotExist, "The files of this version are at \(version.storage), not here.")
    }
    return try artifacts.content(
      of: place.owner, place.path.isEmpty ? path : "\(place.path)/\(path)", request)
  }
}

extension APIFields {
  /// A truth value of a body.
  func bool(_ name: String) throws(APIError) -> Bool {
    guard hasValue(name) else { return false }
    guard let flag = boolean(name) else {
      throw APIError(.invalidParameterValue, "The parameter '\(name)' must be true or false.")
    }
    return flag
  }

  /// A truth value, which may be written as a text or a number.
  func flag(_ name: String) throws(APIError) -> Bool {
    if let text = try? string(name) { return text.lowercased() == "true" || text == "1" }
    return try number(name) ?? 0 != 0
  }
}
