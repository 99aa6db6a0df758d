import SwiftSyntax

/// What a cell's code may still use when the cell has ended.
///
/// Code of functions, types and closures outlives its cell, and reads the variables that it names
/// wherever it is called. Where the syntax does not tell, the longer life is assumed.
struct LaterUses: Sendable, Equatable {
  /// The names that the code of the cell's declarations uses: as long as these can be reached.
  private(set) var names: Set<String> = []
  /// The names that closures use which nobody knows the end of, as those of tasks and callbacks.
  private(set) var namesForEver: Set<String> = []
  /// The names that stand for themselves, not for a call: a function may be kept by that.
  private(set) var values: Set<String> = []
  /// Whether running the cell's functions may leave code behind that is not the functions' own:
  /// closures, and the methods of new values.
  private(set) var leavesCode = false

  init(of file: SourceFileSyntax) {
    let finder = LaterUseFinder(viewMode: .sourceAccurate)
    finder.walk(file)
    names = finder.names
    namesForEver = finder.namesForEver
    values = finder.values
    // A function inside of another ends with it, unless it is handed on.
    leavesCode = finder.leavesCode || !finder.innerFunctions.isDisjoint(with: finder.values)
  }
}

private final class LaterUseFinder: SyntaxVisitor {
  var names: Set<String> = []
  var namesForEver: Set<String> = []
  var values: Set<String> = []
  var leavesCode = false
  var innerFunctions: Set<String> = []
  private var declarations = 0

  private func freeNames(of node: some SyntaxProtocol) -> Set<String> {
    let reader = NameVisitor(viewMode: .sourceAccurate)
    reader.walk(node)
    return reader.freeNames
  }

  private func isAtTopLevel(_ node: some SyntaxProtocol) -> Bool {
    node.parent?.parent?.parent?.is(SourceFileSyntax.self) == true
  }

  /// A declaration whose code runs later; one inside of a statement may go anywhere.
  private func enter(_ node: some SyntaxProtocol, leavesCode: Bool) -> SyntaxVisitorContinueKind {
    if leavesCode { self.leavesCode = true }
    if declarations == 0 {
      if isAtTopLevel(node) {
        names.formUnion(freeNames(of: node))
      } else {
        namesForEver.formUnion(freeNames(of: node))
      }
    }
    declarations += 1
    return .visitChildren
  }

  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind {
    let life = ClosureLife(of: node)
    if declarations > 0 {
      if life == .unknown { leavesCode = true }
    } else {
      switch life {
      case .call: break
      case .result: names.formUnion(freeNames(of: node))
      case .unknown: namesForEver.formUnion(freeNames(of: node))
      }
    }
    return .visitChildren
  }

  override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind {
    if declarations == 0 { names.formUnion(freeNames(of: node)) }
    return .visitChildren
  }

  override func visit(_ node: DeferStmtSyntax) -> SyntaxVisitorContinueKind {
    if declarations == 0 { names.formUnion(freeNames(of: node.body)) }
    return .visitChildren
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    let isMember = node.parent?.as(MemberAccessExprSyntax.self)?.declName.id == node.id
    let isCalled = node.parent?.as(FunctionCallExprSyntax.self)?.calledExpression.id == node.id
    if !isMember, !isCalled, let name = name(of: node.baseName) { values.insert(name) }
    return .visitChildren
  }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    if declarations > 0 { innerFunctions.insert(node.name.text) }
    return enter(node, leavesCode: false)
  }
  override func visitPost(_ node: FunctionDeclSyntax) { declarations -= 1 }
  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node, leavesCode: true)
  }
  override func visitPost(_ node: StructDeclSyntax) { declarations -= 1 }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node, leavesCode: true)
  }
  override func visitPost(_ node: ClassDeclSyntax) { declarations -= 1 }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node, leavesCode: true)
  }
  override func visitPost(_ node: EnumDeclSyntax) { declarations -= 1 }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node, leavesCode: true)
  }
  override func visitPost(_ node: ActorDeclSyntax) { declarations -= 1 }
  override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node, leavesCode: true)
  }
  override func visitPost(_ node: ProtocolDeclSyntax) { declarations -= 1 }
  // A conformance is found wherever a value goes, whether or not a name leads to it.
  override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
    namesForEver.formUnion(freeNames(of: node))
    return enter(node, leavesCode: true)
  }
  override func visitPost(_ node: ExtensionDeclSyntax) { declarations -= 1 }
}
