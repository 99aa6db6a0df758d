import FoundationEssentials

/// Where the tracking store is.
///
/// The variable `TRACKING_URI` decides when it is set. Otherwise the store is the nearest
/// `tracking.db` from the current folder upwards, not beyond the root of the Git clone around it;
/// where there is none yet, it is made at that root, or in the current folder outside of clones.
/// So a notebook in a subfolder and `track-cli` at the root find the same file.
package enum StoreLocation {
  /// The environment variable that names the store.
  package static let variable = "TRACKING_URI"
  /// The name of a store's file where nothing else is asked for.
  package static let fileName = "tracking.db"

  /// The path of the store for a new run.
  package static func forWriting(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    currentFolder: String = FileManager.default.currentDirectoryPath
  ) throws(TrackingError) -> String {
    if let uri = environment[variable], !uri.isEmpty {
      return try path(uri: uri, currentFolder: currentFolder)
    }
    let (existing, root) = search(from: currentFolder)
    return existing ?? join(root ?? currentFolder, fileName)
  }

  /// The path of the store to read, which exists where no variable names it.
  package static func forReading(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    currentFolder: String = FileManager.default.currentDirectoryPath
  ) throws(TrackingError) -> String {
    if let uri = environment[variable], !uri.isEmpty {
      return try path(uri: uri, currentFolder: currentFolder)
    }
    guard let existing = search(from: currentFolder).existing else {
      throw .storeNotFound(path: currentFolder, searched: true)
    }
    return existing
  }

  /// The absolute path that `uri` names: a path, `sqlite:///path` (a fourth slash makes it
  /// absolute), `file:path` or `file:///path`.
  package static func path(
    uri: String, currentFolder: String = FileManager.default.currentDirectoryPath
  ) throws(TrackingError) -> String {
    var path = uri
    if uri.hasPrefix("sqlite:") {
      guard uri.hasPrefix("sqlite:///") else { throw .notAFileStore(uri: uri) }
      path = String(uri.dropFirst("sqlite:///".count))
    } else if uri.hasPrefix("file:") {
      path = decodingPercents(String(uri.dropFirst("file:".count)))
      if path.hasPrefix("//localhost/") { path = String(path.dropFirst("//localhost".count)) }
      if path.hasPrefix("///") { path = String(path.dropFirst(2)) }
      guard !path.hasPrefix("//") else { throw .notAFileStore(uri: uri) }
    } else if let colon = uri.firstIndex(of: ":"), uri[colon...].hasPrefix("://") {
      throw .notAFileStore(uri: uri)
    }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .notAFileStore(uri: uri) }
    return join(currentFolder, path)
  }

  /// The environment variable that says where artifacts are kept, where that is not beside the store.
  package static let artifactVariable = "TRACKING_ARTIFACTS"

  /// The place of artifacts that the environment names.
  static func chosenContents() throws(TrackingError) -> ArtifactContents? {
    guard let uri = ProcessInfo.processInfo.environment[artifactVariable], !uri.isEmpty else {
      return nil
    }
    return try ArtifactContents(uri)
  }

  /// The absolute path of a folder of artifacts: a path, or `file:path`.
  static func artifactFolder(_ uri: String) throws(TrackingError) -> String {
    guard !uri.hasPrefix("sqlite:") else { throw .notAFileStore(uri: uri) }
    let folder = try path(uri: uri)
    return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  }

  private static func search(from folder: String) -> (existing: String?, root: String?) {
    var folder = folder
    while true {
      let candidate = join(folder, fileName)
      var isFolder = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder {
        return (candidate, nil)
      }
      if FileManager.default.fileExists(atPath: join(folder, ".git")) { return (nil, folder) }
      guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return (nil, nil) }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  private static func join(_ folder: String, _ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return folder.hasSuffix("/") ? folder + relative : "\(folder)/\(relative)"
  }

  /// `text` with all bytes escaped but letters, digits and `-._~`; and but slashes in a path.
  ///
  /// - SeeAlso: RFC 3986, section 2.
  package static func encodingPercents(_ text: String, isPath: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      case UInt8(ascii: "/") where isPath: bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `text` with its percent escapes resolved once.
  package static func decodingPercents(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
