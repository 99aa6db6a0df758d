/// The rule for an artifact's path: relative, below the run, and the same on every system.
enum ArtifactPath {
  /// Throws unless an artifact can be logged as `path`.
  static func validate(_ path: String) throws(TrackingError) {
    if let reason = fault(of: path) { throw .invalidArtifactPath(path: path, reason: reason) }
  }

  private static func fault(of path: String) -> String? {
    if path.isEmpty { return "it is empty" }
    if path.utf8.contains(0) { return "it holds a NUL" }
    if path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      return "it holds a control character"
    }
    if path.hasPrefix("/") { return "it is absolute" }
    if path.utf8.count > 1000 { return "it is longer than 1000 bytes" }
    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      switch String(decoding: part, as: UTF8.self) {
      case "": return "it has an empty part"
      case ".", "..": return "it leads out of the run's folder or names it"
      default: continue
      }
    }
    return nil
  }

  /// Whether `path` is `folder`, or in it; everything is in the empty one, and a slash at its end does not count.
  static func lies(_ path: String, at folder: String) -> Bool {
    let folder = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    return folder.isEmpty || path == folder || path.hasPrefix("\(folder)/")
  }
}

/// What files are logged to: a run, a logged model, or what all share.
package enum ArtifactOwner: Sendable, Equatable {
  /// The run of that number.
  case run(Int64)
  /// The logged model of that number.
  case model(Int64)
  /// No run: files that clients of a server put beside those of the experiments.
  case shared

  var table: String {
    switch self {
    case .run: "artifacts"
    case .model: "logged_model_artifacts"
    case .shared: "shared_artifacts"
    }
  }

  var column: String {
    switch self {
    case .run: "run"
    case .model: "model"
    case .shared: "root"
    }
  }

  var row: Int64 {
    switch self {
    case .run(let row), .model(let row): row
    case .shared: 0
    }
  }
}
