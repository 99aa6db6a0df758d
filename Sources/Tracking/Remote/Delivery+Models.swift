import FoundationEssentials
import JSONValues
import SQLite

/// What is known of a logged model of an outbox.
struct OutboxModel: Sendable {
  var isAttempted = false
  /// What the server calls it; empty where the server has no logged models.
  var remoteID: String?
  var artifactURI = ""
}

extension Delivery {
  /// The tag by which a model that was made, but whose answer was lost, is found.
  static let modelTag = "martlet.model_id"

  /// Has the server make a logged model, gives it the files, and says that it is ready.
  func deliverModel(_ id: String, of run: OutboxRun, id runID: String) throws(DeliveryFailure) {
    let found = try storing { database throws(TrackingError) in
      (try? database.loggedModel(id), try database.outboxModel(id))
    }
    guard let model = found.0 else { return }  // It was deleted here.
    var known = found.1
    if known.remoteID == nil { known = try makeModel(model, of: run, id: runID, known) }
    let remoteID = known.remoteID ?? ""
    let folder = remoteID.isEmpty ? "\(model.name)/" : ""
    let artifacts = try storing { database throws(TrackingError) in
      try database.artifacts(of: .model(model.row))
    }
    for artifact in artifacts {
      let file = store.contents.address(artifact.sha256)
      guard FileManager.default.fileExists(atPath: file) else { continue }
      guard artifact.path == MLmodelFile.name else {
        try server.upload(file, as: folder + artifact.path, artifactURI: known.artifactURI)
        continue
      }
      // It names the model and its run as this machine does.
      let text = String(
        decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self
      )
      .replacing(model.proxyURI, with: known.artifactURI)
      .replacing(model.id, with: remoteID.isEmpty ? model.id : remoteID)
      .replacing(run.record.id, with: runID)
      let copy: String
      do {
        copy = try store.newIncomingFile()
        try Data(text.utf8).write(to: URL(fileURLWithPath: copy))
      } catch {
        throw .refused(reason: "\(error)")
      }
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try server.upload(copy, as: folder + artifact.path, artifactURI: known.artifactURI)
    }
    guard !remoteID.isEmpty else { return }
    _ = try server.call(
      "PATCH", "logged-models/\(remoteID)",
      ["model_id": .string(remoteID), "status": "LOGGED_MODEL_READY"])
  }

  private func makeModel(
    _ model: LoggedModel, of run: OutboxRun, id runID: String, _ known: OutboxModel
  ) throws(DeliveryFailure) -> OutboxModel {
    let experiment = JSONValue.string(try experimentID(run.record.experiment))
    var info: JSONValue?
    if known.isAttempted {
      let found = try server.call(
        "POST", "logged-models/search",
        [
          "experiment_ids": [experiment], "max_results": 1,
          "filter": .string("tags.`\(Self.modelTag)` = '\(model.id)'"),
        ])
      info = found["models"]?.array?.first?["info"]
    }
    if info == nil {
      try storing { database throws(TrackingError) in try database.noteModel(model.id) }
      do throws(DeliveryFailure) {
        info = try create(model, in: experiment, run: runID)
      } catch {
        // A server from before MLflow 3 keeps the files with those of the run.
        guard error.isUnknownCall else { throw error }
        return try note(model.id, as: "", at: run.artifactURI ?? "")
      }
    }
    guard let info, let id = info["model_id"]?.string, let uri = info["artifact_uri"]?.string else {
      throw .refused(reason: "the answer to logged-models names no model")
    }
    return try note(model.id, as: id, at: uri)
  }

  private func create(
    _ model: LoggedModel, in experiment: JSONValue, run: String
  ) throws(DeliveryFailure) -> JSONValue? {
    var tags = model.tags
    tags[Self.modelTag] = model.id
    let answer = try server.call(
      "POST", "logged-models",
      [
        "experiment_id": experiment, "name": .string(model.name),
        "model_type": .string(model.modelType), "source_run_id": .string(run),
        "params": .pairs(model.params), "tags": .pairs(tags),
      ])
    return answer["model"]?["info"]
  }

  private func note(
    _ id: String, as remote: String, at uri: String
  ) throws(DeliveryFailure) -> OutboxModel {
    try storing { database throws(TrackingError) in
      try database.noteModel(id, remoteID: remote, artifactURI: uri)
    }
    return OutboxModel(isAttempted: true, remoteID: remote, artifactURI: uri)
  }

  /// Makes a version of a registered model, unless the server has made it and the answer was lost.
  func register(_ entry: OutboxEntry, run: String) throws(DeliveryFailure) {
    let wish = JSONValue(json: entry.text) ?? [:]
    guard let name = wish["name"]?.string else { return }
    let id = entry.key
    let (model, modelName) = try storing { database throws(TrackingError) in
      (try database.outboxModel(id), (try? database.loggedModel(id))?.name ?? "")
    }
    guard let remoteID = model.remoteID else {
      throw .rejected(code: "NO_MODEL", reason: "the server did not take the model itself")
    }
    let source = remoteID.isEmpty ? "runs:/\(run)/\(modelName)" : "models:/\(remoteID)"
    do throws(DeliveryFailure) {
      _ = try server.call("POST", "registered-models/create", ["name": .string(name)])
    } catch {
      guard case .rejected("RESOURCE_ALREADY_EXISTS", _) = error else { throw error }
    }
    let known = try server.call(
      "GET", "model-versions/search",
      ["filter": .string("run_id = '\(run)'"), "max_results": 1000])
    var version = known["model_versions"]?.array?.first {
      $0["name"]?.string == name && $0["source"]?.string == source
    }
    if version == nil {
      var fields: [String: JSONValue] = [
        "name": .string(name), "source": .string(source), "run_id": .string(run),
      ]
      if !remoteID.isEmpty { fields["model_id"] = .string(remoteID) }
      version = try server.call("POST", "model-versions/create", .object(fields))["model_version"]
    }
    guard let number = version?["version"].flatMap(JSONNumber.integer) else {
      throw .refused(reason: "the answer to model-versions/create names no version")
    }
    if let alias = wish["alias"]?.string {
      _ = try server.call(
        "POST", "registered-models/alias",
        ["name": .string(name), "alias": .string(alias), "version": .string("\(number)")])
    }
    try storing { database throws(TrackingError) in
      try database.noteVersion(of: id, name: name, version: number)
    }
  }

