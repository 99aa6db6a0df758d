import SQLite
import TestSupport
import Testing

import Tracking

@Suite("References to runs")
struct ReferenceTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
    let connection = try Connection(path: store.path, mode: .readWrite)
    let runs = [
      ("abcd1111", "one"), ("abcd2222", "two"), ("beef0000", "same"), ("0123ffff", "same"),
      ("99990000", "beef"),
    ]
    for (index, (start, name)) in runs.enumerated() {
      try connection.execute(
        "INSERT INTO runs (run_id, experiment, name, status, start_ms) VALUES (?, 0, ?, ?, ?)",
        .text(start + String(repeating: "0", count: 24)), .text(name), "FINISHED",
        .integer(Int64(index)))
    }
  }

  @Test(
    "finds a run by id, the beginning of it, name and age",
    arguments: [
      ("abcd1", "one"), ("ABCD2222", "two"), ("two", "two"), ("latest", "beef"),
      ("latest~0", "beef"), ("latest~4", "one"), ("9999", "beef"),
      ("abcd1111000000000000000000000000", "one"),
    ])
  func found(reference: String, name: String) throws {
    #expect(try store.run(reference).name == name)
  }

  @Test(
    "lists the candidates of an ambiguous beginning, name, or both",
    arguments: [
      "abcd", "same", "beef",
    ])
  func ambiguous(reference: String) throws {
    #expect {
      try store.run(reference)
    } throws: {
      guard case TrackingError.ambiguousRun(reference, let candidates) = $0 else { return false }
      return candidates.count == 2 && candidates.allSatisfy { $0.contains("FINISHED") }
    }
  }

  @Test("says that nothing matches, or that the beginning is too short")
  func notFound() {
    #expect(throws: TrackingError.referenceTooShort(reference: "abc")) { try store.run("abc") }
    for reference in ["three", "dddd", "latest~5", "latest~x", ""] {
      #expect(throws: TrackingError.runNotFound(reference: reference)) {
        try store.run(reference)
      }
    }
  }

  @Test("lists runs newest first, of one experiment, and only so many")
  func lists() throws {
    try Run.start(experiment: "other", name: "last", in: store).end()
    #expect(try store.runs(limit: 2).map(\.name) == ["last", "beef"])
    #expect(try store.runs(experiment: "other").map(\.name) == ["last"])
    #expect(try store.runs(experiment: "1").map(\.name) == ["last"])
    #expect(try store.runs(experiment: "Default", limit: 1).map(\.name) == ["beef"])
    #expect(throws: TrackingError.experimentNotFound(reference: "none")) {
      try store.runs(experiment: "none")
    }
  }
}
