import FoundationEssentials
import Glibc
import Locks
import Processes

/// The files of a logged or registered model, in a folder of this machine.
///
/// ```swift
/// let champion = try LoadedModel("models:/digits@champion")
/// print(champion.files, champion.version ?? 0)
/// let weights = champion.path("model.safetensors")
/// ```
///
/// A folder that was not chosen is removed when the program ends.
public struct LoadedModel: Sendable {
  /// What it was loaded by.
  public let uri: String
  /// The folder that holds its files.
  public let folder: String
  /// The paths of its files in the folder, sorted.
  public let files: [String]
  /// The run that made it; `nil` if that is unknown.
  public let runID: String?
  /// The logged model that it is, if it is one.
  public let loggedModelID: String?
  /// The registered model that it was found by; `nil` without one.
  public let registeredName: String?
  /// The version of that; `nil` without one.
  public let version: Int?

  /// Copies the files of a model to this machine, from the store or from its server.
  ///
  /// - Parameters:
  ///   - uri: `models:/NAME@ALIAS`, `models:/NAME/3`, `models:/NAME/latest`, `models:/NAME/Production`, `models:/m-ID` or
  ///     `runs:/RUN/PATH`; of a registered model, `models:/` may be left out.
  ///   - folder: The folder to copy to, which is made; by default a temporary one.
  ///   - store: Where the model is. By default, the store that `TrackingStore()` finds.
  /// - Throws: ``TrackingError`` when there is no such model, or its files cannot be had or written.
  public init(
    _ uri: String, to folder: String? = nil, in store: TrackingStore? = nil
  ) throws(TrackingError) {
    let reference = try ModelReference(uri)
    let store = try TrackingStore.chosen(store)
    let found = try store.location(of: reference)
    let target = if let folder { folder } else { try ModelFolders.make() }
    do throws(TrackingError) {
      files = try store.copy(found.files, of: found.description, to: target)
    } catch {
      if folder == nil { TemporaryFolder.remove(target) }
      throw error
    }
    self.uri = uri
    self.folder = target
    (runID, loggedModelID) = (found.runID, found.loggedModelID)
    (registeredName, version) = (found.version?.model, found.version?.version)
  }

  /// Where one of its files is.
  ///
  /// - Parameter file: The file's path in the model.
  /// - Returns: The path of the copy.
  public func path(_ file: String) -> String { "\(folder)/\(file)" }

  /// Where its only file of an ending is.
  ///
  /// - Parameter ending: The ending, such as `safetensors`.
  /// - Returns: The path of the copy.
  /// - Throws: ``TrackingError/modelFileNotFound(uri:ending:files:)`` when there is none, or more than one.
  public func onlyFile(ending: String) throws(TrackingError) -> String {
    let matching = files.filter { $0.hasSuffix(".\(ending)") }
    // The name that logged models have comes first.
    if matching.contains("model.\(ending)") { return path("model.\(ending)") }
    guard let file = matching.first, matching.count == 1 else {
      throw .modelFileNotFound(uri: uri, ending: ending, files: files)
    }
    return path(file)
  }
}

/// Folders of models that this program needs until it ends.
private enum ModelFolders {
  private static let folders = Guarded<[String]>([])

  /// Makes one.
  static func make() throws(TrackingError) -> String {
    let path = try TemporaryFolder.prepared(for: .model)
    let isFirst = folders.withLock { folders in
      folders.append(path)
      return folders.count == 1
    }
    if isFirst { atexit { ModelFolders.removeAll() } }
    return path
  }

  private static func removeAll() {
    for folder in folders.withLock({ $0 }) { TemporaryFolder.remove(folder) }
  }
}

/// Where the files of a model are, and what is known of it.
struct ModelLocation: Sendable {
  /// Where files are.
  enum Files: Sendable {
    /// Artifacts of the store, below a path.
    case stored(ArtifactOwner, below: String)
    /// A folder of this machine, or one file.
    case folder(String)
    /// Artifacts that a server gives, by its URI of them.
    case served(String)
  }

  var files: Files
  /// What they are called in messages.
  var description: String
  var runID: String?
  var loggedModelID: String?
  var version: ModelVersion?
}

extension TrackingStore {
  /// Where the files of what `reference` names are.
  func location(of reference: ModelReference) throws(TrackingError) -> ModelLocation {
    switch reference {
    case .version(let name, let number): return try location(of: try modelVersion(name, number))
    case .alias(let name, let alias):
      return try location(of: try modelVersion(name, alias: alias))
    case .stage(let name, let stage):
      guard let version = try latestVersions(of: name, stages: [stage]).first else {
        throw .modelVersionNotFound(name: name, version: "in \(stage.rawValue)")
      }
      return try location(of: version)
    case .loggedModel(let id):
      if remote != nil { return try servedModel(id) }
      let model = try loggedModel(id)
      return ModelLocation(
        files: .stored(.model(model.row), below: ""), description: "models:/\(id)",
        runID: model.sourceRunID.isEmpty ? nil : model.sourceRunID, loggedModelID: id)
    case .run(let id, let path):
      if remote != nil { return try servedRun(id, path: path) }
      let run = try run(id)
      return ModelLocation(
        files: .stored(.run(run.row), below: path), description: "runs:/\(run.id)/\(path)",
        runID: run.id)
    }
  }

