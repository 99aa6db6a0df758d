package import HTTPServer
import JSONValues
package import Tracking

/// Serves a tracking store to MLflow's clients.
///
/// - SeeAlso: MLflow's REST API 2.0.
package final class TrackingServer: Sendable {
  private let server: HTTPServer

  /// The port that it listens at.
  package var port: Int { server.port }

  /// Listens at `host` and `port`, of which 0 is any that is free; shows MLflow's own page if it is given.
  package init(
    store: TrackingStore, host: String, port: Int, page: MLflowPage? = nil
  ) throws(HTTPServerError) {
    let routes = Routes(store: store, page: page)
    @Sendable func isUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "PUT" && head.path.hasPrefix(ArtifactsAPI.proxy)
    }
    @Sendable func isPageUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "POST" && head.path == PageAPI.upload
    }
    let limits = HTTPServer.Limits(
      bodySize: { isUpload($0) ? .max : isPageUpload($0) ? PageAPI.largestUpload : 1 << 20 },
      bodyFile: { isUpload($0) || isPageUpload($0) ? try? store.newIncomingFile() : nil })
    server = try HTTPServer(host: host, port: port, limits: limits) { routes.answer($0) }
  }

  /// Takes no more requests, lets those end that are being answered, and stops.
  package func stop() { server.stop() }
}

/// Which call a path means.
struct Routes: Sendable {
  private typealias Call = @Sendable (APIFields) throws -> any CallResult
  private let table: [String: Call]
  private let artifacts: ArtifactsAPI
  private let loggedModels: LoggedModelsAPI
  private let modelVersions: ModelVersionsAPI
  private let page: PageAPI

  init(store: TrackingStore, page: MLflowPage? = nil) {
    self.page = PageAPI(store: store, page: page)
    let (experiments, runs) = (ExperimentsAPI(store: store), RunsAPI(store: store))
    let artifacts = ArtifactsAPI(store: store)
    self.artifacts = artifacts
    let calls: [(String, Call)] = [
      ("POST experiments/create", { try experiments.create($0) }),
      ("GET experiments/get", { try experiments.get($0) }),
      ("GET experiments/get-by-name", { try experiments.getByName($0) }),
      ("GET experiments/search", { try experiments.search($0) }),
      ("POST experiments/search", { try experiments.search($0) }),
      ("POST experiments/update", { try experiments.update($0) }),
      ("POST experiments/delete", { try experiments.delete($0) }),
      ("POST experiments/restore", { try experiments.restore($0) }),
      ("POST experiments/set-experiment-tag", { try experiments.setTag($0) }),
      ("POST experiments/delete-experiment-tag", { try experiments.deleteTag($0) }),
      ("POST runs/create", { try runs.create($0) }),
      ("GET runs/get", { try runs.get($0) }),
      ("POST runs/update", { try runs.update($0) }),
      ("POST runs/delete", { try runs.delete($0) }),
      ("POST runs/restore", { try runs.restore($0) }),
      ("POST runs/search", { try runs.search($0) }),
      ("POST runs/log-metric", { try runs.logMetric($0) }),
      ("POST runs/log-parameter", { try runs.logParameter($0) }),
      ("POST runs/set-tag", { try runs.setTag($0) }),
      ("POST runs/delete-tag", { try runs.deleteTag($0) }),
      ("POST runs/log-batch", { try runs.logBatch($0) }),
      ("POST runs/log-inputs", { try runs.logInputs($0) }),
      ("GET metrics/get-history", { try runs.history($0) }),
      ("GET artifacts/list", { try artifacts.list($0) }),
    ]
    loggedModels = LoggedModelsAPI(store: store)
    modelVersions = ModelVersionsAPI(store: store)
    let models: [(String, Call)] =
      RegistryAPI(store: store).calls + modelVersions.calls + loggedModels.calls
      + ChartsAPI(store: store).calls
    table = Dictionary(uniqueKeysWithValues: calls + models)
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    do {
      return try route(request)
    } catch let error as APIError {
      return error.response
    } catch let error as TrackingError {
      return APIError(error).response
    } catch {
      return APIError(.internalError, "\(error)").response
    }
  }

  private func route(_ request: HTTPRequest) throws -> HTTPResponse {
    try RequestGuard.check(request)
    if let response = try page.answer(request) { return response }
    try DirectTransfers.check(request)
    switch request.path {
    case "/health": return HTTPResponse(200, text: "OK")
    case "/version": return HTTPResponse(200, text: Self.mlflowVersion)
    case "/get-artifact": return try artifacts.get(request)
    case "/model-versions/get-artifact": return try modelVersions.artifact(request)
    case "/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info":
      return APIResponse.json(Self.information).response
    default: break
    }
    for prefix in [ArtifactsAPI.proxy, "/ajax-" + ArtifactsAPI.proxy.dropFirst()]
    where request.path.hasPrefix(prefix) {
      return try artifacts.answer(request, request.path.dropFirst(prefix.count))
    }
    for prefix in ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"]
    where request.path.hasPrefix(prefix) {
      let rest = request.path.dropFirst(prefix.count)
      guard
        let call = table["\(request.method) \(rest)"] ?? loggedModels.call(request.method, rest)
      else { break }
      return APIResponse.json(try call(try APIFields(request))).response
    }
    throw APIError(.endpointNotFound, "There is no \(request.method) \(request.path).")
  }

  /// The version of MLflow whose calls these are.
  private static let mlflowVersion = "3.17.2"

  /// What the client asks for before it moves artifacts.
  private static let information: JSONValue = [
    "store_type": "SqlStore", "workspaces_enabled": false, "trace_archival_enabled": false,
    "multipart_uploads_enabled": false, "multipart_downloads_enabled": false,
    "presigned_upload_run_id_supported": false, "presigned_upload_model_id_supported": false,
    "features_enabled": ["gateway": false],
  ]
}
