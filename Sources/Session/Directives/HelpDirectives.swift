import Cells
import JupyterProtocol
import Kernel

extension DirectiveTable {
  static let help: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "help", form: .line, usage: ["%help [NAME]"],
      summary: "List the directives, or explain one.",
      details: "%lsmagic does the same."
    ) { call throws(DirectiveError) in
      let words = try call.words()
      guard let word = words.first else {
        return call.print(DirectiveTable.overview)
      }
      guard words.count == 1 else { throw .usage("\"\(words[1])\" is one word too many") }
      let isForCell = word.hasPrefix("%%")
      let name = word == "!" ? "!" : String(word.drop { $0 == "%" })
      guard let definition = DirectiveTable.definition(named: name) else {
        let typed = Directive(
          name: name, arguments: "", isForCell: isForCell, line: call.directive.line)
        throw .failed(DirectiveTable.unknown(typed))
      }
      call.print(DirectiveTable.text(of: definition))
    }
  ]

  /// All directives, with a line on each.
  static var overview: String {
    let rows = all.map { ($0.writtenNames.joined(separator: ", "), $0.summary) }
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { names, summary in
      "  " + names.padded(to: width + 2) + summary
    }
    return """
      Directives stand on lines of their own before the Swift code of a cell; one with %% takes the
      whole cell. '%help NAME' tells more about one.

      \(lines.joined(separator: "\n"))
      """
  }

  /// What `%help NAME` prints.
  static func text(of definition: DirectiveDefinition) -> String {
    let usage = definition.usage.joined(separator: "\n       ")
    let details = definition.details.isEmpty ? "" : "\n\n" + definition.details
    return "Usage: \(usage)\n\n\(definition.summary)\(details)"
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  func paddedLeft(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
