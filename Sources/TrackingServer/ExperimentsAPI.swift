import JSONValues
import Tracking

/// MLflow's calls about experiments.
struct ExperimentsAPI {
  let store: TrackingStore

  func create(_ fields: APIFields) throws -> JSONValue {
    let name = try fields.required("name")
    let id = try store.createExperiment(
      name, artifactLocation: try fields.string("artifact_location"), tags: try fields.tags())
    return ["experiment_id": .string("\(id)")]
  }

  func get(_ fields: APIFields) throws -> JSONValue {
    ["experiment": Messages.experiment(try experiment(fields))]
  }

  func getByName(_ fields: APIFields) throws -> JSONValue {
    let name = try fields.required("experiment_name")
    guard let found = try store.experiment(named: name) else {
      throw APIError(.resourceDoesNotExist, "Could not find experiment with name '\(name)'")
    }
    return ["experiment": Messages.experiment(found)]
  }

  func search(_ fields: APIFields) throws -> JSONValue {
    guard try fields.integer("max_results") != nil else { throw APIError.missing("max_results") }
    let page = try Page(fields, default: 1000, most: 50_000)
    let found = try store.searchExperiments(
      filter: try fields.string("filter") ?? "", order: try fields.strings("order_by"),
      view: try fields.view("view_type"), limit: page.limit + 1, offset: page.offset,
      among: fields.visibleExperiments)
    return page.message("experiments", found, Messages.experiment)
  }

  func update(_ fields: APIFields) throws -> JSONValue {
    let experiment = try experiment(fields)
    guard let name = try fields.string("new_name") else { return [:] }
    do throws(TrackingError) {
      try store.renameExperiment(id: experiment.id, to: name)
    } catch {
      if case .experimentExists = error { throw APIError(.badRequest, "\(error)") }
      throw error
    }
    return [:]
  }

  func delete(_ fields: APIFields) throws -> JSONValue {
    try store.deleteExperiment(id: try experiment(fields).id)
    return [:]
  }

  func restore(_ fields: APIFields) throws -> JSONValue {
    try store.restoreExperiment(id: try experiment(fields).id)
    return [:]
  }

  func setTag(_ fields: APIFields) throws -> JSONValue {
    let tag = try fields.pair()
    _ = try store.changeTag(ofExperiment: try experiment(fields).id, tag.key, tag.value)
    return [:]
  }

  func deleteTag(_ fields: APIFields) throws -> JSONValue {
    let (experiment, key) = (try experiment(fields), try fields.required("key"))
    guard try store.changeTag(ofExperiment: experiment.id, key, nil) else {
      throw APIError(
        .resourceDoesNotExist, "No tag with name: \(key) in experiment with id \(experiment.id)")
    }
    return [:]
  }

  private func experiment(_ fields: APIFields) throws -> ExperimentDetail {
    let text = try fields.required("experiment_id")
    guard let id = Int64(text) else {
      throw APIError(
        .invalidParameterValue, "Invalid experiment ID: '\(text)'. It must be a number.")
    }
    guard let found = try store.experiment(id: id) else {
      throw APIError(.resourceDoesNotExist, "No Experiment with id=\(id) exists")
    }
    return found
  }
}

extension APIFields {
  /// A key and its value, which may be empty.
  func pair() throws(APIError) -> (key: String, value: String) {
    (try required("key"), try string("value") ?? "")
  }

  func tags(_ name: String = "tags") throws(APIError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    for message in try messages(name) { pairs.append(try message.pair()) }
    return pairs
  }

  func view(_ name: String) throws(APIError) -> RunView {
    switch try member(name, of: ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]) {
    case "DELETED_ONLY": .deleted
    case "ALL": .all
    default: .active
    }
  }
}
