import CProcesses
import Glibc

/// The terminal that a process writes to.
package enum Terminal {
  /// Whether standard output goes to one.
  package static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard error goes to one.
  package static var isError: Bool { isatty(STDERR_FILENO) == 1 }

  /// How many characters a line of it has; `nil` if standard output goes elsewhere, or it does not say.
  package static var columns: Int? {
    let columns = Int(cprocesses_columns(STDOUT_FILENO))
    return columns > 0 ? columns : nil
  }
}
