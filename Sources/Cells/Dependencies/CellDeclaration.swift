/// One top-level declaration of a cell: what it names, what it needs, and its source.
package struct CellDeclaration: Sendable, Equatable {
  /// What sort of declaration it is.
  package enum Kind: String, Sendable, CaseIterable {
    /// `let` and `var`, and the names that a top-level `guard` binds.
    case variable
    case function
    /// `struct`, `class`, `enum`, `actor` and `protocol`.
    case type
    case typeAlias
    /// `infix operator` and its kin; the functions of that name are of kind `function`.
    case `operator`
    case precedenceGroup
    case `extension`
    case macro
    /// An `#if` block that holds declarations.
    case conditional
  }

  package var kind: Kind
  /// The names it introduces, in order; empty for an extension.
  package var names: [String]
  /// The source text, from its first to its last token.
  package var source: String
  /// The line in the cell on which `source` starts.
  package var line: Int
  /// The names it uses and does not define itself, types and operators among them.
  package var freeNames: Set<String>
  /// The names it uses after a dot.
  package var usedMembers: Set<String>
  /// The extended type's first name, as `Array` in `extension Array<Int>.Index`.
  package var extendedType: String?
  /// The names of an extension's members; `init` and `subscript` among them.
  package var declaredMembers: Set<String>
  /// Whether an extension adds a conformance.
  package var addsConformance: Bool
  /// A function's signature: functions of one name and different signatures live side by side.
  package var signature: String?
  /// The word of an import by name, as in `import struct Cell_3.P`; `nil` when there is none.
  package var importKind: String?

  package init(
    kind: Kind, names: [String], source: String, line: Int, freeNames: Set<String> = [],
    usedMembers: Set<String> = [], extendedType: String? = nil,
    declaredMembers: Set<String> = [], addsConformance: Bool = false, signature: String? = nil,
    importKind: String? = nil
  ) {
    self.kind = kind
    self.names = names
    self.source = source
    self.line = line
    self.freeNames = freeNames
    self.usedMembers = usedMembers
    self.extendedType = extendedType
    self.declaredMembers = declaredMembers
    self.addsConformance = addsConformance
    self.signature = signature
    self.importKind = importKind
  }
}
