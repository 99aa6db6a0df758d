import Workflows

extension ExecutedCell {
  static func ordinary(
    _ number: String, id: String? = nil, source: String = "", imports: [String] = [],
    _ declarations: [Declaration], free: Set<String> = []
  ) -> ExecutedCell {
    ExecutedCell(
      cellID: id, label: "cell \(number)",
      source: source.isEmpty ? declarations.map(\.source).joined(separator: "\n") : source,
      imports: imports, declarations: declarations, freeNames: free)
  }

  static func step(
    _ name: String, _ number: String, _ source: String, id: String? = nil,
    _ declarations: [Declaration], free: Set<String> = [], members: Set<String> = [],
    types: [String: String] = [:]
  ) -> ExecutedCell {
    ExecutedCell(
      cellID: id, label: "cell \(number)", role: .step(StepDirective(name: name)), source: source,
      firstLine: 2, declarations: declarations, freeNames: free, usedMembers: members,
      types: types)
  }
}

extension Declaration {
  static func variable(
    _ name: String, _ source: String, line: Int = 1, needs: Set<String> = []
  ) -> Declaration {
    Declaration(kind: .variable, names: [name], source: source, line: line, freeNames: needs)
  }

  static func function(
    _ name: String, _ source: String, line: Int = 1, needs: Set<String> = [],
    signature: String? = nil
  ) -> Declaration {
    Declaration(
      kind: .function, names: [name], source: source, line: line, freeNames: needs,
      signature: signature ?? source)
  }

  static func type(_ name: String, _ source: String) -> Declaration {
    Declaration(kind: .type, names: [name], source: source, line: 1)
  }

  static func addition(
    _ type: String, _ source: String, needs: Set<String>, members: Set<String>
  ) -> Declaration {
    Declaration(
      kind: .extension, names: [], source: source, line: 1, freeNames: needs, extendedType: type,
      declaredMembers: members)
  }
}
