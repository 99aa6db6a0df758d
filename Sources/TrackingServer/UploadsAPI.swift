import HTTPServer
import JSONValues
import Tracking

/// Files that come in parts, by MLflow's calls for that.
///
/// A part goes to a URL that the answer of `create` has: one of this server, which takes it with a secret in a header, or one of
/// the bucket where artifacts are kept.
struct UploadsAPI: Sendable {
  static let prefix = "/api/2.0/mlflow-artifacts/mpu/"
  static let parts = "/api/2.0/martlet/uploads/"
  /// The header that the secret of an upload is sent in; unlike a URL, no log has it.
  static let header = "X-Martlet-Upload"
  /// The most bytes of the list of parts that `complete` takes: 10,000 with a long URL each.
  static let longestList = 32 << 20

  let store: TrackingStore
  let door: Doorkeeper
  /// Whether the server speaks TLS itself.
  let isSecure: Bool

  /// Which call a path means: `create`, `complete` or `abort`, and the folder of the artifact.
  static func call(_ path: String) -> (name: Substring, folder: Substring)? {
    for prefix in [prefix, "/ajax-" + prefix.dropFirst()] where path.hasPrefix(prefix) {
      let parts = path.dropFirst(prefix.count).split(
        separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard ["create", "complete", "abort"].contains(parts[0]) else { return nil }
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
    return nil
  }

  /// Whether a request brings a list of parts, which may be long.
  static func isList(_ head: HTTPRequestHead) -> Bool {
    head.method == "POST" && call(head.path)?.name == "complete"
  }

  /// Whether a request brings a part.
  static func isPart(_ head: HTTPRequestHead) -> Bool {
    head.method == "PUT" && head.path.hasPrefix(parts)
  }

  /// Answers a call, if the request is one.
  func answer(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse? {
    guard request.method == "POST", let (name, folder) = Self.call(request.path) else { return nil }
    let fields = try APIFields(request)
    let artifact = try Self.artifact(folder, fields.required("path"))
    let place = try ArtifactsAPI(store: store).place(artifact)
    let (owner, path) = (place.owner, place.path)
    try permit.check(.edit, place, artifact)
    if name == "create" {
      let count = try fields.integer("num_parts") ?? 1
      let (upload, secret) = try store.beginUpload(
        path, of: owner, place: artifact, partCount: Int(clamping: count),
        account: permit.account?.name)
      do {
        return APIResponse.json(try credentials(upload, secret, request)).response
      } catch {
        try? store.abortUpload(upload)
        throw error
      }
    }
    let id = try fields.required("upload_id")
    guard let upload = store.upload(id), upload.place == artifact else {
      throw APIError(
        .resourceDoesNotExist,
        "There is no upload \(id.prefix(80)) of \(artifact). It was aborted, or began over a day ago; send the file again."
      )
    }
    if name == "complete" {
      let parts = try fields.messages("parts").map { part in
        UploadedPart(
          number: Int(clamping: try part.integer("part_number") ?? 0),
          etag: try part.string("etag") ?? "")
      }
      try store.completeUpload(upload, parts, as: path, of: owner)
    } else {
      try store.abortUpload(upload)
    }
    return APIResponse.json(JSONValue.object([:])).response
  }

  // MARK: Parts

  /// The upload that a request brings a part of, and the part's number; throws unless its secret is right and whoever began the
  /// upload may still log there.
  func part(
    _ path: String, _ headers: [String: String]
  ) throws(APIError) -> (upload: PartedUpload, number: Int) {
    let words = path.dropFirst(Self.parts.count).split(
      separator: "/", omittingEmptySubsequences: false)
    // Who knows no secret learns nothing of which uploads there are.
    guard words.count == 2, let number = Int(words[1]), let upload = store.upload(String(words[0])),
      let secret = headers[Self.header.lowercased()], upload.isSecret(secret)
    else {
      throw APIError(
        .permissionDenied,
        "There is no such upload, or the header \(Self.header) is not that of its credentials.")
    }
    guard let place = try? ArtifactsAPI(store: store).place(upload.place) else {
      throw ArtifactsAPI.missing(upload.place)
    }
    try door.permit(account: upload.account).check(.edit, place, upload.place)
    return (upload, number)
  }

  /// Takes a part.
  func take(_ request: HTTPRequest) throws -> HTTPResponse {
    let (upload, number) = try part(request.path, request.headers)
    guard let file = request.bodyFile else { throw APIError.missing("part") }
    let etag = try store.takePart(number, file, of: upload)
    var response = HTTPResponse(
      200, headers: APIResponse.headers + [(name: "ETag", value: etag)])
    response.account = upload.account
    return response
  }

  // MARK: Names

  /// The path of an artifact for the proxy: `file`, the client's path of it, gives its last part.
  private static func artifact(_ folder: Substring, _ file: String) throws(APIError) -> String {
    let folder = try ArtifactsAPI.folder(String(folder))
    // Clients on Windows send their own separators, which no name of an artifact may have.
    let name = file.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last ?? ""
    guard !name.isEmpty, !folder.isEmpty else {
      throw APIError(.invalidParameterValue, "Invalid path: \(file)")
    }
    return try ArtifactsAPI.folder("\(folder)/\(name)")
  }

  private func credentials(
    _ upload: PartedUpload, _ secret: String, _ request: HTTPRequest
  ) throws -> JSONValue {
    var list: [JSONValue] = []
    list.reserveCapacity(upload.partCount)
    for number in 1...upload.partCount {
      if let url = try store.partURL(number, of: upload) {
        list.append(["url": .string(url), "part_number": .int(number), "headers": [:]])
      } else {
        let address = try OwnAddress.url(of: request, isSecure: isSecure)
        list.append([
          "url": .string("\(address)\(Self.parts)\(upload.id)/\(number)"),
          "part_number": .int(number), "headers": [Self.header: .string(secret)],
        ])
      }
    }
    return ["upload_id": .string(upload.id), "credentials": .array(list)]
  }
}

/// The server's own address, as the client of a request knows it.
enum OwnAddress {
  /// Its URL, without a slash at the end.
  ///
  /// A server in between tells by `X-Forwarded-…` how it is called. Clients might, too; but the answer is theirs alone.
  static func url(of request: HTTPRequest, isSecure: Bool) throws(APIError) -> String {
    func forwarded(_ name: String) -> String? {
      request.headers["x-forwarded-\(name)"]?.split(separator: ",").first.map {
        String($0).filter { $0 != " " }
      }
    }
    let scheme = forwarded("proto")?.lowercased() ?? (isSecure ? "https" : "http")
    let host = forwarded("host") ?? request.headers["host"] ?? ""
    var prefix = forwarded("prefix") ?? ""
    while prefix.hasSuffix("/") { prefix.removeLast() }
    let isHost =
      !host.isEmpty
      && host.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || "0123456789.-_:[]%".unicodeScalars.contains($0))
      }
    let isPrefix =
      (prefix.isEmpty || prefix.hasPrefix("/"))
      && prefix.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"?#\"<>\\".utf8.contains($0) }
    guard ["http", "https"].contains(scheme), isHost, isPrefix else {
      throw APIError(
        .invalidParameterValue,
        "Parts cannot be sent here: the headers Host and X-Forwarded-… name no address of this server."
      )
    }
    return "\(scheme)://\(host)\(prefix)"
  }
}
