/// How a step's process ended.
package enum StepOutcome: Sendable, Equatable {
  case exited(status: Int32)
  case signalled(signal: Int32)

  /// The exit status of a step whose program does not compile.
  package static let doesNotCompile = StepOutcome.exited(status: 64)
}

/// A step that failed: which, how, its last words and where its files are.
package struct StepFailure: Sendable, Equatable, CustomStringConvertible {
  package enum Cause: Sendable, Equatable {
    case ended(StepOutcome)
    /// The process could not be started.
    case notStarted(reason: String)
  }

  package var step: String
  package var cause: Cause
  /// The last lines of standard error, oldest first.
  package var lastLines: [String]
  /// The folder with the step's program and files.
  package var folder: String

  package init(step: String, cause: Cause, lastLines: [String], folder: String) {
    self.step = step
    self.cause = cause
    self.lastLines = lastLines
    self.folder = folder
  }

  package var description: String {
    let reason =
      switch cause {
      case .ended(.doesNotCompile): "does not compile"
      case .ended(.exited(let status)): "failed with exit status \(status)"
      case .ended(.signalled(let signal)): "was ended by \(signalName(signal))"
      case .notStarted(let reason): "could not be started: \(reason)"
      }
    let words = lastLines.map { "\n  \($0)" }.joined()
    return "step '\(step)' \(reason). Its program and files are in \(folder)." + words
  }
}

/// Returns the name of `signal` on Linux, with its number.
func signalName(_ signal: Int32) -> String {
  let names: [Int32: String] = [
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
    8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU",
  ]
  let hint = signal == 9 ? "; the machine may have run out of memory" : ""
  return names[signal].map { "signal \(signal) (\($0)\(hint))" } ?? "signal \(signal)"
}
