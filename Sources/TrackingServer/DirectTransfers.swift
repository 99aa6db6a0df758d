import HTTPServer
import JSONValues
import Tracking

/// Transfers that go past the server, straight between a client and the bucket where artifacts are kept.
///
/// For artifacts in a folder there are none; the client hears so, and does what it does with a server of MLflow whose artifacts are
/// local. Nor is there an upload without an end that the server hears of: it could not know the SHA-256 of what came.
struct DirectTransfers: Sendable {
  /// For how many seconds a URL is valid.
  static let lifetime = 300
  static let downloads = "/api/2.0/mlflow-artifacts/presigned"
  let store: TrackingStore

  /// Answers a request for such a transfer.
  func answer(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse? {
    for prefix in ["/api/2.0/", "/ajax-api/2.0/"] where request.path.hasPrefix(prefix) {
      let path = request.path.dropFirst(prefix.count)
      guard let kind = Self.kinds.first(where: { path.hasPrefix($0.path) }) else { continue }
      if kind.path == Self.kinds[0].path, request.method == "GET", store.isInBucket,
        let answer = try download(String(path.dropFirst(kind.path.count)), permit)
      {
        return answer
      }
      throw APIError(
        .notImplemented,
        "\(kind.name) is not supported for the current artifact repository. "
          + "Send the file to this server, and ask this server for it.")
    }
    return nil
  }

  /// The URL of an artifact's contents at the bucket; `nil` where they are in a folder.
  private func download(_ name: String, _ permit: Permit) throws -> HTTPResponse? {
    let place = try ArtifactsAPI(store: store).place(name)
    try permit.check(.read, place, name)
    let found = try store.artifacts(of: place.owner).first { $0.path == place.path }
    guard let artifact = found else { throw ArtifactsAPI.missing(name) }
    let file = artifact.path.split(separator: "/").last.map(String.init) ?? artifact.path
    guard
      let url = try store.downloadURL(
        of: artifact, disposition: ArtifactsAPI.disposition(file), seconds: Self.lifetime)
    else { return nil }
    return APIResponse.json(
      ["url": .string(url), "headers": [:], "file_size": .int(Int(artifact.byteCount))] as JSONValue
    ).response
  }

  private static let kinds = [
    (path: "mlflow-artifacts/presigned/", name: "Multipart download"),
    (path: "mlflow/artifacts/presigned-upload-url", name: "Presigned upload"),
    (path: "mlflow/artifacts/presigned-download-url", name: "Presigned download"),
  ]
}
