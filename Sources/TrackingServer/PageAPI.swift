import FoundationEssentials
import HTTPServer
import JSONValues
import Tracking

/// The routes that only MLflow's own page asks for, and the page itself where its files are given.
struct PageAPI {
  static let upload = "/ajax-api/2.0/mlflow/upload-artifact"
  /// The most bytes of a file that the page sends.
  static let largestUpload = 10 << 20

  let store: TrackingStore
  let page: MLflowPage?
  private let graphQL: GraphQLAPI

  init(store: TrackingStore, page: MLflowPage?) {
    self.store = store
    self.page = page
    graphQL = GraphQLAPI(store: store)
  }

  /// The answer to a request of the page; `nil` for any other one.
  func answer(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse? {
    if let response = page?.answer(request) { return response }
    switch (request.method, request.path) {
    case ("POST", "/graphql"): return try graphQL.answer(request, permit)
    case ("POST", Self.upload): return try upload(request, permit)
    case ("GET", "/ajax-api/3.0/mlflow/ui-telemetry"),
      ("POST", "/ajax-api/3.0/mlflow/ui-telemetry"):
      return json([
        "disable_ui_telemetry": true, "disable_ui_events": [], "ui_rollout_percentage": 0,
      ])
    // The tab of traces stays empty; clients, which ask elsewhere, are told that there are none here.
    case ("GET", "/ajax-api/2.0/mlflow/traces"), ("POST", "/ajax-api/3.0/mlflow/traces/search"),
      ("POST", "/ajax-api/3.0/mlflow/traces/metrics"):
      return json([:])
    default: break
    }
    let prefix = "/ajax-api/2.0/mlflow/logged-models/"
    let parts = request.path.dropFirst(prefix.count).split(separator: "/")
    guard request.method == "GET", request.path.hasPrefix(prefix), parts.count == 3,
      parts[1] == "artifacts", parts[2] == "files"
    else { return nil }
    let id = String(parts[0])
    try permit.check("GET", loggedModel: id, "logged-models/\(id)", in: store)
    return try LoggedModelsAPI(store: store).artifact(id, request)
  }

  private func json(_ value: JSONValue) -> HTTPResponse { APIResponse.json(value).response }

  private static func hasContents(_ file: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return (attributes?[.size] as? UInt ?? 0) > 0
  }

  /// Logs the file that is the body.
  private func upload(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse {
    guard let id = request.queryValue("run_uuid") ?? request.queryValue("run_id"), !id.isEmpty
    else {
      throw APIError(.invalidParameterValue, "Request must specify run_uuid.")
    }
    guard let path = request.queryValue("path"), !path.isEmpty else {
      throw APIError(.invalidParameterValue, "Request must specify path.")
    }
    let place = try ArtifactsAPI.folder(path)
    guard let file = request.bodyFile, Self.hasContents(file) else {
      throw APIError(.invalidParameterValue, "Request must specify data.")
    }
    guard let run = try store.run(id: id) else {
      throw APIError(.resourceDoesNotExist, "Run with id=\(id) not found")
    }
    try permit.check(.edit, run: run)
    try store.takeArtifact(file, as: place, of: .run(run.row))
    return json([:])
  }
}