  private func location(of version: ModelVersion) throws(TrackingError) -> ModelLocation {
    let name = "models:/\(version.model)/\(version.version)"
    var location: ModelLocation
    if let id = version.loggedModelID, !id.isEmpty {
      location = try self.location(of: .loggedModel(id))
    } else if version.source.hasPrefix("runs:") {
      location = try self.location(of: try ModelReference(version.source))
    } else {
      let place = remote == nil ? version.storage : try servedStorage(of: version)
      location =
        place.hasPrefix("runs:")
        ? try self.location(of: try ModelReference(place))
        : ModelLocation(files: try files(at: place, of: name), description: name)
    }
    location.version = version
    location.description = name
    if !version.runID.isEmpty { location.runID = version.runID }
    return location
  }

  /// The files that a URI means, here or at the server.
  func files(
    at uri: String, of name: String
  ) throws(TrackingError) -> ModelLocation.Files {
    if remote != nil, uri.hasPrefix("mlflow-artifacts:") { return .served(uri) }
    if let place = try artifactPlace(uri) { return .stored(place.owner, below: place.path) }
    if uri.hasPrefix("/") { return .folder(uri) }
    if uri.hasPrefix("file:") { return .folder(try StoreLocation.path(uri: uri)) }
    throw .invalidModelURI(
      uri: name, reason: "its files are at \(uri), which cannot be read from here")
  }

  /// Whose artifacts `mlflow-artifacts:/…` means; `nil` for something else.
  private func artifactPlace(
    _ uri: String
  ) throws(TrackingError) -> (owner: ArtifactOwner, path: String)? {
    let marker = "mlflow-artifacts:"
    guard uri.hasPrefix(marker) else { return nil }
    let parts = uri.dropFirst(marker.count).split(separator: "/").map(String.init)
    if parts.count > 3, parts[1] == "models", parts[3] == "artifacts" {
      return (
        .model(try loggedModel(parts[2]).row), parts.dropFirst(4).joined(separator: "/")
      )
    }
    if Int64(parts.first ?? "") == nil { return (.shared, parts.joined(separator: "/")) }
    guard parts.count > 2, parts[2] == "artifacts" else { return nil }
    return (.run(try run(parts[1]).row), parts.dropFirst(3).joined(separator: "/"))
  }

  /// Copies files to the folder `target` and returns their paths in it.
  func copy(
    _ files: ModelLocation.Files, of name: String, to target: String
  ) throws(TrackingError) -> [String] {
    var copied: [String] = []
    switch files {
    case .stored(let owner, let below):
      let folder = below.hasSuffix("/") ? String(below.dropLast()) : below
      for artifact in try artifacts(of: owner) {
        let path: String
        if folder.isEmpty {
          path = artifact.path
        } else if artifact.path == folder {
          path = folder.split(separator: "/").last.map(String.init) ?? folder
        } else if artifact.path.hasPrefix(folder + "/") {
          path = String(artifact.path.dropFirst(folder.count + 1))
        } else {
          continue
        }
        try copy(artifact, to: "\(target)/\(path)")
        copied.append(path)
      }
    case .folder(let source): copied = try Self.copy(folder: source, to: target)
    case .served(let uri): copied = try download(uri, to: target)
    }
    guard !copied.isEmpty else {
      throw .invalidModelURI(uri: name, reason: "it has no files")
    }
    return copied.sorted()
  }

  /// Copies the regular files below `source`, or that one file.
  static func copy(folder source: String, to target: String) throws(TrackingError) -> [String] {
    do {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
        throw CocoaError(.fileReadNoSuchFile)
      }
      let names =
        isFolder ? try FileManager.default.subpathsOfDirectory(atPath: source) : [""]
      var copied: [String] = []
      for name in names {
        let file = isFolder ? "\(source)/\(name)" : source
        let type = try FileManager.default.attributesOfItem(atPath: file)[.type]
        guard type as? FileAttributeType == .typeRegular else { continue }
        let path = isFolder ? name : source.split(separator: "/").last.map(String.init) ?? "model"
        let place = URL(fileURLWithPath: "\(target)/\(path)")
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        if FileManager.default.fileExists(atPath: place.path) {
          try FileManager.default.removeItem(at: place)
        }
        try FileManager.default.copyItem(atPath: file, toPath: place.path)
        copied.append(path)
      }
      return copied
    } catch {
      throw TrackingError(copying: source, error: error)
    }
  }
}
