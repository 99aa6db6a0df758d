import CellCompiler
import Cells
import Kernel
import Workflows

extension NotebookSession {
  /// The directives, as completion offers them.
  static let directiveNames = ["%pipeline", "%%step", "%%job"]

  /// Runs what the cell's directives say, else the cell as it is; on the session's queue.
  func runDirectives(_ context: CellContext) -> CellFailure? {
    let directives = context.split.directives
    guard !directives.isEmpty else { return runSource(context, role: .ordinary) }
    if directives.dropFirst().contains(where: \.isForCell)
      || directives.dropLast().contains(where: \.isForCell)
    {
      return context.failures.other(
        "DirectiveError", "a directive with %% takes the whole cell; it must stand alone, first")
    }
    for directive in directives {
      if let failure = run(directive, context) { return failure }
    }
    let takesSource = directives.contains(where: \.isForCell)
    return takesSource ? nil : runSource(context, role: .ordinary)
  }

  private func run(_ directive: Directive, _ context: CellContext) -> CellFailure? {
    do throws(WorkflowsError) {
      switch (directive.isForCell, directive.name) {
      case (true, "step"):
        let step = try StepDirective(arguments: directive.arguments)
        return runSource(context, role: .step(step))
      case (true, "job"):
        return runJob(try JobDirective(arguments: directive.arguments), context)
      case (false, "pipeline"):
        return try runPipeline(PipelineDirective(arguments: directive.arguments), context)
      default:
        let written = (directive.isForCell ? "%%" : "%") + directive.name
        return context.failures.other(
          "DirectiveError",
          "line \(directive.line): there is no directive \(written); there are "
            + Self.directiveNames.joined(separator: ", "))
      }
    } catch {
      return context.failures.other("DirectiveError", "line \(directive.line): \(error)")
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
