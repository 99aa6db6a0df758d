import Cells
import Kernel

/// A directive as the table lists it: what completion offers, `%help` tells and a cell runs.
struct DirectiveDefinition: Sendable {
  enum Form: Sendable {
    /// `%name` on a line of its own, before Swift source.
    case line
    /// `%%name` above the whole cell.
    case cell
    case both
  }

  /// The name without percent signs; `!` for commands.
  let name: String
  let form: Form
  /// How it is written, one line for each way.
  let usage: [String]
  /// What it does, in one line.
  let summary: String
  /// What else `%help name` says.
  var details = ""
  /// Whether the body of the cell form is Swift, for those who ask whether a cell is whole.
  var hasSwiftBody = true
  let run: @Sendable (DirectiveCall) throws(DirectiveError) -> Void

  /// The names as written.
  var writtenNames: [String] {
    if name == "!" { return ["!"] }
    return switch form {
    case .line: ["%" + name]
    case .cell: ["%%" + name]
    case .both: ["%" + name, "%%" + name]
    }
  }

  func allows(_ directive: Directive) -> Bool {
    switch form {
    case .line: !directive.isForCell
    case .cell: directive.isForCell
    case .both: true
    }
  }
}

/// Why a directive did not do its work.
enum DirectiveError: Error {
  /// The arguments are wrong; the usage line follows the reason.
  case usage(String)
  /// It was used rightly but failed.
  case failed(String)
  /// A failure of its own kind, such as a cell's error or an interrupt.
  case failure(CellFailure)
}

/// One directive of a cell that runs.
struct DirectiveCall: Sendable {
  let session: NotebookSession
  let directive: Directive
  let context: CellContext

  var arguments: String { directive.arguments }

  /// The arguments as words, with quotes taken off.
  func words() throws(DirectiveError) -> [String] {
    do throws(DirectiveWords.Unfinished) {
      return try DirectiveWords.split(arguments)
    } catch {
      throw .usage("the quotation mark \(error.quote) is not closed")
    }
  }

  /// The arguments as one path: quotes come off, spaces need none, `~` is the home folder.
  func path() throws(DirectiveError) -> String {
    let first = arguments.first
    let isQuoted = first == "\"" || first == "'"
    let words = try words()
    if isQuoted, words.count > 1 {
      throw .usage("\"\(words[1])\" is one word too many after the file's name")
    }
    return DirectiveWords.expandingHome(isQuoted ? words[0] : arguments)
  }

  /// Refuses arguments.
  func takesNoArguments() throws(DirectiveError) {
    guard arguments.isEmpty else { throw .usage("\"\(arguments)\" is not understood here") }
  }

  func print(_ text: String, to stream: StandardStream = .stdout) {
    context.output(.stream(stream, text.hasSuffix("\n") ? text : text + "\n"))
  }

  /// Runs the source as a cell in place of the context's own.
  func runSource(_ split: SplitCell) throws(DirectiveError) {
    var inner = context
    inner.split = split
    if let failure = session.runDirectives(inner) { throw .failure(failure) }
  }

  /// The directive's own line or body as source.
  var body: SplitCell {
    directive.isForCell
      ? SplitCell(context.split.source, firstLine: context.split.firstLine)
      : SplitCell(source: argumentsInPlace, firstLine: directive.line)
  }

  /// The arguments behind as many spaces as stand before them on their line, so that columns in
  /// diagnostics are the cell's.
  private var argumentsInPlace: String {
    let lines = context.request.code.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.indices.contains(directive.line - 1) else { return arguments }
    let line = String(lines[directive.line - 1])
    guard let range = line.firstRange(of: arguments), !arguments.isEmpty else { return arguments }
    return String(repeating: " ", count: line[..<range.lowerBound].utf8.count) + arguments
  }
}
