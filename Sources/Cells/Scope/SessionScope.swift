/// What a session's cells have declared, and which of their modules a cell has to import.
///
/// A cell imports by name what it uses, from the module that declared it last: `import var Cell_7.x`.
/// So a later declaration takes the place of an earlier one, and a cell's cost does not grow with
/// the session. Only what has no name (imports, extensions, operators) is imported with its whole
/// module; a declaration imported by name comes before one that a whole module brings.
package struct SessionScope: Sendable, Equatable {
  /// A declaration that later cells may import.
  package struct Symbol: Sendable, Equatable {
    package var name: String
    /// The module that declares it.
    package var module: String
    /// The word after `import`: `var`, `func`, `struct` and so on.
    package var kind: String
    /// A function's signature; functions of different signatures live side by side.
    package var signature: String?
    /// Whether `async let` has declared it, so that it is a task behind the scenes.
    package var isTask = false
    /// Whether it is a variable whose memory holds a value that is worth releasing.
    var isStored = false
  }

  private struct Whole: Sendable, Equatable {
    var module: String
    var keys: Set<String>
    var cellID: String?
    /// Whether no other module brings it along, so that it can be left behind.
    var isDetached: Bool
  }

  private var symbols: [String: [Symbol]] = [:]
  private var wholes: [Whole] = []
  private var replaced = ReplacedVariables()

  package init() {}

  /// Whether nothing was declared yet.
  package var isEmpty: Bool { symbols.isEmpty && wholes.isEmpty }

  /// Every name with its latest declarations, in no order.
  package var latestSymbols: [Symbol] { symbols.values.flatMap { $0 } }

  /// What `name` means now; several functions may share it.
  package func symbols(named name: String) -> [Symbol] { symbols[name] ?? [] }

  /// Lets later cells see what `cell` declared as `module`.
  package mutating func join(_ module: String, _ cell: CellFootprint, cellID: String? = nil) {
    replaced.note(module, cell) { symbols[$0] ?? [] }
    for declaration in cell.analysis.declarations {
      guard let kind = declaration.importKind else { continue }
      for name in declaration.names {
        insert(
          Symbol(
            name: name, module: module, kind: kind, signature: declaration.signature,
            isTask: kind == "var" && cell.tasks.contains(name),
            isStored: kind == "var" && cell.storedVariables.contains(name)))
      }
    }
    let keys = cell.unscoped.keys
    guard !keys.isEmpty else { return }
    wholes.removeAll { Self.replaces($0, keys, cellID) }
    wholes.append(
      Whole(
        module: module, keys: keys, cellID: cellID, isDetached: cell.unscoped.isExtensionsOnly))
  }

  private mutating func insert(_ symbol: Symbol) {
    let others = symbols[symbol.name] ?? []
    let staying = others.filter { other in
      symbol.kind == "func" && other.kind == "func"
        && (other.signature != symbol.signature || other.module == symbol.module)
    }
    symbols[symbol.name] = staying + [symbol]
    for other in others where other.isStored && other.module != symbol.module {
      replaced.insert(ReplacedVariables.Variable(module: other.module, name: other.name))
    }
  }

  // MARK: Values of replaced variables

  /// The variables whose values nothing can use any more once `cell` has run.
  func releases(after cell: CellFootprint, cellID: String?) -> [ReplacedVariables.Variable] {
    let replaces = cell.analysis.definedNames.contains { name in
      symbols[name]?.contains(where: \.isStored) == true
    }
    guard replaces || !replaced.isEmpty else { return [] }
    var after = self
    after.join("", cell, cellID: cellID)
    let visible = Set(after.symbols.values.joined().map(\.module) + after.wholes.map(\.module))
    return after.replaced.releasable(visible: visible)
  }

  /// Notes a cell that later cells do not see: its code may use variables all the same.
  package mutating func noteHidden(_ cell: CellFootprint, as module: String) {
    replaced.note(module, cell) { symbols[$0] ?? [] }
  }

  /// Forgets variables whose values the cell has released.
  package mutating func noteReleased(by cell: PreparedCell) {
    for variable in cell.releases { replaced.remove(variable) }
  }

  /// Forgets variables of `module` that never got a value.
  package mutating func noteUnset(_ names: Set<String>, in module: String) {
    for name in names {
      replaced.remove(ReplacedVariables.Variable(module: module, name: name))
    }
  }

  /// The import lines of a cell.
  ///
  /// - Parameters:
  ///   - analysis: The cell.
  ///   - keys: What it declares that has no name; modules that declare the same are left out,
  ///     as a conformance must not be seen while it is declared anew.
  ///   - cellID: The notebook's identifier of the cell.
  /// - Returns: One line for each import.
  func imports(
    for analysis: CellAnalysis, keys: Set<String> = [], cellID: String? = nil
  ) -> [String] {
    // Functions of one name may be overloads of each other.
    let overloaded = analysis.declarations.filter { $0.kind == .function }.flatMap(\.names)
    return wholeImports(besides: keys, cellID: cellID)
      + imports(of: analysis.freeNames.union(overloaded))
  }

  /// The import lines that bring `names`, as far as the session has them.
  package func imports(of names: Set<String>) -> [String] {
    var lines: [String] = []
    for name in names.sorted() {
      for symbol in symbols[name] ?? [] where Self.isImportable(symbol) {
        let line = "import \(symbol.kind) \(symbol.module).`\(name)`"
        if lines.last != line { lines.append(line) }
      }
    }
    return lines
  }

  /// The import lines of the modules that every cell imports.
  package func wholeImports(besides keys: Set<String> = [], cellID: String? = nil) -> [String] {
    wholes.filter { !Self.replaces($0, keys, cellID) }.map { whole in
      (whole.isDetached ? "@_implementationOnly import " : "import ") + whole.module
    }
  }

  /// Operators have no name that an import could give; their modules are imported whole.
  private static func isImportable(_ symbol: Symbol) -> Bool {
    symbol.name.unicodeScalars.first.map {
      $0 == "_" || $0.properties.isXIDStart || $0.value > 0x7f
    }
      ?? false
  }

  private static func replaces(_ whole: Whole, _ keys: Set<String>, _ cellID: String?) -> Bool {
    !keys.isEmpty
      && (whole.keys.isSubset(of: keys) || (cellID != nil && whole.cellID == cellID))
  }
}
