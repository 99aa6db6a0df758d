/// A call as the description of the API has it.
struct DescribedCall {
  /// What the body of an answer or of a request is.
  enum Body {
    /// A JSON object of these fields.
    case fields(String)
    /// Anything else, of this media type.
    case media(String)
    /// Only headers.
    case nothing
  }

  /// Method and path, such as `POST runs/create`; a path without a slash before it counts from `/api/2.0/mlflow/`.
  let name: String
  let summary: String
  /// What goes with the request, in the notation of `DescribedField`: in the query of GET, else in the body.
  let fields: String
  let answer: Body
  /// The media type of a body that is no JSON; its fields then are in the query.
  let upload: String?

  init(
    _ name: String, _ summary: String, _ fields: String = "", answer: Body = .fields(""),
    upload: String? = nil
  ) {
    (self.name, self.summary, self.fields) = (name, summary, fields)
    (self.answer, self.upload) = (answer, upload)
  }

  init(_ name: String, _ summary: String, _ fields: String, gives answer: String) {
    self.init(name, summary, fields, answer: .fields(answer))
  }

  var method: String { String(name.prefix { $0 != " " }) }

  /// The whole path.
  var path: String {
    let path = name.dropFirst(method.count + 1)
    return path.hasPrefix("/") ? String(path) : "/api/2.0/mlflow/\(path)"
  }
}

/// Calls about experiments, runs and metrics.
///
/// - SeeAlso: MLflow's REST API.
enum TrackingCalls {
  private static let tag = "key*, value"
  private static let page = "page_token, max_results: int64, filter, order_by: [string]"

  static let experiments: [DescribedCall] = [
    .init(
      "POST experiments/create", "Creates an experiment.",
      "name*, artifact_location, tags: [Tag]", gives: "experiment_id*"),
    .init(
      "GET experiments/get", "An experiment by its id.", "experiment_id*",
      gives: "experiment*: Experiment"),
    .init(
      "GET experiments/get-by-name", "An experiment by its name.", "experiment_name*",
      gives: "experiment*: Experiment"),
    search("GET"), search("POST"),
    .init("POST experiments/update", "Renames an experiment.", "experiment_id*, new_name"),
    .init(
      "POST experiments/delete", "Marks an experiment and its runs as deleted.", "experiment_id*"),
    .init(
      "POST experiments/restore", "Takes the deletion of an experiment back.", "experiment_id*"),
    .init(
      "POST experiments/set-experiment-tag", "Sets a tag of an experiment.",
      "experiment_id*, \(tag)"),
    .init(
      "POST experiments/delete-experiment-tag", "Removes a tag of an experiment.",
      "experiment_id*, key*"),
    .init(
      "POST experiments/search-datasets", "The data sets that runs of experiments used.",
      "experiment_ids*: [string]", gives: "dataset_summaries: [DatasetSummary]"),
  ]

  private static func search(_ method: String) -> DescribedCall {
    DescribedCall(
      "\(method) experiments/search", "Experiments that a filter finds, in pages.",
      "max_results*: int64, page_token, filter, order_by: [string], view_type: ViewType",
      gives: "experiments: [Experiment], next_page_token")
  }

  static let runs: [DescribedCall] = [
    .init(
      "POST runs/create", "Starts a run.",
      "experiment_id, user_id, run_name, start_time: int64, tags: [Tag]", gives: "run*: Run"),
    .init(
      "GET runs/get", "A run, with the last value of each metric.", "run_id*", gives: "run*: Run"),
    .init(
      "POST runs/update", "Changes a run's status, end or name.",
      "run_id*, status: RunStatus, end_time: int64, run_name", gives: "run_info*: RunInfo"),
    .init("POST runs/delete", "Marks a run as deleted.", "run_id*"),
    .init("POST runs/restore", "Takes the deletion of a run back.", "run_id*"),
    .init(
      "POST runs/search", "Runs that a filter finds, in pages.",
      "experiment_ids: [string], run_view_type: ViewType, \(page)",
      gives: "runs: [Run], next_page_token"),
    .init(
      "POST runs/log-metric", "Logs a value of a metric.",
      "run_id*, key*, value*: double, timestamp*: int64, step: int64, model_id, dataset_name, dataset_digest"
    ),
    .init("POST runs/log-parameter", "Logs a param, whose value then stays.", "run_id*, \(tag)"),
    .init("POST runs/set-tag", "Sets a tag of a run.", "run_id*, \(tag)"),
    .init("POST runs/delete-tag", "Removes a tag of a run.", "run_id*, key*"),
    .init(
      "POST runs/log-batch",
      "Logs up to 1000 metrics, 100 params and 100 tags, 1000 together: all of them or none.",
      "run_id*, metrics: [Metric], params: [Param], tags: [Tag]"),
    .init(
      "POST runs/log-inputs", "Notes which data sets and models a run uses.",
      "run_id*, datasets: [DatasetInput], models: [ModelInput]"),
    .init(
      "POST runs/outputs", "Notes which models a run made.", "run_id*, models*: [ModelOutput]"),
    .init(
      "POST runs/log-model", "Notes a model in a tag, as clients before MLflow 3 do.",
      "run_id*, model_json*"),
    .init(
      "GET artifacts/list", "What is in a folder of a run's artifacts.", "run_id*, path",
      gives: "root_uri*, files: [FileInfo]"),
    .init(
      "GET /api/2.0/martlet/runs/events",
      "Tells of a run while it goes on: server-sent events status and metric.", "run_id*",
      answer: .media("text/event-stream")),
  ]

  static let metrics: [DescribedCall] = [
    .init(
      "GET metrics/get-history", "All values of a metric of a run, in pages.",
      "run_id*, metric_key*, page_token, max_results: int64",
      gives: "metrics: [Metric], next_page_token"),
    .init(
      "GET metrics/get-history-bulk", "At most 25,000 values of a metric of up to 100 runs.",
      "run_id*: [string], metric_key*, max_results: int64", gives: "metrics*: [MetricWithRunId]"),
    .init(
      "GET metrics/get-history-bulk-interval",
      "Values of a metric of up to 100 runs, so many of each and spread evenly.",
      "run_ids*: [string], metric_key*, start_step: int64, end_step: int64, max_results: int64",
      gives: "metrics: [MetricWithRunId]"),
  ]
}
