import Assistance
import Cells

/// What completion and inspection have to see of a session, so that a session's length costs nothing.
///
/// sourcekitd takes time for every module that a document imports. So only those are imported that
/// declare what the code names, and, while they are few, those of the names that the word at the
/// cursor may become. Of many such names the session tells what it knows itself.
struct AssistedScope {
  /// The most modules that are imported for what a word may become.
  static let moduleLimit = 48

  /// The imports, on one line.
  let imports: String
  /// What the imports leave out of the names that the word at the cursor may become, in order.
  let globals: [AssistantCompletion]

  /// - Parameters:
  ///   - scope: What the session's cells have declared.
  ///   - code: The cell.
  ///   - cursor: Where something is to be completed, in Unicode scalars; `nil` for an inspection.
  init(_ scope: SessionScope, code: String, cursor: Int? = nil) {
    let names = Self.identifiers(in: code)
    var lines = scope.wholeImports()
    var named = names
    var rest: [AssistantCompletion] = []
    if let cursor, let word = Self.word(in: code, before: cursor) {
      let candidates = scope.latestSymbols.filter { $0.name.hasPrefix(word) }
      let modules = Set(candidates.map(\.module))
      if modules.count <= Self.moduleLimit {
        // Completion offers no global that is imported by its name only.
        lines += modules.sorted().map { "import \($0)" }
        named.formUnion(candidates.map(\.name))
      } else {
        rest = Dictionary(grouping: candidates, by: \.name).values.compactMap { $0.last }
          .map(Self.completion).sorted { $0.text < $1.text }
      }
    }
    lines += scope.imports(of: named)
    imports = lines.joined(separator: "; ")
    globals = rest
  }

  /// What the session itself knows of a name.
  private static func completion(_ symbol: SessionScope.Symbol) -> AssistantCompletion {
    let type =
      switch symbol.kind {
      case "func": "function"
      case "struct", "class", "actor", "typealias": "class"
      case "enum": "enum"
      case "protocol": "interface"
      default: "instance"
      }
    return AssistantCompletion(
      text: symbol.name, type: type, signature: symbol.signature ?? "")
  }

  /// The word that ends at `cursor`; `nil` after a dot, where no global may follow.
  private static func word(in code: String, before cursor: Int) -> String? {
    let before = code.unicodeScalars.prefix(max(cursor, 0))
    let start = before.lastIndex { !isPart($0) }
    if let start, before[start] == "." { return nil }
    return String(before[(start.map(before.index(after:)) ?? before.startIndex)...])
  }

  /// Every name in `code`, those in comments and strings too.
  private static func identifiers(in code: String) -> Set<String> {
    var names: Set<String> = []
    for part in code.unicodeScalars.split(whereSeparator: { !isPart($0) }) {
      names.insert(String(part))
    }
    return names
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "a"..."z", "A"..."Z", "0"..."9": true
    default: scalar.value > 0x7f
    }
  }
}
