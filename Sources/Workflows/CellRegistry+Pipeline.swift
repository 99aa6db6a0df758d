/// Pipelines and jobs out of the cells that ran.
extension CellRegistry {
  /// Returns the pipeline of all steps.
  ///
  /// - Throws: `noSteps`, and what stops a value from crossing: `unknownType`, `unsuitableType`,
  ///   `producedLater`; also what `Pipeline` refuses.
  package func pipeline(named name: String) throws(WorkflowsError) -> Pipeline {
    var closures: [(index: Int, closure: DeclarationClosure)] = []
    var needed: [Int: Set<String>] = [:]
    for (index, entry) in entries.enumerated() where entry.cell.step != nil {
      let closure = try DeclarationClosure(
        of: entry.cell, position: index, run: entry.run, entries: entries, takesValues: true)
      closures.append((index, closure))
      for (value, producer) in closure.inputs { needed[producer, default: []].insert(value) }
    }
    guard !closures.isEmpty else { throw .noSteps }
    var steps: [Step] = []
    for (index, closure) in closures {
      let cell = entries[index].cell
      guard let directive = cell.step else { continue }
      let inputs = closure.inputs.sorted { $0.key < $1.key }.map { value, producer in
        StepInput(
          name: value, type: entries[producer].cell.types[value] ?? "",
          producer: entries[producer].cell.step?.name ?? "")
      }
      let outputs = (needed[index] ?? []).sorted().map {
        StepValue(name: $0, type: cell.types[$0] ?? "")
      }
      let program = StepProgram.source(
        of: cell, imports: allImports(), closure: closure,
        labels: entries.map(\.cell.label), inputs: inputs, outputs: outputs)
      steps.append(
        Step(
          name: directive.name, options: directive.options, inputs: inputs, outputs: outputs,
          program: program, label: cell.label))
    }
    return try Pipeline(name: name, steps: steps)
  }

  /// Returns the program of a job cell, which sees every cell that ran.
  ///
  /// A job takes no values: variables that it needs come along as source.
  package func jobProgram(for cell: ExecutedCell) throws(WorkflowsError) -> String {
    let closure = try DeclarationClosure(
      of: cell, position: entries.count, run: .max, entries: entries, takesValues: false)
    return StepProgram.source(
      of: cell, imports: allImports(and: cell.imports), closure: closure,
      labels: entries.map(\.cell.label), inputs: [], outputs: [])
  }

  private func allImports(and own: [String] = []) -> [String] {
    var seen: Set<String> = []
    let all = entries.flatMap(\.cell.imports) + own
    return all.filter { seen.insert($0).inserted }
  }
}
