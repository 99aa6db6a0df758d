import SwiftSyntax

/// What a cell declares that no import by name brings: imports, extensions, operators, `#if` blocks.
struct UnscopedKeys: Sendable, Equatable {
  /// A key for each, as in `import Foundation`, `S: P` and `S.f()`; equal keys mean the same thing.
  private(set) var keys: Set<String> = []
  /// Whether the cell holds nothing but extensions.
  private(set) var isExtensionsOnly: Bool

  init(of file: SourceFileSyntax) {
    isExtensionsOnly = !file.statements.isEmpty
    for item in file.statements {
      if let declaration = item.item.as(ExtensionDeclSyntax.self) {
        insert(declaration)
        continue
      }
      isExtensionsOnly = false
      let isUnscoped =
        item.item.is(ImportDeclSyntax.self) || item.item.is(OperatorDeclSyntax.self)
        || item.item.is(PrecedenceGroupDeclSyntax.self) || item.item.is(MacroDeclSyntax.self)
        || item.item.is(IfConfigDeclSyntax.self)
      if isUnscoped {
        keys.insert(item.item.trimmedDescription)
      } else if let function = item.item.as(FunctionDeclSyntax.self), isOperator(function) {
        keys.insert(Self.signature(of: DeclSyntax(function)))
      }
    }
  }

  private func isOperator(_ function: FunctionDeclSyntax) -> Bool {
    if case .identifier = function.name.tokenKind { return false }
    return true
  }

  private mutating func insert(_ declaration: ExtensionDeclSyntax) {
    let condition = declaration.genericWhereClause?.trimmedDescription ?? ""
    let type = declaration.extendedType.trimmedDescription + condition
    for inherited in declaration.inheritanceClause?.inheritedTypes ?? [] {
      keys.insert("\(type): \(inherited.type.trimmedDescription)")
    }
    for member in declaration.memberBlock.members {
      keys.insert("\(type).\(Self.signature(of: member.decl))")
    }
  }

  /// A declaration without its body, so that overloads differ.
  private static func signature(of member: DeclSyntax) -> String {
    if let function = member.as(FunctionDeclSyntax.self) {
      return function.name.text + function.signature.trimmedDescription
    }
    if let variable = member.as(VariableDeclSyntax.self) {
      return variable.bindings.map { $0.pattern.trimmedDescription }.joined(separator: ",")
    }
    if let initializer = member.as(InitializerDeclSyntax.self) {
      return "init" + initializer.signature.trimmedDescription
    }
    return member.trimmedDescription
  }
}
