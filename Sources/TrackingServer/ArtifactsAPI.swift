import FoundationEssentials
import HTTPServer
import JSONValues
import Tracking

/// Whose file it is that a path of MLflow's proxy means, and which.
struct ArtifactPlace {
  let owner: ArtifactOwner
  /// The number of the experiment that it is in; `nil` for what all share.
  let experiment: Int64?
  let path: String
}

extension Permit {
  /// Throws unless `role` is held for what is at `place`, which the request calls `name`.
  func check(_ role: Role, _ place: ArtifactPlace, _ name: String) throws(APIError) {
    guard let experiment = place.experiment else { return try checkEverywhere(role) }
    try check(role, experiment: experiment, absent: ArtifactsAPI.missing(name))
  }
}

/// Artifacts: MLflow's proxy for them, and their lists.
struct ArtifactsAPI {
  static let proxy = "/api/2.0/mlflow-artifacts/artifacts"
  let store: TrackingStore

  /// Answers a call of the proxy, whose path goes on with `rest`.
  func answer(
    _ request: HTTPRequest, _ rest: Substring, _ permit: Permit
  ) throws -> HTTPResponse {
    if rest.isEmpty || rest == "/" {
      guard request.method == "GET" else {
        throw APIError.notAllowed(request.method, request.path, allowed: ["GET"])
      }
      return APIResponse.json(try list(in: request.queryValue("path") ?? "", permit)).response
    }
    let name = String(rest.dropFirst())
    guard ["GET", "PUT", "DELETE"].contains(request.method) else {
      throw APIError.notAllowed(
        request.method, request.path, allowed: ["GET", "PUT", "DELETE"])
    }
    let place = try place(name)
    let (owner, path) = (place.owner, place.path)
    let roles: [String: Role] = ["PUT": .edit, "DELETE": .manage]
    try permit.check(roles[request.method] ?? .read, place, name)
    switch request.method {
    case "PUT":
      guard let file = request.bodyFile else { throw APIError.missing("path") }
      try store.takeArtifact(file, as: path, of: owner)
      return HTTPResponse(200, headers: Array(APIResponse.headers.dropFirst()))
    case "DELETE":
      // As with MLflow, what is not there is removed.
      _ = try store.removeArtifacts(path, of: owner)
      return APIResponse.json(JSONValue.object([:])).response
    default: return try content(of: owner, path, request)
    }
  }

  /// `artifacts/list`: what is in a folder of a run, with paths from the run's root.
  func list(_ fields: APIFields) throws -> JSONValue {
    let run = try store.run(of: fields)
    let path = try Self.folder(fields.string("path") ?? "")
    return try list(path, of: .run(run.row), root: ArtifactURI.run(run))
  }

  /// What is in a folder of `owner`, with paths from `root`.
  func list(_ path: String, of owner: ArtifactOwner, root: String) throws -> JSONValue {
    var message: [String: JSONValue] = ["root_uri": .string(root)]
    let files = try self.files(of: owner, in: path)
    if !files.isEmpty {
      message["files"] = .array(files.map { $0.message(below: path.isEmpty ? "" : path + "/") })
    }
    return .object(message)
  }

