import Cells
import Dispatch
import Kernel
import Processes
import Synchronization

extension DirectiveTable {
  static let commands: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "!", form: .line, usage: ["!COMMAND"],
      summary: "Run a command line of the shell.",
      details: """
        {name} stands for the value of the session's variable, {{name}} for the text {name}. Standard
        input is empty. An exit status other than 0 is shown, and the cell goes on. The cell runs
        until everything that the command started has closed its output.
        """
    ) { call throws(DirectiveError) in
      guard !call.arguments.isEmpty else { throw .usage("the command is missing") }
      let status = try call.run(
        call.shell, ["-c", try call.interpolated(call.arguments), call.context.label])
      guard status != .exited(0) else { return }
      call.print("the command ended with \(status)", to: .stderr)
    },
    DirectiveDefinition(
      name: "bash", form: .cell, usage: ["%%bash [ARGUMENT]...\n       SCRIPT"],
      summary: "Run the cell as a shell script.",
      details: """
        {name} stands for the value of the session's variable. Standard input is empty. The cell fails
        when the script's exit status is not 0; it is that of the last command, or put 'set -e' first.
        """, hasSwiftBody: false
    ) { call throws(DirectiveError) in
      let script = try call.interpolated(call.context.split.source)
      let words = try call.words()
      // The system takes no argument of more than 128 KiB.
      let isShort = script.utf8.count < 100_000
      let status = try call.run(
        call.shell, isShort ? ["-c", script, call.context.label] + words : ["-s"] + words,
        input: isShort ? "" : script)
      guard status == .exited(0) else { throw .failed("the script ended with \(status)") }
    },
    DirectiveDefinition(
      name: "script", form: .cell, usage: ["%%script PROGRAM [ARGUMENT]...\n       TEXT"],
      summary: "Hand the cell to a program on its standard input.",
      details: """
        As in '%%script python3'. {name} stands for the value of the session's variable. The cell
        fails when the program's exit status is not 0.
        """, hasSwiftBody: false
    ) { call throws(DirectiveError) in
      let words = try call.words()
      guard let program = words.first else { throw .usage("the program is missing") }
      let status = try call.run(
        try call.executable(program), Array(words.dropFirst()),
        input: try call.interpolated(call.context.split.source))
      guard status == .exited(0) else { throw .failed("\(program) ended with \(status)") }
    },
  ]
}

extension DirectiveCall {
  /// The shell that runs command lines.
  fileprivate var shell: String { findExecutable("bash") ?? "/bin/sh" }

  /// The path of `program`, which may be a name in `PATH`.
  fileprivate func executable(_ program: String) throws(DirectiveError) -> String {
    guard program.contains("/") else {
      let environment = session.workerEnvironment
      guard let path = findExecutable(program, path: environment["PATH"]) else {
        throw .failed("there is no program \(program) in PATH; install it, or give its path")
      }
      return path
    }
    let path = session.absolutePath(DirectiveWords.expandingHome(program))
    guard Files.exists(path) else { throw .failed("there is no file \(program)") }
    guard Files.isExecutable(path), !Files.isFolder(path) else {
      throw .failed("\(program) cannot be executed; if it is a program, run !chmod +x \(program)")
    }
    return path
  }

  /// Runs a program in the cells' folder and environment, and publishes what it prints.
  ///
  /// - Returns: How it ended.
  /// - Throws: `failure` after an interrupt, which ends the program and all that it started.
  func run(
    _ executable: String, _ arguments: [String], input: String = "",
    environment: [String: String]? = nil, folder: String? = nil
  ) throws(DirectiveError) -> ExitStatus {
    if arguments.contains(where: { $0.utf8.contains(0) }) {
      throw .failed("a command cannot hold the character NUL")
    }
    let command = Command(
      ProcessConfiguration(
        executable: executable, arguments: arguments,
        environment: environment ?? session.workerEnvironment,
        directory: folder ?? session.workerFolder, leadsGroup: true))
    session.shared.withLock { $0.cancelDirective = { Self.end(command) } }
    defer { session.shared.withLock { $0.cancelDirective = nil } }
    if session.isInterrupted { throw .failure(context.failures.interrupted(lines: [])) }
    let printed = StreamedText(context.output)
    let status: ExitStatus
    do throws(ProcessError) {
      status = try command.run(input: Array(input.utf8)) { stream, bytes in
        printed.add(bytes, to: stream == 1 ? .stdout : .stderr)
      }.status
    } catch {
      printed.finish()
      throw .failed("\(error)")
    }
    printed.finish()
    if session.isInterrupted { throw .failure(context.failures.interrupted(lines: [])) }
    return status
  }

