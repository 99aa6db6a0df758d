import JSONValues

/// The runs of a server that speaks MLflow's REST API, to be read.
///
/// Its calls need an answer, so that they throw where the server is away.
///
/// - SeeAlso: MLflow's documentation, "REST API".
package struct ServerRuns: Sendable {
  /// An experiment as a server gives it.
  package struct Experiment: Sendable {
    package let id: String
    package let name: String
    package let isDeleted: Bool
  }

  let server: MLflowServer

  /// How many runs a page has: one with thousands of metrics each must not take a server a minute.
  private static let pageSize = 200
  /// How many points a page has; MLflow gives no more.
  private static let historySize = 25_000

  /// The runs of the server at `address`, which may take as long as `limit` to answer a request.
  package init(_ address: ServerAddress, limit: Duration = .seconds(60)) {
    server = MLflowServer(address, limit: limit)
  }

  package var url: String { server.address.url }

  /// The experiments.
  ///
  /// - Parameter view: Which of them.
  /// - Returns: The experiments, in the server's order.
  /// - Throws: ``TrackingError/serverFailed(url:reason:)``.
  package func experiments(_ view: RunView = .active) throws(TrackingError) -> [Experiment] {
    try server.pages(
      "POST", "experiments/search", "experiments", ["view_type": .string(view.viewType)],
      size: Self.pageSize
    ).compactMap { message in
      guard let id = message["experiment_id"]?.string, let name = message["name"]?.string else {
        return nil
      }
      return Experiment(
        id: id, name: name, isDeleted: message["lifecycle_stage"]?.string == "deleted")
    }
  }

  /// The experiments' names by their ids.
  static func names(of experiments: [Experiment]) -> [String: String] {
    Dictionary(experiments.map { ($0.id, $0.name) }) { $1 }
  }

  /// Calls `body` with the runs that a search finds, page by page.
  ///
  /// - Parameters:
  ///   - search: What to look for; its experiments do not count.
  ///   - experiments: Where to look.
  ///   - body: Called with each page.
  /// - Throws: ``TrackingError``, also that of `body`.
  package func forEachPage(
    _ search: RunSearch, in experiments: [Experiment],
    _ body: ([ServerRun]) throws(TrackingError) -> Void
  ) throws(TrackingError) {
    guard !experiments.isEmpty, search.limit != 0 else { return }
    let names = Self.names(of: experiments)
    var message: [String: JSONValue] = [
      "experiment_ids": .array(experiments.map { .string($0.id) }),
      "run_view_type": .string(search.view.viewType),
    ]
    if !search.filter.isEmpty { message["filter"] = .string(search.filter) }
    if !search.order.isEmpty { message["order_by"] = .array(search.order.map { .string($0) }) }
    var left = search.limit ?? .max
    try server.forEachPage(
      "POST", "runs/search", "runs", message, size: min(left, Self.pageSize)
    ) { page throws(TrackingError) in
      let runs = page.prefix(left).compactMap { ServerRun($0, experiments: names) }
      left -= min(left, page.count)
      try body(runs)
      return left > 0
    }
  }

  /// The runs that a search finds.
  func search(
    _ search: RunSearch, in experiments: [Experiment]
  ) throws(TrackingError) -> [ServerRun] {
    var runs: [ServerRun] = []
    try forEachPage(search, in: experiments) { runs += $0 }
    return runs
  }

  /// The run with an id.
  ///
  /// - Throws: ``TrackingError/runNotFound(reference:)`` for an id of none.
  func run(id: String, in experiments: [Experiment]) throws(TrackingError) -> ServerRun {
    let missing = TrackingError.runNotFound(reference: id)
    let answer = try server.answer("GET", "runs/get", ["run_id": .string(id)], missing: missing)
    let names = Self.names(of: experiments)
    guard let message = answer["run"], let run = ServerRun(message, experiments: names) else {
      throw .serverFailed(url: url, reason: "its answer to runs/get names no run")
    }
    return run
  }

  /// All points of the metrics of a run that are wanted.
  package func histories(
    of run: ServerRun, where isWanted: (_ key: String) -> Bool = { _ in true }
  ) throws(TrackingError) -> [MetricEntry] {
    var points: [MetricEntry] = []
    for key in run.content.metrics.map(\.key) where isWanted(key) {
      points += try server.pages(
        "GET", "metrics/get-history", "metrics",
        ["run_id": .string(run.content.id), "metric_key": .string(key)], size: Self.historySize
      ).compactMap { ServerRun.metric($0, key: key) }
    }
    return points
  }
}

extension RunView {
  /// What MLflow calls it.
  fileprivate var viewType: String {
    switch self {
    case .active: "ACTIVE_ONLY"
    case .deleted: "DELETED_ONLY"
    case .all: "ALL"
    }
  }
}
