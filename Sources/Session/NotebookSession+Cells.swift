import CellCompiler
import Cells
import Dispatch
import JupyterProtocol
import Kernel
import Processes
import Synchronization
import Workflows

/// Everything about one cell that its parts need.
struct CellContext {
  var request: CellRequest
  var split: SplitCell
  var label: String
  var output: CellRun.Output
  var failures: CellFailures
  /// What the reply carries besides: `set_next_input`, `page`.
  let payload = Box<[JSONValue]>([])
}

extension NotebookSession {
  /// Runs one cell with its directives and user expressions; on the session's queue.
  func runCell(_ request: CellRequest, _ output: @escaping CellRun.Output) -> CellOutcome {
    let label = "cell \(request.executionCount)"
    history.note(source: request.code, label: label)
    if !request.isSilent {
      history.note(input: request.code, count: request.executionCount)
      keepForRuns(request)
    }
    let context = CellContext(
      request: request, split: SplitCell(request.code), label: label, output: output,
      failures: CellFailures(code: request.code, label: label, sources: history.sources))
    if let failure = runDirectives(context) ?? nil { return CellOutcome(failure: failure) }
    guard request.userExpressions.isEmpty else {
      return CellOutcome(
        userExpressions: evaluate(request.userExpressions, context),
        payload: context.payload.value)
    }
    return CellOutcome(payload: context.payload.value)
  }

  /// The file with the cells that came, as they were written, which runs of the tracking store keep.
  var cellsFile: String? {
    shared.withLock { $0.compiler }.map { $0.folder + "/cells.swift" }
  }

  private func keepForRuns(_ request: CellRequest) {
    guard let cellsFile else { return }
    let text = "// Cell \(request.executionCount)\n\(request.code)\n\n"
    // A disk that is full shows in the cell itself, which is compiled there.
    _ = Files.append(Array(text.utf8), to: cellsFile)
  }

  /// Compiles and runs the Swift source of a cell, and lets later cells see it.
  ///
  /// - Parameters:
  ///   - context: The cell.
  ///   - role: What the cell is for pipelines; `nil` keeps it out of them.
  /// - Returns: Why it failed; `nil` when it did not.
  func runSource(_ context: CellContext, role: ExecutedCell.Role?) -> CellFailure? {
    let source = context.split.source
    guard !source.allSatisfy(\.isWhitespace) else { return nil }
    announceIdleDeath(context)
    guard let compiler = readyCompiler() else { return cannotStart(context) }
    let prepared: PreparedCell
    let module: String
    let compiled: CellCompiler.Result
    do throws(CellsError) {
      prepared = try prepare(context, compiler)
    } catch {
      return context.failures.cannotBePrepared(error)
    }
    if isInterrupted { return context.failures.interrupted(lines: []) }
    do throws(CellCompilerError) {
      (module, compiled) = try compile(prepared, with: compiler)
    } catch {
      if error == .interrupted { return context.failures.interrupted(lines: []) }
      return context.failures.other("CompilerError", error.description)
    }
    guard let object = compiled.object else {
      return context.failures.doesNotCompile(compiled.diagnostics)
    }
    show(compiled.diagnostics, context)
    let (end, progress) = runObject(
      object, entry: compiled.entry, parentID: context.request.messageID,
      allowsInput: context.request.allowsInput, context.output)
    if case .workerEnded = end {
      history.workerWasReplaced()
      compiler.workerWasReplaced()
      ensureWorker()
    } else {
      history.scope.join(module, prepared.footprint, cellID: context.request.cellID)
      hideUnset(
        prepared, of: module, progress: end == .finished ? nil : progress, context, compiler)
    }
    // What failed while it was released is not tried again.
    if end == .finished || progress >= prepared.statementLines.count {
      history.scope.noteReleased(by: prepared)
    }
    noteForAssistance(module: module, context)
    if prepared.joinsSession, !history.scope.isEmpty {
      history.noteVariables(of: prepared, progress: end == .finished ? nil : progress)
    }
    if end == .finished, role != nil { history.note(succeeded: context, role: role) }
    if end == .finished, let role { record(context, role: role) }
    return failure(of: end, prepared, progress: progress, context, compiler)
  }

  /// Compiles the session's next module, and starts the compiler of the one after it.
  func compile(
    _ cell: PreparedCell, with compiler: CellCompiler
  ) throws(CellCompilerError) -> (module: String, result: CellCompiler.Result) {
    let module = history.nextModule()
    defer { compiler.prepare(module: history.upcomingModule) }
    return (module, try compiler.compile(cell, module: module))
  }

