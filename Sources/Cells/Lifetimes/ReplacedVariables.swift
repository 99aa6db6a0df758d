/// Which variables of a session nothing can use any more: their values can be released.
///
/// A variable that a later cell declares anew may still be used by code of earlier cells. That code is
/// followed by cells: one is in use while a name leads to something that it declares, from the session or
/// from another cell in use, and for ever if its code may have got elsewhere.
struct ReplacedVariables: Sendable, Equatable {
  /// A variable by the module that declares it.
  struct Variable: Sendable, Hashable, Comparable {
    var module: String
    var name: String

    static func < (a: Variable, b: Variable) -> Bool { (a.module, a.name) < (b.module, b.name) }
  }

  /// What matters of a cell.
  private struct Cell: Sendable, Equatable {
    /// The variables that its code uses.
    var uses: Set<Variable>
    /// The cells of which it names something.
    var names: Set<String>
    var leavesCode: Bool
    var isInUseForEver: Bool
  }

  private var cells: [String: Cell] = [:]
  /// The variables that were replaced, and whose values are still there.
  private(set) var waiting: Set<Variable> = []

  var isEmpty: Bool { waiting.isEmpty }

  /// Notes that `variable`, which holds a value, has been replaced.
  mutating func insert(_ variable: Variable) { waiting.insert(variable) }

  /// Forgets a variable whose value was released, or that never had one.
  mutating func remove(_ variable: Variable) { waiting.remove(variable) }

  /// Notes what the cell `module` may use later.
  ///
  /// - Parameters:
  ///   - module: The cell.
  ///   - footprint: What it declares and uses.
  ///   - symbols: What a name meant before the cell.
  mutating func note(
    _ module: String, _ footprint: CellFootprint, symbols: (String) -> [SessionScope.Symbol]
  ) {
    let later = footprint.laterUses
    let own = footprint.analysis.definedNames
    let forEver = !later.namesForEver.isEmpty
    var uses: Set<Variable> = []
    for name in later.names.union(later.namesForEver) {
      if own.contains(name) {
        uses.insert(Variable(module: module, name: name))
        if !footprint.analysis.freeNames.contains(name) { continue }
      }
      for symbol in symbols(name) where symbol.kind == "var" {
        uses.insert(Variable(module: symbol.module, name: name))
      }
    }
    let free = footprint.analysis.freeNames
    let passesItself = footprint.analysis.declarations.contains { declaration in
      declaration.kind == .function && !later.values.isDisjoint(with: declaration.names)
    }
    cells[module] = Cell(
      uses: uses, names: Set(free.flatMap { symbols($0).map(\.module) }),
      leavesCode: later.leavesCode, isInUseForEver: forEver || passesItself)
    for name in later.values {
      for symbol in symbols(name) where symbol.kind == "func" {
        cells[symbol.module]?.isInUseForEver = true
      }
    }
    if footprint.runsCode { noteRun(from: module) }
  }

  /// What a cell runs may leave code behind, and so may what that calls.
  private mutating func noteRun(from module: String) {
    for name in reachable(from: [module]) where cells[name]?.leavesCode == true {
      cells[name]?.isInUseForEver = true
    }
  }

  private func reachable(from start: some Sequence<String>) -> Set<String> {
    var found = Set(start)
    var open = Array(found)
    while let module = open.popLast() {
      for next in cells[module]?.names ?? [] where found.insert(next).inserted { open.append(next) }
    }
    return found
  }

  /// The variables whose values can be released when `visible` are the cells that names lead to.
  func releasable(visible: Set<String>) -> [Variable] {
    guard !waiting.isEmpty else { return [] }
    let kept = cells.filter(\.value.isInUseForEver).keys
    let inUse = reachable(from: visible.union(kept))
    var used: Set<Variable> = []
    for module in inUse { used.formUnion(cells[module]?.uses ?? []) }
    return waiting.subtracting(used).sorted()
  }
}
