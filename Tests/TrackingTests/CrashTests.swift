import Foundation
import SQLite
import TestSupport
import Testing

import Tracking

@Suite("Processes that log")
struct CrashTests {
  let folder: TemporaryDirectory
  let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("tracking.db")
  }

  @Test("kill -9 in the midst of logging costs nothing that was logged")
  func killed() async throws {
    let path = path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let run = try Run.start(name: "victim", in: try TrackingStore(path))
      try run.logParam("lr", 0.1)
      for step in 0..<5000 { try run.logMetric("loss", Double(step), step: step) }
      try run.logArtifact(text: "half-way", as: "note.txt")
      kill(getpid(), SIGKILL)
    }
    let store = try TrackingStore(reading: path)
    let run = try store.run("victim")
    #expect(run.status == .killed)
    #expect(run.isInterrupted)
    #expect(try store.history(of: run, key: "loss").map(\.value) == (0..<5000).map { Double($0) })
    let detail = try store.detail(of: run)
    #expect(detail.params.map(\.value) == ["0.1"])
    #expect(detail.metrics[0].count == 5000)
    #expect(detail.artifacts.map(\.path) == ["note.txt"])
    let connection = try Connection(path: path, mode: .readOnly)
    #expect(try connection.value("PRAGMA integrity_check") == "ok")
    #expect(try connection.value("SELECT status FROM runs") == "KILLED")
  }

  @Test("a process killed from outside at any moment leaves whole points and summaries")
  func killedFromOutside() async throws {
    let path = path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let run = try Run.start(name: "victim", in: try TrackingStore(path))
      Thread.detachNewThread {
        usleep(150_000)
        kill(getpid(), SIGKILL)
      }
      while true { try run.logMetrics(["loss": 1, "accuracy": 0.5]) }
    }
    let connection = try Connection(path: path, mode: .readWrite)
    #expect(try connection.value("PRAGMA integrity_check") == "ok")
    let counts = try connection.query(
      "SELECT s.point_count, (SELECT count(*) FROM points p WHERE p.series = s.id) FROM series s"
    ) { ($0.integer(0), $0.integer(1)) }
    #expect(counts.count == 2)
    for (kept, found) in counts {
      #expect(kept == found)
      #expect(kept == counts[0].0)
      #expect(kept > 10)
    }
  }

  @Test("two processes make a store and log to it at once")
  func together() async throws {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for name in ["first", "second"] {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, name = name as String] in
            let run = try Run.start(
              experiment: "shared", name: name, in: try TrackingStore(path))
            for step in 0..<2000 { try run.logMetric("loss", Double(step), step: step) }
            try run.end()
          }
        }
      }
    }
    let store = try TrackingStore(reading: path)
    #expect(try store.experiments().map(\.name) == ["Default", "shared"])
    for name in ["first", "second"] {
      let run = try store.run(name)
      #expect(run.status == .finished)
      #expect(try store.history(of: run, key: "loss").count == 2000)
    }
  }

  @Test("a process that exits without ending its run has it shown as killed")
  func exitWithoutEnd() async throws {
    let path = path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let run = try Run.start(in: try TrackingStore(path))
      try run.logMetric("loss", 1)
      withExtendedLifetime(run) { exit(0) }
    }
    #expect(try TrackingStore(reading: path).runs().map(\.status) == [.killed])
  }
}