  private func prepare(
    _ context: CellContext, _ compiler: CellCompiler
  ) throws(CellsError) -> PreparedCell {
    try PreparedCell(
      source: context.split.source, label: context.label, firstLine: context.split.firstLine,
      scope: history.scope, cellID: context.request.cellID, memory: compiler.memorySymbol)
  }

  /// Hands an object to the worker and waits for the cell's end.
  func runObject(
    _ object: String, entry: String, parentID: String = "", allowsInput: Bool = false,
    _ output: @escaping CellRun.Output
  ) -> (end: CellEnd, progress: Int) {
    let message = WorkerMessage(kind: WorkerMessageKind.run, texts: [object, entry, parentID])
    return runInWorker(message, allowsInput: allowsInput, output)
  }

  /// Has the worker run something on its cell thread, and waits for the end.
  func runInWorker(
    _ message: WorkerMessage, allowsInput: Bool, _ output: @escaping CellRun.Output
  ) -> (end: CellEnd, progress: Int) {
    if let reason = ensureWorker() { return (.unloadable(reason: reason), 0) }
    let done = DispatchSemaphore(value: 0)
    let outcome = Box<(CellEnd, Int)>((.finished, 0))
    let run = CellRun(allowsInput: allowsInput, output: output) { end, progress in
      outcome.value = (end, progress)
      done.signal()
    }
    let worker = shared.withLock { state in
      state.run = run
      return state.worker
    }
    defer { shared.withLock { $0.run = nil } }
    guard let worker else { return (.workerEnded(WorkerDeath(status: .exited(0))), 0) }
    worker.send(WorkerMessage(kind: WorkerMessageKind.turn, texts: [String(run.number)]))
    worker.send(message)
    // An interrupt that came while the cell was compiled must not be lost.
    if isInterrupted { interrupt() }
    done.wait()
    return outcome.value
  }

  /// The text of a hidden cell's value; later cells do not see it.
  func valueOfHiddenCell(_ source: String, _ context: CellContext) -> String? {
    guard let compiler = readyCompiler(),
      let prepared = try? PreparedCell(
        source: source, label: "hidden", scope: history.scope),
      let (_, compiled) = try? compile(prepared, with: compiler),
      let object = compiled.object
    else { return nil }
    let value = Box<String?>(nil)
    let (end, _) = runObject(object, entry: compiled.entry) { event in
      if case .result(let bundle, _) = event, case .string(let text)? = bundle["text/plain"] {
        value.value = text
      }
    }
    history.scope.noteHidden(prepared.footprint, as: compiled.entry)
    return end == .finished ? value.value : nil
  }

  // MARK: Before

  func readyCompiler() -> CellCompiler? {
    prepareCompiler()
    return shared.withLock { $0.compiler }
  }

  func cannotStart(_ context: CellContext) -> CellFailure {
    let reason = shared.withLock { $0.startError }?.description ?? "the compiler did not start"
    return context.failures.other("ToolchainError", reason)
  }

  /// Says so when the worker ended while no cell ran.
  func announceIdleDeath(_ context: CellContext) {
    let death = shared.withLock { state in
      defer { state.idleDeath = nil }
      return state.idleDeath
    }
    guard let death else { return }
    history.workerWasReplaced()
    shared.withLock { $0.compiler }?.workerWasReplaced()
    context.output(
      .stream(
        .stderr,
        "martlet: since the last cell, the worker process \(death.explanation). A new one was "
          + "started. The variables, functions and imports of earlier cells are gone: run those "
          + "cells again, or all that succeeded with %replay.\n"))
  }

  // MARK: After

  private func show(_ diagnostics: [Diagnostic], _ context: CellContext) {
    let printer = DiagnosticPrinter(code: context.request.code, label: context.label)
    let lines = diagnostics.flatMap { printer.render($0) }
    guard !lines.isEmpty else { return }
    context.output(.stream(.stderr, lines.joined(separator: "\n") + "\n"))
  }

