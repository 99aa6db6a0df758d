import SwiftSyntax

/// Returns the name that `token` spells, without backticks or a projection's `$`.
///
/// Keywords, wildcards, closure parameters (`$0`) and missing tokens have none.
func name(of token: TokenSyntax) -> String? {
  switch token.tokenKind {
  case .identifier(var text):
    if text.count > 2, text.hasPrefix("`"), text.hasSuffix("`") {
      text = String(text.dropFirst().dropLast())
    } else if text.count > 1, text.hasPrefix("$") {
      text = String(text.dropFirst())
    }
    return text.isEmpty ? nil : text
  case .binaryOperator(let text), .prefixOperator(let text), .postfixOperator(let text):
    return text.isEmpty ? nil : text
  default:
    return nil
  }
}

/// Returns the name of a declaration that can be used before it is written: all but variables.
func declaredName(of declaration: DeclSyntax) -> String? {
  switch declaration.as(DeclSyntaxEnum.self) {
  case .functionDecl(let node): name(of: node.name)
  case .structDecl(let node): name(of: node.name)
  case .classDecl(let node): name(of: node.name)
  case .enumDecl(let node): name(of: node.name)
  case .actorDecl(let node): name(of: node.name)
  case .protocolDecl(let node): name(of: node.name)
  case .typeAliasDecl(let node): name(of: node.name)
  case .associatedTypeDecl(let node): name(of: node.name)
  case .operatorDecl(let node): name(of: node.name)
  case .precedenceGroupDecl(let node): name(of: node.name)
  case .macroDecl(let node): name(of: node.name)
  default: nil
  }
}

/// Returns the names that `members` declare: properties, functions, nested types, cases.
func declaredNames(ofMembers members: MemberBlockItemListSyntax) -> Set<String> {
  var names: Set<String> = []
  for member in members {
    switch member.decl.as(DeclSyntaxEnum.self) {
    case .variableDecl(let node):
      for binding in node.bindings { names.formUnion(boundNames(in: binding.pattern)) }
    case .enumCaseDecl(let node):
      names.formUnion(node.elements.compactMap { name(of: $0.name) })
    case .initializerDecl:
      names.insert("init")
    case .subscriptDecl:
      names.insert("subscript")
    case .ifConfigDecl(let node):
      for clause in node.clauses {
        guard case .decls(let inner)? = clause.elements else { continue }
        names.formUnion(declaredNames(ofMembers: inner))
      }
    default:
      if let name = declaredName(of: member.decl) { names.insert(name) }
    }
  }
  return names
}

/// Returns the names that `pattern` binds, in order.
func boundNames(in pattern: PatternSyntax) -> [String] {
  if let plain = pattern.as(IdentifierPatternSyntax.self) {
    return name(of: plain.identifier).map { [$0] } ?? []
  }
  if let tuple = pattern.as(TuplePatternSyntax.self) {
    return tuple.elements.flatMap { boundNames(in: $0.pattern) }
  }
  if let binding = pattern.as(ValueBindingPatternSyntax.self) {
    return boundNames(in: binding.pattern)
  }
  return []
}
