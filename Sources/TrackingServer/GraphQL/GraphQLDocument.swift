import JSONValues

/// A query in GraphQL: its operations and fragments.
///
/// The types that it names are not kept.
///
/// - SeeAlso: GraphQL, October 2021, section 2, "Language".
struct GraphQLDocument {
  /// What is selected of an object.
  struct Selection {
    indirect enum Kind {
      case field(Field)
      /// All that a fragment selects.
      case fragment(String)
      /// All that stands between braces, whatever the type before them.
      case inline([Selection])
    }

    let kind: Kind
    let conditions: [Condition]
  }

  /// `@include(if: …)` or `@skip(if: …)`.
  struct Condition {
    let isSkip: Bool
    let value: Value
  }

  struct Field {
    /// What the answer calls it.
    let key: String
    let name: String
    let arguments: [String: Value]
    var selections: [Selection]
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

    /// The names of the variables in it.
    var variables: [String] {
      switch self {
      case .constant: []
      case .variable(let name): [name]
      case .list(let values): values.flatMap(\.variables)
      case .object(let values): values.values.flatMap(\.variables)
      }
    }
  }

  struct Operation {
    let name: String?
    let isMutation: Bool
    /// The variables, and what they are where a request gives them no value.
    let variables: [String: Value]
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
    guard !operations.isEmpty else {
      throw APIError(.badRequest, "The query has no operation, such as { mlflowGetRun(…) { … } }.")
    }
  }
}
