import SwiftSyntax

/// Finds whether a source has a loop that nothing written in it ends.
///
/// The toolchain's loop-invariant code motion may never finish with such a loop, so that a cell with
/// one is compiled without that pass.
final class EndlessLoops: SyntaxVisitor {
  private var found = false

  /// Whether `source` has such a loop.
  static func exist(in source: some SyntaxProtocol) -> Bool {
    let finder = EndlessLoops(viewMode: .sourceAccurate)
    finder.walk(source)
    return finder.found
  }

  override func visit(_ node: WhileStmtSyntax) -> SyntaxVisitorContinueKind {
    if let only = node.conditions.first?.condition, node.conditions.count == 1 {
      note(node.body, while: ExprSyntax(only))
    }
    return .visitChildren
  }

  override func visit(_ node: RepeatStmtSyntax) -> SyntaxVisitorContinueKind {
    note(node.body, while: node.condition)
    return .visitChildren
  }

  private func note(_ body: CodeBlockSyntax, while condition: ExprSyntax?) {
    guard condition?.as(BooleanLiteralExprSyntax.self)?.literal.text == "true" else { return }
    let exits = LoopExits(viewMode: .sourceAccurate)
    exits.walk(body)
    if !exits.found { found = true }
  }
}

/// Finds a statement by which control leaves the body of a loop.
private final class LoopExits: SyntaxVisitor {
  private(set) var found = false
  /// How many statements around the current one a bare `break` would end.
  private var breakable = 0
  /// How many `do` statements around the current one catch what it throws.
  private var catching = 0

  override func visit(_ node: BreakStmtSyntax) -> SyntaxVisitorContinueKind {
    if breakable == 0 || node.label != nil { found = true }
    return .skipChildren
  }

  override func visit(_ node: ContinueStmtSyntax) -> SyntaxVisitorContinueKind {
    // Perhaps of a loop around this one.
    if node.label != nil { found = true }
    return .skipChildren
  }

  override func visit(_ node: ReturnStmtSyntax) -> SyntaxVisitorContinueKind {
    found = true
    return .skipChildren
  }

  override func visit(_ node: ThrowStmtSyntax) -> SyntaxVisitorContinueKind {
    if catching == 0 { found = true }
    return .visitChildren
  }

  override func visit(_ node: TryExprSyntax) -> SyntaxVisitorContinueKind {
    if catching == 0, node.questionOrExclamationMark == nil { found = true }
    return .visitChildren
  }

  override func visit(_ node: DoStmtSyntax) -> SyntaxVisitorContinueKind {
    if !node.catchClauses.isEmpty { catching += 1 }
    return .visitChildren
  }

  override func visitPost(_ node: DoStmtSyntax) {
    if !node.catchClauses.isEmpty { catching -= 1 }
  }

  // What a clause throws itself leaves the statement.
  override func visit(_ node: CatchClauseSyntax) -> SyntaxVisitorContinueKind {
    catching -= 1
    return .visitChildren
  }

  override func visitPost(_ node: CatchClauseSyntax) { catching += 1 }

  override func visit(_ node: WhileStmtSyntax) -> SyntaxVisitorContinueKind { enter() }
  override func visitPost(_ node: WhileStmtSyntax) { breakable -= 1 }
  override func visit(_ node: RepeatStmtSyntax) -> SyntaxVisitorContinueKind { enter() }
  override func visitPost(_ node: RepeatStmtSyntax) { breakable -= 1 }
  override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind { enter() }
  override func visitPost(_ node: ForStmtSyntax) { breakable -= 1 }
  override func visit(_ node: SwitchExprSyntax) -> SyntaxVisitorContinueKind { enter() }
  override func visitPost(_ node: SwitchExprSyntax) { breakable -= 1 }

  private func enter() -> SyntaxVisitorContinueKind {
    breakable += 1
    return .visitChildren
  }

  // What these leave is themselves.
  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
