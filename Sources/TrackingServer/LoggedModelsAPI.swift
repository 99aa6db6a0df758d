import HTTPServer
import JSONValues
import Tracking

/// MLflow's calls about logged models, and about which of them runs used and made.
struct LoggedModelsAPI {
  let store: TrackingStore

  /// The calls by method and path, but for those whose path has a model's id.
  var calls: [(String, APICall)] {
    [
      ("POST logged-models", { try create($0) }),
      ("POST logged-models/search", { try search($0) }),
      ("POST runs/outputs", { try logOutputs($0) }),
      ("POST runs/log-model", { try logModel($0) }),
    ]
  }

  /// The call that `method` and `path`, which begins with `logged-models/ID`, mean, and the ID; `nil` for none.
  func call(_ method: String, _ path: Substring) -> (id: String, call: APICall)? {
    let parts = path.split(separator: "/", maxSplits: 3).map(String.init)
    guard parts.count > 1, parts[0] == "logged-models" else { return nil }
    let id = parts[1]
    let call: APICall
    switch (method, parts.count, parts.count > 2 ? parts[2] : "") {
    case ("GET", 2, _): call = { try get(id, $0) }
    case ("PATCH", 2, _): call = { try finalize(id, $0) }
    case ("DELETE", 2, _): call = { _ in try delete(id) }
    case ("PATCH", 3, "tags"): call = { try setTags(id, $0) }
    case ("DELETE", 4, "tags"): call = { _ in try deleteTag(id, parts[3]) }
    case ("POST", 3, "params"): call = { try logParams(id, $0) }
    case ("GET", 4, "artifacts") where parts[3] == "directories": call = { try list(id, $0) }
    default: return nil
    }
    return (id, call)
  }

  private func create(_ fields: APIFields) throws -> JSONValue {
    let experiment = try fields.experimentID()
    let (name, type) = (try fields.text("name"), try fields.string("model_type") ?? "")
    let run = try fields.string("source_run_id") ?? ""
    let (params, tags) = (try fields.tags("params"), try fields.tags())
    let model = try ExperimentsAPI(store: store).using(experiment) { () throws(TrackingError) in
      try store.createLoggedModel(
        experimentID: experiment, name: name, modelType: type, sourceRunID: run, params: params,
        tags: tags)
    }
    return ["model": Messages.loggedModel(model)]
  }

  private func get(_ id: String, _ fields: APIFields) throws -> JSONValue {
    let model = try store.loggedModel(id, orDeleted: fields.flag("allow_deleted"))
    return ["model": Messages.loggedModel(model)]
  }

  private func finalize(_ id: String, _ fields: APIFields) throws -> JSONValue {
    let names = LoggedModelStatus.allCases.map(Messages.name)
    guard let name = try fields.member("status", of: names, from: 0),
      let status = LoggedModelStatus.allCases.first(where: { Messages.name($0) == name })
    else { throw APIError.missing("status") }
    return ["model": Messages.loggedModel(try store.finalizeLoggedModel(id, status))]
  }

  private func delete(_ id: String) throws -> JSONValue {
    try store.deleteLoggedModel(id)
    return [:]
  }

  private func setTags(_ id: String, _ fields: APIFields) throws -> JSONValue {
    _ = try store.setTags(fields.tags(), ofLoggedModel: id)
    return [:]
  }

  private func deleteTag(_ id: String, _ key: String) throws -> JSONValue {
    guard try store.removeTag(key, ofLoggedModel: id) else {
      throw APIError(
        .resourceDoesNotExist, "No tag with key '\(key)' found for model with ID '\(id)'.")
    }
    return [:]
  }

  private func logParams(_ id: String, _ fields: APIFields) throws -> JSONValue {
    try store.logParams(fields.tags("params"), toModel: id)
    return [:]
  }

  // MARK: Searching

