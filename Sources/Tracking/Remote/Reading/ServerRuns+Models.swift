import JSONValues

/// The models of a server, to be taken over.
extension ServerRuns {
  private var models: RemoteModels { RemoteModels(server: server) }

  /// The logged models of experiments, oldest first, without their artifacts; none where the server knows none of those.
  package func loggedModels(
    in experiments: [Experiment]
  ) throws(TrackingError) -> [TransferredLoggedModel] {
    guard let first = experiments.first else { return [] }
    do throws(DeliveryFailure) {
      // MLflow has them since version 3.
      _ = try server.call(
        "POST", "logged-models/search",
        ["experiment_ids": [.string(first.id)], "max_results": 1])
    } catch {
      if error.isUnknownCall { return [] }
      throw .serverFailed(url: url, reason: error.reason)
    }
    let names = Self.names(of: experiments)
    return try models.searchLoggedModels(
      in: experiments.map { .string($0.id) }, order: ["creation_timestamp"]
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
        filter: RemoteModels.named(model.name), order: [], limit: nil, offset: 0
      ).sorted { $0.version < $1.version }
      var transferred = TransferredRegisteredModel(model, versions: versions)
      for (index, version) in versions.enumerated() {
        transferred.versions[index].storage = try models.storage(of: version)
      }
      found.append(transferred)
    }
    return found
  }
}
