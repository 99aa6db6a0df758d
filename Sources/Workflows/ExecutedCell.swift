/// A cell that ran, with what the analysis and the session know of it.
///
/// Level 4 fills it from `CellAnalysis` and from the static types that the session found.
package struct ExecutedCell: Sendable, Equatable {
  package enum Role: Sendable, Equatable {
    case ordinary
    case step(StepDirective)
  }

  /// The notebook's identifier of the cell.
  package var cellID: String?
  /// What diagnostics call the cell, as in `cell 3`.
  package var label: String
  package var role: Role
  /// The source without its directive lines.
  package var source: String
  /// The line of the cell on which `source` starts.
  package var firstLine: Int
  /// The imports, as written.
  package var imports: [String]
  package var declarations: [Declaration]
  /// The names it uses and does not define before.
  package var freeNames: Set<String>
  /// The names it uses after a dot.
  package var usedMembers: Set<String>
  /// The static types of its variables, as source text that later cells could write.
  package var types: [String: String]

  package init(
    cellID: String? = nil, label: String, role: Role = .ordinary, source: String,
    firstLine: Int = 1, imports: [String] = [], declarations: [Declaration] = [],
    freeNames: Set<String> = [], usedMembers: Set<String> = [], types: [String: String] = [:]
  ) {
    self.cellID = cellID
    self.label = label
    self.role = role
    self.source = source
    self.firstLine = firstLine
    self.imports = imports
    self.declarations = declarations
    self.freeNames = freeNames
    self.usedMembers = usedMembers
    self.types = types
  }

  /// The directive of a step cell.
  package var step: StepDirective? {
    if case .step(let directive) = role { directive } else { nil }
  }

  func defines(_ name: String) -> Bool {
    declarations.contains { $0.names.contains(name) }
  }
}

/// A top-level declaration of a cell, as `CellDeclaration` of module `Cells` describes it.
package struct Declaration: Sendable, Equatable {
  /// The kinds; their raw values are those of `CellDeclaration.Kind`.
  package enum Kind: String, Sendable {
    case variable, function, type, typeAlias, `operator`, precedenceGroup, `extension`, macro
    case conditional
  }

  package var kind: Kind
  package var names: [String]
  package var source: String
  /// The line in the cell on which `source` starts.
  package var line: Int
  package var freeNames: Set<String>
  package var usedMembers: Set<String>
  /// The extended type's first name.
  package var extendedType: String?
  package var declaredMembers: Set<String>
  package var addsConformance: Bool
  /// Tells functions of one name apart.
  package var signature: String?

  package init(
    kind: Kind, names: [String], source: String, line: Int, freeNames: Set<String> = [],
    usedMembers: Set<String> = [], extendedType: String? = nil,
    declaredMembers: Set<String> = [], addsConformance: Bool = false, signature: String? = nil
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
  }
}
