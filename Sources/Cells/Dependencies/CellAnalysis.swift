import SwiftParser
import SwiftSyntax

/// What a cell declares and what it needs from elsewhere, found without compiling it.
///
/// The analysis follows Swift's scopes: parameters, locals, closures and patterns hide names, labels
/// and members are not names, types in annotations are. It never fails: broken source gives what
/// could be read of it.
///
/// ```swift
/// let cell = CellAnalysis(source: "let scaled = raw.map { $0 * factor }")
/// cell.definedVariables  // ["scaled"]
/// cell.freeNames  // ["raw", "factor", "*"]
/// ```
package struct CellAnalysis: Sendable, Equatable {
  /// The top-level imports, each as written without comments.
  package private(set) var imports: [String] = []
  /// The top-level declarations, in order.
  package private(set) var declarations: [CellDeclaration] = []
  /// The names that the cell uses and has not defined before that use.
  ///
  /// A function's or a type's body sees all of the cell's top-level names, as in a script.
  package private(set) var freeNames: Set<String> = []
  /// The free names of what is not a declaration: loops, calls, assignments.
  package private(set) var statementNames: Set<String> = []
  /// The names used after a dot anywhere in the cell.
  package private(set) var usedMembers: Set<String> = []
  /// The top-level variables, in order, each once.
  package private(set) var definedVariables: [String] = []

  /// Analyses `source`, whose first line is line `firstLine` of the cell.
  package init(source: String, firstLine: Int = 1) {
    self.init(file: Parser.parse(source: source), firstLine: firstLine)
  }

  /// Analyses a parsed cell.
  init(file: SourceFileSyntax, firstLine: Int = 1) {
    let lines = SourceLocationConverter(fileName: "cell", tree: file)
    var uses: [ItemUses] = []
    for item in file.statements {
      if let declaration = item.item.as(ImportDeclSyntax.self) {
        imports.append(declaration.trimmedDescription)
        continue
      }
      let reader = TopLevelItem(item)
      let names = reader.names
      let position = item.positionAfterSkippingLeadingTrivia
      let line = lines.location(for: position).line + firstLine - 1
      let declaration = reader.declaration(line: line)
      if let declaration { declarations.append(declaration) }
      uses.append(
        ItemUses(
          names: names.freeNames, defines: declaration?.names ?? [],
          isVariable: declaration.map { $0.kind == .variable } ?? true,
          isStatement: declaration == nil))
      usedMembers.formUnion(names.memberNames)
    }
    resolve(uses)
  }

  /// The names that the cell defines, of any kind.
  package var definedNames: Set<String> {
    Set(declarations.flatMap(\.names))
  }

  private struct ItemUses {
    var names: Set<String>
    var defines: [String]
    /// Whether it runs in its place, so that it sees only the variables before it.
    var isVariable: Bool
    var isStatement: Bool
  }

  private mutating func resolve(_ items: [ItemUses]) {
    let hoisted = Set(items.filter { !$0.isVariable }.flatMap(\.defines))
    let everything = Set(items.flatMap(\.defines))
    var defined = hoisted
    for item in items {
      let free = item.names.subtracting(item.isVariable ? defined : everything)
      freeNames.formUnion(free)
      if item.isStatement { statementNames.formUnion(free) }
      guard item.isVariable else { continue }
      for name in item.defines where defined.insert(name).inserted {
        definedVariables.append(name)
      }
    }
  }
}
