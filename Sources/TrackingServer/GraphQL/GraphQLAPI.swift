import HTTPServer
import JSONValues
import Tracking

/// `/graphql`, by which MLflow's page asks for runs and experiments.
///
/// Each root field is a call that clients have too; of its answer, the query selects what the page wants.
struct GraphQLAPI {
  private let store: TrackingStore
  private let experiments: ExperimentsAPI
  private let versions: ModelVersionsAPI
  /// What a root field calls, and the call whose rule it has.
  private let roots: [String: (rule: String, call: APICall)]

  init(store: TrackingStore) {
    self.store = store
    let (experiments, runs) = (ExperimentsAPI(store: store), RunsAPI(store: store))
    let (charts, artifacts) = (ChartsAPI(store: store), ArtifactsAPI(store: store))
    let versions = ModelVersionsAPI(store: store)
    (self.experiments, self.versions) = (experiments, versions)
    roots = [
      "mlflowGetExperiment": ("GET experiments/get", { try experiments.get($0) }),
      "mlflowGetRun": ("GET runs/get", { try runs.get($0) }),
      "mlflowSearchRuns": ("POST runs/search", { try runs.search($0) }),
      "mlflowGetMetricHistoryBulkInterval": (
        "GET metrics/get-history-bulk-interval", { try charts.sampledHistories($0) }
      ),
      "mlflowSearchDatasets": ("POST experiments/search-datasets", { try charts.datasets($0) }),
      "mlflowListArtifacts": ("GET artifacts/list", { try artifacts.list($0) }),
      "mlflowSearchModelVersions": ("GET model-versions/search", { try versions.search($0) }),
    ]
  }

  /// Answers a query; what is wrong with one that can be read is a part of the answer.
  func answer(_ request: HTTPRequest, _ permit: Permit) throws -> HTTPResponse {
    let fields = try APIFields(request)
    let document = try GraphQLDocument(fields.required("query"))
    let name = try fields.string("operationName").flatMap { $0.isEmpty ? nil : $0 }
    let variables = try fields.members("variables")
    var data: JSONValue = .null
    var errors: [JSONValue] = []
    do throws(GraphQLFault) {
      let query = try GraphQLQuery(document, operation: name, variables: variables)
      var members: [String: JSONValue] = [:]
      for field in try query.rootFields() {
        do {
          members[field.key] = try value(of: field, query, permit)
        } catch {
          members[field.key] = .null
          let text = (error as? GraphQLFault)?.message ?? APIError(any: error).message
          errors.append(.string(text))
        }
      }
      data = .object(members)
    } catch {
      errors = [.string(error.message)]
    }
    let answer: JSONValue = ["data": data, "errors": errors.isEmpty ? .null : .array(errors)]
    return APIResponse.json(answer).response
  }

  /// What a field of the root gives.
  private func value(
    of field: GraphQLDocument.Field, _ query: GraphQLQuery, _ permit: Permit
  ) throws -> JSONValue {
    if field.name == "__typename" { return .string(query.root) }
    guard let known = GraphQLSchema.types[query.root]?.fields[field.name],
      let argument = known.argument
    else { return .null }
    let given = field.arguments[argument.name]?.resolved(query.variables) ?? .null
    guard let root = roots[field.name] else {
      return try select(field, of: ["output": given], known, query)
    }
    var input: [String: JSONValue] = [:]
    for (name, value) in given.object ?? [:] where value != .null {
      // GraphQL takes one value for a list of one.
      input[name] = argument.members[name] == true && value.array == nil ? [value] : value
    }
    let checked = try CallRule.of(root.rule).checked(APIFields(input), permit, store)
    let answer = JSONValue(utf8: try root.call(checked).utf8) ?? [:]
    return try select(field, of: answer, known, query, checked)
  }

  // MARK: Selecting

  /// What `field` selects of its value.
  private func select(
    _ field: GraphQLDocument.Field, of value: JSONValue?, _ known: GraphQLField,
    _ query: GraphQLQuery, _ input: APIFields? = nil
  ) throws -> JSONValue {
    if known.isList {
      return .array(
        try (value?.array ?? []).map { try select(field, of: $0, known.type, query, input) })
    }
    // A call that does not answer with this error has none; other messages are there, with nothing in them.
    if known.type == "ApiError" { return .null }
    return try select(field, of: value, known.type, query, input)
  }

  private func select(
    _ field: GraphQLDocument.Field, of value: JSONValue?, _ typeName: String,
    _ query: GraphQLQuery, _ input: APIFields?
  ) throws -> JSONValue {
    guard let type = GraphQLSchema.types[typeName], !type.isScalar else {
      return Self.scalar(value, typeName)
    }
    var object: [String: JSONValue] = [:]
    for inner in try query.fields(field.selections) {
      guard let known = type.fields[inner.name] else {
        object[inner.key] = .string(typeName)
        continue
      }
      let member =
        try around(value, inner.name, typeName, input) ?? value?[Self.snakeCase(inner.name)]
      object[inner.key] = try select(inner, of: member, known, query, input)
    }
    return .object(object)
  }

  /// What stands around a run and is no part of its message: its experiment, and the versions of models that it made.
  private func around(
    _ value: JSONValue?, _ name: String, _ typeName: String, _ input: APIFields?
  ) throws -> JSONValue? {
    guard typeName == "MlflowRunExtension", let info = value?["info"]?.object else { return nil }
    switch name {
    case "experiment": return try experiments.get(APIFields(info))["experiment"]
    // Registered models are shown to those who may see everything.
    case "modelVersions" where input?.visibleExperiments == nil:
      let filter = "run_id = '\(info["run_id"]?.string ?? "")'"
      return try versions.search(APIFields(["filter": .string(filter)]))["model_versions"]
    default: return nil
    }
  }

  /// A value as GraphQL has it: 64-bit integers are texts, what is not set is what protocol buffers say for it, and what is no
  /// number is nothing.
  private static func scalar(_ value: JSONValue?, _ type: String) -> JSONValue {
    switch (type, value) {
    case ("LongString", .int(let number)?): .string("\(number)")
    case ("LongString", nil): "0"
    case ("Float", nil): 0.0
    case ("Float", .string?): .null
    case ("Boolean", nil): false
    case ("MlflowRunStatus", nil): "RUNNING"
    case ("MlflowModelVersionStatus", nil): "READY"
    default: value ?? ""
    }
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, character in
      text += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
  }
}
