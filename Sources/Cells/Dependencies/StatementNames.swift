import SwiftSyntax

/// Adds patterns, conditions and the statements that open a scope.
class StatementNames: NameScopes {
  override func visit(_ node: CodeBlockSyntax) -> SyntaxVisitorContinueKind {
    scoped { walkBlock(node.statements) }
    return .skipChildren
  }

  override func visit(_ node: IdentifierPatternSyntax) -> SyntaxVisitorContinueKind {
    bind(node.identifier)
    return .skipChildren
  }

  override func visit(_ node: PatternBindingSyntax) -> SyntaxVisitorContinueKind {
    walk(optional: node.typeAnnotation)
    walk(optional: node.initializer)
    walk(node.pattern)
    walk(optional: node.accessorBlock)
    return .skipChildren
  }

  override func visit(_ node: OptionalBindingConditionSyntax) -> SyntaxVisitorContinueKind {
    walk(optional: node.typeAnnotation)
    if let initializer = node.initializer {
      walk(initializer)
    } else {
      for name in boundNames(in: node.pattern) { use(name) }
    }
    walk(node.pattern)
    return .skipChildren
  }

  override func visit(_ node: MatchingPatternConditionSyntax) -> SyntaxVisitorContinueKind {
    walk(optional: node.typeAnnotation)
    walk(node.initializer)
    walk(node.pattern)
    return .skipChildren
  }

  override func visit(_ node: IfExprSyntax) -> SyntaxVisitorContinueKind {
    scoped {
      walk(node.conditions)
      walk(node.body)
    }
    walk(optional: node.elseBody.map { Syntax($0) })
    return .skipChildren
  }

  override func visit(_ node: GuardStmtSyntax) -> SyntaxVisitorContinueKind {
    let bound = bindings { walk(node.conditions) }
    walk(node.body)
    bind(bound)
    return .skipChildren
  }

  override func visit(_ node: WhileStmtSyntax) -> SyntaxVisitorContinueKind {
    scoped {
      walk(node.conditions)
      walk(node.body)
    }
    return .skipChildren
  }

  override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
    walk(node.sequence)
    scoped {
      walk(optional: node.typeAnnotation)
      walk(node.pattern)
      walk(optional: node.whereClause)
      walk(node.body)
    }
    return .skipChildren
  }

  override func visit(_ node: SwitchCaseSyntax) -> SyntaxVisitorContinueKind {
    scoped {
      walk(Syntax(node.label))
      walkBlock(node.statements)
    }
    return .skipChildren
  }

  override func visit(_ node: SwitchCaseItemSyntax) -> SyntaxVisitorContinueKind {
    walk(node.pattern)
    walk(optional: node.whereClause)
    return .skipChildren
  }

  override func visit(_ node: CatchClauseSyntax) -> SyntaxVisitorContinueKind {
    scoped(node.catchItems.isEmpty ? ["error"] : []) {
      walk(node.catchItems)
      walk(node.body)
    }
    return .skipChildren
  }
}
