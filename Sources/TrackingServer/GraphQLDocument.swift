import JSONValues

/// A query in GraphQL: its operations and fragments, without types.
///
/// - SeeAlso: GraphQL, October 2021, section 2, "Language".
struct GraphQLDocument {
  /// What is selected of an object.
  indirect enum Selection {
    case field(Field)
    /// All that a fragment selects.
    case fragment(String)
    /// All that stands between braces, whatever the type before them.
    case inline([Selection])
  }

  struct Field {
    /// What the answer calls it.
    let key: String
    let name: String
    let arguments: [String: Value]
    let selections: [Selection]
  }

  /// What an argument is given.
  indirect enum Value {
    case constant(JSONValue)
    case variable(String)
    case list([Value])
    case object([String: Value])

    /// The value, with `variables` in the places of their names.
    func resolved(_ variables: [String: JSONValue]) -> JSONValue {
      switch self {
      case .constant(let value): value
      case .variable(let name): variables[name] ?? .null
      case .list(let values): .array(values.map { $0.resolved(variables) })
      case .object(let values): .object(values.mapValues { $0.resolved(variables) })
      }
    }
  }

  struct Operation {
    let name: String?
    let selections: [Selection]
  }

  private(set) var operations: [Operation] = []
  private(set) var fragments: [String: [Selection]] = [:]

  /// Reads `text`.
  ///
  /// - Throws: An error of a bad request, which says where reading ended.
  init(_ text: String) throws(APIError) {
    var parser = GraphQLParser(text)
    while parser.token != .end {
      if parser.token == .name("fragment") {
        let (name, selections) = try parser.fragment()
        fragments[name] = selections
      } else {
        operations.append(try parser.operation())
      }
    }
  }
}

/// Reads GraphQL.
private struct GraphQLParser {
  enum Token: Equatable {
    case name(String)
    case value(JSONValue)
    case mark(String)
    case end
  }

  private let characters: [UInt8]
  private var position = 0
  private(set) var token = Token.end
  private var depth = 0

  init(_ text: String) {
    characters = Array(text.utf8)
    advance()
  }

  private func fault() -> APIError {
    APIError(.badRequest, "The query cannot be understood around character \(position).")
  }

  // MARK: Definitions

  mutating func operation() throws(APIError) -> GraphQLDocument.Operation {
    guard token != .mark("{") else {
      return GraphQLDocument.Operation(name: nil, selections: try selections())
    }
    guard token == .name("query") || token == .name("mutation") else { throw fault() }
    advance()
    var name: String?
    if case .name(let text) = token {
      name = text
      advance()
    }
    // The types of variables are not looked at.
    if token == .mark("(") { try skipParentheses() }
    try skipDirectives()
    return GraphQLDocument.Operation(name: name, selections: try selections())
  }

  mutating func fragment() throws(APIError) -> (String, [GraphQLDocument.Selection]) {
    advance()
    let name = try takeName()
    guard token == .name("on") else { throw fault() }
    advance()
    _ = try takeName()
    try skipDirectives()
    return (name, try selections())
  }

  private mutating func selections() throws(APIError) -> [GraphQLDocument.Selection] {
    try expect("{")
    depth += 1
    defer { depth -= 1 }
    guard depth <= 30 else { throw fault() }
    var found: [GraphQLDocument.Selection] = []
    while token != .mark("}") { found.append(try selection()) }
    advance()
    return found
  }

  private mutating func selection() throws(APIError) -> GraphQLDocument.Selection {
    if token == .mark("...") {
      advance()
      if case .name(let name) = token, name != "on" {
        advance()
        try skipDirectives()
        return .fragment(name)
      }
      if token == .name("on") {
        advance()
        _ = try takeName()
      }
      try skipDirectives()
      return .inline(try selections())
    }
    let first = try takeName()
    var name = first
    if token == .mark(":") {
      advance()
      name = try takeName()
    }
    var arguments: [String: GraphQLDocument.Value] = [:]
    if token == .mark("(") {
      advance()
      arguments = try members(until: ")")
    }
    try skipDirectives()
    let inner = token == .mark("{") ? try selections() : []
    return .field(
      GraphQLDocument.Field(key: first, name: name, arguments: arguments, selections: inner))
  }

  // MARK: Values

  private mutating func members(
    until end: String
  ) throws(APIError) -> [String: GraphQLDocument.Value] {
    var found: [String: GraphQLDocument.Value] = [:]
    while token != .mark(end) {
      let name = try takeName()
      try expect(":")
      found[name] = try value()
    }
    advance()
    return found
  }

  private mutating func value() throws(APIError) -> GraphQLDocument.Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 30 else { throw fault() }
    let first = token
    advance()
    switch first {
    case .mark("$"): return .variable(try takeName())
    case .mark("["):
      var list: [GraphQLDocument.Value] = []
      while token != .mark("]") { list.append(try value()) }
      advance()
      return .list(list)
    case .mark("{"): return .object(try members(until: "}"))
    case .name("true"): return .constant(.bool(true))
    case .name("false"): return .constant(.bool(false))
    case .name("null"): return .constant(.null)
    case .name(let name): return .constant(.string(name))
    case .value(let value): return .constant(value)
    default: throw fault()
    }
  }

  // MARK: Tokens

  private mutating func expect(_ mark: String) throws(APIError) {
    guard token == .mark(mark) else { throw fault() }
    advance()
  }

  private mutating func takeName() throws(APIError) -> String {
    guard case .name(let name) = token else { throw fault() }
    advance()
    return name
  }

  private mutating func skipDirectives() throws(APIError) {
    while token == .mark("@") {
      advance()
      _ = try takeName()
      if token == .mark("(") { try skipParentheses() }
    }
  }

  private mutating func skipParentheses() throws(APIError) {
    var open = 0
    repeat {
      if token == .mark("(") { open += 1 }
      if token == .mark(")") { open -= 1 }
      guard token != .end else { throw fault() }
      advance()
    } while open > 0
  }

  private mutating func advance() {
    while position < characters.count {
      let character = characters[position]
      if character == UInt8(ascii: "#") {
        while position < characters.count, characters[position] != 10 { position += 1 }
      } else if character <= 0x20 || character == UInt8(ascii: ",") {
        position += 1
      } else {
        break
      }
    }
    guard position < characters.count else {
      token = .end
      return
    }
    let start = position
    let isWord = { (byte: UInt8) in
      byte == UInt8(ascii: "_") || (byte >= 0x30 && byte <= 0x39)
        || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
    }
    func text() -> String { String(decoding: characters[start..<position], as: UTF8.self) }
    switch characters[position] {
    case UInt8(ascii: "\""):
      position += 1
      while position < characters.count, characters[position] != UInt8(ascii: "\"") {
        position += characters[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      position = min(position + 1, characters.count)
      token = JSONValue(json: text()).map { .value($0) } ?? .mark("\"")
    case UInt8(ascii: "-"), 0x30...0x39:
      position += 1
      while position < characters.count,
        isWord(characters[position]) || "+-.".utf8.contains(characters[position])
      { position += 1 }
      token = JSONValue(json: text()).map { .value($0) } ?? .mark("-")
    case UInt8(ascii: "."):
      while position < characters.count, characters[position] == UInt8(ascii: ".") { position += 1 }
      token = .mark(text())
    case let byte where isWord(byte):
      while position < characters.count, isWord(characters[position]) { position += 1 }
      token = .name(text())
    default:
      position += 1
      token = .mark(text())
    }
  }
}
