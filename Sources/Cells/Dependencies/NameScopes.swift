import SwiftSyntax

/// Collects the names that one top-level item uses and does not define: the scopes and the uses.
///
/// Every syntax that opens a scope pushes one; a use counts as free when no open scope binds it.
/// `StatementNames` and `NameVisitor` add what opens scopes.
class NameScopes: SyntaxVisitor {
  /// The names used and bound by no scope of this item.
  private(set) var freeNames: Set<String> = []
  /// The names used after a dot.
  private(set) var memberNames: Set<String> = []
  /// The names bound outside all inner scopes, in order.
  private(set) var boundAtTopLevel: [String] = []
  private var scopes: [Set<String>] = [[]]

  // MARK: Scopes

  func scoped(_ names: Set<String> = [], _ body: () -> Void) {
    scopes.append(names)
    body()
    scopes.removeLast()
  }

  func use(_ token: TokenSyntax) {
    guard let name = name(of: token) else { return }
    use(name)
  }

  func use(_ name: String) {
    guard !scopes.contains(where: { $0.contains(name) }) else { return }
    freeNames.insert(name)
  }

  /// Notes an operator's name whether or not it is bound: its `operator` declaration is needed.
  func useOperator(_ token: TokenSyntax) {
    if let name = name(of: token) { freeNames.insert(name) }
  }

  func bind(_ token: TokenSyntax) {
    guard let name = name(of: token) else { return }
    scopes[scopes.count - 1].insert(name)
    if scopes.count == 1, !boundAtTopLevel.contains(name) { boundAtTopLevel.append(name) }
  }

  /// Runs `body` in a scope of its own and returns what it bound there.
  func bindings(of body: () -> Void) -> Set<String> {
    scopes.append([])
    body()
    return scopes.removeLast()
  }

  func bind(_ names: Set<String>) {
    if scopes.count == 1 {
      boundAtTopLevel += names.subtracting(boundAtTopLevel).sorted()
    }
    scopes[scopes.count - 1].formUnion(names)
  }

  func walkBlock(_ items: CodeBlockItemListSyntax) {
    for item in items {
      guard let declaration = item.item.as(DeclSyntax.self) else { continue }
      if let name = declaredName(of: declaration) { scopes[scopes.count - 1].insert(name) }
    }
    walk(items)
  }

  func walk(optional node: (some SyntaxProtocol)?) {
    if let node { walk(node) }
  }

  // MARK: Uses

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    if let outer = node.parent?.parent, outer.is(KeyPathComponentSyntax.self) {
      noteMember(node.baseName)
    } else {
      use(node.baseName)
    }
    return .skipChildren
  }

  override func visit(_ node: MemberAccessExprSyntax) -> SyntaxVisitorContinueKind {
    walk(optional: node.base)
    noteMember(node.declName.baseName)
    return .skipChildren
  }

  override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
    use(node.name)
    return .visitChildren
  }

  override func visit(_ node: MemberTypeSyntax) -> SyntaxVisitorContinueKind {
    noteMember(node.name)
    return .visitChildren
  }

  override func visit(_ node: BinaryOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    use(node.operator)
    return .skipChildren
  }

  override func visit(_ node: PrefixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    use(node.operator)
    return .visitChildren
  }

  override func visit(_ node: PostfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    use(node.operator)
    return .visitChildren
  }

  override func visit(_ node: PrecedenceGroupNameSyntax) -> SyntaxVisitorContinueKind {
    use(node.name)
    return .skipChildren
  }

  override func visit(_ node: OperatorDeclSyntax) -> SyntaxVisitorContinueKind {
    if let group = node.operatorPrecedenceAndTypes?.precedenceGroup { use(group) }
    return .skipChildren
  }

  override func visit(_ node: ImportDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

  override func visit(_ node: MacroDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

  override func visit(_ node: IfConfigClauseSyntax) -> SyntaxVisitorContinueKind {
    // Conditions such as `os(Linux)` name no declarations.
    walk(optional: node.elements.map { Syntax($0) })
    return .skipChildren
  }

  private func noteMember(_ token: TokenSyntax) {
    if let name = name(of: token) { memberNames.insert(name) }
    if token.tokenKind == .keyword(.`init`) { memberNames.insert("init") }
  }
}
