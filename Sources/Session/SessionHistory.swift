import Workflows

/// What a session has run so far: the modules that later cells see, and the cells as written.
struct SessionHistory: Sendable {
  /// The latest module; it re-exports the ones before it.
  private(set) var latestModule: String?
  /// The live modules of extensions, oldest first.
  private var extensions: [(module: String, keys: Set<String>, cellID: String?)] = []
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

  /// The modules of extensions that a cell sees besides the latest module.
  var extensionModules: [String] { extensions.map(\.module) }

  /// Makes a module of extensions visible to later cells, in place of the ones that it repeats.
  mutating func joinExtensions(_ module: String, keys: Set<String>, cellID: String?) {
    extensions.removeAll { earlier in
      earlier.keys.isSubset(of: keys) || (cellID != nil && earlier.cellID == cellID)
    }
    extensions.append((module, keys, cellID))
  }

  /// The modules that stay visible while extensions with `keys` are compiled anew.
  func extensionModules(besides keys: Set<String>, cellID: String?) -> [String] {
    extensions.filter { earlier in
      !earlier.keys.isSubset(of: keys) && (cellID == nil || earlier.cellID != cellID)
    }.map(\.module)
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
    extensions = []
    imports = []
  }
}
