import SQLite

extension TrackingStore {
  /// The experiments, by id.
  package func experiments() throws(TrackingError) -> [ExperimentRecord] {
    try reading { database throws(TrackingError) in
      try database.query(
        """
        SELECT id, name,
            (SELECT count(*) FROM runs WHERE experiment = experiments.id AND deleted_ms IS NULL),
            (SELECT max(start_ms) FROM runs
              WHERE experiment = experiments.id AND deleted_ms IS NULL)
          FROM experiments WHERE deleted_ms IS NULL ORDER BY id
        """
      ) { (row: borrowing Row) in
        ExperimentRecord(
          id: row.integer(0), name: row.text(1), runCount: Int(row.integer(2)),
          latestStartMilliseconds: row.integer(ifPresent: 3))
      }
    }
  }

  /// The runs, newest first.
  ///
  /// - Parameters:
  ///   - experiment: The name or id of the experiment whose runs to give; `nil` gives all.
  ///   - limit: How many runs at most; `nil` gives all.
  /// - Returns: The runs, without what they logged.
  /// - Throws: ``TrackingError/experimentNotFound(reference:)`` for an unknown experiment.
  package func runs(
    experiment: String? = nil, limit: Int? = nil
  ) throws(TrackingError) -> [RunRecord] {
    let ids: [Int64]? = if let experiment { [try experimentID(experiment)] } else { nil }
    return try search(RunSearch(experiments: ids, limit: limit))
  }

  /// The run that `reference` names: an id or at least 4 digits of its beginning, a name,
  /// `latest`, or `latest~N` for the Nth before it.
  ///
  /// - Parameters:
  ///   - reference: One of those.
  ///   - view: Among which runs.
  /// - Returns: The run.
  /// - Throws: ``TrackingError`` when no run, or more than one, matches.
  package func run(
    _ reference: String, among view: RunView = .active
  ) throws(TrackingError) -> RunRecord {
    try reading { database throws(TrackingError) in try database.run(reference, among: view) }
  }

  /// The files that `run` logged, by path.
  package func artifacts(of run: RunRecord) throws(TrackingError) -> [ArtifactRecord] {
    try reading { database throws(TrackingError) in try database.artifacts(run: run.row) }
  }

  /// The runs whose parent is `run`, oldest first.
  package func children(of run: RunRecord) throws(TrackingError) -> [RunRecord] {
    try reading { database throws(TrackingError) in
      try database.runs(
        where: "parent_run_id = ? AND runs.deleted_ms IS NULL ORDER BY start_ms, runs.id",
        .text(run.id))
    }
  }

  /// The times as people here read them: `2026-03-01 14:05:09`.
  package func localTimes(milliseconds: [Int64]) throws(TrackingError) -> [String] {
    try withDatabase { database throws(TrackingError) in
      var times: [String] = []
      for time in milliseconds {
        times += try database.query(
          "SELECT strftime('%Y-%m-%d %H:%M:%S', ?, 'unixepoch', 'localtime')",
          .integer(time / 1000)
        ) { $0.text(0) }
      }
      return times
    }
  }
}

extension Database {
  /// The run that `reference` names.
  func run(_ reference: String, among view: RunView) throws(TrackingError) -> RunRecord {
    let present = view.condition
    if let back = Self.stepsBack(reference) {
      let found = try runs(
        where: "\(present) ORDER BY start_ms DESC, runs.id DESC LIMIT 1 OFFSET ?", .integer(back))
      guard let run = found.first else { throw .runNotFound(reference: reference) }
      return run
    }
    let digits = reference.lowercased()
    var matches: [RunRecord] = []
    if Self.isBeginningOfID(digits) {
      matches = try runs(
        where: "\(present) AND run_id >= ? AND run_id < ? ORDER BY start_ms DESC",
        .text(digits), .text(digits + "g"))
      if digits.utf8.count == 32, let run = matches.first { return run }
    }
    let named = try runs(
      where: "\(present) AND runs.name = ? ORDER BY start_ms DESC", .text(reference))
    matches += named.filter { run in !matches.contains { $0.row == run.row } }
    guard matches.count < 2 else {
      throw .ambiguousRun(reference: reference, candidates: try descriptions(of: matches))
    }
    if let run = matches.first { return run }
    guard !Self.isHexadecimal(digits) || digits.utf8.count >= 4 else {
      throw .referenceTooShort(reference: reference)
    }
    throw .runNotFound(reference: reference)
  }

  private func descriptions(of runs: [RunRecord]) throws(TrackingError) -> [String] {
    var texts: [String] = []
    for run in runs {
      let start = try query(
        "SELECT strftime('%Y-%m-%d %H:%M:%S', ?, 'unixepoch', 'localtime')",
        .integer(run.startMilliseconds / 1000)
      ) { $0.text(0) }
      texts.append(
        "\(run.id.prefix(12))  \(run.name)  \(run.experiment)  \(run.status.rawValue)  "
          + start.joined())
    }
    return texts
  }

  /// Whether a run may be named by `digits`: its id, or as much of its beginning as is taken for it.
  static func isBeginningOfID(_ digits: String) -> Bool {
    isHexadecimal(digits) && (4...32).contains(digits.utf8.count)
  }

  private static func isHexadecimal(_ digits: String) -> Bool {
    !digits.isEmpty
      && digits.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  /// N of `latest~N`, 0 of `latest`.
  static func stepsBack(_ reference: String) -> Int64? {
    if reference == "latest" { return 0 }
    guard reference.hasPrefix("latest~"), let back = Int64(reference.dropFirst("latest~".count)),
      back >= 0
    else { return nil }
    return back
  }
}
