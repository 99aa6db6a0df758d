import SwiftSyntax

/// Finds what has to be inserted into a cell.
struct CellRewriter {
  private let locations: SourceLocationConverter
  private(set) var insertions: [PreparedCell.Insertion] = []
  var variables: [PreparedCell.VariableGroup] = []
  private(set) var statementLines: [Int] = []
  private var notesProgress = false
  /// Whether nothing that can fail follows the cell's last statement.
  var endsWithStatement = true
  private(set) var imports: [String] = []
  private var offsets: [(offset: Int, text: String)] = []
  private var shows = false
  var awaits = false
  let scope: SessionScope
  var awaitedUses: AwaitedUses?
  var triedUses: Set<String> = []

  init(locations: SourceLocationConverter, scope: SessionScope) {
    self.locations = locations
    self.scope = scope
  }

  /// Declarations of the functions that the insertions call.
  var neededFunctions: [String] {
    var functions: [String] = []
    if shows {
      functions.append(
        "@_silgen_name(\"martlet_show\") fileprivate func martletShow<T>(_ value: T)")
    }
    if notesProgress {
      functions.append(
        "@_silgen_name(\"martlet_progress\") fileprivate func martletProgress(_ index: Int)")
    }
    if awaits {
      functions.append(
        "@_silgen_name(\"martlet_await\") fileprivate func martletAwait<T>("
          + "_ body: @escaping () async throws -> T) throws -> T")
    }
    return functions
  }

