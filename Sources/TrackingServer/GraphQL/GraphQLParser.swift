import JSONValues

/// Reads GraphQL.
struct GraphQLParser {
  private var lexer: GraphQLLexer
  private var depth = 0
  var token: GraphQLLexer.Token { lexer.token }

  init(_ text: String) { lexer = GraphQLLexer(text) }

  private func fault() -> APIError {
    APIError(.badRequest, "The query cannot be understood around character \(lexer.position).")
  }

  // MARK: Definitions

  mutating func operation() throws(APIError) -> GraphQLDocument.Operation {
    guard token != .mark("{") else {
      return GraphQLDocument.Operation(
        name: nil, isMutation: false, variables: [:], selections: try selections())
    }
    guard token == .name("query") || token == .name("mutation") else { throw fault() }
    let isMutation = token == .name("mutation")
    lexer.advance()
    var name: String?
    if case .name(let text) = token {
      name = text
      lexer.advance()
    }
    let variables = try variables()
    _ = try conditions()
    return GraphQLDocument.Operation(
      name: name, isMutation: isMutation, variables: variables, selections: try selections())
  }

  /// The variables of an operation; their types are passed over.
  private mutating func variables() throws(APIError) -> [String: GraphQLDocument.Value] {
    var found: [String: GraphQLDocument.Value] = [:]
    guard take("(") else { return found }
    while !take(")") {
      try expect("$")
      let name = try takeName()
      try expect(":")
      var open = 0
      repeat {
        if token == .mark("[") { open += 1 }
        if token == .mark("]") { open -= 1 }
        if case .mark(let mark) = token, !"[]!".contains(mark) { throw fault() }
        guard token != .end, open >= 0 else { throw fault() }
        lexer.advance()
      } while open > 0 || token == .mark("!")
      found[name] = take("=") ? try value() : .constant(.null)
      _ = try conditions()
    }
    return found
  }

  mutating func fragment() throws(APIError) -> (String, [GraphQLDocument.Selection]) {
    lexer.advance()
    let name = try takeName()
    guard token == .name("on") else { throw fault() }
    lexer.advance()
    _ = try takeName()
    _ = try conditions()
    return (name, try selections())
  }

  private mutating func selections() throws(APIError) -> [GraphQLDocument.Selection] {
    try expect("{")
    depth += 1
    defer { depth -= 1 }
    guard depth <= 30 else { throw fault() }
    var found: [GraphQLDocument.Selection] = []
    repeat { found.append(try selection()) } while !take("}")
    return found
  }

  private mutating func selection() throws(APIError) -> GraphQLDocument.Selection {
    if take("...") {
      if case .name(let name) = token, name != "on" {
        lexer.advance()
        return GraphQLDocument.Selection(kind: .fragment(name), conditions: try conditions())
      }
      if token == .name("on") {
        lexer.advance()
        _ = try takeName()
      }
      let conditions = try conditions()
      return GraphQLDocument.Selection(kind: .inline(try selections()), conditions: conditions)
    }
    let first = try takeName()
    let name = take(":") ? try takeName() : first
    let arguments = take("(") ? try members(until: ")") : [:]
    let conditions = try conditions()
    let field = GraphQLDocument.Field(
      key: first, name: name, arguments: arguments,
      selections: token == .mark("{") ? try selections() : [])
    return GraphQLDocument.Selection(kind: .field(field), conditions: conditions)
  }

  /// The directives that stand here; only those of conditions are kept.
  private mutating func conditions() throws(APIError) -> [GraphQLDocument.Condition] {
    var found: [GraphQLDocument.Condition] = []
    while take("@") {
      let name = try takeName()
      let arguments = take("(") ? try members(until: ")") : [:]
      guard name == "skip" || name == "include" else { continue }
      guard let value = arguments["if"] else { throw fault() }
      found.append(GraphQLDocument.Condition(isSkip: name == "skip", value: value))
    }
    return found
  }

  // MARK: Values

  private mutating func members(
    until end: String
  ) throws(APIError) -> [String: GraphQLDocument.Value] {
    var found: [String: GraphQLDocument.Value] = [:]
    while !take(end) {
      let name = try takeName()
      try expect(":")
      found[name] = try value()
    }
    return found
  }

  private mutating func value() throws(APIError) -> GraphQLDocument.Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 30 else { throw fault() }
    let first = token
    lexer.advance()
    switch first {
    case .mark("$"): return .variable(try takeName())
    case .mark("["):
      var list: [GraphQLDocument.Value] = []
      while !take("]") { list.append(try value()) }
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
    lexer.advance()
  }

  /// Passes over `mark` if it is here; returns whether it was.
  private mutating func take(_ mark: String) -> Bool {
    guard token == .mark(mark) else { return false }
    lexer.advance()
    return true
  }

  private mutating func takeName() throws(APIError) -> String {
    guard case .name(let name) = token else { throw fault() }
    lexer.advance()
    return name
  }
}
