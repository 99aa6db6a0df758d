import SwiftSyntax

/// What extensions add to types.
enum ExtensionKeys {
  /// The keys of a cell that holds nothing but extensions; `nil` for any other.
  static func keys(of file: SourceFileSyntax) -> Set<String>? {
    guard !file.statements.isEmpty else { return nil }
    var keys: Set<String> = []
    for item in file.statements {
      guard let declaration = item.item.as(ExtensionDeclSyntax.self) else { return nil }
      let condition = declaration.genericWhereClause?.trimmedDescription ?? ""
      let type = declaration.extendedType.trimmedDescription + condition
      for inherited in declaration.inheritanceClause?.inheritedTypes ?? [] {
        keys.insert("\(type): \(inherited.type.trimmedDescription)")
      }
      for member in declaration.memberBlock.members {
        keys.insert("\(type).\(signature(of: member.decl))")
      }
    }
    return keys
  }

  /// A member without its body, so that overloads differ.
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
