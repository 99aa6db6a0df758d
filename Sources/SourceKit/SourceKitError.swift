/// A failed use of the toolchain's sourcekitd library or of a process that serves it.
package enum SourceKitError: Error, Equatable, CustomStringConvertible {
  /// The library at `path` cannot be used.
  case libraryUnusable(path: String, reason: String)
  /// The library refused a request.
  case requestFailed(String)
  /// `executable` cannot be started.
  case startFailed(executable: String, reason: String)
  /// The process ended or closed its end of the connection.
  case processEnded
  /// The process did not answer in time.
  case timedOut

  package var description: String {
    switch self {
    case .libraryUnusable(let path, let reason):
      "cannot use \(path): \(reason). Check that the toolchain is a whole Swift 6.3 toolchain."
    case .requestFailed(let reason):
      "sourcekitd refused a request: \(reason)"
    case .startFailed(let executable, let reason):
      "cannot start \(executable): \(reason). Check that Martlet is installed completely."
    case .processEnded:
      "the completion process ended; the next request starts another"
    case .timedOut:
      "the completion process did not answer in time"
    }
  }
}