  mutating func rewrite(_ file: SourceFileSyntax) throws(CellsError) {
    let last = file.statements.last
    takeAwaitedValues(in: file)
    for item in file.statements {
      let isLast = item.id == last?.id
      let isStatement = runsInPlace(item)
      if isStatement { statementLines.append(place(item).line) }
      switch item.item {
      case .decl(let declaration): try rewrite(declaration)
      case .stmt(let statement): rewrite(statement)
      case .expr(let expression): rewrite(expression, of: item, isLast: isLast)
      @unknown default: break
      }
      if isStatement, !isLast || !endsWithStatement {
        notesProgress = true
        let call = "martletProgress(\(statementLines.count))"
        insert(item.semicolon == nil ? ";" + call : call + ";", after: item)
      }
    }
    // Insertions of one declaration are found outside in; the sort keeps their order where equal.
    offsets = offsets.enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }.map(\.element)
    insertions = offsets.map { edit in
      let place = locations.location(for: AbsolutePosition(utf8Offset: edit.offset))
      return PreparedCell.Insertion(line: place.line, column: place.column, text: edit.text)
    }
  }

  func apply(to source: String) -> String {
    var bytes: [UInt8] = []
    let original = Array(source.utf8)
    var position = 0
    for edit in offsets {
      bytes += original[position..<edit.offset]
      bytes += edit.text.utf8
      position = edit.offset
    }
    bytes += original[position...]
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether an item does something where it stands, unlike the declaration of a function.
  private func runsInPlace(_ item: CodeBlockItemSyntax) -> Bool {
    if case .decl(let declaration) = item.item {
      return declaration.as(VariableDeclSyntax.self).map { variable in
        variable.bindings.contains { $0.initializer != nil || $0.accessorBlock == nil }
      } ?? false
    }
    return true
  }

  mutating func insert(_ text: String, before node: some SyntaxProtocol) {
    offsets.append((node.positionAfterSkippingLeadingTrivia.utf8Offset, text))
  }

  mutating func insert(_ text: String, after node: some SyntaxProtocol) {
    offsets.append((node.endPositionBeforeTrailingTrivia.utf8Offset, text))
  }

  // MARK: Declarations

  private mutating func rewrite(_ declaration: DeclSyntax) throws(CellsError) {
    if let importing = declaration.as(ImportDeclSyntax.self) {
      if let module = importing.path.first?.name.text { imports.append(module) }
      let isPlain =
        importing.modifiers.isEmpty
        && !importing.attributes.description.contains("@_")
      if isPlain { insert("@_exported ", before: importing.importKeyword) }
      return
    }
    guard let variable = declaration.as(VariableDeclSyntax.self) else { return }
    try rewrite(variable)
  }

  private mutating func rewrite(_ variable: VariableDeclSyntax) throws(CellsError) {
    if let modifier = AsynchronousLet.modifier(of: variable) {
      return try rewrite(asynchronous: variable, modifier)
    }
    let waits = AwaitFinder.found(in: variable)
    var names: [String] = []
    for binding in variable.bindings {
      // First what comes first where both insert at one place.
      qualifySelfReferences(of: binding)
      if waits, let value = binding.initializer?.value, AwaitFinder.found(in: value) {
        wrapAwait(value)
      }
      if binding.accessorBlock == nil { names += patternNames(binding.pattern) }
    }
    guard !names.isEmpty else { return }
    variables.append(
      PreparedCell.VariableGroup(statement: statementLines.count - 1, names: names))
  }

  /// Writes `Cell_7.x` for the `x` in `let x = x + 1`.
  mutating func qualifySelfReferences(of binding: PatternBindingSyntax) {
    guard let value = binding.initializer?.value else { return }
    let own = patternNames(binding.pattern).filter { !scope.symbols(named: $0).isEmpty }
    guard !own.isEmpty else { return }
    for reference in SelfReferences(to: Set(own), in: value).found {
      let name = reference.baseName.text.filter { $0 != "`" }
      guard let symbol = scope.symbols(named: name).last else { continue }
      insert(symbol.module + ".", before: reference)
      // The new variable's uses are its own; this one is of the task that it replaces.
      if symbol.isTask, awaitedUses?.found.contains(reference) != true {
        insert(".value", after: reference)
      }
    }
  }

  func patternNames(_ pattern: PatternSyntax) -> [String] {
    if let name = pattern.as(IdentifierPatternSyntax.self) { return [name.identifier.text] }
    if let tuple = pattern.as(TuplePatternSyntax.self) {
      return tuple.elements.flatMap { patternNames($0.pattern) }
    }
    return []
  }

  // MARK: Statements and expressions

  private mutating func rewrite(_ statement: StmtSyntax) {
    if let guarding = statement.as(GuardStmtSyntax.self) {
      rewrite(guarding)
    } else if AwaitFinder.found(in: statement) {
      wrapAwait(statement)
    }
  }

  private mutating func rewrite(
    _ expression: ExprSyntax, of item: CodeBlockItemSyntax, isLast: Bool
  ) {
    let waits = AwaitFinder.found(in: expression)
    let isShown =
      isLast && item.semicolon == nil && Self.isValue(expression) && !expression.hasError
    if isShown {
      shows = true
      insert("martletShow(", before: expression)
    }
    if waits { wrapAwait(expression) }
    if isShown { insert(")", after: expression) }
  }

  mutating func wrapAwait(_ node: some SyntaxProtocol) {
    awaits = true
    insert("try martletAwait { ", before: node)
    insert(" }", after: node)
  }

  /// Whether an expression can be handed to a function: not an assignment, not a statement's form.
  static func isValue(_ expression: ExprSyntax) -> Bool {
    if expression.is(IfExprSyntax.self) || expression.is(SwitchExprSyntax.self) { return false }
    if expression.is(MissingExprSyntax.self) || expression.is(ClosureExprSyntax.self) {
      return false
    }
    if let attempt = expression.as(TryExprSyntax.self) { return isValue(attempt.expression) }
    if let waiting = expression.as(AwaitExprSyntax.self) { return isValue(waiting.expression) }
    if let sequence = expression.as(SequenceExprSyntax.self) {
      return !sequence.elements.contains { $0.is(AssignmentExprSyntax.self) }
    }
    return !expression.is(InOutExprSyntax.self)
  }

  func place(_ node: some SyntaxProtocol) -> SourceLocation {
    locations.location(for: node.positionAfterSkippingLeadingTrivia)
  }
}

/// Looks for `await` that belongs to the top level: not in a function, type or closure of its own.
final class AwaitFinder: SyntaxVisitor {
  private var isFound = false

  static func found(in node: some SyntaxProtocol) -> Bool {
    let finder = AwaitFinder(viewMode: .sourceAccurate)
    finder.walk(node)
    return finder.isFound
  }

  override func visit(_ node: AwaitExprSyntax) -> SyntaxVisitorContinueKind {
    isFound = true
    return .skipChildren
  }

  override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
    if node.awaitKeyword != nil { isFound = true }
    return .visitChildren
  }

  override func visit(_ node: DeclModifierSyntax) -> SyntaxVisitorContinueKind {
    if node.name.text == "async" { isFound = true }
    return .skipChildren
  }

  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
