/// What one step or job needs of the cells before it: declarations as source, values as files.
struct DeclarationClosure {
  /// A declaration by its place: the cell's index and its own within the cell.
  struct Place: Hashable, Comparable {
    var cell: Int
    var declaration: Int

    static func < (a: Place, b: Place) -> Bool {
      (a.cell, a.declaration) < (b.cell, b.declaration)
    }
  }

  /// Whether variables of step cells come in as values; a job carries them as source.
  let takesValues: Bool
  private(set) var carried: Set<Place> = []
  /// The values taken, with the index of the cell that makes each.
  private(set) var inputs: [String: Int] = [:]
  private let entries: [CellRegistry.Entry]
  private let own: ExecutedCell
  private let position: Int
  private let run: Int
  private var seen: [String: Bool] = [:]
  private var mentioned: Set<String> = []

  /// Computes the closure of `own`, which stands at `position` among `entries` and ran as `run`.
  init(
    of own: ExecutedCell, position: Int, run: Int, entries: [CellRegistry.Entry],
    takesValues: Bool
  ) throws(WorkflowsError) {
    self.own = own
    self.position = position
    self.run = run
    self.entries = entries
    self.takesValues = takesValues
    mentioned = own.usedMembers.union(own.freeNames)
    for name in own.freeNames.sorted() { try need(name, isCertain: true) }
    // A function's overloads elsewhere are needed too, and the declaration of an operator.
    for declaration in own.declarations where declaration.kind == .function {
      for name in declaration.names { try need(name, isCertain: false) }
    }
    while try carryExtensions() {}
  }

  /// The indices of the cells whose declarations can be seen, in order.
  private var visible: [Int] {
    entries.indices.filter { isVisible($0) }
  }

  /// A cell above is visible, and one below that had run before.
  private func isVisible(_ index: Int) -> Bool {
    index < position || (index > position && entries[index].run < run)
  }

  func declaration(at place: Place) -> Declaration {
    entries[place.cell].cell.declarations[place.declaration]
  }

  // MARK: Names

  /// Resolves `name` and everything that it needs in turn.
  ///
  /// A name is certain when it surely means a top-level declaration; inside a type it could be an
  /// inherited member.
  private mutating func need(_ name: String, isCertain: Bool) throws(WorkflowsError) {
    if let before = seen[name], before || !isCertain { return }
    seen[name] = isCertain
    if takesValues, let producer = stepProducing(name) {
      try take(name, from: producer, isCertain: isCertain)
      return
    }
    for place in places(of: name) { try carry(place) }
  }

  private mutating func carry(_ place: Place) throws(WorkflowsError) {
    guard carried.insert(place).inserted else { return }
    let declaration = declaration(at: place)
    mentioned.formUnion(declaration.usedMembers)
    mentioned.formUnion(declaration.freeNames)
    let isCertain = [.variable, .function, .typeAlias].contains(declaration.kind)
    for name in declaration.freeNames.sorted() { try need(name, isCertain: isCertain) }
  }

  private mutating func take(
    _ name: String, from index: Int, isCertain: Bool
  ) throws(WorkflowsError) {
    let producer = entries[index].cell
    let producerName = producer.step?.name ?? producer.label
    let consumerName = own.step?.name ?? own.label
    guard index < position else {
      if isCertain {
        throw .producedLater(value: name, step: consumerName, producer: producerName)
      }
      return
    }
    guard let type = producer.types[name] else {
      if isCertain {
        throw .unknownType(value: name, producer: producerName, consumer: consumerName)
      }
      return
    }
    if let reason = TypeText.unsuitability(of: type) {
      guard isCertain else { return }
      throw .unsuitableType(
        value: name, type: type, producer: producerName, consumer: consumerName, reason: reason)
    }
    inputs[name] = index
    for needed in TypeText.names(in: type).sorted() { try need(needed, isCertain: false) }
  }

  /// The cells that might define a name, nearest first: upwards, then those below.
  private var searchOrder: [Int] {
    visible.filter { $0 < position }.reversed() + visible.filter { $0 > position }.reversed()
  }

  /// Returns the step whose variable `name` is, when nothing nearer declares it.
  private func stepProducing(_ name: String) -> Int? {
    guard !own.defines(name) else { return nil }
    for index in searchOrder where entries[index].cell.defines(name) {
      let cell = entries[index].cell
      let isVariable = cell.declarations.contains {
        $0.kind == .variable && $0.names.contains(name)
      }
      return cell.step != nil && isVariable ? index : nil
    }
    return nil
  }

