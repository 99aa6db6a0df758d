import Tracking

/// What a version of a model is made of, as a client says; and what that means here.
///
/// A source must not lead to files of others: one on this machine or at this server has to be of the run or
/// the logged model that the client names with it.
struct ModelSource {
  var uri: String
  /// Where the files are, if that is not `uri`.
  var storage: String?
  var runID: String?
  var modelID: String?

  init(uri: String, runID: String?, modelID: String?) {
    self.uri = uri
    self.runID = runID
    self.modelID = modelID
  }

  /// Checks the source, follows it if it names another version, and learns its run.
  mutating func resolve(in store: TrackingStore) throws {
    if try followVersion(in: store) { return }
    let scheme = Self.scheme(uri)
    let owner = (modelID ?? "").isEmpty ? "run_id" : "model_id"
    guard scheme != nil, scheme != "file" else { throw localSource(owner) }
    guard !leadsElsewhere else {
      throw APIError(
        .invalidParameterValue,
        "Invalid model version source: '\(uri)'. If supplying a source as an http, https, local file "
          + "path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without "
          + "relative path references present. Please provide an absolute path.")
    }
    switch scheme {
    case "runs":
      let parts = Self.path(uri).split(separator: "/").map(String.init)
      guard owner == "run_id", !Self.hasAuthority(uri), let id = parts.first, id == runID else {
        throw wrong(owner)
      }
    case "models":
      let id = String(Self.path(uri).drop { $0 == "/" })
      guard owner == "model_id", id == modelID else { throw wrong("model_id") }
      guard let model = try? store.loggedModel(id) else { throw wrong("model_id") }
      storage = ArtifactURI.model(model)
      if (runID ?? "").isEmpty { runID = model.sourceRunID }
    case "mlflow-artifacts": try check(Self.path(uri), owner, in: store)
    case "http", "https":
      let path = Self.path(uri)
      guard let proxy = path.firstRange(of: ArtifactsAPI.proxy + "/") else {
        throw APIError(
          .invalidParameterValue,
          "Invalid model version source: '\(uri)'. A page of the web cannot hold a model's files; those of this "
            + "server are at mlflow-artifacts:/…, others at s3:// and the like.")
      }
      try check("/" + path[proxy.upperBound...], owner, in: store)
    default: break
    }
    if let id = modelID, !id.isEmpty, (runID ?? "").isEmpty {
      runID = try? store.loggedModel(id).sourceRunID
    }
  }

  /// Takes over what the version has that the source names, as `models:/NAME/3`, `models:/NAME/Production`, `models:/NAME/latest`
  /// or `models:/NAME@ALIAS`; returns whether it names one.
  private mutating func followVersion(in store: TrackingStore) throws -> Bool {
    guard Self.scheme(uri) == "models" else { return false }
    guard !Self.hasAuthority(uri) else { throw wrong("model_id") }
    let parts = Self.path(uri).drop { $0 == "/" }.split(
      separator: "/", omittingEmptySubsequences: false
    ).map(String.init)
    guard (1...2).contains(parts.count), !parts.contains("") else { throw wrong("model_id") }
    let at = parts.count == 1 ? parts[0].lastIndex(of: "@") : nil
    guard parts.count == 2 || at != nil else { return false }
    let name = at.map { String(parts[0][..<$0]) } ?? parts[0]
    guard try store.registeredModel(name).tags[RegisteredModel.promptTag] != "true" else {
      throw APIError(
        .invalidParameterValue,
        "Invalid model version source: '\(uri)'. Prompt versions cannot be used as model version sources."
      )
    }
    let version: ModelVersion
    if let at {
      let alias = String(parts[0][parts[0].index(after: at)...])
      version = try store.modelVersion(name, alias: alias)
    } else if let number = Int(parts[1]) {
      version = try store.modelVersion(name, number)
    } else if parts[1].lowercased() == "latest" {
      version = try store.modelVersion(name, alias: "latest")
    } else {
      let stage = try RegistryAPI.stage(parts[1])
      guard let latest = try store.latestVersions(of: name, stages: [stage]).first else {
        throw TrackingError.modelVersionNotFound(name: name, version: stage.rawValue)
      }
      version = latest
    }
    let isOther =
      runID.map { $0 != version.runID } ?? false
      || modelID.map { $0 != version.loggedModelID ?? "" } ?? false
    guard !isOther else {
      throw APIError(
        .invalidParameterValue,
        "Invalid model version source: '\(uri)'. The run_id and model_id request parameters must match "
          + "the referenced model version.")
    }
    uri = "models:/\(version.model)/\(version.version)"
    storage = version.storage
    (runID, modelID) = (version.runID, version.loggedModelID)
    return true
  }

