import SwiftSyntax

/// What a cell leaves in the session: its declarations, and what its code uses later.
package struct CellFootprint: Sendable, Equatable {
  /// What it declares and uses.
  let analysis: CellAnalysis
  /// The variables that are tasks behind the scenes: `async let` has declared them.
  let tasks: Set<String>
  /// What it declares that has no name.
  let unscoped: UnscopedKeys
  let laterUses: LaterUses
  /// The variables that are memory with a value, and no more.
  let storedVariables: Set<String>
  /// Whether it does something at once, unlike a cell of functions and types.
  let runsCode: Bool

  init(of file: SourceFileSyntax, firstLine: Int) {
    analysis = CellAnalysis(file: file, firstLine: firstLine)
    unscoped = UnscopedKeys(of: file)
    tasks = AsynchronousLet.names(in: file)
    laterUses = LaterUses(of: file)
    var stored: Set<String> = []
    var runs = false
    for item in file.statements {
      if let variable = item.item.as(VariableDeclSyntax.self) {
        runs = true
        stored.formUnion(Self.storedNames(of: variable))
      } else if !item.item.is(DeclSyntax.self) {
        runs = true
      }
    }
    storedVariables = stored
    runsCode = runs
  }

  /// The names of bindings without observers, accessors, attributes and such modifiers as `weak`.
  ///
  /// Literals are left out: there is nothing to release.
  private static func storedNames(of variable: VariableDeclSyntax) -> [String] {
    let words: Set = ["private", "fileprivate", "internal", "public"]
    guard variable.attributes.isEmpty,
      variable.modifiers.allSatisfy({ words.contains($0.name.text) && $0.detail == nil })
    else { return [] }
    return variable.bindings.flatMap { binding in
      let hasLiteral = binding.initializer.map { isLiteral($0.value) } ?? false
      return binding.accessorBlock != nil || hasLiteral ? [] : boundNames(in: binding.pattern)
    }
  }

  private static func isLiteral(_ value: ExprSyntax) -> Bool {
    value.is(IntegerLiteralExprSyntax.self) || value.is(FloatLiteralExprSyntax.self)
      || value.is(BooleanLiteralExprSyntax.self) || value.is(StringLiteralExprSyntax.self)
  }
}
