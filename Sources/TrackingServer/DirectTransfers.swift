import HTTPServer

/// Transfers that go past the server, straight between a client and where artifacts are kept.
///
/// Artifacts are kept by the server itself, which takes and gives files of any size in one request, and parts of them by `Range`. So
/// there is no other place to send a client to; it hears so, and does what it does with a server of MLflow whose artifacts are local.
enum DirectTransfers {
  /// Refuses a request for such a transfer.
  static func check(_ request: HTTPRequest) throws(APIError) {
    for prefix in ["/api/2.0/", "/ajax-api/2.0/"] where request.path.hasPrefix(prefix) {
      let path = request.path.dropFirst(prefix.count)
      guard let kind = kinds.first(where: { path.hasPrefix($0.path) })?.kind else { continue }
      throw APIError(
        .notImplemented,
        "\(kind) is not supported for the current artifact repository: artifacts are kept by this server. "
          + "Send the file with PUT, and ask for it with GET.")
    }
  }

  private static let kinds = [
    (path: "mlflow-artifacts/mpu/", kind: "Multipart upload"),
    (path: "mlflow-artifacts/presigned/", kind: "Presigned download"),
    (path: "mlflow/artifacts/presigned-upload-url", kind: "Presigned upload"),
    (path: "mlflow/artifacts/presigned-download-url", kind: "Presigned download"),
  ]
}
