import CellCompiler
import Cells
import JupyterProtocol
import Kernel
import Markup

extension DirectiveTable {
  static let variables: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "who", form: .line, usage: ["%who [TYPE]..."],
      summary: "Name the session's variables, all or those of some types."
    ) { call throws(DirectiveError) in
      let rows = try call.variables()
      guard !rows.isEmpty else { return call.print(call.noVariables) }
      call.print(rows.map(\.name).joined(separator: "  "))
    },
    DirectiveDefinition(
      name: "whos", form: .line, usage: ["%whos [TYPE]..."],
      summary: "Show the session's variables with type, size and value.",
      details: """
        The size counts the elements of tensors, arrays, sets, dictionaries and strings. A + behind it
        says that the value refers to objects, whose sizes are not known; a type of your own that is
        MemorySized tells its size.
        """
    ) { call throws(DirectiveError) in
      let rows = try call.variables()
      guard !rows.isEmpty else { return call.print(call.noVariables) }
      call.context.output(
        .display(
          [
            "text/plain": .string(VariableRow.table(rows)),
            "text/html": .string(VariableRow.html(rows)),
          ], metadata: [:], displayID: nil, isUpdate: false))
    },
    DirectiveDefinition(
      name: "reset", form: .line, usage: ["%reset [-f]"],
      summary: "Start anew: a new worker process without variables, functions and imports.",
      details: """
        Nothing is asked; -f is understood because IPython has it. The working directory, the
        environment, compiler flags and packages stay.
        """
    ) { call throws(DirectiveError) in
      let words = try call.words()
      if let word = words.first(where: { $0 != "-f" }) {
        throw .usage("\"\(word)\" is not understood here")
      }
      call.session.replaceWorker()
      call.session.history.reset()
    },
    DirectiveDefinition(
      name: "replay", form: .line, usage: ["%replay [-v]"],
      summary: "Run all cells again that succeeded, in their order, in a new worker process.",
      details: """
        For the time after a worker process ended. What the cells print and show is left out,
        except with -v. It stops at the first cell that fails.
        """
    ) { call throws(DirectiveError) in
      let words = try call.words()
      if let word = words.first(where: { $0 != "-v" }) {
        throw .usage("\"\(word)\" is not understood here")
      }
      try call.session.replay(call, showsOutput: !words.isEmpty)
    },
  ]
}

/// A line of `%whos`.
struct VariableRow {
  let name: String
  let type: String
  let size: String
  let summary: String

  static func table(_ rows: [VariableRow]) -> String {
    let cells = [["Variable", "Type", "Size", "Value"]] + rows.map(\.cells)
    let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
    var lines = cells.map { row in
      row[0].padded(to: widths[0]) + "  " + row[1].padded(to: widths[1]) + "  "
        + row[2].paddedLeft(to: widths[2]) + "  " + row[3]
    }
    lines.insert(String(repeating: "─", count: lines.map(\.count).max() ?? 0), at: 1)
    return lines.joined(separator: "\n")
  }

  static func html(_ rows: [VariableRow]) -> String {
    let head = ["Variable", "Type", "Size", "Value"]
      .map { "<th style=\"text-align:left\">\($0)</th>" }.joined()
    let body = rows.map { row in
      "<tr>" + row.cells.map { "<td style=\"text-align:left\">\(Markup.escaped($0))</td>" }.joined()
        + "</tr>"
    }
    return "<table><thead><tr>\(head)</tr></thead><tbody>\(body.joined())</tbody></table>"
  }

  private var cells: [String] { [name, type, size, summary] }
}

extension DirectiveCall {
  fileprivate var noVariables: String {
    arguments.isEmpty
      ? "The session has no variables." : "The session has no variables of type \(arguments)."
  }

