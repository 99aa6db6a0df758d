import JSONValues

/// The models of a server, to be taken over.
extension ServerRuns {
  private var models: RemoteModels { RemoteModels(server: server) }

  /// The logged models of experiments, oldest first, without their artifacts; none where the server knows none of those.
  package func loggedModels(
    in experiments: [Experiment]
  ) throws(TrackingError) -> [TransferredLoggedModel] {
    guard let first = experiments.first else { return [] }
    let names = Dictionary(experiments.map { ($0.id, $0.name) }) { $1 }
    do throws(DeliveryFailure) {
      // MLflow has them since version 3.
      _ = try server.call(
        "POST", "logged-models/search",
        ["experiment_ids": [.string(first.id)], "max_results": 1])
    } catch {
      if case .refused(let reason) = error, reason.hasPrefix("status 404") { return [] }
      throw .serverFailed(url: url, reason: error.reason)
    }
    return try models.searchLoggedModels(
      experiment: nil, filter: "", order: ["creation_timestamp"], limit: nil
    ).map { model in
      TransferredLoggedModel(
        model, experiment: names["\(model.experimentID)"] ?? "\(model.experimentID)")
    }
  }

  /// The registered models with their versions.
  package func registeredModels() throws(TrackingError) -> [TransferredRegisteredModel] {
    var found: [TransferredRegisteredModel] = []
    for model in try models.searchRegisteredModels(filter: "", order: [], limit: nil, offset: 0) {
      let versions = try models.searchVersions(
        filter: RemoteModels.named(model.name), order: [], limit: nil, offset: 0)
      var transferred = TransferredRegisteredModel(
        model, versions: versions.sorted { $0.version < $1.version })
      for (index, version) in transferred.versions.enumerated() {
        guard let record = versions.first(where: { $0.version == version.number }) else { continue }
        transferred.versions[index].storage = try models.storage(of: record)
      }
      found.append(transferred)
    }
    return found
  }
}