  /// Throws unless `path`, of the artifact proxy, is among the files of the run or model.
  private func check(_ path: String, _ owner: String, in store: TrackingStore) throws {
    let root: String
    if let id = modelID, !id.isEmpty {
      guard let model = try? store.loggedModel(id) else { throw wrong(owner) }
      root = ArtifactURI.model(model)
    } else {
      guard let id = runID, !id.isEmpty, let run = try store.run(id: id) else { throw wrong(owner) }
      root = ArtifactURI.run(run)
    }
    let folder = Self.path(root)
    guard path == folder || path.hasPrefix(folder + "/") else { throw wrong(owner) }
  }

  private func wrong(_ owner: String) -> APIError {
    APIError(
      .invalidParameterValue,
      "Invalid model version source: '\(uri)'. The \(owner) request parameter must identify the resource "
        + "that contains the source.")
  }

  private func localSource(_ owner: String) -> APIError {
    APIError(
      .invalidParameterValue,
      "Invalid model version source: '\(uri)'. To use a local path as a model version source, the \(owner) "
        + "request parameter has to be specified and the local path has to be contained within the artifact "
        + "directory of the run specified by the \(owner).")
  }

  // MARK: Parts of a URI

  /// Whether the source has `..`, `.` or a NUL in it, also by an escape of an escape.
  private var leadsElsewhere: Bool {
    var text = uri
    while case let plain = StoreLocation.decodingPercents(text), plain != text { text = plain }
    return text.utf8.contains(0)
      || text.split(separator: "/").contains { $0 == ".." || $0 == "." }
      || text.contains("\\")
  }

  private static func scheme(_ uri: String) -> String? {
    guard let colon = uri.firstIndex(of: ":"), uri.first?.isLetter == true else { return nil }
    let scheme = uri[..<colon].lowercased()
    let isOne = scheme.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.".utf8.contains($0)
    }
    return isOne ? scheme : nil
  }

  private static func hasAuthority(_ uri: String) -> Bool {
    guard let colon = uri.firstIndex(of: ":") else { return false }
    let rest = uri[uri.index(after: colon)...]
    return rest.hasPrefix("//") && !rest.hasPrefix("///")
  }

  /// The path, with a slash at its beginning, without scheme, authority, query and doubled slashes.
  static func path(_ uri: String) -> String {
    guard let colon = uri.firstIndex(of: ":") else { return uri }
    var rest = uri[uri.index(after: colon)...]
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
    }
    let path = rest.prefix { $0 != "?" && $0 != "#" }
    return "/" + path.split(separator: "/").joined(separator: "/")
  }
}

extension ArtifactsAPI {
  /// Whose file a URI means, and which: `runs:/RUN/PATH` or one of the proxy; `nil` for one that is elsewhere.
  func place(
    uri: String
  ) throws -> ArtifactPlace? {
    let path = String(ModelSource.path(uri).dropFirst())
    if uri.hasPrefix("mlflow-artifacts:") { return try place(path) }
    guard uri.hasPrefix("runs:") else { return nil }
    let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
    guard let id = parts.first, let run = try store.run(id: id) else { return nil }
    return ArtifactPlace(
      owner: .run(run.row), experiment: run.experimentID, path: parts.count > 1 ? parts[1] : "")
  }
}
