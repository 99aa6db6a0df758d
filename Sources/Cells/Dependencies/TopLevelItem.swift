import SwiftSyntax

/// One item at the top level of a cell, read for its declaration.
struct TopLevelItem {
  /// The names that the item uses and binds.
  let names: NameVisitor
  private let item: CodeBlockItemSyntax

  init(_ item: CodeBlockItemSyntax) {
    self.item = item
    names = NameVisitor(viewMode: .sourceAccurate)
    names.walk(item.item)
  }

  /// Returns the item as a declaration; `nil` for a statement that binds nothing.
  func declaration(line: Int) -> CellDeclaration? {
    guard let found = kindAndNames else { return nil }
    var declaration = CellDeclaration(
      kind: found.kind, names: found.names, source: item.item.trimmedDescription, line: line,
      freeNames: names.freeNames.subtracting(found.names), usedMembers: names.memberNames)
    declaration.importKind = importKind(of: found.kind)
    if let function = item.item.as(FunctionDeclSyntax.self) {
      declaration.signature = Self.signature(of: function)
    }
    if let node = item.item.as(ExtensionDeclSyntax.self) {
      declaration.extendedType = Self.firstName(of: node.extendedType)
      declaration.declaredMembers = declaredNames(ofMembers: node.memberBlock.members)
      declaration.addsConformance = node.inheritanceClause != nil
    }
    return declaration
  }

  private func importKind(of kind: CellDeclaration.Kind) -> String? {
    switch kind {
    case .variable: return "var"
    case .function: return "func"
    case .typeAlias: return "typealias"
    case .type: break
    case .operator, .precedenceGroup, .extension, .macro, .conditional: return nil
    }
    switch item.item.as(DeclSyntax.self)?.as(DeclSyntaxEnum.self) {
    case .structDecl: return "struct"
    case .enumDecl: return "enum"
    case .protocolDecl: return "protocol"
    case .classDecl, .actorDecl: return "class"
    default: return nil
    }
  }

  private var kindAndNames: (kind: CellDeclaration.Kind, names: [String])? {
    if let conditional = item.item.as(IfConfigDeclSyntax.self) {
      let names = Self.names(in: conditional)
      return names.map { (.conditional, $0) }
    }
    guard let declaration = item.item.as(DeclSyntax.self) else {
      return names.boundAtTopLevel.isEmpty ? nil : (.variable, names.boundAtTopLevel)
    }
    return Self.kindAndNames(of: declaration, bound: names.boundAtTopLevel)
  }

  private static func kindAndNames(
    of declaration: DeclSyntax, bound: [String]
  ) -> (kind: CellDeclaration.Kind, names: [String])? {
    let names = declaredName(of: declaration).map { [$0] } ?? []
    switch declaration.as(DeclSyntaxEnum.self) {
    case .variableDecl: return (.variable, bound)
    case .functionDecl: return (.function, names)
    case .structDecl, .classDecl, .enumDecl, .actorDecl, .protocolDecl: return (.type, names)
    case .typeAliasDecl: return (.typeAlias, names)
    case .operatorDecl: return (.operator, names)
    case .precedenceGroupDecl: return (.precedenceGroup, names)
    case .extensionDecl: return (.extension, [])
    case .macroDecl: return (.macro, names)
    default: return nil
    }
  }

  /// The names declared in any branch; `nil` when no branch declares or imports anything.
  private static func names(in conditional: IfConfigDeclSyntax) -> [String]? {
    var names: [String] = []
    var declares = false
    for clause in conditional.clauses {
      guard case .statements(let items)? = clause.elements else { continue }
      for item in items {
        if item.item.is(ImportDeclSyntax.self) {
          declares = true
        } else if let nested = item.item.as(IfConfigDeclSyntax.self) {
          guard let inner = Self.names(in: nested) else { continue }
          declares = true
          names += inner
        } else {
          let reader = TopLevelItem(item)
          guard let found = reader.kindAndNames else { continue }
          declares = true
          names += found.names
        }
      }
    }
    var seen: Set<String> = []
    return declares ? names.filter { seen.insert($0).inserted } : nil
  }

  private static func signature(of function: FunctionDeclSyntax) -> String {
    let parameters = function.signature.parameterClause.parameters.map { parameter in
      "\(parameter.firstName.text):\(parameter.type.trimmedDescription)"
    }
    let parts = [
      function.name.text, function.genericParameterClause?.trimmedDescription ?? "",
      "(\(parameters.joined(separator: ",")))",
      function.signature.returnClause?.type.trimmedDescription ?? "",
      function.genericWhereClause?.trimmedDescription ?? "",
    ]
    return parts.joined()
  }

  private static func firstName(of type: TypeSyntax) -> String? {
    if let member = type.as(MemberTypeSyntax.self) { return firstName(of: member.baseType) }
    if let plain = type.as(IdentifierTypeSyntax.self) { return name(of: plain.name) }
    if type.is(ArrayTypeSyntax.self) { return "Array" }
    if type.is(DictionaryTypeSyntax.self) { return "Dictionary" }
    return type.is(OptionalTypeSyntax.self) ? "Optional" : nil
  }
}
