import JSONValues
import Tracking

/// What MLflow's page asks for beside the calls of its clients: histories of many runs at once, and which data sets there are.
struct ChartsAPI {
  let store: TrackingStore

  /// The calls by method and path.
  var calls: [(String, APICall)] {
    [
      ("GET metrics/get-history-bulk", { try histories($0) }),
      ("GET metrics/get-history-bulk-interval", { try sampledHistories($0) }),
      ("POST experiments/search-datasets", { try datasets($0) }),
      // There is no gateway to language models.
      ("GET gateway-proxy", { _ in JSONValue.object(["endpoints": .array([])]) }),
      ("POST gateway-proxy", { _ in JSONValue.object(["endpoints": .array([])]) }),
    ]
  }

  /// At most 25,000 points of a metric of many runs, by run and time.
  private func histories(_ fields: APIFields) throws -> JSONBytes {
    let call = "GetMetricHistoryBulk"
    let ids = try runs(fields, "run_id", call: call, atMost: "cannot specify more than")
    guard let key = try fields.string("metric_key"), !key.isEmpty else {
      throw APIError(.invalidParameterValue, "\(call) request must specify a metric_key.")
    }
    let limit = try min(fields.integer("max_results") ?? 25_000, 25_000)
    guard limit >= 0 else { throw APIError.invalid("max_results", .int(Int(limit))) }
    var found: [(run: String, point: MetricPoint)] = []
    for id in Set(ids).sorted() {
      let rest = Int(limit) - found.count
      guard rest > 0, let run = try store.run(id: id), fields.maySee(run.experimentID) else {
        continue
      }
      found += try store.history(of: run, key: key, limit: rest, offset: 0).map { (id, $0) }
    }
    return Self.message(key, found, isAlwaysThere: true)
  }

  /// Points of a metric of many runs, so many for each run and spread evenly, by step.
  ///
  /// - SeeAlso: MLflow's REST API, "GetMetricHistoryBulkInterval".
  func sampledHistories(_ fields: APIFields) throws -> JSONBytes {
    let ids = try runs(
      fields, "run_ids", call: "GetMetricHistoryBulkInterval", atMost: "must specify at most")
    let key = try fields.required("metric_key")
    let limit = try fields.integer("max_results") ?? 2500
    guard (1...2500).contains(limit) else {
      throw APIError(.invalidParameterValue, "max_results must be between 1 and 2500.")
    }
    let steps = try Self.steps(fields)
    var found: [(run: String, point: MetricPoint)] = []
    for id in ids {
      guard let run = try store.run(id: id), fields.maySee(run.experimentID) else { continue }
      found += try store.sampledHistory(of: run, key: key, count: Int(limit), steps: steps)
        .map { (id, $0) }
    }
    return Self.message(key, found, isAlwaysThere: false)
  }

  private func runs(
    _ fields: APIFields, _ name: String, call: String, atMost: String
  ) throws(APIError) -> [String] {
    let ids = try fields.strings(name)
    guard !ids.isEmpty else {
      throw APIError(
        .invalidParameterValue,
        "\(call) request must specify at least one run_id: "
          + "Missing value for required parameter '\(name)'.")
    }
    guard ids.count <= 100 else {
      throw APIError(
        .invalidParameterValue,
        "\(call) request \(atMost) 100 run_ids. Received \(ids.count) run_ids.")
    }
    return ids
  }

  private static func steps(_ fields: APIFields) throws(APIError) -> ClosedRange<Int64>? {
    switch (try fields.integer("start_step"), try fields.integer("end_step")) {
    case (nil, nil): return nil
    case (let start?, let end?):
      guard start <= end else {
        throw APIError(
          .invalidParameterValue,
          "end_step must be greater than start_step. Found start_step=\(start) and end_step=\(end)."
        )
      }
      return start...end
    default:
      throw APIError(
        .invalidParameterValue,
        "If either start step or end step are specified, both must be specified.")
    }
  }

  private static func message(
    _ key: String, _ found: [(run: String, point: MetricPoint)], isAlwaysThere: Bool
  ) -> JSONBytes {
    JSONBytes(reserving: 128 * found.count) { json in
      guard isAlwaysThere || !found.isEmpty else { return }
      json.array("metrics") { json in
        for (run, point) in found {
          json.object { json in
            json.member("key", key)
            json.member("value", point.value)
            json.member("timestamp", point.timeMilliseconds)
            json.member("step", point.step)
            json.member("run_id", run)
          }
        }
      }
    }
  }

  /// The data sets that runs of experiments used, with what for.
  func datasets(_ fields: APIFields) throws -> JSONValue {
    let texts = try fields.strings("experiment_ids")
    guard !texts.isEmpty else {
      throw APIError(
        .invalidParameterValue, "SearchDatasets request must specify at least one experiment_id.")
    }
    guard texts.count <= 20 else {
      throw APIError(
        .invalidParameterValue,
        "SearchDatasets request cannot specify more than 20 experiment_ids. "
          + "Received \(texts.count) experiment_ids.")
    }
    let found = try store.datasets(ofExperiments: fields.experiments(), limit: 1000)
    guard !found.isEmpty else { return [:] }
    return [
      "dataset_summaries": .array(
        found.map { experiment, dataset in
          var message: [String: JSONValue] = [
            "experiment_id": .string("\(experiment)"), "name": .string(dataset.name),
            "digest": .string(dataset.digest),
          ]
          if let context = dataset.context { message["context"] = .string(context) }
          return .object(message)
        })
    ]
  }
}
