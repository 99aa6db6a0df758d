/// The types of MLflow's GraphQL schema, as far as its page asks for them.
///
/// - SeeAlso: GraphQL, October 2021, section 3, "Type System".
struct GraphQLType {
  let name: String
  /// The fields by their names; none for a scalar.
  let fields: [String: GraphQLField]

  /// Whether it has no fields.
  var isScalar: Bool { fields.isEmpty }
}

/// A field of a type.
struct GraphQLField {
  /// Its type, without the brackets of a list.
  let type: String
  let isList: Bool
  /// The argument that it takes, and the names of what is in that, with whether each is a list; `nil` if it takes none.
  let argument: (name: String, members: [String: Bool])?

  /// Its type as GraphQL writes it.
  var typeText: String { isList ? "[\(type)!]" : type }

  fileprivate init(_ text: String, argument: (name: String, members: [String: Bool])? = nil) {
    isList = text.hasPrefix("[")
    type = GraphQLSchema.typeName(isList ? String(text.dropFirst().dropLast()) : text)
    self.argument = argument
  }
}

enum GraphQLSchema {
  /// The types that are called as they are here; the others have `Mlflow` before their names.
  private static let plain: Set<String> = [
    "String", "LongString", "Float", "Boolean", "ApiError", "Test", "TestMutation",
  ]

  fileprivate static func typeName(_ name: String) -> String {
    plain.contains(name) ? name : "Mlflow\(name)"
  }

  /// The calls: the names of what `input` takes, with brackets around lists, and the fields of the answer.
  private static let calls: [(name: String, input: String, answer: String, isMutation: Bool)] = [
    ("GetExperiment", "experimentId", "experiment: Experiment", false),
    ("GetRun", "runId, runUuid", "run: RunExtension", false),
    (
      "GetMetricHistoryBulkInterval", "[runIds], metricKey, startStep, endStep, maxResults",
      "metrics: [MetricWithRunId]", false
    ),
    (
      "ListArtifacts", "runId, runUuid, path, pageToken",
      "rootUri: String, files: [FileInfo], nextPageToken: String", false
    ),
    (
      "SearchModelVersions", "filter, maxResults, [orderBy], pageToken",
      "modelVersions: [ModelVersion], nextPageToken: String", false
    ),
    (
      "SearchRuns", "[experimentIds], filter, runViewType, maxResults, [orderBy], pageToken",
      "runs: [RunExtension], nextPageToken: String", false
    ),
    (
      "SearchRuns", "[experimentIds], filter, runViewType, maxResults, [orderBy], pageToken",
      "runs: [RunExtension], nextPageToken: String", true
    ),
    ("SearchDatasets", "[experimentIds]", "datasetSummaries: [DatasetSummary]", true),
  ]

  private static let messages: [(name: String, fields: String)] = [
    (
      "Experiment",
      "experimentId: String, name: String, artifactLocation: String, lifecycleStage: String, lastUpdateTime: LongString, "
        + "creationTime: LongString, tags: [ExperimentTag], effectiveTraceArchivalRetention: String, workspace: String"
    ),
    ("ExperimentTag", "key: String, value: String"),
    (
      "RunExtension",
      "info: RunInfo, data: RunData, inputs: RunInputs, outputs: RunOutputs, experiment: Experiment, "
        + "modelVersions: [ModelVersion]"
    ),
    (
      "RunInfo",
      "runId: String, runUuid: String, runName: String, experimentId: String, userId: String, status: RunStatus, "
        + "startTime: LongString, endTime: LongString, artifactUri: String, lifecycleStage: String"
    ),
    ("RunData", "metrics: [MetricExtension], params: [Param], tags: [RunTag]"),
    ("RunTag", "key: String, value: String"),
    ("Param", "key: String, value: String"),
    (
      "MetricExtension",
      "key: String, value: Float, timestamp: LongString, step: LongString, datasetName: String, datasetDigest: String, "
        + "modelId: String, runId: String"
    ),
    ("RunInputs", "datasetInputs: [DatasetInput], modelInputs: [ModelInput]"),
    ("RunOutputs", "modelOutputs: [ModelOutput]"),
    ("DatasetInput", "tags: [InputTag], dataset: Dataset"),
    ("InputTag", "key: String, value: String"),
    (
      "Dataset",
      "name: String, digest: String, sourceType: String, source: String, schema: String, profile: String"
    ),
    ("ModelInput", "modelId: String"),
    ("ModelOutput", "modelId: String, step: LongString"),
    (
      "MetricWithRunId",
      "key: String, value: Float, timestamp: LongString, step: LongString, runId: String"
    ),
    ("FileInfo", "path: String, isDir: Boolean, fileSize: LongString"),
    ("DatasetSummary", "experimentId: String, name: String, digest: String, context: String"),
    (
      "ModelVersion",
      "name: String, version: String, creationTimestamp: LongString, lastUpdatedTimestamp: LongString, userId: String, "
        + "currentStage: String, description: String, source: String, runId: String, status: ModelVersionStatus, "
        + "statusMessage: String, tags: [ModelVersionTag], runLink: String, aliases: [String], modelId: String, "
        + "modelParams: [ModelParam], modelMetrics: [ModelMetric]"
    ),
    ("ModelVersionTag", "key: String, value: String"),
    ("ModelParam", "name: String, value: String"),
    (
      "ModelMetric",
      "key: String, value: Float, timestamp: LongString, step: LongString, datasetName: String, datasetDigest: String, "
        + "modelId: String, runId: String"
    ),
    ("Test", "output: String"),
    ("TestMutation", "output: String"),
    ("ApiError", "code: String, message: String, helpUrl: String"),
    ("RunStatus", ""),
    ("ModelVersionStatus", ""),
  ]

  /// The types by their names; what a request can begin with is in `Query` and `Mutation`.
  static let types: [String: GraphQLType] = {
    let scalars = ["String", "LongString", "Float", "Boolean"]
    var types = Dictionary(
      uniqueKeysWithValues: scalars.map { ($0, GraphQLType(name: $0, fields: [:])) })
    for (name, text) in messages {
      types[typeName(name)] = GraphQLType(name: typeName(name), fields: fields(text))
    }
    let echo = (name: "inputString", members: [String: Bool]())
    var (queries, mutations) = (
      ["test": GraphQLField("Test", argument: echo)],
      ["testMutation": GraphQLField("TestMutation", argument: echo)]
    )
    for call in calls {
      let answer = "\(call.name)Response"
      types[typeName(answer)] = GraphQLType(
        name: typeName(answer), fields: fields(call.answer + ", apiError: ApiError"))
      var input: [String: Bool] = [:]
      for name in words(call.input, ",") {
        input[name.filter { !"[]".contains($0) }] = name.hasPrefix("[")
      }
      let root = GraphQLField(answer, argument: ("input", input))
      if call.isMutation {
        mutations["mlflow\(call.name)"] = root
      } else {
        queries["mlflow\(call.name)"] = root
      }
    }
    types["Query"] = GraphQLType(name: "Query", fields: queries)
    types["Mutation"] = GraphQLType(name: "Mutation", fields: mutations)
    return types
  }()

  private static func fields(_ text: String) -> [String: GraphQLField] {
    var fields: [String: GraphQLField] = [:]
    for field in words(text, ",") {
      let parts = words(field, ":")
      fields[parts[0]] = GraphQLField(parts[1])
    }
    return fields
  }

  private static func words(_ text: String, _ separator: Character) -> [String] {
    text.split(separator: separator).map { $0.filter { $0 != " " } }
  }
}
