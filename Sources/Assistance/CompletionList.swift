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
  /// Whether a value could stand there: whether `print` is among the results.
  private(set) var takesValues = false
  /// Whether a type could stand there: whether `Int` is among the results.
  private(set) var takesTypes = false
  private var found: [String: Candidate] = [:]
  private var kinds = NameCache<ResultKind>()
  private var contexts = NameCache<Nearness>()
  private var typeFits = NameCache<Int>()

  /// A text to insert, with what decides its place.
  private struct Candidate {
    var completion: AssistantCompletion
    var rank: Int
    /// The text without case, by which equals are sorted.
    var order: String
    /// The number of the cell that declares it; the document is the last, a library the first.
    var cell: Int
    var erased: Int
    var isExact: Bool
    /// The different signatures of functions of this name.
    var signatures: Set<String>

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
    if name == "Int" { takesTypes = true }
    if name == "print(_:separator:terminator:)" { takesValues = true }
    let isExact = name.hasPrefix(typed)
    guard isExact || name.lowercased().hasPrefix(lowercased) else { return }
    if name.hasPrefix("_"), !typed.hasPrefix("_") { return }
    let kind = kinds.value(of: keys.kind, in: result, ResultKind.init)
    let description = result.text(keys.description) ?? ""
    let isLabel =
      name.utf8.contains(UInt8(ascii: ":")) && (description.hasPrefix("(") || kind == .pattern)
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
      rank: rank, order: text.lowercased(),
      cell: module == document ? .max : cellNumber(module) ?? 0, erased: erased,
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
    if erased > 0 {
      guard text.hasPrefix("?.") else { return nil }
      lead = "?."
      text = text.dropFirst(2)
    }
    guard let first = text.utf8.first, isIdentifier(first) || first == UInt8(ascii: "`") else {
      return nil
    }
    let end = text.utf8.firstIndex { byte in
      switch byte {
      case UInt8(ascii: ":"): true
      case UInt8(ascii: "("), UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"),
        UInt8(ascii: " "):
        !isLabel
      default: false
      }
    }
    return (lead + text[..<(end ?? text.endIndex)] + (isLabel ? ":" : ""), erased)
  }

  /// The place of a result: what is near comes first.
  private mutating func rank(of result: SourceKitReply, kind: ResultKind, module: String) -> Int {
    let isOurs = result.integer(keys.isSystem) == 0 || cellNumber(module) != nil
    let base =
      switch (contexts.value(of: keys.context, in: result, Nearness.init), kind) {
      case (.local, _): 0
      case (.member, _): 10
      case (.document, _): 20
      case (_, .keyword): 50
      case (_, .module): 40
      case (.far, _): isOurs ? 20 : 30
      }
    let fit = typeFits.value(of: keys.typeRelation, in: result) { name in
      switch name.split(separator: ".").last {
      case "identical", "convertible": 0
      case "invalid": 2
      default: 1
      }
    }
    // Cells see through access control, so a library's internals appear too; they are known by
    // their lack of documentation, which is kept for public declarations only.
    let isInternal = base < 40 && !isOurs && result.text(keys.brief) == nil
    let isDiscouraged = result.integer(keys.isNotRecommended) != 0
    return base + fit + (isInternal ? 5 : 0) + (isDiscouraged ? 100 : 0)
  }
}

/// Where a result is declared, seen from the cursor.
private enum Nearness {
  case local, member, document, far

  /// - Parameter name: sourcekitd's name, as in `source.codecompletion.context.local`.
  init(_ name: String) {
    switch name.split(separator: ".").last {
    case "local", "exprspecific": self = .local
    case "thisclass", "superclass", "outsidenominal": self = .member
    case "thismodule": self = .document
    default: self = .far
    }
  }
}

/// What was made of names in replies, of which there are few in thousands of results.
private struct NameCache<Value> {
  private var values: [UInt: Value] = [:]

  /// The value for the name in the field `key` of `result`, made at its first occurrence.
  mutating func value(
    of key: SourceKitKey, in result: SourceKitReply, _ make: (String) -> Value
  ) -> Value {
    let identity = result.nameIdentity(key)
    if let value = values[identity] { return value }
    let value = make(result.name(key))
    values[identity] = value
    return value
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