  /// Returns the declarations that `name` means: the nearest one, or all overloads of a function.
  ///
  /// What the cell itself declares is nearer than all others.
  private func places(of name: String) -> [Place] {
    let own = own.declarations.filter { $0.names.contains(name) }
    guard own.allSatisfy(\.isOverloadable) else { return [] }
    var signatures = Set(own.map { $0.signature(for: name) })
    var found: [Place] = []
    for index in searchOrder {
      let declarations = entries[index].cell.declarations
      let hits = declarations.indices.filter { declarations[$0].names.contains(name) }
      guard hits.allSatisfy({ declarations[$0].isOverloadable }) else {
        let isNearest = found.isEmpty && own.isEmpty
        return isNearest ? hits.map { Place(cell: index, declaration: $0) } : found
      }
      let new = hits.filter { !signatures.contains(declarations[$0].signature(for: name)) }
      found += new.map { Place(cell: index, declaration: $0) }
      signatures.formUnion(new.map { declarations[$0].signature(for: name) })
    }
    return found
  }

  // MARK: Extensions

  /// Carries the extensions that apply by now; returns whether there were new ones.
  private mutating func carryExtensions() throws(WorkflowsError) -> Bool {
    let before = carried.count
    for index in visible {
      for (number, declaration) in entries[index].cell.declarations.enumerated()
      where declaration.isNameless {
        let place = Place(cell: index, declaration: number)
        guard !carried.contains(place),
          !carried.contains(where: { self.declaration(at: $0).source == declaration.source })
        else { continue }
        if let isOurs = declaration.extendedType.flatMap({ isCarried(type: $0) }) {
          if isOurs { try carry(place) }
        } else {
          try carryForeign(declaration, at: place)
        }
      }
    }
    return carried.count > before
  }

  /// Whether a type that cells declare is part of the program; `nil` for a type of a library.
  private func isCarried(type: String) -> Bool? {
    var aliases: Set<String> = []
    return isCarried(type: type, through: &aliases)
  }

  private func isCarried(type: String, through aliases: inout Set<String>) -> Bool? {
    guard aliases.insert(type).inserted else { return false }
    let own = own.declarations.filter { $0.names.contains(type) }
    let places = places(of: type)
    guard !own.isEmpty || !places.isEmpty else { return nil }
    if own.contains(where: { $0.kind != .typeAlias }) { return true }
    if places.contains(where: { carried.contains($0) && declaration(at: $0).kind != .typeAlias }) {
      return true
    }
    // An alias stands for what it names: an extension of one extends the other.
    let named = (own + places.map { declaration(at: $0) }).filter { $0.kind == .typeAlias }
      .flatMap { $0.freeNames.sorted() }
    guard !named.isEmpty else { return false }
    let answers = named.compactMap { isCarried(type: $0, through: &aliases) }
    return answers.isEmpty ? nil : answers.contains(true)
  }

  /// Carries an extension of a library's type, unless only that would make the step take a value
  /// and nothing in the program mentions the extension's members.
  private mutating func carryForeign(
    _ declaration: Declaration, at place: Place
  ) throws(WorkflowsError) {
    var trial = self
    do throws(WorkflowsError) {
      try trial.carry(place)
    } catch {
      if !declaration.declaredMembers.isDisjoint(with: mentioned) { throw error }
      return
    }
    let isMentioned = !declaration.declaredMembers.isDisjoint(with: mentioned)
    if isMentioned || trial.inputs.count == inputs.count { self = trial }
  }

  // MARK: Order

  /// Whether the declaration's value depends on a taken value, through others too.
  func dependsOnInputs(_ place: Place) -> Bool {
    var visited: Set<Place> = []
    var open = [place]
    while let next = open.popLast() {
      guard visited.insert(next).inserted else { continue }
      let names = declaration(at: next).freeNames
      if names.contains(where: { inputs[$0] != nil }) { return true }
      for name in names {
        open += carried.filter { declaration(at: $0).names.contains(name) }
      }
    }
    return false
  }
}

extension Declaration {
  /// Whether no name leads to it: an extension, or an `#if` around imports or extensions.
  fileprivate var isNameless: Bool {
    kind == .extension || (kind == .conditional && names.isEmpty)
  }

  /// Whether declarations of one name can stand side by side.
  fileprivate var isOverloadable: Bool { kind == .function || kind == .operator }

  /// What tells overloads of `name` apart; an operator's declaration differs from its functions.
  fileprivate func signature(for name: String) -> String {
    kind == .operator ? "operator \(name)" : signature ?? source
  }
}
