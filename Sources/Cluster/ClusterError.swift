/// Why a manifest could not be made, or a job could not be submitted or failed.
package enum ClusterError: Error, Equatable, CustomStringConvertible {
  /// `name` is a step or a job that has no container image.
  case missingImage(name: String)
  /// The program of `name`, or what it travels in, has too many bytes.
  case programTooLarge(name: String, byteCount: Int, limit: Int, carrier: String)
  /// A name that Kubernetes does not take, and why.
  case badName(String)
  /// The arguments of `martlet step` are not what this release writes.
  case badArguments(reason: String)
  /// The program is not the one that was submitted.
  case digestMismatch(expected: String, actual: String)
  /// The executor's input, which Kubeflow passes, cannot be read.
  case badExecutorInput(reason: String)
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)

  /// There is no `kubectl` in any folder of `searchPath`.
  case kubectlMissing(searchPath: String)
  /// `kubectl` could not be started.
  case kubectlNotStarted(reason: String)
  /// `kubectl` ended with `status` and said `message`.
  case kubectlFailed(arguments: [String], status: Int32, message: String)
  /// `kubectl` printed something that is not the JSON asked for.
  case unreadableAnswer(arguments: [String], reason: String)
  /// A pod of the job waits for something that will not come, as an image that does not exist.
  case podCannotStart(job: String, pod: String, reason: String, events: [String])
  /// The job ended without success.
  case jobFailed(JobFailure)
  /// The run was cancelled and the job deleted.
  case cancelled(job: String)

  package var description: String {
    switch self {
    case .missingImage(let name):
      "'\(name)' has no container image. Write image=… in its directive, or image= after "
        + "'%pipeline export FILE' for all steps."
    case .programTooLarge(let name, let byteCount, let limit, let carrier):
      "the program of '\(name)' makes \(carrier) of \(byteCount) bytes; \(limit) fit. "
        + "Move large literals into a file that the program reads."
    case .badName(let reason):
      reason
    case .badArguments(let reason):
      "these arguments do not fit: \(reason). Use the same release of martlet in the image as in "
        + "the notebook."
    case .digestMismatch(let expected, let actual):
      "the program's SHA-256 is \(actual), not \(expected). It was changed on its way; submit it "
        + "again."
    case .badExecutorInput(let reason):
      "cannot read the executor input: \(reason). Kubeflow Pipelines v2 passes it for '{{$}}'."
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)."
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason). Check the folder's permissions and free space."
    default:
      submissionDescription
    }
  }

  private var submissionDescription: String {
    switch self {
    case .kubectlMissing(let searchPath):
      "there is no kubectl in PATH (\(searchPath)). Install it, or write 'dry-run' to print the "
        + "manifests."
    case .kubectlNotStarted(let reason):
      "kubectl could not be started: \(reason)."
    case .kubectlFailed(let arguments, let status, let message):
      "'kubectl \(arguments.joined(separator: " "))' ended with status \(status): \(message)"
    case .unreadableAnswer(let arguments, let reason):
      "'kubectl \(arguments.joined(separator: " "))' answered something else than expected: "
        + "\(reason)."
    case .podCannotStart(let job, let pod, let reason, let events):
      "pod \(pod) of job \(job) cannot start: \(reason). The job was deleted."
        + events.map { "\n  \($0)" }.joined()
    case .jobFailed(let failure):
      failure.description
    case .cancelled(let job):
      "job \(job) was stopped and deleted."
    default:
      ""
    }
  }
}

/// A job that ended without success.
package struct JobFailure: Sendable, Equatable, CustomStringConvertible {
  package var job: String
  /// The exit status of the last pod's program, if a pod ended.
  package var exitStatus: Int32?
  /// Kubernetes' word for it, as `BackoffLimitExceeded` or `OOMKilled`.
  package var reason: String
  package var message: String
  /// What Kubernetes noted about it, newest last.
  package var events: [String]

  package init(
    job: String, exitStatus: Int32?, reason: String, message: String, events: [String] = []
  ) {
    self.job = job
    self.exitStatus = exitStatus
    self.reason = reason
    self.message = message
    self.events = events
  }

  package var description: String {
    let end =
      switch exitStatus {
      case 64?: "does not compile"
      case let status?: "failed with exit status \(status)"
      case nil: "failed"
      }
    let why = [reason, message].filter { !$0.isEmpty }.joined(separator: ": ")
    let hint = reason == "OOMKilled" ? " Give it more with memory=…" : ""
    return "job \(job) \(end)" + (why.isEmpty ? "." : " (\(why)).") + hint
      + events.map { "\n  \($0)" }.joined()
  }
}
