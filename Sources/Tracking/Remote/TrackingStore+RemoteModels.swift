import FoundationEssentials
import JSONValues
import SQLite

extension TrackingStore {
  /// The models of the server; `nil` where the file is their place.
  var remoteModels: RemoteModels? {
    remote.map { RemoteModels(server: $0.delivery.server) }
  }

  /// A model of the outbox once it was tried to deliver it, as the server knows it where that worked.
  func delivered(_ id: String, run: Int64) throws(TrackingError) -> LoggedModel {
    deliverAll(of: run)
    let (model, known, registered, refusal) = try withDatabase { database throws(TrackingError) in
      let refusal = try database.query(
        """
        SELECT reason FROM outbox WHERE run = ? AND key = ? AND kind IN ('model', 'register')
          AND reason IS NOT NULL ORDER BY seq LIMIT 1
        """, .integer(run), .text(id)
      ) { $0.text(0) }.first
      let registered = try database.query(
        """
        SELECT registered_name, version FROM outbox_models
          WHERE model_id = ? AND version IS NOT NULL
        """, .text(id)
      ) { LoggedModel.Registration(model: $0.text(0), version: Int($0.integer(1))) }
      return (try database.loggedModel(id), try database.outboxModel(id), registered, refusal)
    }
    if let refusal {
      throw .serverFailed(url: uri, reason: "it did not take the model \(model.name): \(refusal)")
    }
    let remoteID = known.remoteID ?? ""
    return model.known(as: remoteID.isEmpty ? model.id : remoteID, registrations: registered)
  }

  /// What this machine calls a model that the server calls `id`.
  func localModelID(_ id: String) throws(TrackingError) -> String {
    guard remote != nil else { return id }
    let found = try withDatabase { database throws(TrackingError) in
      try database.query("SELECT model_id FROM outbox_models WHERE remote_id = ?", .text(id)) {
        $0.text(0)
      }.first
    }
    return found ?? id
  }

  /// Registers artifacts of a run, which the server must have.
  func registerRemotely(
    _ name: String, from run: RunRecord, path: String, description: String, tags: [String: String]
  ) throws(TrackingError) -> ModelVersion {
    guard let remoteModels else { throw .modelNotFound(name: name) }
    for (key, value) in tags { try RegistryName.validate(tag: key, value) }
    deliverAll(of: run.row)
    let known = try withDatabase { database throws(TrackingError) in
      (try database.outboxRun(run.row)?.remoteID, try database.outboxCounts(run: run.row).waiting)
    }
    guard let id = known.0, known.1 == 0 else {
      throw .serverFailed(
        url: uri,
        reason:
          "it has not got all of run \(run.shortID) yet, and only what it has can be registered"
      )
    }
    let artifacts = try self.artifacts(of: .run(run.row))
    guard artifacts.contains(where: { ArtifactPath.lies($0.path, at: path) }) else {
      throw .artifactNotFound(run: run.shortID, path: path)
    }
    return try remoteModels.register(
      name, ofRun: id, path: path, description: description, tags: tags)
  }

  // MARK: Files

  /// Where a server has the files of a logged model.
  func servedModel(_ id: String) throws(TrackingError) -> ModelLocation {
    let known = try withDatabase { database throws(TrackingError) in try database.outboxModel(id) }
    let remoteID = known.remoteID.flatMap { $0.isEmpty ? nil : $0 } ?? id
    guard let remoteModels else { throw .loggedModelNotFound(id: id) }
    let (model, uri) = try remoteModels.loggedModel(remoteID)
    let name = "models:/\(model.id)"
    return ModelLocation(
      files: try files(at: uri, of: name), description: name,
      runID: model.sourceRunID.isEmpty ? nil : model.sourceRunID, loggedModelID: model.id)
  }

  /// Where a server has artifacts of a run.
  func servedRun(_ id: String, path: String) throws(TrackingError) -> ModelLocation {
    guard let remoteModels else { throw .runNotFound(reference: id) }
    let answer = try remoteModels.server.answer(
      "GET", "runs/get", ["run_id": .string(id)], missing: .runNotFound(reference: id))
    let uri = answer["run"]?["info"]?["artifact_uri"]?.string ?? ""
    let name = "runs:/\(id)/\(path)"
    return ModelLocation(
      files: try files(at: path.isEmpty ? uri : "\(uri)/\(path)", of: name), description: name,
      runID: id)
  }

  /// Where a server has the files of a version; one that names a run or a model is followed.
  func servedStorage(of version: ModelVersion) throws(TrackingError) -> String {
    try remoteModels?.storage(of: version) ?? version.storage
  }

  /// Copies what a server has at a URI to a folder, and returns the paths.
  func download(_ uri: String, to target: String) throws(TrackingError) -> [String] {
    guard let remote else { return [] }
    let server = remote.delivery.server
    do {
      let paths = try server.list(uri)
      // What has no files below it may be one.
      if paths.isEmpty, let slash = uri.lastIndex(of: "/") {
        let name = String(uri[uri.index(after: slash)...])
        try ArtifactContents.makeFolder(target)
        try server.download(name, of: String(uri[..<slash]), to: "\(target)/\(name)")
        return [name]
      }
      for path in paths {
        let place = URL(fileURLWithPath: "\(target)/\(path)")
        do {
          try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
          throw TrackingError(copying: place.path, error: error)
        }
        let partial = "\(place.path).\(RunIdentity.newID().prefix(8)).partial"
        defer { try? FileManager.default.removeItem(atPath: partial) }
        try server.download(path, of: uri, to: partial)
        do {
          if FileManager.default.fileExists(atPath: place.path) {
            try FileManager.default.removeItem(at: place)
          }
          try FileManager.default.moveItem(atPath: partial, toPath: place.path)
        } catch {
          throw TrackingError(copying: place.path, error: error)
        }
      }
      return paths
    } catch let error as TrackingError {
      throw error
    } catch let failure as DeliveryFailure {
      throw .serverFailed(url: remote.address.url, reason: failure.reason)
    } catch {
      throw TrackingError(copying: target, error: error)
    }
  }
}

extension LoggedModel {
  /// The same under the id that a server gave it.
  fileprivate func known(as id: String, registrations: [Registration]) -> LoggedModel {
    var model = LoggedModel(
      id: id, experimentID: experimentID, name: name, modelType: modelType,
      sourceRunID: sourceRunID, status: status, createdMilliseconds: createdMilliseconds,
      updatedMilliseconds: updatedMilliseconds, row: row, deletedMilliseconds: nil)
    (model.tags, model.params) = (tags, params)
    (model.metrics, model.registrations) = (metrics, registrations)
    return model
  }
}
