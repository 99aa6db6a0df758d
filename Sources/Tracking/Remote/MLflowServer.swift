import FoundationEssentials
import HTTPClient
import JSONValues

/// Why a server did not take something.
enum DeliveryFailure: Error, Equatable {
  /// It cannot be reached or is overloaded: try again later.
  case away(reason: String)
  /// It has failed by itself: perhaps only now, perhaps always with this.
  case broken(reason: String)
  /// It wants other credentials, or is no tracking server: somebody has to do something.
  case refused(reason: String)
  /// It will never take this.
  case rejected(code: String, reason: String)

  var reason: String {
    switch self {
    case .away(let reason), .broken(let reason), .refused(let reason), .rejected(_, let reason):
      reason
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

  /// Calls `/api/2.0/mlflow/…`; GET puts the members into the query, those of lists one by one.
  func call(
    _ method: String, _ path: String, _ message: JSONValue
  ) throws(DeliveryFailure) -> JSONValue {
    var url = "\(address.url)/api/2.0/mlflow/\(path)"
    var body = HTTPClientRequest.Body.none
    if method == "GET" {
      let members = (message.object ?? [:]).sorted { $0.key < $1.key }
      let query = members.flatMap { name, value in
        (value.array ?? [value]).map {
          "\(name)=\(StoreLocation.encodingPercents($0.string ?? "\($0)"))"
        }
      }
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
    let escaped = StoreLocation.encodingPercents(
      path.split(separator: "/").joined(separator: "/"), isPath: true)
    let url: String
    if let place = proxyPath(artifactURI) {
      url = "\(address.url)\(Self.proxy)/\(place)/\(escaped)"
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

  private static let proxy = "/api/2.0/mlflow-artifacts/artifacts"

  /// The path of a URI within the server's proxy of artifacts; `nil` for another URI.
  private func proxyPath(_ uri: String) -> String? {
    let marker = "mlflow-artifacts:"
    guard uri.hasPrefix(marker) else { return nil }
    var rest = uri.dropFirst(marker.count)
    // mlflow-artifacts://host:port/path names the server, which is the one that is asked.
    if rest.hasPrefix("//") { rest = rest.dropFirst(2).drop { $0 != "/" } }
    return String(rest.drop { $0 == "/" })
  }

  /// The paths of the files below a URI of the proxy.
  func list(_ uri: String) throws(DeliveryFailure) -> [String] {
    guard let root = proxyPath(uri) else { return [] }
    return try list { folder in
      let place = folder.isEmpty ? root : "\(root)/\(folder)"
      return "\(Self.proxy)?path=\(StoreLocation.encodingPercents(place))"
    } below: { folder, name in
      folder.isEmpty ? name : "\(folder)/\(name)"
    }.map(\.path)
  }

  /// Writes the file `path` below a URI of the proxy to `file`.
  func download(_ path: String, of uri: String, to file: String) throws(DeliveryFailure) {
    let escaped = StoreLocation.encodingPercents(path, isPath: true)
    try download("\(Self.proxy)/\(proxyPath(uri) ?? "")/\(escaped)", to: file)
  }

  /// The files of a tree of folders, by path.
  ///
  /// - Parameters:
  ///   - request: The path and query that lists a folder.
  ///   - path: The path of what a list calls `name`, in a folder.
  /// - Returns: The files with their paths from the root.
  /// - Throws: ``DeliveryFailure``, also for a list with a path that is none.
  func list(
    _ request: (_ folder: String) -> String,
    below path: (_ folder: String, _ name: String) -> String
  ) throws(DeliveryFailure) -> [ServerFile] {
    var files: [ServerFile] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let url = "\(address.url)\(request(folder))"
      let response = try send(client, HTTPClientRequest("GET", url), isJSON: true)
      for file in JSONValue(utf8: response.body)?["files"]?.array ?? [] {
        guard let name = file["path"]?.string else { continue }
        let path = path(folder, name)
        // A server's word for where files go is not taken.
        guard folder.isEmpty || path.hasPrefix("\(folder)/"),
          (try? ArtifactPath.validate(path)) != nil
        else {
          throw .rejected(code: "ARTIFACTS", reason: "it names a file \"\(path.prefix(200))\"")
        }
        if file["is_dir"]?.bool == true {
          folders.append(path)
        } else {
          files.append(
            ServerFile(path: path, byteCount: JSONNumber.milliseconds(file, "file_size")))
        }
      }
    }
    return files.sorted { $0.path < $1.path }
  }

  /// Writes what the server answers to a path and query to `file`.
  func download(_ request: String, to file: String) throws(DeliveryFailure) {
    var request = HTTPClientRequest("GET", "\(address.url)\(request)")
    if let authorization = address.authorization {
      request.headers.append(("Authorization", authorization))
    }
    let response: HTTPClientResponse
    do throws(HTTPClientError) {
      response = try uploads.download(request, to: file)
    } catch {
      throw Self.failure(error)
    }
    if !response.isSuccess { throw Self.failure(response) }
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
      throw Self.failure(error)
    }
    if response.isSuccess { return response }
    throw Self.failure(response)
  }

  private static func failure(_ error: HTTPClientError) -> DeliveryFailure {
    switch error {
    case .fileFailed(_, let reason): .rejected(code: "FILE", reason: reason)
    case .invalidRequest, .insecure, .libraryMissing: .refused(reason: error.description)
    default: .away(reason: error.description)
    }
  }

  /// What an answer that is no success means.
  static func failure(_ response: HTTPClientResponse) -> DeliveryFailure {
    let message = JSONValue(utf8: response.body)
    let code = message?["error_code"]?.string
    let text = message?["message"]?.string ?? String(response.text.prefix(200))
    let reason = "status \(response.status): \(text.prefix(1000))"
    switch response.status {
    case 401, 403: return .refused(reason: reason)
    case 408, 425, 429, 502, 503, 504, 507: return .away(reason: reason)
    case 500: return .broken(reason: reason)
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
}
