import SQLite
import TestSupport
import Testing

import Tracking

@Suite("Run")
struct RunTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func detail(_ reference: String = "latest") throws -> RunDetail {
    try store.detail(of: try store.run(reference))
  }

  @Test("keeps what is logged, and how it ended")
  func logging() throws {
    let run = try Run.start(
      experiment: "mnist", name: "baseline", tags: ["author": "mia"], in: store)
    #expect(run.id.count == 32)
    #expect(try detail().run.status == .running)
    try run.logParams(["lr": 0.1, "layers": 3, "optimizer": "sgd", "shuffle": true])
    try run.logParam("widths", [64, 32])
    try run.setTag("note", "first try")
    try run.logMetrics(["loss": 0.5, "accuracy": 0.9], step: 3)
    try run.logMetric("loss", Float(0.25), step: 4)
    try run.end()
    let found = try detail(run.id)
    #expect(found.run.name == "baseline")
    #expect(found.run.experiment == "mnist")
    #expect(found.run.status == .finished)
    #expect(found.run.endMilliseconds != nil)
    #expect(found.params.map(\.key) == ["layers", "lr", "optimizer", "shuffle", "widths"])
    #expect(found.params.map(\.value) == ["3", "0.1", "sgd", "true", "[64, 32]"])
    #expect(found.ownTags.map(\.key) == ["author", "note"])
    #expect(found.metrics.map(\.key) == ["accuracy", "loss"])
    #expect(found.metrics[1].last == 0.25)
    #expect(try store.experiments().map(\.name) == ["Default", "mnist"])
  }

  @Test("a param and a tag logged again are overwritten")
  func overwriting() throws {
    let run = try Run.start(in: store)
    try run.logParam("lr", 0.1)
    try run.logParam("lr", 0.2)
    try run.setTag("a", "x")
    try run.setTag("a", "y")
    #expect(try detail().params.map(\.value) == ["0.2"])
    #expect(try detail().ownTags.map(\.value) == ["y"])
  }

  @Test("refuses keys and names that cannot be shown", arguments: ["", "a\nb", "\u{1B}[31m"])
  func names(name: String) throws {
    let run = try Run.start(in: store)
    #expect(throws: TrackingError.self) { try run.logParam(name, 1) }
    #expect(throws: TrackingError.self) { try run.logMetric(name, 1) }
    #expect(throws: TrackingError.self) { try run.setTag(name, "x") }
    #expect(throws: TrackingError.self) { try Run.start(name: name, in: store) }
    #expect(throws: TrackingError.self) { try Run.start(experiment: name, in: store) }
  }

  @Test("the closure form ends the run, as failed when it throws, and throws on")
  func closures() async throws {
    struct Oops: Error {}
    let answer = try Run.with(name: "good", in: store) { run in
      try run.logMetric("loss", 1)
      return 42
    }
    #expect(answer == 42)
    #expect(throws: Oops.self) { try Run.with(name: "bad", in: store) { _ in throw Oops() } }
    try await Run.with(name: "slow", in: store) { run in
      await Task.yield()
      try run.logMetric("loss", 1)
    }
    await #expect(throws: CancellationError.self) {
      try await Run.with(name: "cancelled", in: store) { _ in
        await Task.yield()
        throw CancellationError()
      }
    }
    #expect(try detail("good").run.status == .finished)
    #expect(try detail("bad").run.status == .failed)
    #expect(try detail("slow").run.status == .finished)
    #expect(try detail("cancelled").run.status == .killed)
  }

  @Test("a run that is dropped without an end counts as interrupted, and can be resumed")
  func dropped() throws {
    var run: Run? = try Run.start(name: "lost", in: store)
    try run?.logMetric("loss", 1)
    run = nil
    #expect(try detail().run.status == .killed)
    #expect(try detail().run.isInterrupted)
    let again = try Run.resume("lost", in: store)
    #expect(try detail().run.status == .running)
    try again.logMetric("loss", 0.5)
    try again.end(.failed)
    let found = try detail()
    #expect(found.run.status == .failed)
    #expect(!found.run.isInterrupted)
    #expect(found.metrics[0].count == 2)
    #expect(found.metrics[0].lastStep == 1)
  }

  @Test("nests below the run that is given, or that the environment names")
  func parents() throws {
    let parent = try Run.start(in: store)
    let child = try Run.start(name: "child", parent: parent, in: store)
    #expect(try detail("child").run.parentID == parent.id)
    #expect(try store.children(of: try store.run(parent.id)).map(\.id) == [child.id])
    #expect(
      parent.environment == ["MARTLET_RUN_ID": parent.id, "TRACKING_URI": store.path])
    #expect(
      try RunIdentity.parentID(environment: ["MLFLOW_RUN_ID": parent.id.uppercased()]) == parent.id)
    let both = ["MLFLOW_RUN_ID": child.id, "MARTLET_RUN_ID": parent.id]
    #expect(try RunIdentity.parentID(environment: both) == parent.id)
    #expect(try RunIdentity.parentID(environment: ["MARTLET_RUN_ID": ""]) == nil)
    #expect(throws: TrackingError.invalidRunVariable(variable: "MLFLOW_RUN_ID", value: "x")) {
      try RunIdentity.parentID(environment: ["MLFLOW_RUN_ID": "x"])
    }
  }

  @Test("many threads log to one run, and nothing is lost")
  func threads() async throws {
    let run = try Run.start(in: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for index in 0..<100 { try run.logMetric("loss", Double(task * 100 + index)) }
        }
      }
      try await group.waitForAll()
    }
    let history = try store.history(of: try store.run(run.id), key: "loss")
    #expect(history.map(\.step) == (0..<800).map { Int64($0) })
    #expect(history.map(\.value).sorted() == (0..<800).map { Double($0) })
  }

  @Test("a run whose process is gone is shown as killed, and its id is not mistaken for another's")
  func goneProcess() throws {
    let run = try Run.start(in: store)
    let other = try Connection(path: store.path, mode: .readWrite)
    // The process id is ours, its start is not: somebody else had the number before.
    try other.execute("UPDATE runs SET owner_started = owner_started - 1")
    let found = try detail(run.id)
    #expect(found.run.status == .killed)
    #expect(found.run.isInterrupted)
    #expect(try other.value("SELECT status FROM runs") == "KILLED")
  }

  @Test("a run on another machine counts as interrupted when it is silent for too long")
  func otherMachine() throws {
    let run = try Run.start(in: store)
    let other = try Connection(path: store.path, mode: .readWrite)
    try other.execute("UPDATE runs SET owner_host = 'elsewhere'")
    #expect(try detail().run.status == .running)
    try other.execute("UPDATE runs SET heartbeat_ms = heartbeat_ms - 301000")
    #expect(try detail().run.status == .killed)
    // It was only slow: its next sign of life shows it running again.
    try run.giveSignOfLife()
    #expect(try detail().run.status == .running)
    #expect(try detail().run.endMilliseconds == nil)
  }
}
