/// What kept a display, an input or a step's value from working, with what to do about it.
public enum MartletError: Error, Equatable, CustomStringConvertible {
  /// The environment variable that names the files of a step's values is not set.
  case notInStep(name: String, variable: String)
  /// The environment variable that names the files of a step's values is not a JSON object of texts.
  case invalidStepVariable(variable: String, value: String)
  /// The step has no input, or no output, called `name`; `known` are those it has.
  case unknownName(name: String, variable: String, known: [String])
  /// The file of the input `name` cannot be read.
  case unreadableInput(name: String, path: String, reason: String)
  /// The file of the input `name` does not hold a value of `type`.
  case undecodableInput(name: String, path: String, type: String, reason: String)
  /// The value of the output `name` cannot be written as a file.
  case unencodableOutput(name: String, type: String, reason: String)
  /// The file of the output `name` cannot be written.
  case unwritableOutput(name: String, path: String, reason: String)
  /// Nobody can answer `prompt`.
  case inputUnavailable(prompt: String)
  /// A text that was to be shown as JSON of the media type `type` is not JSON.
  case invalidJSON(type: String, reason: String)
  /// The model that was loaded by `uri` holds no value of `type`.
  case undecodableModel(uri: String, type: String, reason: String)

  /// What failed, with values, and what to do.
  public var description: String {
    switch self {
    case .notInStep(let name, let variable):
      "there is no file for the value \"\(name)\": the environment variable \(variable) is not "
        + "set. Only a step's program has it; run the step with %pipeline run."
    case .invalidStepVariable(let variable, let value):
      "\(variable) is \"\(value.prefix(200))\", which is not a JSON object from names to paths. "
        + "Set it to something like {\"x\":\"/tmp/x.json\"}."
    case .unknownName(let name, let variable, let known):
      "the step has no value \"\(name)\": \(variable) "
        + (known.isEmpty
          ? "names none. " : "names \(known.map { "\"\($0)\"" }.joined(separator: ", ")). ")
        + "Check the spelling, and that another step defines it."
    case .unreadableInput(let name, let path, let reason):
      "cannot read the input \"\(name)\" from \(path): \(reason). "
        + "Run the step that makes it first."
    case .undecodableInput(let name, let path, let type, let reason):
      "the input \"\(name)\" in \(path) is no value of type \(type): \(reason). "
        + "Give it the type that the step which makes it has, or run that step again."
    case .unencodableOutput(let name, let type, let reason):
      "the output \"\(name)\" of type \(type) cannot be written: \(reason). "
        + "Change the value or how its type encodes it."
    case .unwritableOutput(let name, let path, let reason):
      "cannot write the output \"\(name)\" to \(path): \(reason). "
        + "Check that the folder exists, has room, and may be written."
    case .inputUnavailable(let prompt):
      "nobody can answer \"\(prompt)\": this program has no input. "
        + "Run the cell in an interactive notebook, or set the value in the source."
    case .invalidJSON(let type, let reason):
      "the text is no JSON, which \(type) needs: \(reason). Give a JSON text or an Encodable value."
    case .undecodableModel(let uri, let type, let reason):
      "the model \(uri) is no \(type): \(reason). Give the type of the value that was logged."
    }
  }
}
