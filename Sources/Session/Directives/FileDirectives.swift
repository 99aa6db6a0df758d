import Cells
import JupyterProtocol
import Kernel
import Processes
import Workflows

extension DirectiveTable {
  static let files: [DirectiveDefinition] = [
    history,
    DirectiveDefinition(
      name: "load", form: .line, usage: ["%load FILE"],
      summary: "Put a file's text into the cell in place of this line."
    ) { call throws(DirectiveError) in
      let path = try call.path()
      guard !path.isEmpty else { throw .usage("the file's name is missing") }
      let text = try call.textFile(path)
      let payload: JSONValue = [
        "source": "set_next_input", "text": .string("// %load \(path)\n" + text), "replace": true,
      ]
      call.context.payload.value.append(payload)
    },
    DirectiveDefinition(
      name: "save", form: .line, usage: ["%save [-f | -a] FILE [RANGE]..."],
      summary: "Write cells to a Swift file.",
      details: """
        Without RANGE, all cells of this session before this one; RANGE as for %history. Directives become comments.
        A file that exists is replaced with -f and continued with -a only.
        """
    ) { call throws(DirectiveError) in
      try call.save()
    },
    DirectiveDefinition(
      name: "include", form: .line, usage: ["%include FILE"],
      summary: "Compile and run a Swift file as if it were a cell.",
      details: "Later cells see what it declares; diagnostics name the file."
    ) { call throws(DirectiveError) in
      let path = try call.path()
      guard !path.isEmpty else { throw .usage("the file's name is missing") }
      var text = try call.textFile(path)
      // A line for the shell is none for the compiler; the line stays, for the numbers below it.
      if text.hasPrefix("#!") { text = "//" + text }
      let name = path.split(separator: "/").last ?? ""
      let label = name.map { "\"\\:\n".contains($0) ? "_" : String($0) }.joined()
      var context = call.context
      context.label = label
      context.split = SplitCell(source: text, firstLine: 1)
      context.request.code = text
      context.request.cellID = "include \(path)"
      context.failures = CellFailures(
        code: text, label: label, sources: call.session.history.sources)
      call.session.history.note(source: text, label: label)
      if let failure = call.session.runSource(context, role: .ordinary) {
        throw .failure(failure)
      }
    },
  ]
}

extension DirectiveCall {
  /// The text of a file that the cells name by `path`.
  func textFile(_ path: String) throws(DirectiveError) -> String {
    switch Files.contents(session.absolutePath(path)) {
    case .failure(let error): throw .failed("cannot read \(path): \(error.reason)")
    case .success(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .failed("\(path) is no text: it is not UTF-8")
      }
      return text
    }
  }

  fileprivate func save() throws(DirectiveError) {
    var words = try words()
    let replaces = words.contains("-f")
    let appends = words.contains("-a")
    words.removeAll { $0 == "-f" || $0 == "-a" }
    guard var path = words.first else { throw .usage("the file's name is missing") }
    guard !(replaces && appends) else { throw .usage("-f and -a exclude each other") }
    path = DirectiveWords.expandingHome(path)
    if !(path.split(separator: "/").last ?? "").contains(".") { path += ".swift" }
    var ranges: [CellRange] = []
    for word in words.dropFirst() { ranges.append(try CellRange(word)) }
    let cells = cells(in: ranges)
    guard !cells.isEmpty else { throw .failed("no cell was run that could be saved") }
    let text = cells.map { Self.swiftText($0.source) }.joined(separator: "\n\n") + "\n"
    let target = session.absolutePath(path)
    if Files.exists(target), !replaces, !appends {
      throw .failed("\(path) exists; -f replaces it, -a adds to its end")
    }
    let reason =
      appends
      ? Files.append(Array(text.utf8), to: target)
      : Files.replace(target, with: Array(text.utf8))
    if let reason { throw .failed("cannot write \(path): \(reason)") }
    let count = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
    print("wrote \(count) to \(path)")
  }

  /// A cell's source with its directives as comments.
  private static func swiftText(_ source: String) -> String {
    let split = SplitCell(source)
    let lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let hasForeignBody = split.directives.contains {
      $0.isForCell && DirectiveTable.definition(named: $0.name)?.hasSwiftBody == false
    }
    return lines.enumerated().map { index, line in
      index + 1 < split.firstLine || hasForeignBody ? "// \(line)" : String(line)
    }.joined(separator: "\n")
  }
}
