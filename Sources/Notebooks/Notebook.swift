import JupyterProtocol
import Processes

/// A notebook of format 4, with everything in it that is not understood here.
///
/// - SeeAlso: nbformat, "The Notebook file format".
package struct Notebook: Sendable, Equatable {
  package var cells: [NotebookCell]
  /// Members besides the cells.
  private var members: [String: JSONValue]

  /// The minor version of the format; cells have identifiers since 5.
  package var minorVersion: Int { members["nbformat_minor"]?.int ?? 0 }

  /// Reads the notebook at `path`.
  ///
  /// - Throws: What is wrong with the file, or that it is not in Swift.
  package init(path: String) throws(NotebookError) {
    switch Files.contents(path) {
    case .failure(let error): throw .unreadable(path: path, reason: error.reason)
    case .success(let bytes): try self.init(json: bytes, path: path)
    }
  }

  /// Reads a notebook's JSON; `path` names it in errors.
  package init(json: [UInt8], path: String) throws(NotebookError) {
    guard let value = JSONValue(utf8: json) else { throw .notJSON(path: path) }
    guard case .object(var members) = value, let version = members["nbformat"]?.int else {
      throw .notANotebook(path: path, reason: "it has no member \"nbformat\"")
    }
    guard version == 4 else { throw .wrongFormat(path: path, version: version) }
    guard case .array(let cells)? = members.removeValue(forKey: "cells") else {
      throw .notANotebook(path: path, reason: "it has no list \"cells\"")
    }
    if members["metadata"] == nil { members["metadata"] = [:] }
    if members["nbformat_minor"]?.int == nil { members["nbformat_minor"] = 4 }
    guard case .object? = members["metadata"] else {
      throw .notANotebook(path: path, reason: "its \"metadata\" is no object")
    }
    self.members = members
    self.cells = []
    for (index, cell) in cells.enumerated() {
      guard let cell = NotebookCell(cell) else {
        throw .notANotebook(
          path: path, reason: "cell \(index + 1) has no \"cell_type\" or no usable \"source\"")
      }
      self.cells.append(cell)
    }
    let metadata = members["metadata"]
    let language = metadata?["kernelspec"]?["language"] ?? metadata?["language_info"]?["name"]
    if let language = language?.string, language.lowercased() != "swift" {
      throw .wrongLanguage(path: path, language: language)
    }
    if minorVersion >= 5 { addIdentifiers() }
  }

  private mutating func addIdentifiers() {
    for index in cells.indices where cells[index].identifier == nil {
      cells[index].identifier = Self.newIdentifier()
    }
  }

  /// An identifier as frontends make them.
  package static func newIdentifier() -> String {
    String(uniqueIdentifier().filter { $0 != "-" }.prefix(8))
  }

  /// The JSON text of the whole file.
  package var text: String {
    var members = members
    members["cells"] = .array(cells.map(\.json))
    return JSONText.pretty(.object(members))
  }

  /// Writes the notebook to `path`; the file then holds all of it or what it held before.
  package func write(to path: String) throws(NotebookError) {
    if let reason = Files.replace(path, with: Array(text.utf8)) {
      throw .unwritable(path: path, reason: reason)
    }
  }
}

/// One cell of a notebook.
package struct NotebookCell: Sendable, Equatable {
  private var members: [String: JSONValue]
  package var source: String
  /// Whether it holds code.
  package let isCode: Bool
  /// Its outputs, with the display identifiers that are not saved.
  package var outputs: [NotebookOutput] = []
  package var executionCount: Int?

  /// Reads a cell; `nil` when it is none.
  init?(_ value: JSONValue) {
    guard case .object(let members) = value, let type = members["cell_type"]?.string,
      let source = Self.text(members["source"])
    else { return nil }
    self.members = members
    self.source = source
    isCode = type == "code"
  }

  /// A new cell of code.
  package init(code: String, tag: String, identifier: String?) {
    members = ["cell_type": "code", "metadata": ["tags": [.string(tag)]]]
    if let identifier { members["id"] = .string(identifier) }
    source = code
    isCode = true
  }

  package var identifier: String? {
    get { members["id"]?.string }
    set { members["id"] = newValue.map(JSONValue.string) }
  }

  package var tags: [String] {
    guard case .array(let tags)? = members["metadata"]?["tags"] else { return [] }
    return tags.compactMap(\.string)
  }

  /// Sets the member `name` of the cell's metadata.
  mutating func setMetadata(_ name: String, _ value: JSONValue?) {
    var metadata: [String: JSONValue] = [:]
    if case .object(let known)? = members["metadata"] { metadata = known }
    metadata[name] = value
    members["metadata"] = .object(metadata)
  }

  var json: JSONValue {
    var members = members
    members["source"] = Self.lines(source)
    if members["metadata"] == nil { members["metadata"] = [:] }
    if isCode {
      members["outputs"] = .array(outputs.map(\.json))
      members["execution_count"] = executionCount.map(JSONValue.int) ?? .null
    }
    return .object(members)
  }

  /// A text that is a string or a list of strings.
  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)?: return text
    case .array(let lines)?:
      let texts = lines.compactMap(\.string)
      return texts.count == lines.count ? texts.joined() : nil
    default: return nil
    }
  }

  /// A text as the list of its lines, as notebooks are saved.
  static func lines(_ text: String) -> JSONValue {
    var lines: [JSONValue] = []
    var line = ""
    for scalar in text.unicodeScalars {
      line.unicodeScalars.append(scalar)
      if scalar == "\n" {
        lines.append(.string(line))
        line = ""
      }
    }
    if !line.isEmpty { lines.append(.string(line)) }
    return .array(lines)
  }
}
