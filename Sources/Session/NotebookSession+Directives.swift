import CellCompiler
import Cells
import Kernel
import Workflows

extension NotebookSession {
  /// Runs what the cell's directives say, then the source below them; on the session's queue.
  func runDirectives(_ context: CellContext) -> CellFailure? {
    for directive in context.split.directives {
      if isInterrupted { return context.failures.interrupted(lines: []) }
      if directive.isForCell, context.split.directives.count > 1 {
        return context.failures.other(
          "DirectiveError",
          "line \(directive.line): \(directive.written) takes the whole cell; it must stand first")
      }
      if let failure = run(directive, context) { return failure }
    }
    let takesSource = context.split.directives.contains(where: \.isForCell)
    return takesSource ? nil : runSource(context, role: .ordinary)
  }

  private func run(_ directive: Directive, _ context: CellContext) -> CellFailure? {
    func failure(_ text: String) -> CellFailure {
      context.failures.other("DirectiveError", "line \(directive.line): \(text)")
    }
    guard let definition = DirectiveTable.definition(named: directive.name),
      definition.allows(directive)
    else { return failure(DirectiveTable.unknown(directive)) }
    let call = DirectiveCall(session: self, directive: directive, context: context)
    do throws(DirectiveError) {
      try definition.run(call)
      return nil
    } catch {
      switch error {
      case .failure(let failure): return failure
      case .failed(let reason): return failure("\(directive.written): \(reason)")
      case .usage(let reason):
        return failure(
          "\(directive.written): \(reason)." + DirectiveTable.usage(of: definition))
      }
    }
  }

  // MARK: What steps and jobs draw on

  /// Notes a cell that succeeded, for steps and jobs.
  func record(_ context: CellContext, role: ExecutedCell.Role) {
    var cell = describe(context, role: role)
    if cell.step != nil { cell.types = staticTypes(of: cell, context) }
    history.registry.record(cell)
  }

  /// The cell with what the parser finds in it.
  func describe(_ context: CellContext, role: ExecutedCell.Role) -> ExecutedCell {
    let split = context.split
    let analysis = CellAnalysis(source: split.source, firstLine: split.firstLine)
    // A step keeps its label when it runs again: Kubeflow's cache goes by the program's text.
    var label = context.label
    if case .step(let directive) = role { label = "step \(directive.name)" }
    return ExecutedCell(
      cellID: context.request.cellID, label: label, role: role, source: split.source,
      firstLine: split.firstLine, imports: analysis.imports,
      declarations: analysis.declarations.compactMap(Declaration.init(_:)),
      freeNames: analysis.freeNames, usedMembers: analysis.usedMembers)
  }

  /// The static types of a step's variables, as the compiler inferred them.
  private func staticTypes(of cell: ExecutedCell, _ context: CellContext) -> [String: String] {
    let names = cell.declarations.filter { $0.kind == .variable }.flatMap(\.names)
    guard !names.isEmpty else { return [:] }
    let list = names.map { "\"\($0)=\" + martletType(`\($0)`)" }.joined(separator: ",\n")
    let source = """
      fileprivate func martletType<T>(_ value: @autoclosure () -> T) -> String {
        String(reflecting: T.self)
      }
      [\(list)].joined(separator: ";")
      """
    guard let text = valueOfHiddenCell(source, context) else { return [:] }
    var types: [String: String] = [:]
    for entry in text.drop(while: { $0 == "\"" }).split(separator: ";") {
      guard let equals = entry.firstIndex(of: "=") else { continue }
      let type = entry[entry.index(after: equals)...].prefix { $0 != "\"" }
      types[String(entry[..<equals])] = TypeText.withoutModules(String(type)) {
        $0.hasPrefix("Cell_")
      }
    }
    return types
  }
}

extension Declaration {
  init?(_ declaration: CellDeclaration) {
    guard let kind = Kind(rawValue: declaration.kind.rawValue) else { return nil }
    self.init(
      kind: kind, names: declaration.names, source: declaration.source, line: declaration.line,
      freeNames: declaration.freeNames, usedMembers: declaration.usedMembers,
      extendedType: declaration.extendedType, declaredMembers: declaration.declaredMembers,
      addsConformance: declaration.addsConformance, signature: declaration.signature)
  }
}
