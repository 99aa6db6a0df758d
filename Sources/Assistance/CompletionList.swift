import SourceKit

/// Turns sourcekitd's results into what a notebook offers.
struct CompletionList {
  /// The most that a reply holds.
  static let limit = 1_000

  private let keys: ResultKeys
  private let typed: String
  private let document: String
  private let lowercased: String
  private let cellNumber: (String) -> Int?
  private var found: [String: Candidate] = [:]

  /// A text to insert, with what decides its place.
  private struct Candidate {
    var completion: AssistantCompletion
    var rank: Int
    /// The number of the cell that declares it; the document is the last, a library the first.
    var cell: Int
    var erased: Int
    var isExact: Bool
    /// The different signatures of functions of this name.
    var signatures: Set<String>
    var order: String { completion.text.lowercased() }

    /// Whether this one stands for both: a later cell's declaration hides an earlier one's, and
    /// the shortest signature is the easiest to read.
    func precedes(_ other: Candidate) -> Bool {
      guard cell == other.cell else { return cell > other.cell }
      return (rank, completion.signature.utf8.count)
        <= (other.rank, other.completion.signature.utf8.count)
    }
  }

  /// - Parameters:
  ///   - typed: What the names begin with.
  ///   - document: The module's name of the document itself.
  ///   - keys: How to read the results.
  ///   - cellNumber: The number of the earlier cell that a module is; such modules are not offered.
  init(
    typed: String, document: String, keys: ResultKeys,
    cellNumber: @escaping (String) -> Int?
  ) {
    self.typed = typed
    self.document = document
    self.keys = keys
    self.cellNumber = cellNumber
    lowercased = typed.lowercased()
  }

  /// Considers one result.
  mutating func add(_ result: SourceKitReply) {
    guard let name = result.text(keys.name) else { return }
    let isExact = name.hasPrefix(typed)
    guard isExact || name.lowercased().hasPrefix(lowercased) else { return }
    if name.hasPrefix("_"), !typed.hasPrefix("_") { return }
    let kind = ResultKind(result.name(keys.kind))
    let description = result.text(keys.description) ?? ""
    let isLabel = name.contains(":") && (description.hasPrefix("(") || kind == .pattern)
    guard
      let (text, erased) = insertion(
        source: result.text(keys.sourceText) ?? "", isLabel: isLabel,
        erased: result.integer(keys.erased))
    else { return }
    let module = result.text(keys.module) ?? ""
    if kind == .module, module == document || cellNumber(module) != nil { return }
    let typeName = result.text(keys.typeName) ?? ""
    let signature = isLabel ? description : kind.signature(description, type: typeName)
    var rank = rank(of: result, kind: kind, module: module)
    if isLabel { rank = -1 }
    var candidate = Candidate(
      completion: AssistantCompletion(
        text: text, type: isLabel ? "param" : kind.jupyterType, signature: signature),
      rank: rank, cell: module == document ? .max : cellNumber(module) ?? 0, erased: erased,
      isExact: isExact,
      signatures: kind == .function ? [signature] : [])
    if let other = found[text] {
      let signatures = other.signatures.union(candidate.signatures)
      if other.precedes(candidate) { candidate = other }
      candidate.signatures = signatures
    }
    found[text] = candidate
  }

  /// Chooses and orders what is offered.
  ///
  /// - Parameter context: What the document holds before the completed name.
  /// - Returns: The completions, best first, and how many bytes before the name they replace.
  func finish(after context: Substring.UTF8View) -> (matches: [AssistantCompletion], erased: Int) {
    var chosen = Array(found.values)
    // Another case is offered only when nothing is spelt as typed.
    if chosen.contains(where: \.isExact) { chosen.removeAll { !$0.isExact } }
    chosen.sort {
      ($0.rank, $0.order, $0.completion.text) < ($1.rank, $1.order, $1.completion.text)
    }
    let erased = chosen.map(\.erased).max() ?? 0
    let matches = chosen.prefix(Self.limit).map { candidate in
      var completion = candidate.completion
      let kept = context.suffix(erased).dropLast(candidate.erased)
      completion.text = String(decoding: kept, as: UTF8.self) + completion.text
      let others = candidate.signatures.count - 1
      if others > 0 { completion.signature += " (+\(others))" }
      return completion
    }
    return (matches, erased)
  }

  /// What to insert for sourcekitd's template `source`; `nil` for what is no name.
  private func insertion(source: String, isLabel: Bool, erased: Int) -> (String, Int)? {
    var text = source[...]
    var lead = ""
    if erased > 0, text.hasPrefix("?.") {
      lead = "?."
      text = text.dropFirst(2)
    } else if erased > 0 {
      return nil
    }
    let stops: Set<Character> = isLabel ? [":"] : ["(", "<", "[", "{", " ", ":"]
    text = text.prefix { !stops.contains($0) }
    guard let first = text.first, first == "_" || first == "`" || first.isLetter || first.isNumber
    else { return nil }
    return (lead + text + (isLabel ? ":" : ""), erased)
  }

  /// The place of a result: what is near comes first.
  private func rank(of result: SourceKitReply, kind: ResultKind, module: String) -> Int {
    let isOurs = result.integer(keys.isSystem) == 0 || cellNumber(module) != nil
    let base =
      switch (result.name(keys.context).split(separator: ".").last, kind) {
      case ("local", _), ("exprspecific", _): 0
      case ("thisclass", _), ("superclass", _), ("outsidenominal", _): 10
      case ("thismodule", _): 20
      case (_, .keyword): 50
      case (_, .module): 40
      default: isOurs ? 20 : 30
      }
    let fit =
      switch result.name(keys.typeRelation).split(separator: ".").last {
      case "identical", "convertible": 0
      case "invalid": 2
      default: 1
      }
    // Cells see through access control, so a library's internals appear too; they are known by
    // their lack of documentation, which is kept for public declarations only.
    let isInternal = base < 40 && !isOurs && result.text(keys.brief) == nil
    let isDiscouraged = result.integer(keys.isNotRecommended) != 0
    return base + fit + (isInternal ? 5 : 0) + (isDiscouraged ? 100 : 0)
  }
}

/// The names of the fields of a completion result.
struct ResultKeys {
  let results, name, kind, description, sourceText, typeName, module: SourceKitKey
  let context, typeRelation, isSystem, isNotRecommended, erased, brief: SourceKitKey

  init(_ library: SourceKitLibrary) {
    results = library.key("key.results")
    name = library.key("key.name")
    kind = library.key("key.kind")
    description = library.key("key.description")
    sourceText = library.key("key.sourcetext")
    typeName = library.key("key.typename")
    module = library.key("key.modulename")
    context = library.key("key.context")
    typeRelation = library.key("key.typerelation")
    isSystem = library.key("key.is_system")
    isNotRecommended = library.key("key.not_recommended")
    erased = library.key("key.num_bytes_to_erase")
    brief = library.key("key.doc.brief")
  }
}
