import SwiftParser
import SwiftSyntax

/// A cell made ready for the compiler: a script whose variables stay as its module's globals.
///
/// As little as possible is changed, and only by insertions, so that every position in a
/// diagnostic leads back to the cell: `import` becomes `@_exported import`, a trailing expression
/// is passed to the function that shows it, top-level `await` runs through a function that waits,
/// `async let` becomes a task, and a call after each variable notes how far the cell has come.
package struct PreparedCell: Sendable, Equatable {
  /// The source for the compiler.
  package let text: String
  /// The name that diagnostics and traps give the cell.
  package let label: String
  /// What it leaves in the session.
  package let footprint: CellFootprint
  /// The top-level variables by the statement, counted from 0, that gives them their values.
  package let variables: [VariableGroup]
  /// The line of each statement.
  package let statementLines: [Int]
  /// The modules that it imports.
  package let imports: [String]
  /// The variables of earlier cells whose values it releases at its end.
  let releases: [ReplacedVariables.Variable]
  /// Whether it has a loop that nothing ends, which keeps a pass of the optimizer busy for ever.
  package let hasEndlessLoop: Bool
  /// The end of the cell's last line that says something.
  package let end: Position
  private let insertions: [Insertion]

  /// A place in the cell as written: 1-based, the column in UTF-8 bytes of its line.
  package struct Position: Sendable, Equatable {
    package var line: Int
    package var column: Int
  }

  /// Whether later cells may need this one's module: it declares or imports something.
  package var joinsSession: Bool {
    !analysis.declarations.isEmpty || !footprint.unscoped.keys.isEmpty
  }

  /// What it declares and uses.
  package var analysis: CellAnalysis { footprint.analysis }

  /// Variables that one statement declares.
  package struct VariableGroup: Sendable, Equatable {
    package var statement: Int
    package var names: [String]
  }

  /// One insertion, by its place in the cell as written.
  struct Insertion: Sendable, Equatable {
    /// The 1-based line.
    var line: Int
    /// The 1-based column in UTF-8 bytes.
    var column: Int
    var text: String
  }

  /// Prepares `source`.
  ///
  /// - Parameters:
  ///   - source: The cell without its directive lines.
  ///   - label: The name for diagnostics, as in `cell 3`.
  ///   - firstLine: The line of the cell at which `source` begins.
  ///   - scope: What earlier cells have declared.
  ///   - cellID: The notebook's identifier of the cell; run again, it replaces its extensions.
  ///   - memory: The symbol of a variable's memory, by its module and its name; without one, the value
  ///     of a replaced variable is not released.
  /// - Throws: `CellsError` for asynchronous forms that a cell cannot have.
  package init(
    source: String, label: String, firstLine: Int = 1, scope: SessionScope = SessionScope(),
    cellID: String? = nil, memory: (_ module: String, _ name: String) -> String? = { _, _ in nil }
  ) throws(CellsError) {
    if let (line, column) = BracketNesting(of: source).excess {
      throw .nestedTooDeeply(line: line, column: column)
    }
    let file = Parser.parse(source: source)
    let locations = SourceLocationConverter(fileName: label, tree: file)
    let footprint = CellFootprint(of: file, firstLine: firstLine)
    let ends = file.hasError ? [] : scope.endings(of: footprint, cellID: cellID, memory)
    var rewriter = CellRewriter(locations: locations, scope: scope)
    rewriter.endsWithStatement = ends.isEmpty
    try rewriter.rewrite(file)
    self.label = label
    variables = rewriter.variables
    imports = rewriter.imports
    self.footprint = footprint
    releases = ends.map(\.variable)
    hasEndlessLoop = EndlessLoops.exist(in: file)
    statementLines = rewriter.statementLines.map { $0 + firstLine - 1 }
    insertions = rewriter.insertions.map {
      Insertion(line: $0.line + firstLine - 1, column: $0.column, text: $0.text)
    }
    let written = source.split(separator: "\n", omittingEmptySubsequences: false)
    let last = written.lastIndex { !$0.allSatisfy(\.isWhitespace) } ?? 0
    end = Position(
      line: firstLine + last, column: max(written.isEmpty ? 1 : written[last].utf8.count, 1))
    var lines = scope.imports(
      for: footprint.analysis, keys: footprint.unscoped.keys, cellID: cellID)
    lines += ends.map(\.importLine).filter { !lines.contains($0) }
    lines += rewriter.neededFunctions
    if !ends.isEmpty { lines.append(ReplacedVariables.Ending.function) }
    lines.append("#sourceLocation(file: \"\(label)\", line: \(firstLine))")
    text =
      lines.joined(separator: "\n") + "\n" + rewriter.apply(to: source) + "\n"
      + ends.map { $0.call + "\n" }.joined()
  }

  /// Whether a compiler's position is in text that was inserted, where the user wrote nothing.
  package func isInserted(line: Int, compiled column: Int) -> Bool {
    var shift = 0
    for insertion in insertions where insertion.line == line {
      let start = insertion.column + shift
      let length = insertion.text.utf8.count
      if (start..<(start + length)).contains(column) { return true }
      shift += length
    }
    return false
  }

  /// The column of the cell as written for a column of the compiler's diagnostic.
  package func column(line: Int, compiled column: Int) -> Int {
    var shift = 0
    for insertion in insertions where insertion.line == line {
      let start = insertion.column + shift
      guard column >= start else { break }
      let length = insertion.text.utf8.count
      if column < start + length { return insertion.column }
      shift += length
    }
    return column - shift
  }
}

/// A cell that cannot be prepared.
package enum CellsError: Error, Equatable, CustomStringConvertible {
  /// `async let` of a tuple at top level.
  case asynchronousTuple(line: Int, column: Int)
  /// Brackets that nest deeper than the parser takes.
  case nestedTooDeeply(line: Int, column: Int)

  /// Where it is, in the source that was given.
  package var position: (line: Int, column: Int) {
    switch self {
    case .asynchronousTuple(let line, let column), .nestedTooDeeply(let line, let column):
      (line, column)
    }
  }

  package var description: String {
    switch self {
    case .asynchronousTuple:
      "'async let' at the top level of a cell gives one name to one value; write "
        + "'async let pair = …' and 'let (a, b) = await pair'"
    case .nestedTooDeeply:
      "brackets nest deeper here than the parser takes (\(BracketNesting.squareLimit) levels of "
        + "'[', \(BracketNesting.limit) of all kinds); give inner parts names of their own"
    }
  }
}
