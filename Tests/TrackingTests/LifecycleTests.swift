import Foundation
import SQLite
import TestSupport
import Testing
import Tracking

/// Deleting, restoring, removing for good, and older versions.
@Suite("Lifecycle")
struct LifecycleTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func names(_ view: RunView = .active) throws -> [String] {
    try store.search(RunSearch(order: ["run_name"], view: view)).map(\.name)
  }

  private func contents() throws -> [String] {
    let manager = FileManager.default
    return try manager.subpathsOfDirectory(atPath: folder.path("tracking.db.artifacts"))
      .filter { $0.count > 60 }
  }

  @Test("a deleted run is found by nobody, takes nothing more, and comes back as it was")
  func runs() throws {
    let run = try Run.start(experiment: "x", name: "one", in: store)
    try run.logParams(["lr": 1])
    let record = try store.run("one")
    try store.delete(record)
    #expect(try names() == [] && names(.deleted) == ["one"] && names(.all) == ["one"])
    #expect(throws: TrackingError.runNotFound(reference: "one")) { try store.run("one") }
    let refused = TrackingError.runDeleted(run: record.shortID)
    #expect(throws: refused) { try run.logParam("lr", 2) }
    #expect(throws: refused) { try run.logMetric("loss", 1) }
    #expect(throws: refused) { try run.setTag("a", "b") }
    #expect(throws: refused) { try run.logArtifact(text: "x", as: "x") }
    #expect(throws: refused) { try run.logDataset("d", digest: "1", source: "") }
    #expect(try contents().isEmpty)
    try store.restore(try store.run("one", among: .deleted))
    try run.logMetric("loss", 1)
    let detail = try store.detail(of: store.run("one"))
    #expect(detail.params.map(\.value) == ["1"] && detail.metrics.map(\.last) == [1])
  }

  @Test("an experiment takes its runs along and brings back those only; its name is free meanwhile")
  func experiments() throws {
    for name in ["a", "b"] { try Run.start(experiment: "x", name: name, in: store).end() }
    try store.delete(store.run("a"))
    Thread.sleep(forTimeInterval: 0.002)
    try store.deleteExperiment(id: store.experimentID("x"))
    #expect(try names() == [])
    #expect(throws: TrackingError.experimentNotFound(reference: "x")) {
      try store.deleteExperiment(id: store.experimentID("x"))
    }
    try Run.start(experiment: "x", name: "c", in: store).end()
    #expect(throws: TrackingError.experimentExists(name: "x")) {
      try store.restoreExperiment(id: store.experimentID("x", isDeleted: true))
    }
    try store.deleteExperiment(id: store.experimentID("x"))
    try store.restoreExperiment(id: store.experimentID("1", isDeleted: true))
    #expect(try names() == ["b"] && names(.deleted) == ["a", "c"])
    #expect(try store.experiments().map(\.id) == [0, 1])
  }

  @Test("removes for good what was deleted, and files that nobody has")
  func garbage() throws {
    for name in ["a", "b"] {
      let run = try Run.start(experiment: name, name: name, in: store)
      try run.logArtifact(text: "both", as: "same.txt")
      try run.logArtifact(text: name, as: "own.txt")
      try run.logMetric("loss", 1)
      try run.logDataset("d", digest: "1", source: "")
      try run.end()
    }
    #expect(try contents().count == 3)
    let nothing = try store.collectGarbage(deletedBefore: .max)
    #expect(nothing == GarbageReport())
    try store.deleteExperiment(id: store.experimentID("a"))
    let early = try store.collectGarbage(deletedBefore: 1000)
    #expect(early == GarbageReport())
    let trial = try store.collectGarbage(deletedBefore: .max, isTrial: true)
    #expect(
      try trial.runs == 1 && trial.experiments == 1 && trial.files == 1 && trial.bytes == 1
        && contents().count == 3)
    #expect(try store.collectGarbage(deletedBefore: .max) == trial)
    #expect(try names(.all) == ["b"] && contents().count == 2)
    let rest = try store.withDatabase { database throws(TrackingError) in
      try ["series", "points", "params", "artifacts", "inputs", "datasets"].map {
        table throws(TrackingError) in
        try database.query("SELECT count(*) FROM \(table)") { $0.integer(0) }.first ?? -1
      }
    }
    #expect(rest == [1, 1, 0, 2, 1, 1])
    // The rest can still be read and copied out.
    let run = try store.run("b")
    let artifact = try #require(try store.detail(of: run).artifacts.first { $0.path == "same.txt" })
    try store.copy(artifact, to: folder.path("out.txt"))
    #expect(try String(contentsOfFile: folder.path("out.txt"), encoding: .utf8) == "both")
    try store.deleteExperiment(id: store.experimentID("Default"))
    #expect(try store.collectGarbage(deletedBefore: .max).experiments == 0)
  }

  @Test(
    "an older store is copied, then brought to this version, by the first of many that open it",
    arguments: [1, 2])
  func migration(version: Int) async throws {
    let path = folder.path("tracking.db")
    try Run.start(experiment: "old", name: "kept", in: store).end()
    do {
      let connection = try Connection(path: path, mode: .readWrite)
      for table in [
        "run_models", "logged_model_artifacts", "logged_model_metrics", "logged_model_tags",
        "logged_model_params", "logged_models", "model_aliases", "model_version_tags",
        "model_versions", "registered_model_tags", "registered_models",
      ] { try connection.execute("DROP TABLE \(table)") }
      try connection.execute("DROP TABLE shared_artifacts")
      try connection.execute("DROP INDEX runs_watched")
      try connection.execute("DROP INDEX series_by_value")
      let undoing = [
        "DROP TABLE input_tags", "DROP TABLE inputs", "DROP TABLE datasets",
        "DROP INDEX runs_deleted",
        "ALTER TABLE runs DROP COLUMN user",
        "ALTER TABLE experiments DROP COLUMN artifact_location",
      ]
      for statement in version == 1 ? undoing : [] { try connection.execute(statement) }
      try connection.execute("PRAGMA user_version = \(version)")
    }
    try await withThrowingTaskGroup(of: [String].self) { group in
      for index in 0..<8 {
        group.addTask {
          let opened = try index % 2 == 0 ? TrackingStore(path) : TrackingStore(reading: path)
          return try opened.search(RunSearch(filter: "user_id = ''")).map(\.name)
        }
      }
      for try await names in group { #expect(names == ["kept"]) }
    }
    let copy = try Connection(path: path + ".version\(version)", mode: .readOnly)
    #expect(try copy.value("PRAGMA user_version") == .integer(Int64(version)))
    #expect(try copy.value("SELECT name FROM runs") == "kept")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(files.filter { $0.contains(".version") } == ["tracking.db.version\(version)"])
    // What the newer versions added is there.
    let store = try TrackingStore(path)
    try store.createRegisteredModel("model")
    #expect(try store.search(LoggedModelSearch()).isEmpty)
  }
}
