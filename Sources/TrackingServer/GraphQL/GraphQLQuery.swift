import JSONValues

/// What is wrong with a query that can be read; the answer lists it.
struct GraphQLFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// An operation of a document, with what its variables are.
///
/// - SeeAlso: GraphQL, October 2021, sections 5, "Validation", and 6, "Execution".
struct GraphQLQuery {
  private let operation: GraphQLDocument.Operation
  private let fragments: [String: [GraphQLDocument.Selection]]
  let variables: [String: JSONValue]

  /// The type that the operation selects of.
  var root: String { operation.isMutation ? "Mutation" : "Query" }

  /// Takes the operation of `name`, or the only one.
  init(
    _ document: GraphQLDocument, operation name: String?, variables: [String: JSONValue]
  ) throws(GraphQLFault) {
    guard let operation = document.operations.first(where: { name == nil || $0.name == name })
    else { throw GraphQLFault("Unknown operation named '\(name ?? "")'.") }
    guard name != nil || document.operations.count == 1 else {
      throw GraphQLFault("Must provide operation name if query contains multiple operations.")
    }
    self.operation = operation
    fragments = document.fragments
    self.variables = operation.variables.mapValues { $0.resolved([:]) }
      .merging(variables) { $1 }
  }

  /// Checks all that is selected, and gives the fields of the root.
  func rootFields() throws(GraphQLFault) -> [GraphQLDocument.Field] {
    try checkSize()
    try check(operation.selections, of: root)
    return try fields(operation.selections)
  }

  /// The fields of `selections`, with those of fragments in their places: one for each key; with `all`, also those that a
  /// condition leaves out.
  func fields(
    _ selections: [GraphQLDocument.Selection], all: Bool = false
  ) throws(GraphQLFault) -> [GraphQLDocument.Field] {
    var found: [GraphQLDocument.Field] = []
    var places: [String: Int] = [:]
    var seen: Set<String> = []
    var rest = Array(selections.reversed())
    while let selection = rest.popLast() {
      guard all || selection.conditions.allSatisfy(holds) else { continue }
      switch selection.kind {
      case .field(let field):
        // Fields of the same key are one, of which more is selected.
        if let place = places[field.key] {
          guard found[place].name == field.name else {
            throw GraphQLFault(
              "Fields '\(field.key)' conflict because '\(found[place].name)' and '\(field.name)' are different "
                + "fields. Use different aliases on the fields to fetch both if this was intentional."
            )
          }
          found[place].selections += field.selections
        } else {
          places[field.key] = found.count
          found.append(field)
        }
      case .inline(let inner): rest += inner.reversed()
      case .fragment(let name):
        guard let inner = fragments[name] else { throw GraphQLFault("Unknown fragment '\(name)'.") }
        if seen.insert(name).inserted { rest += inner.reversed() }
      }
    }
    return found
  }

  private func holds(_ condition: GraphQLDocument.Condition) -> Bool {
    (condition.value.resolved(variables).bool ?? false) != condition.isSkip
  }

  // MARK: Checks

  /// The most that a query may select, as MLflow's servers have it: what is nested multiplies.
  private static let (mostRoots, mostAliases, mostDepth, mostFields) = (10, 10, 10, 1000)

  private func checkSize() throws(GraphQLFault) {
    var (roots, aliases, count) = (0, 0, 0)
    var rest = [(selections: operation.selections, depth: 1)]
    while let (selections, depth) = rest.popLast() {
      guard depth <= Self.mostDepth else {
        throw GraphQLFault("Query exceeds maximum depth of \(Self.mostDepth)")
      }
      let fields = try fields(selections, all: true)
      if depth == 1 { roots = fields.count }
      aliases = max(aliases, fields.count { $0.key != $0.name })
      count += fields.count
      guard count <= Self.mostFields else {
        throw GraphQLFault("Query exceeds maximum total selections of \(Self.mostFields)")
      }
      rest += fields.filter { !$0.selections.isEmpty }.map { ($0.selections, depth + 1) }
    }
    try checkCount("root fields", roots, most: Self.mostRoots)
    try checkCount("aliases", aliases, most: Self.mostAliases)
  }

  private func checkCount(_ what: String, _ count: Int, most: Int) throws(GraphQLFault) {
    guard count <= most else {
      throw GraphQLFault(
        "GraphQL queries should have at most \(most) \(what), got \(count) \(what).")
    }
  }

  /// Checks what is selected of `type` against the schema.
  private func check(
    _ selections: [GraphQLDocument.Selection], of type: String
  ) throws(GraphQLFault) {
    for field in try fields(selections, all: true) where field.name != "__typename" {
      guard let known = GraphQLSchema.types[type]?.fields[field.name] else {
        throw GraphQLFault("Cannot query field '\(field.name)' on type '\(type)'.")
      }
      try check(argumentsOf: field, known, of: type)
      let isScalar = GraphQLSchema.types[known.type]?.isScalar ?? true
      guard isScalar == field.selections.isEmpty else {
        throw GraphQLFault(
          isScalar
            ? "Field '\(field.name)' must not have a selection since type '\(known.typeText)' has no subfields."
            : "Field '\(field.name)' of type '\(known.typeText)' must have a selection of subfields. "
              + "Did you mean '\(field.name) { ... }'?")
      }
      if !isScalar { try check(field.selections, of: known.type) }
    }
  }

  private func check(
    argumentsOf field: GraphQLDocument.Field, _ known: GraphQLField, of type: String
  ) throws(GraphQLFault) {
    for (name, value) in field.arguments.sorted(by: { $0.key < $1.key }) {
      guard let argument = known.argument, argument.name == name else {
        throw GraphQLFault("Unknown argument '\(name)' on field '\(type).\(field.name)'.")
      }
      if let unknown = value.variables.first(where: { operation.variables[$0] == nil }) {
        let place = operation.name.map { " by operation '\($0)'" } ?? ""
        throw GraphQLFault("Variable '$\(unknown)' is not defined\(place).")
      }
      let members = value.resolved(variables).object ?? [:]
      if let unknown = members.keys.sorted().first(where: { argument.members[$0] == nil }) {
        throw GraphQLFault(
          "Field '\(unknown)' is not defined by type '\(known.type.replacing("Response", with: "Input"))'."
        )
      }
    }
  }
}
