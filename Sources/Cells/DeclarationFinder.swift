import SwiftParser
import SwiftSyntax

/// Where source declares something, at any depth.
package struct DeclarationPlace: Sendable, Equatable {
  /// The 1-based line of the declaration's first token.
  package var line: Int
  /// The declaration with its documentation comment.
  package var source: String

  /// Finds a declaration.
  ///
  /// - Parameters:
  ///   - name: The name with its labels as the compiler writes it: `side`, `move(by:)`, `init(_:)`.
  ///   - identifier: The mangled name, which spells the types around it; may be empty.
  ///   - source: The source to search.
  package init?(of name: String, identifier: String, in source: String) {
    let file = Parser.parse(source: source)
    let finder = Finder(name: name)
    finder.walk(file)
    // The name mangled as in `s:6Cell_35PointV4sideSivp` has `5Point` for the type around `side`.
    let fitting = finder.found.filter { found in
      found.types.allSatisfy { identifier.contains("\($0.utf8.count)\($0)") }
    }
    let candidates = fitting.isEmpty ? finder.found : fitting
    let depth = identifier.isEmpty ? 0 : candidates.map(\.types.count).max() ?? 0
    guard let best = candidates.first(where: { $0.types.count == depth }) ?? candidates.first
    else { return nil }
    let lines = SourceLocationConverter(fileName: "cell", tree: file)
    line = lines.location(for: best.node.positionAfterSkippingLeadingTrivia).line
    self.source = Self.text(of: best.node)
  }

  /// The node's text from its documentation comment on, moved to the margin.
  private static func text(of node: Syntax) -> String {
    let comments = node.leadingTrivia.compactMap { piece -> String? in
      switch piece {
      case .docLineComment(let text), .docBlockComment(let text): text
      default: nil
      }
    }
    return (comments + [node.trimmedDescription]).joined(separator: "\n")
  }
}

/// Collects the declarations of one name.
private final class Finder: SyntaxVisitor {
  private let name: String
  private var types: [String] = []
  private(set) var found: [(node: Syntax, types: [String])] = []

  init(name: String) {
    self.name = name
    super.init(viewMode: .sourceAccurate)
  }

  private func consider(_ other: String, _ node: some SyntaxProtocol) {
    let plain = other.filter { $0 != "`" }
    // Variables of function type and types that are called carry no labels.
    if plain == name || (!name.contains("(") && plain.prefix { $0 != "(" } == name) {
      found.append((Syntax(node), types))
    }
  }

  private func labels(_ clause: FunctionParameterClauseSyntax?) -> String {
    "(" + (clause?.parameters.map { $0.firstName.text + ":" }.joined() ?? "") + ")"
  }

  private func enter(_ type: String, _ node: some SyntaxProtocol) -> SyntaxVisitorContinueKind {
    consider(type, node)
    types.append(type)
    return .visitChildren
  }

  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text, node)
  }
  override func visitPost(_ node: StructDeclSyntax) { types.removeLast() }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text, node)
  }
  override func visitPost(_ node: ClassDeclSyntax) { types.removeLast() }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text, node)
  }
  override func visitPost(_ node: ActorDeclSyntax) { types.removeLast() }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text, node)
  }
  override func visitPost(_ node: EnumDeclSyntax) { types.removeLast() }
  override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text, node)
  }
  override func visitPost(_ node: ProtocolDeclSyntax) { types.removeLast() }
  override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
    // A library's type is mangled in a short form, so it does not count.
    .visitChildren
  }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    consider(node.name.text + labels(node.signature.parameterClause), node)
    return .skipChildren
  }
  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    consider("init" + labels(node.signature.parameterClause), node)
    return .skipChildren
  }
  override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
    // A subscript's parameter has a label only beside a name of its own.
    let labels = node.parameterClause.parameters.map {
      ($0.secondName == nil ? "_" : $0.firstName.text) + ":"
    }
    consider("subscript(\(labels.joined()))", node)
    return .skipChildren
  }
  override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
    for binding in node.bindings {
      for token in binding.pattern.tokens(viewMode: .sourceAccurate) {
        if case .identifier = token.tokenKind { consider(token.text, node) }
      }
    }
    return .skipChildren
  }
  override func visit(_ node: EnumCaseElementSyntax) -> SyntaxVisitorContinueKind {
    let parameters = node.parameterClause?.parameters.map { ($0.firstName?.text ?? "_") + ":" }
    consider(node.name.text + (parameters.map { "(\($0.joined()))" } ?? ""), node)
    return .skipChildren
  }
  override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind {
    consider(node.name.text, node)
    return .skipChildren
  }
  override func visit(_ node: AssociatedTypeDeclSyntax) -> SyntaxVisitorContinueKind {
    consider(node.name.text, node)
    return .skipChildren
  }
  override func visit(_ node: MacroDeclSyntax) -> SyntaxVisitorContinueKind {
    consider(node.name.text, node)
    return .skipChildren
  }
}
