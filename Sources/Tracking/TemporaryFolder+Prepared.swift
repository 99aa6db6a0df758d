package import Processes

extension TemporaryFolder {
  /// Makes a folder, and removes those of programs that were killed.
  ///
  /// - Parameter purpose: What it is for.
  /// - Returns: Its path.
  /// - Throws: ``TrackingError/cannotOpen(path:reason:)``.
  package static func prepared(for purpose: Purpose) throws(TrackingError) -> String {
    removeAbandoned()
    guard let path = make(for: purpose) else {
      throw .cannotOpen(
        path: "\(parent)/martlet-\(purpose.rawValue)", reason: "its folder cannot be made")
    }
    return path
  }
}
