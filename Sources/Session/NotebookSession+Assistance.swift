import Assistance
import CellCompiler
import Cells
import Dispatch
import JupyterProtocol
import Kernel
import Synchronization

/// A cell that declares something which later cells see.
struct DeclaringCell: Sendable {
  /// How the user knows it, as in `cell 3`.
  let label: String
  let source: String
  /// The line of the cell at which `source` begins.
  let firstLine: Int
}

extension NotebookSession {
  /// Finds what could be inserted, through the process that holds sourcekitd.
  func assistedCompletions(in code: String, at cursor: Int) async -> Completions {
    guard let (assistant, scope, arguments) = await assistance() else {
      return Completions(matches: [], start: cursor, end: cursor)
    }
    let view = AssistedScope(scope, code: code, cursor: cursor)
    let found = await assistant.completions(
      prefixSource: view.imports, code: code, cursor: cursor, compilerArguments: arguments,
      directives: DirectiveTable.writtenNames, workingFolder: workingFolder, globals: view.globals)
    return Completions(
      matches: found.matches.map {
        Completion(text: $0.text, type: $0.type, signature: $0.signature)
      }, start: found.start, end: found.end)
  }

  /// Describes the symbol at the cursor.
  ///
  /// - Parameters:
  ///   - code: The cell, or a name with question marks.
  ///   - cursor: The cursor in Unicode scalars of `code`.
  ///   - detailLevel: 1 adds the source of the session's symbols, the members of a library's type
  ///     or the overloads of its function.
  /// - Returns: The description as text and as Markdown; `nil` when nothing is known.
  func assistedInspection(
    of code: String, at cursor: Int, detailLevel: Int
  ) async -> MIMEBundle? {
    var (code, cursor, detailLevel) = (code, cursor, detailLevel)
    if let query = HelpQuery(code) {
      code = query.name
      cursor = query.name.unicodeScalars.count
      detailLevel = max(detailLevel, query.detailLevel)
    }
    if let directive = Self.directive(in: code, at: cursor) { return directive }
    return await description(of: code, at: cursor, isDetailed: detailLevel > 0)
  }

  /// The help of the directive in whose line the cursor stands; `nil` outside directives.
  private static func directive(in code: String, at cursor: Int) -> MIMEBundle? {
    let before = String(code.unicodeScalars.prefix(max(cursor, 0)))
    let start = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let rest = code.dropFirst(before.count - start.count).prefix { !$0.isNewline }
    let word = rest.drop { $0 == " " }.prefix { !$0.isWhitespace }
    guard word.hasPrefix("%"),
      let known = DirectiveTable.definition(named: String(word.drop { $0 == "%" }))
    else { return nil }
    let text = DirectiveTable.text(of: known)
    return ["text/plain": .string(text), "text/markdown": .string("```text\n\(text)\n```")]
  }

  /// Lets completion and inspection see what the next cell sees; on the session's queue.
  ///
  /// - Parameters:
  ///   - module: The module of the cell that just ran.
  ///   - context: That cell.
  func noteForAssistance(module: String, _ context: CellContext) {
    let scope = history.scope
    let cell = DeclaringCell(
      label: context.label, source: context.split.source, firstLine: context.split.firstLine)
    shared.withLock { state in
      state.scope = scope
      state.declaringCells[module] = cell
    }
  }

  private func description(
    of code: String, at cursor: Int, isDetailed: Bool
  ) async -> MIMEBundle? {
    guard let (assistant, scope, arguments) = await assistance(),
      var found = await assistant.inspection(
        prefixSource: AssistedScope(scope, code: code).imports, code: code, cursor: cursor,
        compilerArguments: arguments, isDetailed: isDetailed)
    else { return nil }
    locate(&found, in: code, isDetailed: isDetailed)
    return ["text/plain": .string(found.text), "text/markdown": .string(found.markdown)]
  }

  /// Says in which line of which cell the symbol is declared.
  private func locate(_ found: inout AssistantInspection, in code: String, isDetailed: Bool) {
    let symbol = found.symbol
    let split = SplitCell(code)
    let own = DeclaringCell(
      label: "this cell", source: split.source, firstLine: split.firstLine)
    guard
      let cell = found.origin == own.label
        ? own : shared.withLock({ $0.declaringCells[symbol.module] })
    else { return }
    found.origin = cell.label
    guard
      let place = DeclarationPlace(
        of: symbol.name, identifier: symbol.identifier, in: cell.source)
    else { return }
    found.origin += ", line \(place.line + cell.firstLine - 1)"
    if isDetailed { found.details = place.source }
  }

  /// The assistant, what cells have declared, and how a cell is compiled.
  private func assistance() async -> (Assistant, scope: SessionScope, arguments: [String])? {
    await prepareForAssistance()
    return shared.withLock { state in
      guard let compiler = state.compiler else { return nil }
      let assistant =
        state.assistant
        ?? Assistant(
          executable: configuration.command, arguments: ["assist"],
          toolchain: compiler.toolchain.root)
      state.assistant = assistant
      return (assistant, state.scope, compiler.sharedArguments + ["-module-name", "Cell_next"])
    }
  }

  /// Waits for the compiler's arguments, which a frontend that asks at once is ahead of.
  private func prepareForAssistance() async {
    guard shared.withLock({ $0.compiler == nil && $0.startError == nil }) else { return }
    await withCheckedContinuation { continuation in
      queue.async {
        self.prepareCompiler()
        continuation.resume()
      }
    }
  }

  /// Where relative paths of the user's code begin; the worker knows, as code may have changed it.
  private var workingFolder: String {
    shared.withLock { $0.worker }.map { "/proc/\($0.id)/cwd" } ?? "."
  }
}
