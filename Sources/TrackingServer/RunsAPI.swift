import JSONValues
import Tracking

/// MLflow's calls about runs, and what is logged to them.
struct RunsAPI {
  let store: TrackingStore

  func create(_ fields: APIFields) throws -> JSONBytes {
    let experiment = try fields.experimentID(default: 0)
    let tags = try fields.tags()
    let tagged = tags.last { $0.key == "mlflow.runName" }?.value
    let named = try fields.string("run_name").flatMap { $0.isEmpty ? nil : $0 }
    if let tagged, let named, tagged != named {
      throw APIError(
        .invalidParameterValue,
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
          + "(run_name='\(named)', mlflow.runName='\(tagged)').")
    }
    let (user, start) = (try fields.string("user_id"), try fields.integer("start_time"))
    let run = try ExperimentsAPI(store: store).using(experiment) { () throws(TrackingError) in
      try store.createRun(
        experimentID: experiment, name: named ?? tagged, user: user ?? "",
        startMilliseconds: start ?? currentMilliseconds(),
        parentID: tags.last { $0.key == "mlflow.parentRunId" }?.value, tags: tags)
    }
    return try message(run, isNew: true)
  }

  func get(_ fields: APIFields) throws -> JSONBytes {
    try message(try run(fields))
  }

  private func message(_ run: RunRecord, isNew: Bool = false) throws -> JSONBytes {
    let details = try store.details(of: [run], withArtifacts: false)
    return JSONBytes { json in
      json.member("run") { json in for detail in details { json.run(detail, isNew: isNew) } }
    }
  }

  func update(_ fields: APIFields) throws -> JSONBytes {
    let run = try run(fields)
    let names = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
    let status = try fields.member("status", of: names)
    if status == nil { try fields.checkIsNoNumber("status") }
    try store.update(
      run, status: status.flatMap { RunStatus(rawValue: $0) },
      endMilliseconds: try fields.integer("end_time"),
      name: try fields.string("run_name").flatMap { $0.isEmpty ? nil : $0 })
    let changed = try self.run(fields)
    return JSONBytes { json in json.object("run_info") { $0.info(of: changed) } }
  }

  func delete(_ fields: APIFields) throws -> JSONValue {
    try store.delete(try run(fields))
    return [:]
  }

  func restore(_ fields: APIFields) throws -> JSONValue {
    try store.restore(try run(fields))
    return [:]
  }

  func search(_ fields: APIFields) throws -> JSONBytes {
    let page = try Page(fields, default: 1000, most: 50_000)
    let runs = try store.search(
      RunSearch(
        experiments: try fields.experiments(), filter: try fields.string("filter") ?? "",
        order: try fields.strings("order_by"), view: try fields.view("run_view_type"),
        limit: page.limit + 1, offset: page.offset, tiesByID: true))
    let details = try store.details(of: Array(runs.prefix(page.limit)), withArtifacts: false)
    return page.message("runs", details, isLast: runs.count <= page.limit) { $0.run($1) }
  }

  // MARK: Logging

  func logMetric(_ fields: APIFields) throws -> JSONValue {
    var batch = LogBatch(metrics: [try fields.metric()])
    if let metric = try fields.modelMetric(batch.metrics[0]) { batch.modelMetrics = [metric] }
    try store.log(batch, to: try run(fields))
    return [:]
  }

  func logParameter(_ fields: APIFields) throws -> JSONValue {
    _ = try fields.string("run_id")  // What is wrong with it is said first.
    try store.log(LogBatch(params: [try fields.param()]), to: try run(fields))
    return [:]
  }

  func setTag(_ fields: APIFields) throws -> JSONValue {
    let (run, tag) = (try run(fields), try fields.pair())
    try fields.checkName(tag.key, "key")
    try log(LogBatch(tags: [tag]), to: run)
    return [:]
  }

  func deleteTag(_ fields: APIFields) throws -> JSONValue {
    let (run, key) = (try run(fields), try fields.required("key"))
    guard run.deletedMilliseconds == nil else { throw APIError.runDeleted(run.id) }
    guard try store.tag(key, of: run) != nil else {
      throw APIError(.resourceDoesNotExist, "No tag with name: \(key) in run with id \(run.id)")
    }
    try store.change(tagsOf: run, [(key, nil)])
    return [:]
  }

