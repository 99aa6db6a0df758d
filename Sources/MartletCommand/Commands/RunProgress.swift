import JupyterProtocol
import Kernel
import Notebooks
import Processes
import Synchronization

/// Shows how a run of a notebook goes: a line that changes in a terminal, lines in a pipe.
final class RunProgress: Sendable {
  private let titles: [String]
  private let isQuiet: Bool
  private let printsOutput: Bool
  private let isTerminal = FileDescriptor.isTerminal(2)
  /// The cell that runs, as its line begins.
  private let head = Mutex("")

  init(notebook: Notebook, isQuiet: Bool, printsOutput: Bool) {
    titles = notebook.cells.map(Self.title)
    self.isQuiet = isQuiet
    self.printsOutput = printsOutput
  }

  func show(_ event: NotebookRun.Event) {
    switch event {
    case .starts(let index, let number, let total):
      let text = "[\(number)/\(total)] \(titles[index])"
      head.withLock { $0 = text }
      if isTerminal, !isQuiet { write("\r\u{1b}[K\(text) …") }
    case .published(let output):
      if printsOutput { show(output) }
    case .ended(_, let failure, let duration):
      let text = head.withLock { $0 }
      if !isQuiet {
        let start = isTerminal ? "\r\u{1b}[K" : ""
        write("\(start)\(text)  \(failure == nil ? "ok" : "failed") \(Self.seconds(duration))\n")
      }
      if let failure {
        let traceback = failure.traceback.joined(separator: "\n")
        write((isTerminal ? traceback : Self.plain(traceback)) + "\n")
      }
    }
  }

  func finish() {
    if isTerminal, !isQuiet { write("\r\u{1b}[K") }
  }

  private func show(_ output: CellOutput) {
    switch output {
    case .stream(.stdout, let text): print(text, to: 1)
    case .stream(.stderr, let text): print(text, to: 2)
    case .result(let data, _), .display(let data, _, _, _):
      if let text = data["text/plain"]?.string { print(text + "\n", to: 1) }
    default: break
    }
  }

  private func print(_ text: String, to descriptor: Int32) {
    if isTerminal, !isQuiet { write("\r\u{1b}[K") }
    FileDescriptor.write(Array(text.utf8), to: descriptor)
  }

  private func write(_ text: String) {
    FileDescriptor.write(Array(text.utf8), to: 2)
  }

  private static func title(_ cell: NotebookCell) -> String {
    let line = cell.source.split(whereSeparator: \.isNewline).first {
      !$0.allSatisfy(\.isWhitespace)
    }
    return String((line ?? "").prefix(60))
  }

  private static func seconds(_ duration: Duration) -> String {
    let hundredths =
      duration.components.seconds * 100 + duration.components.attoseconds / 10_000_000_000_000_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
  }

  /// `text` without a terminal's colours.
  private static func plain(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let escape = rest.firstIndex(of: "\u{1b}") {
      result += rest[..<escape]
      rest = rest[escape...].drop { $0 != "m" }.dropFirst()
    }
    return result + rest
  }
}
