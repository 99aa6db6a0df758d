import CommandArguments
import Dispatch
import Notebooks
import Processes
import Session
import Synchronization

/// `run NOTEBOOK`: executes a notebook without a frontend.
struct RunCommand: Subcommand {
  static let name = "run"
  static let help = """
    Usage: martlet run [OPTION]... NOTEBOOK

    Execute a notebook's cells in order. With -o, the executed notebook is written; without, what
    the cells print goes to standard output.

      -o, --output FILE       write the executed notebook to FILE; - is standard output
          --inplace           write it to NOTEBOOK
      -p, --param NAME=VALUE  give the notebook's parameter NAME a value: a number, true, false,
                              JSON lists and objects, else a string; repeatable
      -r, --raw NAME=VALUE    the same, always as a string
          --cwd FOLDER        work in FOLDER; without, in the notebook's own
          --timeout SECONDS   fail a cell that takes longer
          --allow-errors      go on after a cell that fails
      -q, --quiet             no progress on standard error
      -h, --help              print this help

    The cell with the tag "parameters" declares the parameters with their defaults; a cell behind it
    gets the given values. The output is written also when a cell fails.

    Exit status: 0 all cells succeeded, or --allow-errors; 1 a cell failed; 2 the notebook could not
    be read or written; 64 the command line is not understood; 130 interrupted; 143 terminated.
    """

  private let notebook: String
  private let output: String?
  private let folder: String?
  private let parameters: NotebookParameters
  private let options: NotebookRun.Options
  private let isQuiet: Bool

  init(_ arguments: inout Arguments) throws(UsageError) {
    isQuiet = arguments.flag("--quiet", "-q")
    let isInPlace = arguments.flag("--inplace", "--in-place")
    var options = NotebookRun.Options()
    options.allowsErrors = arguments.flag("--allow-errors")
    if let text = try arguments.option("--timeout") {
      guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
        throw UsageError("--timeout needs a number of seconds above 0, not \"\(text)\"")
      }
      options.timeout = .milliseconds(Int64(max(1, seconds * 1_000)))
    }
    self.options = options
    var parameters = NotebookParameters()
    let (typed, raw) = (
      try arguments.options("-p", "--param", "--parameter"), try arguments.options("-r", "--raw")
    )
    do throws(NotebookError) {
      for text in typed { try parameters.add(text, isRaw: false) }
      for text in raw { try parameters.add(text, isRaw: true) }
    } catch {
      throw UsageError(error.description)
    }
    self.parameters = parameters
    folder = try arguments.option("--cwd")
    let target = try arguments.option("-o", "--output")
    guard target == nil || !isInPlace else {
      throw UsageError("-o and --inplace exclude each other; keep one")
    }
    notebook = try arguments.operands(1...1, of: "one notebook")[0]
    output = isInPlace ? notebook : target
  }

  func run() throws -> Int32 {
    do throws(NotebookError) {
      return try execute()
    } catch {
      complain("martlet run: \(error)")
      return 2
    }
  }

  private func execute() throws(NotebookError) -> Int32 {
    var notebook = try Notebook(path: notebook)
    for name in try parameters.inject(into: &notebook) {
      complain(
        "martlet run: warning: no cell with the tag \"parameters\" declares \(name); it is set all "
          + "the same")
    }
    let output = try absoluteOutput()
    try enterFolder()
    // Before the session's threads: they inherit which signals are blocked.
    let state = RunState()
    Signals.watch([Signals.interrupt, Signals.terminate]) { state.take($0) }
    let progress = RunProgress(
      notebook: notebook, isQuiet: isQuiet, printsOutput: output == nil)
    let session = NotebookSession()
    // What tasks print after their cell belongs to none, so it is in no notebook's outputs.
    session.start { progress.show(.published($0)) }
    let run = NotebookRun(notebook, executor: session, options: options) { progress.show($0) }
    state.begin(run)
    let failures = wait { await run.run() }
    progress.finish()
    wait { await session.shutDown() }
    if output == "-" {
      print(run.notebook.text, terminator: "")
    } else if let output {
      try run.notebook.write(to: output)
    }
    if let signal = state.signal { return 128 + signal }
    return failures > 0 && !options.allowsErrors ? 1 : 0
  }

  /// The output's path, which must not follow the change of folder; its folder must be there.
  private func absoluteOutput() throws(NotebookError) -> String? {
    guard let output, output != "-" else { return output }
    let path = output.hasPrefix("/") ? output : (Files.currentFolder ?? ".") + "/" + output
    let folder = Files.folder(of: path)
    guard Files.isFolder(folder) else {
      throw .unwritable(path: output, reason: "there is no folder \(folder)")
    }
    guard !Files.isFolder(path) else {
      throw .unwritable(path: output, reason: "it is a folder")
    }
    return path
  }

  private func enterFolder() throws(NotebookError) {
    var target = folder ?? ""
    if folder == nil, let slash = notebook.lastIndex(of: "/") {
      target = String(notebook[...slash])
    }
    guard !target.isEmpty else { return }
    if let reason = Files.changeFolder(to: target) {
      throw .unreadable(path: target, reason: reason)
    }
  }

  /// Blocks until `body` is done.
  @discardableResult
  private func wait<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Value?>(nil)
    Task.detached {
      let value = await body()
      result.withLock { $0 = value }
      done.signal()
    }
    while true {
      done.wait()
      if let value = result.withLock({ $0 }) { return value }
    }
  }
}

/// The signal that ended a run.
private final class RunState: Sendable {
  private let state = Mutex<(run: NotebookRun?, signal: Int32?)>((nil, nil))

  var signal: Int32? { state.withLock { $0.signal } }

  func take(_ signal: Int32) {
    let run = state.withLock { state in
      if state.signal == nil { state.signal = signal }
      return state.run
    }
    run?.interrupt()
  }

  func begin(_ run: NotebookRun) {
    let isStopped = state.withLock { state in
      state.run = run
      return state.signal != nil
    }
    if isStopped { run.interrupt() }
  }
}