  func logBatch(_ fields: APIFields) throws -> JSONValue {
    let run = try run(fields)
    var batch = LogBatch()
    for (index, message) in try fields.messages("metrics").enumerated() {
      let metric = try message.metric("metrics[\(index)].")
      batch.metrics.append(metric)
      if let metric = try message.modelMetric(metric) { batch.modelMetrics.append(metric) }
    }
    for (index, message) in try fields.messages("params").enumerated() {
      batch.params.append(try message.param("params[\(index)]."))
    }
    batch.tags = try fields.tags()
    for (index, tag) in batch.tags.enumerated() {
      try fields.checkName(tag.key, "tags[\(index)].key")
    }
    for (name, count, most) in [
      ("metrics", batch.metrics.count, 1000), ("params", batch.params.count, 100),
      ("tags", batch.tags.count, 100),
    ] where count > most {
      throw APIError(
        .invalidParameterValue,
        "A batch logging request can contain at most \(most) \(name). Got \(count) \(name). "
          + "Please split up \(name) across multiple requests and try again.")
    }
    let count = batch.metrics.count + batch.params.count + batch.tags.count
    guard count <= 1000 else {
      throw APIError(
        .invalidParameterValue,
        "A batch logging request can contain at most 1000 metrics, params, and tags in total. Got \(count)."
      )
    }
    guard Set(batch.params.map(\.key)).count == batch.params.count else {
      throw APIError(.invalidParameterValue, "Duplicate parameter keys have been submitted.")
    }
    try log(batch, to: run)
    return [:]
  }

  /// Logs `batch`; the tag of a run's name renames it.
  private func log(_ batch: LogBatch, to run: RunRecord) throws {
    try store.log(batch, to: run)
    if let name = batch.tags.last(where: { $0.key == "mlflow.runName" })?.value, !name.isEmpty {
      try store.update(run, status: nil, endMilliseconds: nil, name: name)
    }
  }

  func logInputs(_ fields: APIFields) throws -> JSONValue {
    let run = try run(fields)
    var datasets: [DatasetRecord] = []
    for input in try fields.messages("datasets") {
      var tags = Dictionary(try input.tags().map { ($0.key, $0.value) }) { $1 }
      let context = tags.removeValue(forKey: "mlflow.data.context")
      guard let dataset = try input.message("dataset") else { throw APIError.missing("dataset") }
      datasets.append(
        DatasetRecord(
          name: try dataset.required("name"), digest: try dataset.required("digest"),
          sourceType: try dataset.required("source_type"), source: try dataset.required("source"),
          schema: try dataset.string("schema"), profile: try dataset.string("profile"),
          context: context, otherTags: tags))
      try dataset.checkLengths(["name": 500, "digest": 36, "source": 65_535, "schema": 1_048_575])
      for tag in try input.messages("tags") { try tag.checkLengths(["key": 255, "value": 500]) }
    }
    try store.log(datasets, to: run)
    try LoggedModelsAPI(store: store).logInputs(fields, to: run)
    return [:]
  }

  // MARK: Metrics

  func history(_ fields: APIFields) throws -> JSONBytes {
    let key = try fields.required("metric_key")
    let page = try Page(fields, default: 25_000, most: .max - 1)
    let id = try fields.runID()
    // As with MLflow, a run that is not there has no points.
    guard let run = try store.run(id: id), fields.maySee(run.experimentID) else {
      return JSONBytes { _ in }
    }
    let points = try store.history(
      of: run, key: key, limit: page.limit + 1, offset: page.offset)
    return page.message(
      "metrics", points.prefix(page.limit), isLast: points.count <= page.limit
    ) { $0.metric(key, $1) }
  }

  private func run(_ fields: APIFields) throws -> RunRecord {
    try store.run(of: fields)
  }
}

extension APIFields {
  /// The metric of a request, or of one of its messages, whose `place` precedes the names of fields in errors.
  fileprivate func metric(
    _ place: @autoclosure () -> String = ""
  ) throws(APIError) -> MetricEntry {
    let key = try required("key", at: place())
    try checkName(key, "\(place())name")  // As MLflow calls it here.
    guard let value = try number("value") else { throw .missing("\(place())value") }
    guard let time = try integer("timestamp") else { throw .missing("\(place())timestamp") }
    guard time >= 0 else { throw .invalid("timestamp", .int(Int(time))) }
    return MetricEntry(
      key: key, value: value, step: try integer("step") ?? 0, timeMilliseconds: time)
  }

  /// The same value as one of a logged model, if it is one.
  fileprivate func modelMetric(_ entry: MetricEntry) throws(APIError) -> LoggedModelMetricEntry? {
    guard let id = try string("model_id"), !id.isEmpty else { return nil }
    return LoggedModelMetricEntry(
      modelID: id, entry: entry, datasetName: try string("dataset_name") ?? "",
      datasetDigest: try string("dataset_digest") ?? "")
  }

  /// A param, of whose value 6,000 characters are kept.
  fileprivate func param(
    _ place: @autoclosure () -> String = ""
  ) throws(APIError) -> (key: String, value: String) {
    let pair = try pair()
    try checkName(pair.key, "\(place())key")
    return (pair.key, String(pair.value.prefix(6000)))
  }
}
