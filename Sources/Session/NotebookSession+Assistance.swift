import Assistance
import CellCompiler
import Cells
import Kernel
import JupyterProtocol
import Synchronization

extension NotebookSession {
  /// Finds what could be inserted, through the process that holds sourcekitd.
  func assistedCompletions(in code: String, at cursor: Int) async -> Completions {
    guard let (assistant, prefix, arguments) = assistance(code, cursor) else {
      return Completions(matches: [], start: cursor, end: cursor)
    }
    let found = await assistant.completions(
      prefixSource: prefix, code: code, cursor: cursor, compilerArguments: arguments,
      directives: DirectiveTable.writtenNames)
    return Completions(
      matches: found.matches.map {
        Completion(text: $0.text, type: $0.type, signature: $0.signature)
      }, start: found.start, end: found.end)
  }

  /// Describes the symbol at the cursor.
  func assistedInspection(of code: String, at cursor: Int) async -> MIMEBundle? {
    guard let (assistant, prefix, arguments) = assistance(code, cursor),
      let found = await assistant.inspection(
        prefixSource: prefix, code: code, cursor: cursor, compilerArguments: arguments)
    else { return nil }
    return ["text/plain": .string(found.text), "text/markdown": .string(found.markdown)]
  }

  /// The assistant, what the cell sees before its own text, and how it is compiled.
  private func assistance(
    _ code: String, _ cursor: Int
  ) -> (Assistant, prefix: String, arguments: [String])? {
    shared.withLock { state in
      guard let compiler = state.compiler else { return nil }
      let assistant =
        state.assistant
        ?? Assistant(
          executable: configuration.command, arguments: ["assist"],
          toolchain: compiler.toolchain.root)
      state.assistant = assistant
      let prefix = state.scope.imports(assisting: code, at: cursor).joined(separator: "; ")
      return (assistant, prefix, compiler.sharedArguments + ["-module-name", "Cell_next"])
    }
  }
}
