import FoundationEssentials
import Processes
import Tracking

/// Reads a server that speaks MLflow's REST API, whatever it keeps its runs in.
struct ServerImport {
  private let server: ServerRuns

  init(_ address: ServerAddress) {
    server = ServerRuns(address)
  }

  func read(into store: TrackingStore, _ report: inout ImportReport) throws {
    guard let folder = TemporaryFolder.make(for: .mirror) else {
      throw Refusal("no folder can be made in \(TemporaryFolder.parent)")
    }
    defer { TemporaryFolder.remove(folder) }
    var taken = report
    let experiments = try server.experiments()
    for experiment in experiments {
      try server.forEachPage(
        RunSearch(order: ["attributes.start_time ASC"]), in: [experiment]
      ) { page throws(TrackingError) in
        for run in page { try take(run, by: folder, into: store, &taken) }
      }
    }
    try server.forEachPage(
      RunSearch(view: .deleted), in: server.experiments(.all)
    ) { page throws(TrackingError) in
      for run in page { taken.leave(out: run.content.id, because: "runs that are deleted") }
    }
    for var model in try server.loggedModels(in: experiments) {
      let here = try? store.loggedModel(model.id, orDeleted: true)
      let known = Set(try here.map { try store.artifacts(of: .model($0.row)).map(\.path) } ?? [])
      model.artifacts = try artifacts(
        .loggedModel(model.id), model.id, besides: known, by: folder, &taken)
      try taken.take(model, into: store)
      clear(folder)
    }
    for model in try server.registeredModels() { try taken.take(model, into: store) }
    report = taken
  }

  private func take(
    _ run: ServerRun, by folder: String, into store: TrackingStore, _ report: inout ImportReport
  ) throws(TrackingError) {
    var content = run.content
    content.metrics = try server.history(of: run)
    let known = try? store.run(content.id, among: .all)
    let paths = try known.map { run throws(TrackingError) in
      try store.artifacts(of: run).map(\.path)
    }
    content.artifacts = try artifacts(
      .run(content.id), String(content.id.prefix(8)), besides: Set(paths ?? []), by: folder,
      &report)
    try report.take(content, into: store)
    clear(folder)
  }

  /// Fetches the files that are not here yet; those that the server does not give are left out.
  private func artifacts(
    _ owner: ServerFiles, _ name: String, besides known: Set<String>, by folder: String,
    _ report: inout ImportReport
  ) throws(TrackingError) -> [(path: String, file: String)] {
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

  private func clear(_ folder: String) {
    try? FileManager.default.removeItem(atPath: "\(folder)/files")
  }
}
