import FoundationEssentials
import JSONValues
import Tracking

/// MLflow's calls about experiments.
struct ExperimentsAPI {
  let store: TrackingStore

  func create(_ fields: APIFields) throws -> JSONValue {
    let name = try fields.required("name")
    let location = try fields.string("artifact_location").flatMap { $0.isEmpty ? nil : $0 }
    guard location?.contains("#") != true else {
      throw APIError(
        .invalidParameterValue,
        "The artifact_location \"\(location ?? "")\" has a fragment. Leave out the \"#\" and what follows."
      )
    }
    for tag in try fields.messages("tags") { try tag.checkLengths(["value": Self.longestTag]) }
    let id = try store.createExperiment(
      name, artifactLocation: location.map(Self.resolved), tags: fields.tags())
    return ["experiment_id": .string("\(id)")]
  }

  /// A place without a scheme is a path, which counts from this server's current folder, not from each client's.
  private static func resolved(_ location: String) -> String {
    guard !location.hasPrefix("/"), !location.contains(":") else { return location }
    return "\(FileManager.default.currentDirectoryPath)/\(location)"
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
    let experiment = try activeExperiment(fields)
    let name = try fields.required("new_name")
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
    try fields.checkName(tag.key, "key")
    try fields.checkLengths(["value": Self.longestTag])
    _ = try store.changeTag(ofExperiment: try activeExperiment(fields).id, tag.key, tag.value)
    return [:]
  }

  func deleteTag(_ fields: APIFields) throws -> JSONValue {
    let (experiment, key) = (try activeExperiment(fields), try fields.required("key"))
    guard try store.changeTag(ofExperiment: experiment.id, key, nil) else {
      throw APIError(
        .resourceDoesNotExist, "No tag with name: \(key) in experiment with id \(experiment.id)")
    }
    return [:]
  }

  /// The most characters of an experiment's tag.
  private static let longestTag = 20_000

  /// What `make` makes in an experiment; that the experiment is deleted is another error than that there is none.
  func using<Value>(
    _ experiment: Int64, _ make: () throws(TrackingError) -> Value
  ) throws -> Value {
    do throws(TrackingError) {
      return try make()
    } catch {
      guard case .experimentNotFound = error, try store.experiment(id: experiment) != nil else {
        throw error
      }
      throw APIError.experimentDeleted(experiment)
    }
  }

  private func activeExperiment(_ fields: APIFields) throws -> ExperimentDetail {
    let found = try experiment(fields)
    if found.isDeleted { throw APIError.experimentDeleted(found.id) }
    return found
  }

  private func experiment(_ fields: APIFields) throws -> ExperimentDetail {
    let id = try fields.experimentID()
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
