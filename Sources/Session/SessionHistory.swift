import Cells
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
  /// The modules that cells have imported by name.
  private(set) var imports: Set<String> = []

  /// A module name that no other cell has.
  mutating func nextModule() -> String {
    moduleCount += 1
    return "Cell_\(moduleCount)"
  }

  /// The name that the next module will have.
  var upcomingModule: String { "Cell_\(moduleCount + 1)" }

  mutating func noteImports(_ names: [String]) {
    imports.formUnion(names)
  }

  mutating func note(source: String, label: String) {
    sources[label] = source
  }

  /// Forgets what lived in the worker; its modules are of no use without it.
  mutating func workerWasReplaced() {
    scope = SessionScope()
    imports = []
  }
}
