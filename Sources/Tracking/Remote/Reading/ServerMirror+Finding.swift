import FoundationEssentials

/// Finding runs at the server, as ``TrackingStore`` finds those of a file.
extension ServerMirror {
  private var activeExperiments: [ServerRuns.Experiment] { experiments.filter { !$0.isDeleted } }

  /// Where to look for runs: deleted ones may be in deleted experiments.
  private func places(_ view: RunView) -> [ServerRuns.Experiment] {
    view == .active ? activeExperiments : experiments
  }

  /// The experiment that has the name or id `reference`.
  ///
  /// - Throws: ``TrackingError/experimentNotFound(reference:)``.
  package func experiment(
    _ reference: String, isDeleted: Bool = false
  ) throws(TrackingError) -> ServerRuns.Experiment {
    let known = experiments.filter { $0.isDeleted == isDeleted }
    guard
      let found = known.first(where: { $0.name == reference })
        ?? known.first(where: { $0.id == reference })
    else { throw .experimentNotFound(reference: reference) }
    return found
  }

  /// The experiments by number, with the start of the latest run; MLflow's API does not count runs.
  package func experimentRecords() throws(TrackingError) -> [ExperimentRecord] {
    var records: [ExperimentRecord] = []
    for experiment in activeExperiments {
      let latest = try source.search(
        RunSearch(order: ["attributes.start_time DESC"], limit: 1), in: [experiment])
      records.append(
        ExperimentRecord(
          id: try store.experimentID(experiment.name), name: experiment.name, runCount: nil,
          latestStartMilliseconds: latest.first?.content.startMilliseconds))
    }
    return records.sorted { $0.id < $1.id }
  }

  /// The runs that a search finds now, in its order.
  ///
  /// - Parameters:
  ///   - search: What to look for; its experiments do not count.
  ///   - experiment: The name or id of the experiment to look in; `nil` for all.
  /// - Returns: The copies of those runs.
  /// - Throws: ``TrackingError``: for a fault in the search, or when the server does not answer.
  package func search(
    _ search: RunSearch, experiment: String? = nil
  ) throws(TrackingError) -> [RunRecord] {
    // Faults are told as those of a search in a file.
    _ = try RunFilter(search.filter)
    _ = try RunOrder.list(search.order)
    var experiments = places(search.view)
    if let experiment { experiments = [try self.experiment(experiment)] }
    try forgetRuns()
    var records: [RunRecord] = []
    try source.forEachPage(search, in: experiments) { page throws(TrackingError) in
      records += try take(page)
    }
    return records
  }

  /// The runs of an experiment, newest first.
  package func runs(
    experiment: String, limit: Int?, _ parts: Parts
  ) throws(TrackingError) -> [RunRecord] {
    let found = try source.search(RunSearch(limit: limit), in: [self.experiment(experiment)])
    let records = try take(found)
    for (run, record) in zip(found, records) { try complete(run, record, parts) }
    return records
  }

  /// The run that `reference` names: an id or at least 4 digits of its beginning, a name, `latest`, or `latest~N`.
  ///
  /// - Throws: ``TrackingError`` when no run, or more than one, matches, or the server does not answer.
  package func run(
    _ reference: String, among view: RunView = .active, _ parts: Parts
  ) throws(TrackingError) -> RunRecord {
    let found = try candidates(reference, view)
    _ = try take(found)
    // Which of several it is, and what is wrong with a reference, is decided as for a file; but the copies are not all
    // runs, among which the latest would be another.
    var name = reference
    if Database.stepsBack(reference) != nil {
      guard let id = found.first?.content.id else { throw .runNotFound(reference: reference) }
      name = id
    }
    let record = try store.run(name, among: view)
    if let run = found.first(where: { $0.content.id == record.id }) {
      try complete(run, record, parts)
    }
    return record
  }

  /// The runs at the server that a reference can mean.
  private func candidates(
    _ reference: String, _ view: RunView
  ) throws(TrackingError) -> [ServerRun] {
    func search(_ search: RunSearch) throws(TrackingError) -> [ServerRun] {
      var search = search
      search.view = view
      return try source.search(search, in: places(view))
    }
    if let back = Database.stepsBack(reference) {
      // Nobody has as many runs.
      guard back < 1_000_000 else { return [] }
      let latest = try search(
        RunSearch(order: ["attributes.start_time DESC"], limit: Int(back) + 1))
      return latest.count > back ? latest.suffix(1) : []
    }
    let digits = reference.lowercased()
    var found: [ServerRun] = []
    if Database.isBeginningOfID(digits) {
      if digits.utf8.count == 32 {
        do throws(TrackingError) {
          return [try source.run(id: digits, in: experiments)]
        } catch {
          guard case .runNotFound = error else { throw error }
        }
      } else {
        found = try search(RunSearch(filter: "attributes.run_id LIKE '\(digits)%'", limit: 100))
      }
    }
    if let name = Self.quoted(reference) {
      found += try search(RunSearch(filter: "attributes.run_name = \(name)", limit: 100))
    }
    return found
  }

  /// `text` between quotes of a filter; `nil` for a text that has both kinds, which a filter cannot say.
  private static func quoted(_ text: String) -> String? {
    if !text.contains("'") { return "'\(text)'" }
    return text.contains("\"") ? nil : "\"\(text)\""
  }

  /// The runs whose parent is `run`, oldest first.
  package func children(of run: RunRecord) throws(TrackingError) -> [RunRecord] {
    let search = RunSearch(filter: "tags.`mlflow.parentRunId` = '\(run.id)'")
    _ = try take(source.search(search, in: activeExperiments))
    return try store.children(of: run)
  }
}
