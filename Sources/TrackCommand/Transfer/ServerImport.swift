import FoundationEssentials
import Processes
import Tracking

/// Reads a server that speaks MLflow's REST API, whatever it keeps its runs in.
struct ServerImport {
  private let server: ServerRuns
  private let store: TrackingStore
  /// Where files are on their way.
  private let folder: String
  private var report = ImportReport()
  private var progress = ProgressLine()
  private var count = 0

  /// Takes over what the server at `address` has.
  ///
  /// - Parameters:
  ///   - address: The server, and who asks.
  ///   - store: The store that is to have it.
  /// - Returns: What was done and left out.
  /// - Throws: `TrackingError` when the server does not answer, or the store cannot be written; what came before stays.
  static func read(
    _ address: ServerAddress, into store: TrackingStore
  ) throws(TrackingError) -> ImportReport {
    let folder = try TemporaryFolder.prepared(for: .mirror)
    defer { TemporaryFolder.remove(folder) }
    var reader = ServerImport(server: ServerRuns(address), store: store, folder: folder)
    defer { reader.progress.remove() }
    let experiments = try reader.server.experiments(.all)
    try reader.readRuns(in: experiments)
    try reader.readModels(in: experiments.filter { !$0.isDeleted })
    return reader.report
  }

  private init(server: ServerRuns, store: TrackingStore, folder: String) {
    (self.server, self.store, self.folder) = (server, store, folder)
  }

  private mutating func readRuns(
    in experiments: [ServerRuns.Experiment]
  ) throws(TrackingError) {
    for experiment in experiments where !experiment.isDeleted {
      try server.forEachPage(
        RunSearch(order: ["attributes.start_time ASC"]), in: [experiment]
      ) { page throws(TrackingError) in
        for run in page { try take(run) }
      }
    }
    try server.forEachPage(
      RunSearch(view: .deleted), in: experiments
    ) { page throws(TrackingError) in
      for run in page { report.leave(out: run.content.id, because: "runs that are deleted") }
    }
  }

  private mutating func readModels(
    in experiments: [ServerRuns.Experiment]
  ) throws(TrackingError) {
    for var model in try server.loggedModels(in: experiments) {
      progress.show("\(count) runs, model \(printable(model.name))")
      var known: Set<String> = []
      if let here = try? store.loggedModel(model.id, orDeleted: true) {
        known = Set(try store.artifacts(of: .model(here.row)).map(\.path))
      }
      model.artifacts = artifacts(.loggedModel(model.id), model.id, besides: known)
      try report.take(model, into: store)
      removeFiles()
    }
    for model in try server.registeredModels() { try report.take(model, into: store) }
  }

  private mutating func take(_ run: ServerRun) throws(TrackingError) {
    count += 1
    progress.show("\(count) runs, \(printable(run.content.experiment))")
    var content = run.content
    content.metrics = try server.histories(of: run)
    var known: Set<String> = []
    if let here = try? store.run(content.id, among: .all) {
      known = Set(try store.artifacts(of: here).map(\.path))
    }
    content.artifacts = artifacts(
      .run(content.id), String(content.id.prefix(8)), besides: known)
    try report.take(content, into: store)
    removeFiles()
  }

  /// Fetches the files that are not here yet; those that the server does not give are left out.
  private mutating func artifacts(
    _ owner: ServerFiles, _ name: String, besides known: Set<String>
  ) -> [(path: String, file: String)] {
    var fetched: [(path: String, file: String)] = []
    let files: [ServerFile]
    do throws(TrackingError) {
      files = try server.files(owner)
    } catch {
      report.leave(out: name, because: "artifacts that the server does not list: \(error)")
      return []
    }
    for file in files where !known.contains(file.path) {
      let place = "\(folder)/files/\(fetched.count)"
      do throws(TrackingError) {
        try server.download(file.path, owner, to: place)
        fetched.append((file.path, place))
      } catch {
        report.leave(
          out: "\(name) \(file.path)", because: "artifacts that the server does not give: \(error)")
      }
    }
    return fetched
  }

  private func removeFiles() {
    try? FileManager.default.removeItem(atPath: "\(folder)/files")
  }
}
