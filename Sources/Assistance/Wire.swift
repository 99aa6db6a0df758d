/// One request to the server, a line of JSON.
struct AssistanceRequest: Codable, Equatable {
  enum Kind: String, Codable {
    case completion
    case inspection
    /// Loads what the arguments and the source import; the reply is empty.
    case warmUp
  }

  var kind: Kind
  /// The whole document: hidden text and the cell, without the identifier being completed.
  var source: String
  /// Offsets in UTF-8 bytes: where to complete, or the names to inspect, the likeliest first.
  var offsets: [Int]
  /// What was typed of the identifier that is being completed.
  var typed = ""
  /// Compiler arguments as the session has them.
  var arguments: [String]
  /// What the document imports; an inspection that tells more looks members up after it.
  var imports = ""
  /// Whether an inspection tells all that is known, as the members of a type.
  var isDetailed = false
}

/// The answer to one request, a line of JSON.
struct AssistanceReply: Codable, Equatable {
  var matches: [AssistantCompletion] = []
  /// How many bytes before the completed identifier the matches replace too.
  var erased = 0
  /// Whether a value could stand there, and whether a type could.
  var takesValues = false
  var takesTypes = false
  var inspection: AssistantInspection?
  /// Why there is no answer; for tests and diagnosis.
  var failure: String?
}

extension AssistanceReply {
  /// The matches with those of `globals` that may stand there, behind argument labels.
  func adding(_ globals: [AssistantCompletion]) -> [AssistantCompletion] {
    let types: Set = ["class", "enum", "interface"]
    let fitting = globals.filter { types.contains($0.type) ? takesTypes : takesValues }
    guard !fitting.isEmpty else { return matches }
    let names = Set(fitting.map(\.text))
    let labels = matches.prefix { $0.type == "param" }
    let rest = matches.dropFirst(labels.count).filter { !names.contains($0.text) }
    return Array((labels + fitting + rest).prefix(CompletionList.limit))
  }
}

/// What could be inserted.
package struct AssistantCompletions: Sendable, Equatable {
  /// Texts that replace the code from `start` to `end`, the best first.
  package var matches: [AssistantCompletion]
  /// The replaced range, in Unicode scalars of the cell.
  package var start: Int
  /// The end of the replaced range, in Unicode scalars of the cell.
  package var end: Int

  package init(matches: [AssistantCompletion], start: Int, end: Int) {
    self.matches = matches
    self.start = start
    self.end = end
  }
}

/// One completion.
package struct AssistantCompletion: Codable, Sendable, Equatable {
  /// The text to insert as it is.
  package var text: String
  /// The kind in Jupyter's words: `function`, `instance`, `property`, `class`, `module`, ….
  package var type: String
  /// The signature shown beside it; may be empty.
  package var signature: String

  package init(text: String, type: String, signature: String = "") {
    self.text = text
    self.type = type
    self.signature = signature
  }
}

/// What is known of a symbol.
package struct AssistantInspection: Codable, Sendable, Equatable {
  /// The declaration, as Swift; several lines when a type's initialiser was called.
  package var declaration: String
  /// The documentation comment, Markdown without comment marks; may be empty.
  package var documentation: String
  /// Where it is declared: a module's name, `this cell`, `an earlier cell` or what the session
  /// knows better, as in `cell 3, line 2`; may be empty.
  package var origin: String
  /// What a detailed inspection adds: source, or the members of a library's type; may be empty.
  package var details: String
  /// How to find the declaration in source.
  package var symbol: Symbol

  /// A declaration as the compiler names it.
  package struct Symbol: Codable, Sendable, Equatable {
    /// The name with labels, as in `move(by:)`; empty when unknown.
    package var name: String
    /// The module that declares it.
    package var module: String
    /// The mangled name, which spells the types around it; may be empty.
    package var identifier: String

    package init(name: String = "", module: String = "", identifier: String = "") {
      self.name = name
      self.module = module
      self.identifier = identifier
    }
  }

  package init(
    declaration: String, documentation: String = "", origin: String = "", details: String = "",
    symbol: Symbol = Symbol()
  ) {
    self.declaration = declaration
    self.documentation = documentation
    self.origin = origin
    self.details = details
    self.symbol = symbol
  }
}