  /// The session's variables, sorted by name; those of the types in the arguments, if any.
  fileprivate func variables() throws(DirectiveError) -> [VariableRow] {
    let types = Set(try words())
    let names = session.history.variables
    let rows = names.map { name in
      (name: name, expression: "martletRow(\(name.hasPrefix("`") ? name : "`\(name)`"))")
    }
    let library = CellCompiler.UserLibrary.names
    let functions =
      session.history.imports.isDisjoint(with: library)
      ? "fileprivate func martletKnown<T>(_ value: T) -> Int? { nil }\n"
      : "import Martlet\nfileprivate func martletKnown<T>(_ value: T) -> Int? "
        + "{ (value as? any MemorySized)?.memorySize }\n"
    let texts = try session.hiddenTexts(of: rows, functions: functions + Self.functions, context)
    return texts.map { name, text in
      let parts = text.split(separator: "\u{1f}", omittingEmptySubsequences: false)
      return VariableRow(
        name: name, type: parts.isEmpty ? "" : String(parts[0]),
        size: parts.count > 1 ? Self.size(String(parts[1])) : "",
        summary: parts.count > 2 ? Self.oneLine(parts[2]) : "")
    }
    .filter { types.isEmpty || types.contains($0.type) }
    .sorted { $0.name < $1.name }
  }

  /// `text` without the names of cells' modules, `Cell_7.` and the like.
  private static func withoutCellModules(_ text: Substring) -> Substring {
    text.replacing(/\bCell_[0-9]+\./, with: "")
  }

  private static func oneLine(_ text: Substring) -> String {
    let line = withoutCellModules(text).map { $0.isNewline ? "↵" : String($0) }.joined()
    return line.count > 60 ? line.prefix(59) + "…" : line
  }

  /// A number of bytes in words, with its mark for references.
  private static func size(_ text: String) -> String {
    let isOpen = text.hasSuffix("+")
    guard let bytes = Int(isOpen ? String(text.dropLast()) : text) else { return text }
    var value = Double(bytes)
    var unit = "B"
    for larger in ["KiB", "MiB", "GiB"] where value >= 1024 {
      value /= 1024
      unit = larger
    }
    let number = unit == "B" ? "\(bytes)" : "\((value * 10).rounded() / 10)"
    return "\(number) \(unit)" + (isOpen ? "+" : "")
  }

  /// What describes a value inside the worker, with no more than the standard library.
  private static let functions = """
    fileprivate func martletElements<C: Collection>(_ values: C) -> (Int, Bool) {
      var size = values.count * MemoryLayout<C.Element>.stride, isExact = true
      for value in values.prefix(1000) {
        let (inner, exact) = martletSize(value)
        size += (inner - MemoryLayout<C.Element>.size) * max(1, values.count / 1000)
        isExact = isExact && exact
        if C.Element.self is any BinaryInteger.Type || C.Element.self is any BinaryFloatingPoint.Type {
          break
        }
      }
      return (size, isExact)
    }
    fileprivate func martletSize<T>(_ value: T) -> (Int, Bool) {
      let own = MemoryLayout<T>.size
      if let known = martletKnown(value) { return (own + known, true) }
      if let text = value as? String { return (own + (text.utf8.count > 15 ? text.utf8.count : 0), true) }
      if T.self is AnyClass || T.self is AnyObject.Type { return (own, false) }
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .collection, .set, .dictionary:
        guard let values = value as? any Collection else { return (own, false) }
        let (size, isExact) = martletElements(values)
        return (own + size, isExact)
      case .class, .foreignReference: return (own, false)
      default:
        var size = own, isExact = true
        for child in mirror.children.prefix(50) {
          let (inner, exact) = martletSize(child.value)
          size += max(0, inner - MemoryLayout.size(ofValue: child.value))
          isExact = isExact && exact
        }
        return (size, isExact)
      }
    }
    fileprivate func martletList<C: Collection>(_ values: C) -> String {
      let isDictionary = Mirror(reflecting: values).displayStyle == .dictionary
      let shown = values.prefix(8).map { element in
        if isDictionary {
          let pair = Array(Mirror(reflecting: element).children)
          if pair.count == 2 { return "\\(String(reflecting: pair[0].value)): \\(String(reflecting: pair[1].value))" }
        }
        return String(reflecting: element)
      }.joined(separator: ", ")
      let count = values.count
      return "[" + shown + (count > 8 ? ", …] (\\(count) elements)" : "]")
    }
    fileprivate func martletRow<T>(_ value: T) -> String {
      let (size, isExact) = martletSize(value)
      var text = ""
      switch Mirror(reflecting: value).displayStyle {
      case .collection, .set, .dictionary:
        if let values = value as? any Collection { text = martletList(values) }
      default: text = String(reflecting: value)
      }
      let type = String(describing: T.self)
      return type + "\\u{1f}\\(size)" + (isExact ? "" : "+") + "\\u{1f}" + String(text.prefix(400))
    }
    """
}

extension NotebookSession {
  /// Runs the cells again that succeeded, in a new worker.
  fileprivate func replay(_ call: DirectiveCall, showsOutput: Bool) throws(DirectiveError) {
    let cells = history.succeeded
    guard !cells.isEmpty else {
      return call.print("There is nothing to replay: no cell has succeeded yet.")
    }
    replaceWorker()
    history.reset()
    for (index, cell) in cells.enumerated() {
      let line = cell.split.source.split(separator: "\n").first { !$0.allSatisfy(\.isWhitespace) }
      call.print("[\(index + 1)/\(cells.count)] \(cell.label): \((line ?? "").prefix(60))")
      var context = call.context
      context.split = cell.split
      context.label = cell.label
      context.request.code = cell.request.code
      context.request.cellID = cell.request.cellID
      context.failures = CellFailures(
        code: cell.code, label: cell.label, sources: history.sources)
      if !showsOutput {
        let output = call.context.output
        context.output = { event in
          if case .inputRequest = event { output(event) }
        }
      }
      guard let failure = runSource(context, role: cell.role) else { continue }
      // What was not reached can still be replayed.
      for left in cells[index...] { history.note(again: left) }
      throw .failure(failure)
    }
    call.print("Replayed \(cells.count == 1 ? "1 cell" : "\(cells.count) cells").")
  }
}
