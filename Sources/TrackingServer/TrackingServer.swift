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

  /// Listens at `host` and `port`, of which 0 is any that is free.
  package init(
    store: TrackingStore, host: String, port: Int
  ) throws(HTTPServerError) {
    let routes = Routes(store: store)
    @Sendable func isUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "PUT" && head.path.hasPrefix(ArtifactsAPI.proxy)
    }
    let limits = HTTPServer.Limits(
      bodySize: { isUpload($0) ? .max : 1 << 20 },
      bodyFile: { isUpload($0) ? try? store.newIncomingFile() : nil })
    server = try HTTPServer(host: host, port: port, limits: limits) { routes.answer($0) }
  }

  /// Takes no more requests, lets those end that are being answered, and stops.
  package func stop() { server.stop() }
}

/// Which call a path means.
struct Routes: Sendable {
  private let table: [String: @Sendable (APIFields) throws -> any CallResult]
  private let artifacts: ArtifactsAPI

  init(store: TrackingStore) {
    let (experiments, runs) = (ExperimentsAPI(store: store), RunsAPI(store: store))
    let artifacts = ArtifactsAPI(store: store)
    self.artifacts = artifacts
    let calls: [(String, @Sendable (APIFields) throws -> any CallResult)] = [
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
      // Nobody can log models yet, so that there are none; the client asks whenever it looks for artifacts.
      ("POST logged-models/search", { _ in JSONValue.object([:]) }),
    ]
    table = Dictionary(uniqueKeysWithValues: calls)
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
    switch request.path {
    case "/health": return HTTPResponse(200, text: "OK")
    case "/version": return HTTPResponse(200, text: Self.mlflowVersion)
    case "/get-artifact": return try artifacts.get(request)
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
      let name = "\(request.method) \(request.path.dropFirst(prefix.count))"
      guard let call = table[name] else { break }
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
  ]
}
