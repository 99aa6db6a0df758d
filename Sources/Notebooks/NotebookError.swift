/// Why a notebook cannot be read, run or written.
package enum NotebookError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The file cannot be written.
  case unwritable(path: String, reason: String)
  /// The file holds no JSON.
  case notJSON(path: String)
  /// It is JSON, but no notebook.
  case notANotebook(path: String, reason: String)
  /// It is a notebook of another version of the format.
  case wrongFormat(path: String, version: Int)
  /// It is a notebook of another language.
  case wrongLanguage(path: String, language: String)
  /// A parameter cannot be written as Swift.
  case badParameter(text: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason)"
    case .notJSON(let path):
      "\(path) is not JSON, so it is no notebook; check that it was saved completely"
    case .notANotebook(let path, let reason):
      "\(path) is no notebook: \(reason)"
    case .wrongFormat(let path, let version):
      version < 4
        ? "\(path) has notebook format \(version), and format 4 is needed; convert it: "
          + "jupyter nbconvert --to notebook --nbformat 4 \(path)"
        : "\(path) has notebook format \(version), which is newer than the 4 that is known here"
    case .wrongLanguage(let path, let language):
      "\(path) is a notebook in \(language); only Swift notebooks run here"
    case .badParameter(let text, let reason):
      "the parameter \(text) cannot be used: \(reason)"
    }
  }
}
