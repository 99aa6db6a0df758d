import SwiftSyntax

/// Finds where a variable's initial value uses the variable's own name, as in `let x = x + 1`.
///
/// In a notebook that means the variable of an earlier cell; the compiler would call it circular.
final class SelfReferences: SyntaxVisitor {
  private let names: Set<String>
  private(set) var found: [DeclReferenceExprSyntax] = []

  init(to names: Set<String>, in value: ExprSyntax) {
    self.names = names
    super.init(viewMode: .sourceAccurate)
    walk(value)
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    let isMember = node.parent?.as(MemberAccessExprSyntax.self)?.declName.id == node.id
    if !isMember, names.contains(node.baseName.identifierText) { found.append(node) }
    return .visitChildren
  }

  // A closure that binds the name means its own.
  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind {
    let reader = NameVisitor(viewMode: .sourceAccurate)
    reader.walk(node)
    return reader.freeNames.isDisjoint(with: names) ? .skipChildren : .visitChildren
  }
}

extension TokenSyntax {
  /// The name without backticks.
  fileprivate var identifierText: String {
    text.hasPrefix("`") ? String(text.dropFirst().dropLast()) : text
  }
}
