import SwiftSyntax

/// Walks one top-level item and collects the names that it uses and does not define.
///
/// It adds functions, closures, accessors and types: declarations that open a scope.
final class NameVisitor: StatementNames {
  // MARK: Closures

  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind {
    let signature = node.signature
    let captures = signature?.capture?.items.map { $0 } ?? []
    for capture in captures {
      if let initializer = capture.initializer { walk(initializer) } else { use(capture.name) }
    }
    walk(optional: signature?.attributes)
    scoped {
      for capture in captures { bind(capture.name) }
      let parameters = signature?.parameterClause.map { Syntax($0) }
      if let list = parameters?.as(ClosureShorthandParameterListSyntax.self) {
        for parameter in list { bind(parameter.name) }
      } else if let clause = parameters?.as(ClosureParameterClauseSyntax.self) {
        for parameter in clause.parameters { walk(optional: parameter.type) }
        for parameter in clause.parameters { bind(parameter.secondName ?? parameter.firstName) }
      }
      walk(optional: signature?.effectSpecifiers)
      walk(optional: signature?.returnClause)
      walkBlock(node.statements)
    }
    return .skipChildren
  }

  // MARK: Functions

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.attributes)
    if case .identifier = node.name.tokenKind {} else { useOperator(node.name) }
    scoped {
      walk(optional: node.genericParameterClause)
      walk(signature: node.signature)
      walk(optional: node.genericWhereClause)
      walk(optional: node.body)
    }
    return .skipChildren
  }

  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.attributes)
    scoped {
      walk(optional: node.genericParameterClause)
      walk(signature: node.signature)
      walk(optional: node.genericWhereClause)
      walk(optional: node.body)
    }
    return .skipChildren
  }

  override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.attributes)
    scoped {
      walk(optional: node.genericParameterClause)
      walk(node.returnClause)
      walk(optional: node.genericWhereClause)
      walk(parameters: node.parameterClause.parameters)
      walk(optional: node.accessorBlock)
    }
    return .skipChildren
  }

  override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind {
    scoped {
      let accessors = Syntax(node.accessors)
      if let getter = accessors.as(CodeBlockItemListSyntax.self) {
        walkBlock(getter)
      } else {
        walk(accessors)
      }
    }
    return .skipChildren
  }

  override func visit(_ node: AccessorDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.attributes)
    scoped {
      if let parameter = node.parameters?.name {
        bind(parameter)
      } else {
        bind(["newValue", "oldValue"])
      }
      walk(optional: node.effectSpecifiers)
      walk(optional: node.body)
    }
    return .skipChildren
  }

  override func visit(_ node: GenericParameterSyntax) -> SyntaxVisitorContinueKind {
    bind(node.name)
    walk(optional: node.inheritedType)
    return .skipChildren
  }

  private func walk(signature: FunctionSignatureSyntax) {
    walk(optional: signature.effectSpecifiers)
    walk(optional: signature.returnClause)
    walk(parameters: signature.parameterClause.parameters)
  }

  private func walk(parameters: FunctionParameterListSyntax) {
    for parameter in parameters {
      walk(parameter.attributes)
      walk(parameter.type)
      walk(optional: parameter.defaultValue)
    }
    for parameter in parameters { bind(parameter.secondName ?? parameter.firstName) }
  }

  // MARK: Types

  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(
      node.attributes, node.genericParameterClause, node.inheritanceClause,
      node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(
      node.attributes, node.genericParameterClause, node.inheritanceClause,
      node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(
      node.attributes, node.genericParameterClause, node.inheritanceClause,
      node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(
      node.attributes, node.genericParameterClause, node.inheritanceClause,
      node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(
      node.attributes, nil, node.inheritanceClause, node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.extendedType)
    return walk(
      node.attributes, nil, node.inheritanceClause, node.genericWhereClause, node.memberBlock)
  }

  override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind {
    walk(node.attributes)
    scoped {
      walk(optional: node.genericParameterClause)
      walk(node.initializer)
      walk(optional: node.genericWhereClause)
    }
    return .skipChildren
  }

  private func walk(
    _ attributes: AttributeListSyntax, _ generics: GenericParameterClauseSyntax?,
    _ inheritance: InheritanceClauseSyntax?, _ constraints: GenericWhereClauseSyntax?,
    _ block: MemberBlockSyntax
  ) -> SyntaxVisitorContinueKind {
    walk(attributes)
    scoped {
      walk(optional: generics)
      walk(optional: inheritance)
      scoped(declaredNames(ofMembers: block.members)) {
        walk(optional: constraints)
        walk(block.members)
      }
    }
    return .skipChildren
  }
}
