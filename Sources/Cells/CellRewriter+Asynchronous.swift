import SwiftSyntax

// What has no place at the top level of a script, or would stay out of later cells' sight there.
extension CellRewriter {
  /// Makes a task of each `async let`, as `let x = Task { await f() }`.
  mutating func rewrite(
    asynchronous variable: VariableDeclSyntax, _ modifier: DeclModifierSyntax
  ) throws(CellsError) {
    insert("/*", before: modifier)
    insert("*/", after: modifier)
    var names: [String] = []
    for binding in variable.bindings {
      guard !binding.pattern.is(TuplePatternSyntax.self) else {
        throw .asynchronousTuple(line: place(binding).line, column: place(binding).column)
      }
      guard let value = binding.initializer?.value else { continue }
      let bound = patternNames(binding.pattern)
      names += bound
      let attempt = value.as(TryExprSyntax.self)
      // Swift takes `async let x = f()` also if `f` throws; then its uses say so.
      let isTried = attempt != nil || !triedUses.isDisjoint(with: bound)
      var start = "Task { "
      if let annotation = binding.typeAnnotation {
        insert("/*", before: annotation)
        insert("*/", after: annotation)
        let effects = isTried ? "async throws" : "async"
        start += "() \(effects) -> \(annotation.type.trimmedDescription) in "
      }
      insert(start + (isTried && attempt == nil ? "try " : ""), before: value)
      if !AwaitFinder.found(in: value) { insert("await ", before: attempt?.expression ?? value) }
      qualifySelfReferences(of: binding)
      insert(" }", after: value)
    }
    guard !names.isEmpty else { return }
    variables.append(
      PreparedCell.VariableGroup(statement: statementLines.count - 1, names: names))
  }

  /// Writes `x.value` for the `x` in `await x`, where an `async let` has declared it.
  mutating func takeAwaitedValues(in file: SourceFileSyntax) {
    let own = AsynchronousLet.names(in: file)
    let declared = Set(CellAnalysis(file: file).declarations.flatMap(\.names))
    let earlier = scope.latestSymbols.filter(\.isTask).map(\.name)
    let names = own.union(Set(earlier).subtracting(declared))
    guard !names.isEmpty else { return }
    let uses = AwaitedUses(of: names, in: file)
    awaitedUses = uses
    // Where one says it, the others mean what they say.
    triedUses = AsynchronousLet.saysTry(in: file) ? [] : uses.tried
    for reference in uses.found { insert(".value", after: reference) }
  }

  /// Has a `guard` give its values to variables of the cell, as what it binds is no other cell's to see:
  /// `let (a, b) = try { guard let a = f(), let b = g(a) else { … }; return (a, b) }()`.
  mutating func rewrite(_ guarding: GuardStmtSyntax) {
    let reader = NameVisitor(viewMode: .sourceAccurate)
    reader.walk(guarding)
    let names = reader.boundAtTopLevel
    let waits = AwaitFinder.found(in: guarding)
    guard waits || !names.isEmpty else { return }
    if !names.isEmpty {
      variables.append(
        PreparedCell.VariableGroup(statement: statementLines.count - 1, names: names))
    }
    awaits = awaits || waits
    let tuple = names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))"
    let keyword = guarding.conditions.contains { Self.bindsVariable($0) } ? "var" : "let"
    let start = names.isEmpty ? "" : "\(keyword) \(tuple) = "
    insert(start + (waits ? "try martletAwait { " : "try { () throws in "), before: guarding)
    for element in guarding.conditions {
      guard let binding = element.condition.as(OptionalBindingConditionSyntax.self) else {
        continue
      }
      qualifyShadowed(by: binding)
    }
    let end = names.isEmpty ? "" : "; return \(tuple)"
    insert(end + (waits ? " }" : " }()"), after: guarding)
  }

  private static func bindsVariable(_ element: ConditionElementSyntax) -> Bool {
    element.condition.as(OptionalBindingConditionSyntax.self)?.bindingSpecifier.text == "var"
  }

  /// Writes `Cell_7.x` for the `x` that is meant in `guard let x` and in `guard let x = x`.
  mutating func qualifyShadowed(by binding: OptionalBindingConditionSyntax) {
    for name in patternNames(binding.pattern) {
      guard let symbol = scope.symbols(named: name).last else { continue }
      guard let value = binding.initializer?.value else {
        insert(" = \(symbol.module).\(name)", after: binding.pattern)
        continue
      }
      for reference in SelfReferences(to: [name], in: value).found {
        insert(symbol.module + ".", before: reference)
      }
    }
  }
}
