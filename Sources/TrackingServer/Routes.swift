import HTTPServer
import JSONValues
import Tracking

/// Which call a path means.
struct Routes: Sendable {
  private let table: [String: APICall]
  private let artifacts: ArtifactsAPI
  private let uploads: UploadsAPI
  private let transfers: DirectTransfers
  private let loggedModels: LoggedModelsAPI
  private let modelVersions: ModelVersionsAPI
  private let page: PageAPI
  private let store: TrackingStore
  private let metrics: ServerMetrics
  private let live: LiveRuns
  private let door: Doorkeeper
  private let guardian: RequestGuard

  init(
    store: TrackingStore, page: MLflowPage?, metrics: ServerMetrics, door: Doorkeeper,
    guardian: RequestGuard, isSecure: Bool
  ) {
    self.page = PageAPI(store: store, page: page)
    self.store = store
    self.metrics = metrics
    live = LiveRuns(store: store)
    self.door = door
    self.guardian = guardian
    artifacts = ArtifactsAPI(store: store)
    uploads = UploadsAPI(store: store, door: door, isSecure: isSecure)
    transfers = DirectTransfers(store: store)
    loggedModels = LoggedModelsAPI(store: store)
    modelVersions = ModelVersionsAPI(store: store)
    table = Self.calls(of: store)
  }

  /// The calls whose path has no variable part, by method and path below `/api/2.0/mlflow/`.
  static func calls(of store: TrackingStore) -> [String: APICall] {
    let (experiments, runs) = (ExperimentsAPI(store: store), RunsAPI(store: store))
    let artifacts = ArtifactsAPI(store: store)
    let calls: [(String, APICall)] = [
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
    let models =
      RegistryAPI(store: store).calls + ModelVersionsAPI(store: store).calls
      + LoggedModelsAPI(store: store).calls + ChartsAPI(store: store).calls
    return Dictionary(uniqueKeysWithValues: calls + models)
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    do {
      if UploadsAPI.isPart(request.head) { return try uploads.take(request) }
      let permit = Self.isOpen(request.path) ? .all : try door.permit(request.headers)
      var response = try route(request, permit)
      response.account = permit.account?.name
      return response
    } catch {
      return APIError(any: error).response
    }
  }

  /// What a request is answered for its head alone: those of strangers, before they can fill the disk.
  func refusal(_ head: HTTPRequestHead) -> HTTPResponse? {
    do throws(APIError) {
      try guardian.check(head.headers)
      if UploadsAPI.isPart(head) {
        _ = try uploads.part(head.path, head.headers)
        return nil
      }
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
    if UploadsAPI.isPart(head) { return "uploads/part" }
    if let call = UploadsAPI.call(head.path) { return "uploads/\(call.name)" }
    if head.path == "/api/2.0/martlet/runs/events" { return "runs/events" }
    if let name = Self.call(head.method, head.path), name.contains("logged-models/") {
      return "logged-models"
    }
    let known = [
      "/health", "/version", "/metrics", "/openapi.json", "/get-artifact",
      "/model-versions/get-artifact", "/graphql",
    ]
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
    if let response = try page.answer(request, permit) { return response }
    if let response = try uploads.answer(request, permit) { return response }
    if let response = try transfers.answer(request, permit) { return response }
    switch request.path {
    case "/health": return HTTPResponse(200, text: "OK")
    case "/version": return HTTPResponse(200, text: Self.mlflowVersion)
    case "/openapi.json":
      return HTTPResponse(200, .bytes(APIDescription.bytes), headers: APIResponse.headers)
    case "/metrics":
      try permit.checkEverywhere(.read)
      return metrics.response(try store.figures())
    case "/get-artifact": return try artifacts.get(request, permit)
    case "/model-versions/get-artifact":
      try permit.checkEverywhere(.read)
      return try modelVersions.artifact(request)
    case "/api/2.0/martlet/runs/events" where request.method == "GET":
      let id = request.queryValue("run_id") ?? ""
      guard let run = try store.run(id: id) else { throw APIError.runNotFound(id) }
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
    if let name = Self.call(request.method, request.path) {
      if let call = table[name] {
        let result = try call(CallRule.of(name).checked(APIFields(request), permit, store))
        if name == "POST experiments/create" { try door.noteCreation(result, permit) }
        return APIResponse.json(result).response
      }
      let path = name.dropFirst(request.method.count + 1)
      if let (id, call) = loggedModels.call(request.method, path) {
        try permit.check(request.method, loggedModel: id, path, in: store)
        return APIResponse.json(try call(APIFields(request))).response
      }
    }
    let allowed = ["GET", "POST", "PATCH", "DELETE"].filter { method in
      guard let name = Self.call(method, request.path) else { return false }
      let path = name.dropFirst(method.count + 1)
      return table[name] != nil || loggedModels.call(method, path) != nil
    }
    guard allowed.isEmpty else {
      throw APIError.notAllowed(request.method, request.path, allowed: allowed)
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
