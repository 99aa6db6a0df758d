/// A failed use of the toolchain's sourcekitd library.
package enum SourceKitError: Error, Equatable, CustomStringConvertible {
  /// The library at `path` cannot be used.
  case libraryUnusable(path: String, reason: String)
  /// The library refused a request.
  case requestFailed(String)

  package var description: String {
    switch self {
    case .libraryUnusable(let path, let reason):
      "cannot use \(path): \(reason). Check that the toolchain is a whole Swift 6.3 toolchain."
    case .requestFailed(let reason):
      "sourcekitd refused a request: \(reason)"
    }
  }
}
