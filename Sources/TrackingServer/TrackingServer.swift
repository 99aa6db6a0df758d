package import HTTPServer
import JSONValues
package import Tracking

/// How a server serves.
package struct ServerOptions: Sendable {
  package var host = "127.0.0.1"
  /// The port; 0 is any that is free.
  package var port = 5000
  /// What to serve by TLS with.
  package var identity: HTTPServer.Identity?
  /// Who may use it; `nil` is everybody.
  package var accounts: AccountStore?
  /// Names of the machine that clients may use beside its own.
  package var allowedHosts: [String] = []
  /// How requests are written to the standard error; `nil` is not at all.
  package var logFormat: RequestLog.Format?
  /// The most bytes of a request's body, other than an artifact's.
  package var bodyBytes = 1 << 20
  /// How long a connection may be silent, and a request may take to arrive.
  package var seconds = 60

  package init() {}

  /// Whether the server listens for this machine only.
  package var isLocal: Bool {
    host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
  }
}

/// Serves a tracking store to MLflow's clients.
///
/// - SeeAlso: MLflow's REST API 2.0.
package final class TrackingServer: Sendable {
  private let server: HTTPServer

  /// The port that it listens at.
  package var port: Int { server.port }

  /// Listens and serves.
  package init(store: TrackingStore, options: ServerOptions) throws(HTTPServerError) {
    let metrics = ServerMetrics()
    let log = options.logFormat.map { RequestLog($0) }
    let routes = Routes(
      store: store, metrics: metrics, door: Doorkeeper(accounts: options.accounts),
      guardian: RequestGuard(allowedHosts: options.allowedHosts, isLocal: options.isLocal))
    @Sendable func isUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "PUT" && head.path.hasPrefix(ArtifactsAPI.proxy)
    }
    let limits = HTTPServer.Limits(
      bodySize: { isUpload($0) ? .max : options.bodyBytes },
      bodyFile: { isUpload($0) ? try? store.newIncomingFile() : nil },
      refusal: { routes.refusal($0) }, seconds: options.seconds)
    server = try HTTPServer(
      host: options.host, port: options.port, limits: limits, identity: options.identity,
      finish: { exchange, response in
        metrics.count(exchange, response, route: routes.label(of: exchange.head))
        let id = RequestIdentity(exchange.head)
        log?.write(exchange, response, id)
        var response = response
        response.headers.append(("X-Request-Id", id.request))
        return response
      }
    ) { routes.answer($0) }
  }

  /// Takes no more requests, lets those end that are being answered, and stops.
  package func stop() { server.stop() }
}

/// Which call a path means.
struct Routes: Sendable {
  private let table: [String: @Sendable (APIFields) throws -> any CallResult]
  private let artifacts: ArtifactsAPI
  private let store: TrackingStore
  private let metrics: ServerMetrics
  private let live: LiveRuns
  private let door: Doorkeeper
  private let guardian: RequestGuard

  init(
    store: TrackingStore, metrics: ServerMetrics, door: Doorkeeper, guardian: RequestGuard
  ) {
    self.store = store
    self.metrics = metrics
    live = LiveRuns(store: store)
    self.door = door
    self.guardian = guardian
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
      let permit = Self.isOpen(request.path) ? .all : try door.permit(request.headers)
      var response = try route(request, permit)
      response.account = permit.account?.name
      return response
    } catch let error as APIError {
      return error.response
    } catch let error as TrackingError {
      return APIError(error).response
    } catch {
      return APIError(.internalError, "\(error)").response
    }
  }

  /// What a request is answered for its head alone: those of strangers, before they can fill the disk.
  func refusal(_ head: HTTPRequestHead) -> HTTPResponse? {
    do throws(APIError) {
      try guardian.check(head.headers)
      if !Self.isOpen(head.path) { _ = try door.permit(head.headers) }
      return nil
    } catch {
      return error.response
    }
  }

  /// Whether everybody may ask for `path`, who keeps an eye on the server.
  private static func isOpen(_ path: String) -> Bool { path == "/health" || path == "/version" }

  /// The call's name in figures about the server: one of a few, whatever paths are asked for.
  func label(of head: HTTPRequestHead) -> String {
    if let name = Self.call(head.method, head.path), table[name] != nil {
      return String(name.drop { $0 != " " }.dropFirst())
    }
    if head.path.contains("/mlflow-artifacts/artifacts") { return "artifacts" }
    if head.path == "/api/2.0/martlet/runs/events" { return "runs/events" }
    let known = ["/health", "/version", "/metrics", "/get-artifact"]
    return known.contains(head.path) ? String(head.path.dropFirst()) : "other"
  }

  /// The call that a path means, such as `POST runs/create`.
  private static func call(_ method: String, _ path: String) -> String? {
    for prefix in ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"] where path.hasPrefix(prefix) {
      return "\(method) \(path.dropFirst(prefix.count))"
    }
    return nil
  }

  private func route(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse {
    switch request.path {
    case "/health": return HTTPResponse(200, text: "OK")
    case "/version": return HTTPResponse(200, text: Self.mlflowVersion)
    case "/metrics":
      try permit.checkEverywhere(.read)
      return metrics.response(try store.figures())
    case "/get-artifact": return try artifacts.get(request, permit)
    case "/api/2.0/martlet/runs/events" where request.method == "GET":
      let id = request.queryValue("run_id") ?? ""
      guard let run = try store.run(id: id) else {
        throw APIError(.resourceDoesNotExist, "Run with id=\(id) not found")
      }
      try permit.check(.read, run: run)
      return try live.response(for: run)
    case "/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info":
      return APIResponse.json(Self.information).response
    default: break
    }
    for prefix in [ArtifactsAPI.proxy, "/ajax-" + ArtifactsAPI.proxy.dropFirst()]
    where request.path.hasPrefix(prefix) {
      return try artifacts.answer(request, request.path.dropFirst(prefix.count), permit)
    }
    if let name = Self.call(request.method, request.path), let call = table[name] {
      var fields = try APIFields(request)
      fields.visibleExperiments = permit.visible
      try CallRule.of(name).check(fields, permit, store)
      let result = try call(fields)
      if name == "POST experiments/create" { try door.noteCreation(result, permit) }
      return APIResponse.json(result).response
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
