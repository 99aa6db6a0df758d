/// The source text of one step or job: a script of its own.
struct StepProgram {
  private var lines: [String] = []

  /// Returns the program of `cell`: imports, what `closure` carries, inputs, the cell, outputs.
  ///
  /// Diagnostics call the cells of the closure by their `labels`, which are in its order.
  static func source(
    of cell: ExecutedCell, imports: [String], closure: DeclarationClosure, labels: [String],
    inputs: [StepInput], outputs: [StepValue]
  ) -> String {
    var program = StepProgram()
    program.lines += imports
    let needsMartlet = !inputs.isEmpty || !outputs.isEmpty
    if needsMartlet, !imports.contains("import Martlet") { program.lines.append("import Martlet") }
    let places = closure.carried.sorted()
    let late = places.filter {
      closure.declaration(at: $0).kind == .variable && closure.dependsOnInputs($0)
    }
    for place in places where !late.contains(place) {
      program.add(closure.declaration(at: place), label: labels[place.cell])
    }
    let name = cell.step?.name ?? cell.label
    if !inputs.isEmpty { program.locate("inputs of \(name)", line: 1) }
    for input in inputs {
      let value = escaped(input.name)
      program.lines.append(
        "let \(value): \(input.type) = try Martlet.stepInput(\"\(input.name)\")")
    }
    for place in late { program.add(closure.declaration(at: place), label: labels[place.cell]) }
    program.locate(cell.label, line: cell.firstLine)
    program.lines.append(cell.source)
    if !outputs.isEmpty { program.locate("outputs of \(name)", line: 1) }
    for output in outputs {
      program.lines.append(
        "try Martlet.stepOutput(\"\(output.name)\", \(escaped(output.name)))")
    }
    program.lines.append("#sourceLocation()")
    return program.lines.joined(separator: "\n") + "\n"
  }

  private mutating func add(_ declaration: Declaration, label: String) {
    locate(label, line: declaration.line)
    lines.append(declaration.source)
  }

  private mutating func locate(_ file: String, line: Int) {
    let name = file.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? "_" : String($0) }.joined()
    lines.append("#sourceLocation(file: \"\(name)\", line: \(max(line, 1)))")
  }

  /// Puts backticks around a name that is a keyword.
  private static func escaped(_ name: String) -> String {
    let keywords: Set<String> = [
      "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
      "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
      "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
      "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
      "return", "self", "static", "struct", "subscript", "super", "switch", "throw", "throws",
      "true", "try", "typealias", "var", "where", "while",
    ]
    return keywords.contains(name) ? "`\(name)`" : name
  }
}
