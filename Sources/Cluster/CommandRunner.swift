/// How a command ended and what it printed.
package struct CommandResult: Sendable, Equatable {
  /// The exit status; 128 and the signal's number when a signal ended it.
  package var status: Int32
  package var output: String
  package var error: String

  package init(status: Int32, output: String, error: String) {
    self.status = status
    self.output = output
    self.error = error
  }
}

/// What starts `kubectl`.
package protocol CommandRunner: Sendable {
  /// Runs `command`, whose first element is a file's path, to its end.
  ///
  /// When the task is cancelled it ends the process and returns or throws soon after. With `line`,
  /// each line of standard output goes there as it comes, before the call returns, and not into the
  /// result.
  func run(
    _ command: [String], standardInput: String, line: (@Sendable (String) -> Void)?
  ) async throws -> CommandResult
}