  /// Interrupts a command's whole group, and kills what is left of it after a second.
  private static func end(_ command: Command) {
    command.cancel(with: 2)
    startThread {
      sleepMilliseconds(1_000)
      command.cancel()
    }
  }

  /// `text` with the values of session variables in place of `{name}` and `{name.member}`.
  ///
  /// Braces around anything else stay, and so do `${name}` and, without one pair, `{{name}}`.
  func interpolated(_ text: String) throws(DirectiveError) -> String {
    let known = Set(session.history.variables)
    let pieces = Interpolation.pieces(of: text) { known.contains($0) }
    var names: [String] = []
    for case .value(let name) in pieces where !names.contains(name) { names.append(name) }
    guard !names.isEmpty else { return pieces.map(\.text).joined() }
    let values = try session.hiddenTexts(
      of: names.map { ($0, "String(describing: \($0))") }, context)
    var result = ""
    for piece in pieces {
      guard case .value(let name) = piece else {
        result += piece.text
        continue
      }
      guard let value = values[name] else {
        throw .failed("{\(name)} has no value to insert; write {{\(name)}} for the text itself")
      }
      result += value
    }
    return result
  }
}

/// Text with places for values.
package enum Interpolation {
  package enum Piece: Equatable, Sendable {
    case text(String)
    /// An identifier, with members behind dots if any.
    case value(String)

    var text: String {
      switch self {
      case .text(let text): text
      case .value(let name): "{\(name)}"
      }
    }
  }

  package static func pieces(of text: String, isKnown: (String) -> Bool) -> [Piece] {
    var pieces: [Piece] = []
    var plain = ""
    var rest = Substring(text)
    while let character = rest.first {
      guard character == "{", plain.last != "$", let (name, end, braces) = place(in: rest),
        isKnown(String(name.prefix { $0 != "." }))
      else {
        plain.append(character)
        rest = rest.dropFirst()
        continue
      }
      rest = rest[end...]
      if braces == 2 {
        plain += "{\(name)}"
      } else {
        if !plain.isEmpty { pieces.append(.text(plain)) }
        plain = ""
        pieces.append(.value(String(name)))
      }
    }
    return plain.isEmpty ? pieces : pieces + [.text(plain)]
  }

  /// The name in the one or two pairs of braces that `text` begins with.
  private static func place(
    in text: Substring
  ) -> (name: Substring, end: Substring.Index, braces: Int)? {
    let braces = text.hasPrefix("{{") ? 2 : 1
    let inside = text.dropFirst(braces)
    let name = inside.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    let isName =
      name.first.map { $0.isLetter || $0 == "_" } == true && name.last != "."
      && !name.contains("..")
    let after = inside[name.endIndex...]
    guard isName, after.hasPrefix(braces == 2 ? "}}" : "}") else { return nil }
    return (name, after.index(after.startIndex, offsetBy: braces), braces)
  }
}

/// Publishes what a program prints: soon, in few messages, with whole characters.
final class StreamedText: Sendable {
  private struct State {
    var printed = PrintedText()
    var isFinished = false
  }

  private let state = Mutex(State())
  private let output: CellRun.Output

  init(_ output: @escaping CellRun.Output) {
    self.output = output
    startThread(stackBytes: 1 << 18) { [weak self] in
      repeat { sleepMilliseconds(40) } while self?.flush(isLast: false) == true
    }
  }

  func add(_ bytes: [UInt8], to stream: StandardStream) {
    state.withLock { state in
      // A change of streams keeps their order.
      let other: StandardStream = stream == .stdout ? .stderr : .stdout
      if let text = state.printed.take(other, keepsFatalError: false) {
        output(.stream(other, text))
      }
      if let text = state.printed.add(bytes, to: stream) { output(.stream(stream, text)) }
    }
  }

  func finish() {
    flush(isLast: true)
  }

  @discardableResult
  private func flush(isLast: Bool) -> Bool {
    state.withLock { state in
      if state.isFinished { return false }
      state.isFinished = isLast
      for stream in [StandardStream.stdout, .stderr] {
        let text =
          isLast
          ? state.printed.takeAll(stream) : state.printed.take(stream, keepsFatalError: false)
        if let text { output(.stream(stream, text)) }
      }
      return true
    }
  }
}
