import Workflows

/// What a session has run so far: the modules that later cells see, and the cells as written.
struct SessionHistory: Sendable {
  /// The latest module; it re-exports the ones before it.
  private(set) var latestModule: String?
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

  /// Makes `module` what later cells see first.
  mutating func join(_ module: String) {
    latestModule = module
  }

  mutating func noteImports(_ names: [String]) {
    imports.formUnion(names)
  }

  mutating func note(source: String, label: String) {
    sources[label] = source
  }

  /// Forgets what lived in the worker; its modules are of no use without it.
  mutating func workerWasReplaced() {
    latestModule = nil
    imports = []
  }
}
