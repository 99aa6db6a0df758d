import SwiftSyntax

/// What `async let` becomes at the top level of a cell, where Swift has no asynchronous scope for it.
///
/// `async let x = f()` becomes a `Task`, and each `await x`, in later cells too, takes its value.
enum AsynchronousLet {
  /// The variables that `file` declares by `async let`.
  static func names(in file: SourceFileSyntax) -> Set<String> {
    var names: Set<String> = []
    for item in file.statements {
      guard let variable = item.item.as(VariableDeclSyntax.self), modifier(of: variable) != nil
      else { continue }
      for binding in variable.bindings {
        if let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text {
          names.insert(name)
        }
      }
    }
    return names
  }

  /// Whether an `async let` of `file` says `try` before its value.
  static func saysTry(in file: SourceFileSyntax) -> Bool {
    file.statements.contains { item in
      guard let variable = item.item.as(VariableDeclSyntax.self), modifier(of: variable) != nil
      else { return false }
      return variable.bindings.contains { $0.initializer?.value.is(TryExprSyntax.self) == true }
    }
  }

  static func modifier(of variable: VariableDeclSyntax) -> DeclModifierSyntax? {
    variable.modifiers.first { $0.name.text == "async" }
  }
}

/// Finds where the values of `async let` variables are awaited.
final class AwaitedUses: SyntaxVisitor {
  private let names: Set<String>
  private(set) var found: [DeclReferenceExprSyntax] = []
  /// The names that are used under `try`: their tasks may throw.
  private(set) var tried: Set<String> = []

  init(of names: Set<String>, in node: some SyntaxProtocol) {
    self.names = names
    super.init(viewMode: .sourceAccurate)
    walk(node)
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    let isMember = node.parent?.as(MemberAccessExprSyntax.self)?.declName.id == node.id
    guard !isMember, names.contains(node.baseName.text) else { return .visitChildren }
    let (isAwaited, isTried) = marks(over: Syntax(node))
    guard isAwaited else { return .visitChildren }
    found.append(node)
    if isTried { tried.insert(node.baseName.text) }
    return .visitChildren
  }

  // What binds the name means its own.
  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { enter(node) }
  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { enter(node) }

  private func enter(_ node: some SyntaxProtocol) -> SyntaxVisitorContinueKind {
    let reader = NameVisitor(viewMode: .sourceAccurate)
    reader.walk(node)
    return reader.freeNames.isDisjoint(with: names) ? .skipChildren : .visitChildren
  }

  /// Whether `await` and `try` stand over `node`; both reach to the end of their expression.
  private func marks(over node: Syntax) -> (isAwaited: Bool, isTried: Bool) {
    var (isAwaited, isTried) = (false, false)
    var child = node
    while let parent = child.parent, !parent.is(CodeBlockItemSyntax.self) {
      if parent.is(AwaitExprSyntax.self) { isAwaited = true }
      if parent.is(TryExprSyntax.self) { isTried = true }
      // The parser gives operators as a flat list, whose first element has the marks.
      if let list = parent.as(ExprListSyntax.self) {
        for element in list {
          if element.id == child.id { break }
          let inner = element.as(TryExprSyntax.self)?.expression ?? element
          isTried = isTried || element.is(TryExprSyntax.self)
          isAwaited = isAwaited || inner.is(AwaitExprSyntax.self)
        }
      }
      child = parent
    }
    return (isAwaited, isTried)
  }
}