  /// `/get-artifact`: the contents of one, as MLflow's page asks for it.
  func get(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse {
    let fields = try APIFields(request)
    let (run, path) = (try store.run(of: fields), try fields.required("path"))
    try permit.check(.read, run: run)
    return try content(of: .run(run.row), Self.folder(path), request)
  }

  // MARK: Places

  /// Whose file a path of the proxy means, and which: `EXPERIMENT/RUN/artifacts/PATH` or `EXPERIMENT/models/MODEL/artifacts/PATH`,
  /// or another one that does not begin with a number, and is of a file that all share.
  func place(_ path: String) throws -> ArtifactPlace {
    let parts = try Self.folder(path).split(separator: "/").map(String.init)
    if parts.count >= 3, parts[2] == "artifacts", let run = try store.run(id: parts[1]),
      "\(run.experimentID)" == parts[0]
    {
      return ArtifactPlace(
        owner: .run(run.row), experiment: run.experimentID,
        path: parts.dropFirst(3).joined(separator: "/"))
    }
    if Int64(parts.first ?? "") == nil {
      return ArtifactPlace(
        owner: .shared, experiment: nil, path: parts.joined(separator: "/"))
    }
    guard parts.count >= 4, parts[1] == "models", parts[3] == "artifacts",
      let model = try? store.loggedModel(parts[2]), "\(model.experimentID)" == parts[0]
    else { throw Self.missing(path) }
    return ArtifactPlace(
      owner: .model(model.row), experiment: model.experimentID,
      path: parts.dropFirst(4).joined(separator: "/"))
  }

  /// `path` without a slash at its ends; refuses one that leads elsewhere, also by an escape that was escaped itself.
  static func folder(_ path: String) throws(APIError) -> String {
    let lower = path.lowercased()
    let isWrong =
      path.hasPrefix("/") || path.contains("\\") || path.utf8.contains(0) || path.contains("://")
      || path.split(separator: "/").contains { $0 == ".." || $0 == "." }
      || ["%00", "%2e", "%2f", "%5c"].contains { lower.contains($0) }
    guard !isWrong else { throw APIError(.invalidParameterValue, "Invalid path") }
    return path.split(separator: "/").joined(separator: "/")
  }

  static func missing(_ path: String) -> APIError {
    APIError(.resourceDoesNotExist, "There is no artifact \(path).")
  }

  // MARK: Lists

  private struct Entry {
    let name: String
    /// `nil` for a folder.
    let size: Int64?

    func message(below prefix: String) -> JSONValue {
      var members: [String: JSONValue] = [
        "path": .string(prefix + name), "is_dir": .bool(size == nil),
      ]
      if let size { members["file_size"] = .int(Int(size)) }
      return .object(members)
    }
  }

  private func list(in path: String, _ permit: Permit) throws -> JSONValue {
    guard let place = try? place(path), (try? permit.check(.read, place, path)) != nil else {
      _ = try Self.folder(path)
      return [:]
    }
    let files = try self.files(of: place.owner, in: place.path)
    return files.isEmpty ? [:] : ["files": .array(files.map { $0.message(below: "") })]
  }

  /// What is in a folder of `owner`, by name.
  private func files(of owner: ArtifactOwner, in folder: String) throws -> [Entry] {
    let prefix = folder.isEmpty ? "" : folder + "/"
    var entries: [Entry] = []
    for artifact in try store.artifacts(of: owner) where artifact.path.hasPrefix(prefix) {
      let rest = artifact.path.dropFirst(prefix.count)
      if let slash = rest.firstIndex(of: "/") {
        let name = String(rest[..<slash])
        if !entries.contains(where: { $0.name == name }) {
          entries.append(Entry(name: name, size: nil))
        }
      } else {
        entries.append(Entry(name: String(rest), size: artifact.byteCount))
      }
    }
    return entries.sorted { $0.name < $1.name }
  }

  // MARK: Contents

  func content(
    of owner: ArtifactOwner, _ path: String, _ request: HTTPRequest
  ) throws -> HTTPResponse {
    let artifacts = try store.artifacts(of: owner)
    guard let artifact = artifacts.first(where: { $0.path == path }) else {
      let isFolder = artifacts.contains { $0.path.hasPrefix(path + "/") }
      guard isFolder || path.isEmpty else { throw Self.missing(path) }
      throw APIError(
        .invalidParameterValue, "\"\(path)\" is a folder, not a file. List it instead.")
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var headers: [(name: String, value: String)] = [
      ("Content-Type", ContentKind.of(name)), ("X-Content-Type-Options", "nosniff"),
      ("Content-Disposition", Self.disposition(name)),
      ("ETag", "\"\(artifact.sha256)\""), ("Accept-Ranges", "bytes"),
    ]
    let size = artifact.byteCount
    guard let range = request.headers["range"].flatMap({ Self.range($0, size: size) }) else {
      return HTTPResponse(200, try body(artifact, 0..<size), headers: headers)
    }
    guard !range.isEmpty else {
      return HTTPResponse(416, headers: [("Content-Range", "bytes */\(size)")])
    }
    headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"))
    return HTTPResponse(206, try body(artifact, range), headers: headers)
  }

  /// Has a browser keep what it gets, as a file called `name`.
  ///
  /// - SeeAlso: RFC 6266, section 4.
  static func disposition(_ name: String) -> String {
    if !name.isEmpty && name.utf8.allSatisfy(isOfToken) { return "attachment; filename=\(name)" }
    let quoted = String(name.map { "\"\\".contains($0) || !$0.isASCII ? "_" : $0 })
    return "attachment; filename=\"\(quoted)\"; "
      + "filename*=UTF-8''\(StoreLocation.encodingPercents(name))"
  }

  /// Whether a byte needs no quotes in a header.
  ///
  /// - SeeAlso: RFC 9110, section 5.6.2, "Tokens".
  private static func isOfToken(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
      || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  private func body(
    _ artifact: ArtifactRecord, _ range: Range<Int64>
  ) throws -> HTTPResponse.Body {
    let file = try store.contentFile(of: artifact, range)
    let count = Int64(range.count)
    return file.isTemporary
      ? .temporaryFile(path: file.path, count: count)
      : .file(path: file.path, offset: file.offset, count: count)
  }

  /// The bytes that a Range header asks for: empty if there are none such, `nil` if the header is to be ignored.
  ///
  /// - SeeAlso: RFC 9110, section 14.2.
  private static func range(_ header: String, size: Int64) -> Range<Int64>? {
    guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    if ends[0].isEmpty {
      guard let count = Int64(ends[1]), count >= 0 else { return nil }
      return max(0, size - count)..<size
    }
    guard let first = Int64(ends[0]), first >= 0 else { return nil }
    guard first < size else { return 0..<0 }
    if ends[1].isEmpty { return first..<size }
    guard let last = Int64(ends[1]), last >= first else { return nil }
    return first..<min(size, last == .max ? last : last + 1)
  }
}
