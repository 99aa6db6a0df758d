import HTTPServer
import JSONValues
import Tracking

/// `/graphql`, by which MLflow's page asks for runs and experiments.
///
/// Each root field is a call that clients have too; of its answer, the query selects what the page wants.
struct GraphQLAPI {
  private let store: TrackingStore
  /// What a root field calls, and the call whose rule it has.
  private let roots: [String: (rule: String, call: APICall)]

  init(store: TrackingStore) {
    self.store = store
    let (experiments, runs) = (ExperimentsAPI(store: store), RunsAPI(store: store))
    let (charts, artifacts) = (ChartsAPI(store: store), ArtifactsAPI(store: store))
    let versions = ModelVersionsAPI(store: store)
    roots = [
      "mlflowGetExperiment": ("GET experiments/get", { try experiments.get($0) }),
      "mlflowGetRun": (
        "GET runs/get",
        { fields in
          guard case .object(var answer)? = JSONValue(utf8: try runs.get(fields).utf8),
            case .object(var run)? = answer["run"], let info = run["info"]?.object
          else { return JSONValue.object([:]) }
          run["experiment"] = try experiments.get(APIFields(info))["experiment"]
          // Registered models are shown to those who may see everything.
          if fields.visibleExperiments == nil {
            let filter = "run_id = '\(info["run_id"]?.string ?? "")'"
            let found = try versions.search(APIFields(["filter": .string(filter)]))
            run["model_versions"] = found["model_versions"]
          }
          answer["run"] = .object(run)
          return JSONValue.object(answer)
        }
      ),
      "mlflowSearchRuns": ("POST runs/search", { try runs.search($0) }),
      "mlflowGetMetricHistoryBulkInterval": (
        "GET metrics/get-history-bulk-interval", { try charts.sampledHistories($0) }
      ),
      "mlflowSearchDatasets": ("POST experiments/search-datasets", { try charts.datasets($0) }),
      "mlflowListArtifacts": ("GET artifacts/list", { try artifacts.list($0) }),
      "mlflowSearchModelVersions": ("GET model-versions/search", { try versions.search($0) }),
    ]
  }

  /// Answers a query.
  func answer(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse {
    let fields = try APIFields(request)
    let document = try GraphQLDocument(fields.required("query"))
    let name = try fields.string("operationName")
    let operation = document.operations.first { name == nil || $0.name == name }
    guard let operation, name != nil || document.operations.count == 1 else {
      throw APIError(.badRequest, "The query has no operation \"\(name ?? "")\", or several.")
    }
    var selection = GraphQLSelection(
      fragments: document.fragments, variables: try fields.members("variables"))
    var data: [String: JSONValue] = [:]
    for field in try selection.fields(operation.selections) {
      if field.name == "__typename" {
        data[field.key] = "Query"
        continue
      }
      guard let root = roots[field.name] else {
        throw APIError(.badRequest, "There is no field \"\(field.name)\" to be asked for.")
      }
      let input = field.arguments["input"]?.resolved(selection.variables).object ?? [:]
      let result = Self.result {
        let rule = CallRule.of(root.rule)
        return try root.call(rule.checked(APIFields(input), permit, store))
      }
      data[field.key] = try selection.select(
        field, of: result, typeName: "\(field.name)Response")
    }
    return APIResponse.json(JSONValue.object(["data": .object(data)])).response
  }

  /// What a call answers; an error is a part of it.
  private static func result(of call: () throws -> any CallResult) -> JSONValue {
    do {
      return JSONValue(utf8: try call().utf8) ?? [:]
    } catch {
      let error = APIError(any: error)
      return [
        "api_error": ["code": .string(error.code.rawValue), "message": .string(error.message)]
      ]
    }
  }
}

/// What a query selects of an answer.
private struct GraphQLSelection {
  let fragments: [String: [GraphQLDocument.Selection]]
  let variables: [String: JSONValue]
  /// How many more fields may be selected: fragments within each other multiply.
  private var rest = 100_000

  init(fragments: [String: [GraphQLDocument.Selection]], variables: [String: JSONValue]) {
    self.fragments = fragments
    self.variables = variables
  }

  /// The fields of `selections`, with those of fragments in their places.
  mutating func fields(
    _ selections: [GraphQLDocument.Selection], depth: Int = 0
  ) throws(APIError) -> [GraphQLDocument.Field] {
    guard depth < 20 else { throw APIError(.badRequest, "The query's fragments are too deep.") }
    var found: [GraphQLDocument.Field] = []
    for selection in selections {
      rest -= 1
      guard rest > 0 else { throw APIError(.badRequest, "The query selects too much.") }
      switch selection {
      case .field(let field): found.append(field)
      case .inline(let inner): found += try fields(inner, depth: depth + 1)
      case .fragment(let name):
        guard let inner = fragments[name] else {
          throw APIError(.badRequest, "The query has no fragment \"\(name)\".")
        }
        found += try fields(inner, depth: depth + 1)
      }
    }
    return found
  }

  /// What `field` selects of its value.
  mutating func select(
    _ field: GraphQLDocument.Field, of value: JSONValue, typeName: String
  ) throws(APIError) -> JSONValue {
    let selected = try fields(field.selections)
    guard !selected.isEmpty else { return value }
    return try select(selected, of: value, typeName: typeName)
  }

  private mutating func select(
    _ fields: [GraphQLDocument.Field], of value: JSONValue, typeName: String
  ) throws(APIError) -> JSONValue {
    if case .array(let elements) = value {
      var list: [JSONValue] = []
      for element in elements {
        list.append(try select(fields, of: element, typeName: typeName))
      }
      return .array(list)
    }
    guard case .object(let members) = value else { return value }
    var object: [String: JSONValue] = [:]
    for field in fields {
      if field.name == "__typename" {
        object[field.key] = .string(Self.capitalized(typeName))
        continue
      }
      let name = Self.snakeCase(field.name)
      let member = Self.shown(members[name], name)
      object[field.key] = try select(field, of: member, typeName: "Mlflow\(name)")
    }
    return .object(object)
  }

  /// A member as GraphQL has it: 64-bit integers are texts, an absent list is empty, and NaN is nothing.
  private static func shown(_ value: JSONValue?, _ name: String) -> JSONValue {
    switch value {
    case .int(let number)? where integers.contains(name): .string("\(number)")
    case .string("NaN")? where name == "value": .null
    case let value?: value
    case nil: lists.contains(name) ? [] : .null
    }
  }

  private static let integers: Set<String> = [
    "start_time", "end_time", "creation_time", "last_update_time", "timestamp", "step",
    "file_size", "creation_timestamp", "last_updated_timestamp",
  ]

  private static let lists: Set<String> = [
    "metrics", "params", "tags", "files", "runs", "dataset_inputs", "model_inputs",
    "model_outputs", "model_versions", "dataset_summaries", "aliases",
  ]

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, character in
      text += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
  }

  private static func capitalized(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
