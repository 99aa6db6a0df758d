import Cells
import Kernel
import Workflows

/// Every directive.
enum DirectiveTable {
  /// In the order of `%help`.
  static let all: [DirectiveDefinition] =
    help + variables + timing + files + environment + compiler + commands + packages + workflows

  /// The names as completion offers them.
  static var writtenNames: [String] {
    all.flatMap(\.writtenNames).filter { $0 != "!" }
  }

  static func definition(named name: String) -> DirectiveDefinition? {
    let name = aliases[name] ?? name
    return all.first { $0.name == name }
  }

  /// Names that IPython's users may type.
  private static let aliases = ["lsmagic": "help", "system": "!", "sx": "!", "sh": "script"]

  /// Says that there is no such directive, and which may have been meant.
  static func unknown(_ directive: Directive) -> String {
    if let known = definition(named: directive.name) {
      return "\(directive.written) is written \(known.writtenNames.joined(separator: " or "))."
        + usage(of: known)
    }
    guard let near = DirectiveWords.nearest(to: directive.name, among: all.map(\.name)),
      let known = definition(named: near)
    else { return "there is no directive \(directive.written); %help lists them" }
    let names = known.writtenNames
    let written = names.first { $0.hasPrefix("%%") == directive.isForCell } ?? names[0]
    return "there is no directive \(directive.written). Did you mean \(written)?"
  }

  static func usage(of definition: DirectiveDefinition) -> String {
    " Usage: " + definition.usage.joined(separator: "\n       ")
  }
}

extension DirectiveTable {
  /// Whether a cell below a directive with two percent signs is whole; `nil` leaves that to Swift.
  ///
  /// A body that is not Swift ends with a blank line.
  static func completeness(of split: SplitCell, code: String) -> Completeness? {
    guard let directive = split.directives.last, directive.isForCell else { return nil }
    let isForeign = definition(named: directive.name)?.hasSwiftBody == false
    let lines = code.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let endsBlank = lines.count > 2 && lines.last?.allSatisfy(\.isWhitespace) == true
    if endsBlank, isForeign || split.source.allSatisfy(\.isWhitespace) { return .complete }
    return isForeign || split.source.isEmpty ? .incomplete(indent: "") : nil
  }

  /// Steps, pipelines and jobs.
  static let workflows: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "step", form: .cell,
      usage: ["%%step NAME [image=…] [cpu=…] [memory=…] [cache=on|off] [retries=N]"],
      summary: "Run the cell and make it a step of the pipeline."
    ) { call throws(DirectiveError) in
      try call.workflow { session throws(WorkflowsError) in
        let step = try StepDirective(arguments: call.arguments)
        return session.runSource(call.context, role: .step(step))
      }
    },
    DirectiveDefinition(
      name: "pipeline", form: .line,
      usage: [
        "%pipeline show [name=…]", "%pipeline run [name=…] [parallel=N]",
        "%pipeline export FILE [name=…] [image=…]",
      ],
      summary: "Show, run or export the pipeline of the step cells."
    ) { call throws(DirectiveError) in
      try call.workflow { session throws(WorkflowsError) in
        try session.runPipeline(PipelineDirective(arguments: call.arguments), call.context)
      }
    },
    DirectiveDefinition(
      name: "job", form: .cell,
      usage: ["%%job NAME [on=local|kubernetes] [dry-run] [namespace=…] [image=…] [cpu=…] …"],
      summary: "Run the cell as a program of its own, here or on Kubernetes."
    ) { call throws(DirectiveError) in
      try call.workflow { session throws(WorkflowsError) in
        session.runJob(try JobDirective(arguments: call.arguments), call.context)
      }
    },
  ]
}

extension DirectiveCall {
  /// Runs a directive of `Workflows`, whose errors say the usage themselves.
  fileprivate func workflow(
    _ body: (NotebookSession) throws(WorkflowsError) -> CellFailure?
  ) throws(DirectiveError) {
    if directive.isForCell, !SplitCell(context.split.source).directives.isEmpty {
      throw .failed("a directive cannot stand below \(directive.written), which must stand alone")
    }
    let failure: CellFailure?
    do throws(WorkflowsError) {
      failure = try body(session)
    } catch {
      throw .failed("\(error)")
    }
    if let failure { throw .failure(failure) }
  }
}
