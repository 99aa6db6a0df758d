/// A step's program, ready to run.
package struct StepLaunch: Sendable, Equatable {
  /// The step's name.
  package var step: String
  /// The file that holds the program's source.
  package var programPath: String
  /// The step's own folder: its working directory.
  package var folder: String
  /// The variables to add to the environment; inputs and outputs are among them.
  package var environment: [String: String]

  package init(step: String, programPath: String, folder: String, environment: [String: String]) {
    self.step = step
    self.programPath = programPath
    self.folder = folder
    self.environment = environment
  }
}

/// One line that a step printed, without its end.
package struct StepLine: Sendable, Equatable {
  package enum Stream: Sendable { case output, error }

  package var stream: Stream
  package var text: String

  package init(stream: Stream, text: String) {
    self.stream = stream
    self.text = text
  }
}

/// What compiles and runs a step's program in a process of its own.
package protocol StepLauncher: Sendable {
  /// Runs the program to its end.
  ///
  /// When the task is cancelled it ends the process and returns or throws soon after. `line` takes
  /// every printed line, from any thread, before the call returns. A process that cannot be started
  /// is an error.
  func run(
    _ launch: StepLaunch, line: @escaping @Sendable (StepLine) -> Void
  ) async throws -> StepOutcome
}

/// What follows a run of a pipeline, to log it or to show it.
package protocol PipelineObserver: Sendable {
  /// A step is about to run; what it returns joins the step's environment, as a run's identifier.
  func stepStarts(_ step: Step, attempt: Int, folder: String) async throws -> [String: String]
  /// A step printed a line; called from any thread.
  func stepPrinted(_ step: Step, _ line: StepLine)
  /// A step ended well.
  func stepFinished(_ step: Step, duration: Duration) async
  /// A step failed, or was stopped because another failed or the run was cancelled.
  func stepFailed(_ step: Step, error: WorkflowsError) async
}

extension PipelineObserver {
  package func stepStarts(
    _ step: Step, attempt: Int, folder: String
  ) async throws -> [String: String] { [:] }
  package func stepPrinted(_ step: Step, _ line: StepLine) {}
  package func stepFinished(_ step: Step, duration: Duration) async {}
  package func stepFailed(_ step: Step, error: WorkflowsError) async {}
}
