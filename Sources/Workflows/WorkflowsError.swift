/// Why a directive, a pipeline or a step failed.
package enum WorkflowsError: Error, Equatable, CustomStringConvertible {
  /// `directive` needs a name or a word that it did not get.
  case missingArgument(directive: String, argument: String)
  /// `directive` got a word it has no use for.
  case unexpectedArgument(directive: String, text: String)
  /// `directive` does not know `key`; `suggestion` is the nearest one it knows.
  case unknownKey(directive: String, key: String, suggestion: String?)
  case repeatedKey(directive: String, key: String)
  /// The value of `key` is not what it should be.
  case badValue(key: String, value: String, expected: String)
  /// A quotation mark in `text` has no partner.
  case openQuote(text: String)
  /// `key` and `other` exclude each other.
  case conflict(key: String, other: String, remedy: String)
  /// `name` cannot name a step, a job or a pipeline.
  case invalidName(name: String, reason: String)

  case noSteps
  /// Two steps have one name, or two names that one Kubernetes name stands for.
  case duplicateStep(name: String, other: String)
  /// The steps need each other in a circle, in this order.
  case cycle(steps: [String])
  /// The type of a value that crosses between steps is not known.
  case unknownType(value: String, producer: String, consumer: String)
  /// A value of that type cannot be written to a file.
  case unsuitableType(
    value: String, type: String, producer: String, consumer: String, reason: String)
  /// `step` needs a variable of a step that stands below it in the notebook.
  case producedLater(value: String, step: String, producer: String)
  /// `step` names a producer that does not exist or does not make that value.
  case unknownProducer(value: String, step: String, producer: String)

  /// A file or folder could not be written.
  case cannotWrite(path: String, reason: String)
  /// A step's process failed or could not be started.
  case stepFailed(StepFailure)
  /// A step ended well without writing a value that a later step needs.
  case missingOutput(value: String, step: String, path: String)
  /// The run was cancelled; its files are in `folder`.
  case cancelled(folder: String)

  package var description: String {
    switch self {
    case .missingArgument(let directive, let argument):
      "\(directive) needs \(argument)."
    case .unexpectedArgument(let directive, let text):
      "\(directive) has no use for '\(text)'. Write options as key=value."
    case .unknownKey(let directive, let key, let suggestion):
      "\(directive) knows no option '\(key)'."
        + (suggestion.map { " Did you mean '\($0)'?" } ?? "")
    case .repeatedKey(let directive, let key):
      "\(directive) has '\(key)' more than once. Keep one."
    case .badValue(let key, let value, let expected):
      "\(key)=\(value) is not \(expected)."
    case .openQuote(let text):
      "a quotation mark in '\(text)' is not closed. Close it, or put a backslash before it."
    case .conflict(let key, let other, let remedy):
      "\(key) does not go with \(other). \(remedy)"
    case .invalidName(let name, let reason):
      "'\(name)' cannot be the name: \(reason)."
    default:
      pipelineDescription
    }
  }

  private var pipelineDescription: String {
    switch self {
    case .noSteps:
      "there are no steps. Start a cell with '%%step NAME', run it, and try again."
    case .duplicateStep(let name, let other) where name == other:
      "two steps are named '\(name)'. Rename one."
    case .duplicateStep(let name, let other):
      "the steps '\(name)' and '\(other)' have one name on Kubernetes. Rename one."
    case .cycle(let steps):
      "the steps need each other in a circle: \(steps.joined(separator: " → ")). "
        + "Move what they share into a step of its own."
    case .unknownType(let value, let producer, let consumer):
      "step '\(consumer)' needs '\(value)' of step '\(producer)', whose type is not known. "
        + "Run the cell of '\(producer)' again, or declare the type: let \(value): TYPE = …"
    case .unsuitableType(let value, let type, let producer, let consumer, let reason):
      "step '\(consumer)' needs '\(value)' of step '\(producer)', but \(type) \(reason)."
    case .producedLater(let value, let step, let producer):
      "step '\(step)' needs '\(value)', which step '\(producer)' below it makes. "
        + "Move the cell of '\(producer)' above that of '\(step)' and run both again."
    case .unknownProducer(let value, let step, let producer):
      "step '\(step)' takes '\(value)' from '\(producer)', which makes no such value."
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason). Check the folder's permissions and free space."
    case .stepFailed(let failure):
      failure.description
    case .missingOutput(let value, let step, let path):
      "step '\(step)' ended without writing '\(value)' to \(path). "
        + "Let the cell reach its end: it may have called exit()."
    case .cancelled(let folder):
      "the pipeline was stopped. What it wrote is in \(folder)."
    default:
      ""
    }
  }
}
