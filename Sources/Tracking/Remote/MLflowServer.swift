import FoundationEssentials
import HTTPClient
import JSONValues

/// Why a server did not take something.
enum DeliveryFailure: Error, Equatable {
  /// It cannot be reached or is overloaded: try again later.
  case away(reason: String)
  /// It wants other credentials, or is no tracking server: somebody has to do something.
  case refused(reason: String)
  /// It will never take this.
  case rejected(code: String, reason: String)

  var reason: String {
    switch self {
    case .away(let reason), .refused(let reason), .rejected(_, let reason): reason
    }
  }
}

/// The calls of MLflow's REST API 2.0 that logging needs.
///
/// - SeeAlso: MLflow's documentation, "REST API".
struct MLflowServer: Sendable {
  let address: ServerAddress
  private let client: HTTPClient
  /// For uploads, which take as long as they need.
  private let uploads: HTTPClient

  init(_ address: ServerAddress, limit: Duration = .seconds(60)) {
    self.address = address
    var settings = address.settings
    uploads = HTTPClient(settings)
    settings.totalLimit = limit
    settings.connectLimit = .seconds(5)
    client = HTTPClient(settings)
  }

  /// Calls `/api/2.0/mlflow/…`; GET puts the members into the query.
  func call(
    _ method: String, _ path: String, _ message: JSONValue
  ) throws(DeliveryFailure) -> JSONValue {
    var url = "\(address.url)/api/2.0/mlflow/\(path)"
    var body = HTTPClientRequest.Body.none
    if method == "GET" {
      let members = (message.object ?? [:]).sorted { $0.key < $1.key }
      let query = members.map { "\($0.key)=\(Self.escaped($0.value.string ?? "\($0.value)"))" }
      if !query.isEmpty { url += "?" + query.joined(separator: "&") }
    } else {
      body = .bytes(message.utf8)
    }
    let response = try send(client, HTTPClientRequest(method, url, body: body), isJSON: true)
    return JSONValue(utf8: response.body) ?? [:]
  }

  /// Uploads a file through the server's proxy of artifacts, or copies it to where both see it.
  func upload(
    _ file: String, as path: String, artifactURI: String
  ) throws(DeliveryFailure) {
    let escaped = path.split(separator: "/").map { Self.escaped(String($0)) }.joined(separator: "/")
    let marker = "mlflow-artifacts:"
    let url: String
    if artifactURI.hasPrefix(marker) {
      var rest = artifactURI.dropFirst(marker.count)
      // mlflow-artifacts://host:port/path names the server, which is the one that is asked.
      if rest.hasPrefix("//") { rest = rest.dropFirst(2).drop { $0 != "/" } }
      while rest.first == "/" { rest = rest.dropFirst() }
      url = "\(address.url)/api/2.0/mlflow-artifacts/artifacts/\(rest)/\(escaped)"
    } else if artifactURI.hasPrefix("http://") || artifactURI.hasPrefix("https://") {
      url = "\(artifactURI)/\(escaped)"
    } else if artifactURI.hasPrefix("/") || artifactURI.hasPrefix("file:///") {
      let root = artifactURI.hasPrefix("/") ? artifactURI : String(artifactURI.dropFirst(7))
      try copy(file, to: "\(StoreLocation.decodingPercents(root))/\(path)")
      return
    } else {
      throw .rejected(
        code: "ARTIFACTS",
        reason: "its artifacts are at \(artifactURI), which only the server can "
          + "write: start it with --serve-artifacts")
    }
    let type = HTTPClientRequest.Body.file(path: file)
    _ = try send(uploads, HTTPClientRequest("PUT", url, body: type), isJSON: false)
  }

  /// Ends requests that are on their way.
  func cancel() {
    client.cancel()
    uploads.cancel()
  }

  private func send(
    _ client: HTTPClient, _ request: HTTPClientRequest, isJSON: Bool
  ) throws(DeliveryFailure) -> HTTPClientResponse {
    var request = request
    request.headers.append(
      ("Content-Type", isJSON ? "application/json" : "application/octet-stream"))
    // Of our own server, which refuses the names to others that MLflow does not allow.
    request.headers.append(("X-Martlet-Names", "any"))
    if let authorization = address.authorization {
      request.headers.append(("Authorization", authorization))
    }
    let response: HTTPClientResponse
    do throws(HTTPClientError) {
      response = try client.send(request)
    } catch {
      switch error {
      case .fileFailed(_, let reason): throw .rejected(code: "FILE", reason: reason)
      case .invalidRequest, .insecure, .libraryMissing: throw .refused(reason: error.description)
      default: throw .away(reason: error.description)
      }
    }
    if response.isSuccess { return response }
    throw Self.failure(response)
  }

  /// What an answer that is no success means.
  static func failure(_ response: HTTPClientResponse) -> DeliveryFailure {
    let message = JSONValue(utf8: response.body)
    let code = message?["error_code"]?.string
    let text = message?["message"]?.string ?? String(response.text.prefix(200))
    let reason = "status \(response.status): \(text.prefix(1000))"
    switch response.status {
    case 401, 403: return .refused(reason: reason)
    case 408, 425, 429, 500, 502, 503, 504, 507: return .away(reason: reason)
    case _ where code == nil && response.status != 413:
      return .refused(reason: "\(reason) (is this a tracking server?)")
    default: return .rejected(code: code ?? "TOO_LARGE", reason: reason)
    }
  }

  private func copy(_ file: String, to path: String) throws(DeliveryFailure) {
    do {
      let target = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      if FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
      try FileManager.default.copyItem(atPath: file, toPath: path)
    } catch {
      throw .rejected(
        code: "ARTIFACTS",
        reason: "it cannot be copied to \(path): start the server with "
          + "--serve-artifacts, or log from where that folder can be written")
    }
  }

  /// `text` for a part of a path or a query.
  private static func escaped(_ text: String) -> String {
    var result = ""
    let digits = Array("0123456789ABCDEF")
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 128,
        scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar)
      {
        result.unicodeScalars.append(scalar)
      } else {
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return result
  }
}