  /// Makes variables that a failed cell never set unavailable, as they hold no value.
  private func hideUnset(
    _ prepared: PreparedCell, of module: String, progress: Int?, _ context: CellContext,
    _ compiler: CellCompiler
  ) {
    guard let progress else { return }
    let names = Set(prepared.variables.filter { $0.statement >= progress }.flatMap(\.names))
      .subtracting(["_"])
    guard !names.isEmpty else { return }
    let declarations = names.sorted().map { name in
      "@available(*, unavailable, message: \"\(context.label) failed before it gave this variable "
        + "a value; run it again\")\nvar `\(name)`: Never { get { fatalError() } set {} }"
    }
    guard
      let tombstone = try? PreparedCell(
        source: declarations.joined(separator: "\n"), label: "hidden")
    else { return }
    guard let (name, compiled) = try? compile(tombstone, with: compiler), compiled.object != nil
    else { return }
    history.scope.join(name, tombstone.footprint)
    history.scope.noteUnset(names, in: module)
  }

  func failure(
    of end: CellEnd, _ prepared: PreparedCell, progress: Int, _ context: CellContext,
    _ compiler: CellCompiler
  ) -> CellFailure? {
    switch end {
    case .finished: return nil
    case .thrown(let name, let text, let frames):
      return context.failures.thrown(
        name: name, text: text,
        lines: withStatement(compiler.cellLines(of: frames), prepared, progress, context))
    case .interrupted(let frames):
      return context.failures.interrupted(
        lines: place(compiler.cellLines(of: frames), prepared, progress, context))
    case .trapped(let signal, let address, let report, let frames):
      var trace = compiler.backtrace(of: frames)
      trace.lines = place(trace.lines, prepared, progress, context)
      return context.failures.trapped(
        signal: signal, address: address, report: report, trace: trace)
    case .unloadable(let reason):
      return context.failures.other("LinkError", "the cell could not be loaded: \(reason)")
    case .workerEnded(let death):
      if isInterrupted {
        return context.failures.other(
          "KeyboardInterrupt",
          "the cell could not be interrupted where it was, so its worker process was ended and a "
            + "new one started. The variables, functions and imports of earlier cells are gone: "
            + "run those cells again, or all that succeeded with %replay.")
      }
      return context.failures.other(
        "WorkerEnded",
        "the process that runs the cells \(death.explanation). A new one was started. The "
          + "variables, functions and imports of earlier cells are gone: run those cells again, or "
          + "all that succeeded with %replay.")
    }
  }

  /// Adds the statement that failed, when optimisation left no frame of this cell.
  private func place(
    _ lines: [CellLine], _ prepared: PreparedCell, _ progress: Int, _ context: CellContext
  ) -> [CellLine] {
    guard !lines.contains(where: { $0.label == context.label }),
      prepared.statementLines.indices.contains(progress)
    else { return lines }
    return lines + [CellLine(label: context.label, line: prepared.statementLines[progress])]
  }

  /// Adds the statement that failed: the frames of a throw do not go all the way up.
  private func withStatement(
    _ lines: [CellLine], _ prepared: PreparedCell, _ progress: Int, _ context: CellContext
  ) -> [CellLine] {
    guard prepared.statementLines.indices.contains(progress) else { return lines }
    let statement = CellLine(label: context.label, line: prepared.statementLines[progress])
    return lines.last == statement ? lines : lines + [statement]
  }

  // MARK: User expressions

  private func evaluate(
    _ expressions: [String: String], _ context: CellContext
  ) -> [String: UserExpressionValue] {
    var values: [String: UserExpressionValue] = [:]
    for (name, expression) in expressions.sorted(by: { $0.key < $1.key }) {
      values[name] = evaluate(expression, context)
    }
    return values
  }

  private func evaluate(_ expression: String, _ context: CellContext) -> UserExpressionValue {
    let result = Box<MIMEBundle?>(nil)
    var request = context.request
    request.code = expression
    let inner = CellContext(
      request: request, split: SplitCell(expression), label: "user expression",
      output: { event in
        if case .result(let bundle, _) = event { result.value = bundle }
      },
      failures: CellFailures(code: expression, label: "user expression", sources: [:]))
    if let failure = runSource(inner, role: nil) { return .failure(failure) }
    guard let bundle = result.value else {
      return .failure(
        inner.failures.other("ValueError", "'\(expression)' has no value to show"))
    }
    return .value(bundle, metadata: [:])
  }
}

/// A value that one thread sets and another reads.
final class Box<Value: Sendable>: Sendable {
  private let guarded: Mutex<Value>

  init(_ value: Value) {
    guarded = Mutex(value)
  }

  var value: Value {
    get { guarded.withLock { $0 } }
    set { guarded.withLock { $0 = newValue } }
  }
}
