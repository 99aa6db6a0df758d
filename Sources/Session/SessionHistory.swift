import Cells
import Kernel
import Workflows

/// What a session has run so far: the modules that later cells see, and the cells as written.
struct SessionHistory: Sendable {
  /// What later cells see of the earlier ones.
  var scope = SessionScope()
  private var moduleCount = 0
  /// Cells as written, by label, for backtraces.
  private(set) var sources: [String: String] = [:]
  /// The cells that steps and jobs draw on.
  var registry = CellRegistry()

  /// A module name that no other cell has.
  mutating func nextModule() -> String {
    moduleCount += 1
    return "Cell_\(moduleCount)"
  }

  /// The name that the next module will have.
  var upcomingModule: String { "Cell_\(moduleCount + 1)" }

  // MARK: For directives

  /// The cells as written, oldest first, each with its execution count.
  private(set) var inputs: [(count: Int, source: String)] = []
  /// The variables that hold values, in the order of their declaration.
  private(set) var variables: [String] = []
  /// The modules that cells have imported.
  private(set) var imports: Set<String> = []
  /// The packages that were added.
  var packages: [AddedPackage] = []
  /// The sources that ran to their end, for `%replay`.
  private(set) var succeeded: [SucceededCell] = []

  mutating func note(input: String, count: Int) {
    inputs.append((count, input))
  }

  /// Notes the variables that a cell gave values.
  mutating func noteVariables(of cell: PreparedCell, progress: Int?) {
    imports.formUnion(cell.imports)
    for group in cell.variables {
      variables.removeAll { group.names.contains($0) }
      if group.statement < progress ?? .max { variables += group.names.filter { $0 != "_" } }
    }
  }

  mutating func note(succeeded context: CellContext, role: ExecutedCell.Role?) {
    succeeded.append(
      SucceededCell(
        request: context.request, split: context.split, label: context.label,
        code: context.failures.code, role: role))
  }

  mutating func note(again cell: SucceededCell) {
    succeeded.append(cell)
  }

  /// Forgets what ran, too: the session begins anew.
  mutating func reset() {
    workerWasReplaced()
    registry = CellRegistry()
    succeeded = []
  }

  mutating func note(source: String, label: String) {
    sources[label] = source
  }

  /// Forgets what lived in the worker; its modules are of no use without it.
  mutating func workerWasReplaced() {
    scope = SessionScope()
    variables = []
    imports = []
  }
}

/// Source that ran to its end, as `%replay` runs it again.
struct SucceededCell: Sendable {
  let request: CellRequest
  let split: SplitCell
  let label: String
  /// What `label`'s lines refer to.
  let code: String
  let role: ExecutedCell.Role?
}