  /// A value of a metric of a model, which the run has too.
  func logModelMetric(_ entry: OutboxEntry, run: JSONValue) throws(DeliveryFailure) {
    guard let id = try remoteModelID(entry.key), let facts = JSONValue(json: entry.text) else {
      return
    }
    var metric: [String: JSONValue] = [
      "key": facts["key"] ?? "", "value": facts["value"] ?? "NaN",
      "step": .int(Int(entry.step)),
      "timestamp": .int(Int(max(0, entry.timeMilliseconds ?? 0))), "model_id": .string(id),
    ]
    if let name = facts["name"]?.string, !name.isEmpty {
      metric["dataset_name"] = .string(name)
      metric["dataset_digest"] = facts["digest"] ?? ""
    }
    _ = try server.call(
      "POST", "runs/log-batch", ["run_id": run, "metrics": [.object(metric)]])
  }

  /// That a run made or used a model.
  func logRunModel(_ entry: OutboxEntry, run: JSONValue) throws(DeliveryFailure) {
    guard let id = try remoteModelID(entry.key) else { return }
    if entry.text == "1" {
      _ = try server.call(
        "POST", "runs/outputs",
        ["run_id": run, "models": [["model_id": .string(id), "step": .int(Int(entry.step))]]])
    } else {
      _ = try server.call(
        "POST", "runs/log-inputs", ["run_id": run, "models": [["model_id": .string(id)]]])
    }
  }

  /// What the server calls a model; `nil` where it has no logged models.
  private func remoteModelID(_ id: String) throws(DeliveryFailure) -> String? {
    let known = try storing { database throws(TrackingError) in
      (try database.outboxModel(id), (try? database.loggedModel(id)) != nil)
    }
    // One that was not logged here is called as the server calls it.
    guard let remoteID = known.0.remoteID else {
      guard !known.1 else {
        throw .rejected(code: "NO_MODEL", reason: "the server did not take the model itself")
      }
      return id
    }
    return remoteID.isEmpty ? nil : remoteID
  }
}

extension DeliveryFailure {
  /// Whether the server has no such call.
  var isUnknownCall: Bool {
    switch self {
    case .rejected("ENDPOINT_NOT_FOUND", _): true
    case .refused(let reason):
      reason.hasPrefix("status 404") || reason.hasPrefix("status 405")
    default: false
    }
  }
}

extension JSONValue {
  /// Params or tags as MLflow's calls have them.
  static func pairs(_ pairs: [String: String]) -> JSONValue {
    .array(
      pairs.sortedPairs.map {
        ["key": .string($0.key), "value": .string($0.value)]
      })
  }
}

extension Database {
  /// What is known of a logged model at the server.
  func outboxModel(_ id: String) throws(TrackingError) -> OutboxModel {
    try query(
      "SELECT attempted, remote_id, artifact_uri FROM outbox_models WHERE model_id = ?", .text(id)
    ) {
      OutboxModel(
        isAttempted: $0.integer(0) != 0, remoteID: $0.text(ifPresent: 1),
        artifactURI: $0.text(ifPresent: 2) ?? "")
    }.first ?? OutboxModel()
  }

  /// Notes that the server is about to be asked for a model, or what it calls that.
  func noteModel(
    _ id: String, remoteID: String? = nil, artifactURI: String? = nil
  ) throws(TrackingError) {
    try execute(
      """
      INSERT INTO outbox_models (model_id, attempted, remote_id, artifact_uri) VALUES (?1, 1, ?2, ?3)
        ON CONFLICT (model_id) DO UPDATE SET attempted = 1, remote_id = ?2, artifact_uri = ?3
      """, .text(id), .text(orNull: remoteID), .text(orNull: artifactURI))
  }

  func noteVersion(of id: String, name: String, version: Int) throws(TrackingError) {
    try execute(
      "UPDATE outbox_models SET registered_name = ?, version = ? WHERE model_id = ?", .text(name),
      .integer(Int64(version)), .text(id))
  }

  /// Lets a registration wait for the server, within a transaction.
  func queue(
    _ registration: ModelRegistration, of id: String, run: Int64
  ) throws(TrackingError) {
    var wish: [String: JSONValue] = ["name": .string(registration.name)]
    if let alias = registration.alias { wish["alias"] = .string(alias) }
    try execute(
      "INSERT INTO outbox (kind, run, key, value) VALUES ('register', ?, ?, ?)", .integer(run),
      .text(id), .text("\(JSONValue.object(wish))"))
  }
}