  private func search(_ fields: APIFields) throws -> JSONValue {
    let page = try Page(fields, default: 50, most: 50_000)
    guard fields.hasValue("experiment_ids") else { throw APIError.missing("experiment_ids") }
    var search = LoggedModelSearch(
      experiments: try fields.experiments(), filter: try fields.string("filter") ?? "",
      limit: page.limit + 1, offset: page.offset)
    for dataset in try fields.messages("datasets") {
      guard let name = try dataset.string("dataset_name"), !name.isEmpty else {
        throw APIError(
          .invalidParameterValue, "`dataset_name` in the `datasets` clause must be specified.")
      }
      search.datasets.append((name, try dataset.text("dataset_digest")))
    }
    for order in try fields.messages("order_by") {
      let isDescending = try order.hasValue("ascending") && !order.flag("ascending")
      search.order.append(
        LoggedModelSearch.Order(
          try order.required("field_name"), isDescending: isDescending,
          datasetName: try order.text("dataset_name"),
          datasetDigest: try order.text("dataset_digest")))
    }
    return page.message("models", try store.search(search), Messages.loggedModel)
  }

  // MARK: Files

  private func list(_ id: String, _ fields: APIFields) throws -> JSONValue {
    let model = try store.loggedModel(id)
    return try ArtifactsAPI(store: store).list(
      ArtifactsAPI.folder(fields.string("artifact_directory_path") ?? ""),
      of: .model(model.row), root: ArtifactURI.model(model))
  }

  /// `logged-models/ID/artifacts/files`: the contents of one, as MLflow's page asks for it.
  func artifact(_ id: String, _ request: HTTPRequest) throws -> HTTPResponse {
    guard let path = request.queryValue("artifact_file_path"), !path.isEmpty else {
      throw APIError(
        .badRequest, "Request must include the \"artifact_file_path\" query parameter.")
    }
    let model = try store.loggedModel(id)
    return try ArtifactsAPI(store: store).content(
      of: .model(model.row), ArtifactsAPI.folder(path), request)
  }

  // MARK: Runs

  private func logOutputs(_ fields: APIFields) throws -> JSONValue {
    var models = RunModels()
    for message in try fields.messages("models") {
      models.outputs.append(
        RunModels.Output(
          modelID: try message.required("model_id"), step: try message.integer("step") ?? 0))
    }
    guard fields.hasValue("models") else { throw APIError.missing("models") }
    try store.log(models, to: store.run(of: fields))
    return [:]
  }

  /// Notes the models among the inputs of `runs/log-inputs`.
  func logInputs(_ fields: APIFields, to run: RunRecord) throws {
    var models = RunModels()
    for message in try fields.messages("models") {
      models.inputs.append(try message.required("model_id"))
    }
    if !models.inputs.isEmpty { try store.log(models, to: run) }
  }

  /// `runs/log-model`, of clients before MLflow 3: what is known of a model goes to a tag of its run.
  private func logModel(_ fields: APIFields) throws -> JSONValue {
    let (run, text) = (try store.run(of: fields), try fields.required("model_json"))
    guard case .object(let model)? = JSONValue(json: text) else {
      throw APIError(
        .invalidParameterValue, "Malformed model info. \n \(text) \n is not a valid JSON.")
    }
    let needed = ["artifact_path", "flavors", "run_id", "utc_time_created"]
    let missing = needed.filter { model[$0] == nil }
    guard missing.isEmpty else {
      throw APIError(
        .invalidParameterValue,
        "Model json is missing mandatory fields: \(missing.joined(separator: ", "))")
    }
    let tag = "mlflow.log-model.history"
    let stored = try store.tag(tag, of: run)
    var history = stored.flatMap { JSONValue(json: $0)?.array } ?? []
    var kept = model.filter { (needed + ["model_uuid"]).contains($0.key) }
    if case .object(let flavors)? = kept["flavors"] {
      kept["flavors"] = .object(
        flavors.mapValues { flavor in
          guard case .object(let members) = flavor else { return flavor }
          return .object(members.filter { $0.key != "config" })
        })
    }
    if kept["model_uuid"] == nil { kept["model_uuid"] = .null }
    history.append(.object(kept))
    try store.log(LogBatch(tags: [(tag, "\(JSONValue.array(history))")]), to: run)
    return [:]
  }
}

extension APIFields {
  /// A text, unless it is empty.
  fileprivate func text(_ name: String) throws(APIError) -> String? {
    try string(name).flatMap { $0.isEmpty ? nil : $0 }
  }
}
