import CellCompiler
import Cells
import Kernel

/// Makes the errors that a notebook shows from what went wrong with a cell.
struct CellFailures {
  /// The cell as written.
  let code: String
  let label: String
  /// Earlier cells as written, by label; for backtraces through their functions.
  let sources: [String: String]

  private static let red = "\u{1b}[1;31m"
  private static let dim = "\u{1b}[2m"
  private static let plain = "\u{1b}[0m"

  func doesNotCompile(_ diagnostics: [Diagnostic]) -> CellFailure {
    let printer = DiagnosticPrinter(code: code, label: label)
    let errors = diagnostics.filter { $0.severity == .error }
    let first = errors.first
    let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
    let place = first.map { $0.line > 0 ? "\($0.file):\($0.line):\($0.column): " : "" } ?? ""
    return CellFailure(
      name: "CompileError", value: place + (first?.message ?? "") + more,
      traceback: diagnostics.flatMap { printer.render($0) })
  }

  func cannotBePrepared(_ error: CellsError) -> CellFailure {
    let diagnostic = Diagnostic(
      severity: .error, file: label, line: error.position.line, column: error.position.column,
      message: error.description)
    return doesNotCompile([diagnostic])
  }

  func other(_ name: String, _ text: String) -> CellFailure {
    CellFailure(
      name: name, value: text, traceback: ["\(Self.red)\(name):\(Self.plain) \(text)"])
  }

  func thrown(name: String, text: String, lines: [CellLine]) -> CellFailure {
    CellFailure(
      name: name, value: text,
      traceback: ["\(Self.red)\(name):\(Self.plain) \(text)"] + backtrace(lines))
  }

  func trapped(
    signal: String, address: UInt?, report: FaultReport?, trace: CellBacktrace
  ) -> CellFailure {
    // Failed checks of the compiler end in a trap without a word, but its debug information names them.
    let check = signal == "SIGILL" || signal == "SIGTRAP" ? trace.failedCheck : nil
    let name = report?.name ?? (check == nil ? signal : "Fatal error")
    let text = report?.text ?? check ?? explain(signal, address: address)
    let note = "The variables of the session are kept."
    return CellFailure(
      name: name, value: text,
      traceback: ["\(Self.red)\(name):\(Self.plain) \(text)"] + backtrace(trace.lines)
        + ["\(Self.dim)\(note)\(Self.plain)"])
  }

  func interrupted(lines: [CellLine]) -> CellFailure {
    let text = "the cell was interrupted"
    return CellFailure(
      name: "KeyboardInterrupt", value: text,
      traceback: ["\(Self.red)KeyboardInterrupt:\(Self.plain) \(text)"] + backtrace(lines))
  }

  private func explain(_ signal: String, address: UInt?) -> String {
    switch signal {
    case "SIGSEGV", "SIGBUS":
      address.map { "bad memory access at address 0x" + String($0, radix: 16) }
        ?? "the stack overflowed; a function calls itself without end"
    case "SIGILL", "SIGTRAP":
      "the cell trapped: an arithmetic overflow, a failed check or a value that cannot be"
    case "SIGFPE": "an arithmetic exception, such as a division by zero in C code"
    case "SIGABRT": "a library called abort()"
    default: "the cell got the signal \(signal)"
    }
  }

  /// The user's own frames, innermost first, each with its source line.
  private func backtrace(_ lines: [CellLine]) -> [String] {
    let limit = 20
    var result = lines.prefix(limit).map { place in
      let source = place.label == label ? code : sources[place.label] ?? ""
      let all = source.split(separator: "\n", omittingEmptySubsequences: false)
      let text = all.indices.contains(place.line - 1) ? all[place.line - 1] : ""
      let trimmed = text.drop { $0 == " " || $0 == "\t" }
      return "  at \(place.label), line \(place.line): \(Self.dim)\(trimmed)\(Self.plain)"
    }
    if lines.count > limit { result.append("  … \(lines.count - limit) more") }
    return result
  }
}
