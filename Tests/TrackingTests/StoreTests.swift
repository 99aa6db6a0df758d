import Foundation
import SQLite
import TestSupport
import Testing

import Tracking

@Suite("TrackingStore")
struct StoreTests {
  let folder: TemporaryDirectory
  let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("tracking.db")
  }

  private func contents() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// Whether both ways of opening throw `error`, and leave the file's bytes alone.
  private func expectRefusal(_ error: TrackingError) throws {
    let before = try contents()
    #expect(throws: error) { try TrackingStore(path) }
    #expect(throws: error) { try TrackingStore(reading: path) }
    #expect(try contents() == before)
  }

  @Test("is marked as what it is, and made with its folder")
  func creation() throws {
    let path = folder.path("a/b/tracking.db")
    _ = try TrackingStore(path)
    let connection = try Connection(path: path, mode: .readOnly)
    #expect(try connection.value("PRAGMA application_id") == 0x4D72_746C)
    #expect(try connection.value("PRAGMA user_version") == 5)
    #expect(try connection.value("PRAGMA journal_mode") == "wal")
    #expect(try connection.value("PRAGMA integrity_check") == "ok")
    #expect(try TrackingStore(reading: path).experiments().map(\.name) == ["Default"])
  }

  @Test("reading creates nothing")
  func readingCreatesNothing() throws {
    #expect(throws: TrackingError.storeNotFound(path: path, searched: false)) {
      try TrackingStore(reading: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty)
  }

  @Test("refuses a newer schema and leaves it alone")
  func newerSchema() throws {
    do {
      let connection = try Connection(path: path, mode: .create)
      try connection.execute("CREATE TABLE later(x)")
      try connection.execute("PRAGMA application_id = \(0x4D72_746C)")
      try connection.execute("PRAGMA user_version = 99")
    }
    try expectRefusal(.newerSchema(path: path, found: 99, supported: 5))
  }

  @Test("refuses the database of another program and leaves it alone")
  func otherDatabase() throws {
    try Connection(path: path, mode: .create).execute("CREATE TABLE birds(x)")
    try expectRefusal(
      .notATrackingStore(path: path, reason: "it is an SQLite database of another program"))
  }

  @Test("refuses a file that is no database and leaves it alone")
  func noDatabase() throws {
    try folder.write(String(repeating: "no database ", count: 100), to: "tracking.db")
    try expectRefusal(.notADatabase(path: path))
  }

  @Test("says that a store is damaged")
  func damaged() throws {
    do {
      let store = try TrackingStore(path)
      let run = try Run.start(in: store)
      try run.logMetric("loss", values: (0..<20_000).map { Double($0) })
      try run.end()
    }
    try Connection(path: path, mode: .readWrite).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var bytes = try contents()
    for index in 4096 * 20..<bytes.count { bytes[index] = 0xaa }
    try bytes.write(to: URL(fileURLWithPath: path))
    let store = try TrackingStore(reading: path)
    #expect {
      _ = try store.history(of: try store.run("latest"), key: "loss")
    } throws: {
      if case TrackingError.damaged = $0 { true } else { false }
    }
  }

  @Test("says what is wrong with a place that cannot hold a store")
  func badPlaces() throws {
    try folder.write("x", to: "file")
    #expect { try TrackingStore(folder.path()) } throws: { "\($0)".contains("it is a folder") }
    #expect { try TrackingStore(folder.path("file/tracking.db")) } throws: {
      "\($0)".contains("its folder cannot be made")
    }
    #expect(throws: TrackingError.notAFileStore(uri: "postgresql://localhost")) {
      try TrackingStore("postgresql://localhost")
    }
  }

  @Test("a full disk is said to be full, and costs only what did not fit")
  func fullDisk() throws {
    let store = try TrackingStore(path)
    let run = try Run.start(in: store)
    try run.logMetric("loss", 1)
    try store.withDatabase { database throws(TrackingError) in
      let pages = try database.query("PRAGMA page_count") { $0.integer(0) }[0]
      _ = try database.query("PRAGMA max_page_count = \(pages + 1)") { $0.integer(0) }
    }
    #expect(throws: TrackingError.diskFull(path: path)) {
      try run.logMetric("loss", values: (0..<20_000).map { Double($0) })
    }
    try store.withDatabase { database throws(TrackingError) in
      _ = try database.query("PRAGMA max_page_count = 100000") { $0.integer(0) }
    }
    try run.logMetric("loss", 2)
    #expect(try store.history(of: try store.run("latest"), key: "loss").map(\.value) == [1, 2])
  }

  @Test("reads beside a writer in the middle of its transaction")
  func besideAWriter() throws {
    let store = try TrackingStore(path)
    let run = try Run.start(name: "kept", in: store)
    let writer = try Connection(path: path, mode: .readWrite)
    try writer.execute("BEGIN IMMEDIATE")
    try writer.execute("DELETE FROM runs")
    #expect(try TrackingStore(reading: path).runs().map(\.name) == ["kept"])
    try writer.execute("ROLLBACK")
    try run.end()
  }

  @Test("a store that is removed while it is open is missed within a second, not written on")
  func removed() async throws {
    let store = try TrackingStore(path)
    let run = try Run.start(in: store)
    try FileManager.default.removeItem(atPath: path)
    try await Task.sleep(for: .milliseconds(1050))
    #expect(throws: TrackingError.storeRemoved(path: path)) { try run.logMetric("loss", 1) }
    #expect(throws: TrackingError.storeRemoved(path: path)) { try run.logParam("lr", 1) }
  }

  @Test("a run that is removed while it is logged to is said to be gone")
  func removedRun() throws {
    let store = try TrackingStore(path)
    let run = try Run.start(in: store)
    try run.logMetric("loss", 1)
    let other = try Connection(path: path, mode: .readWrite)
    try other.execute("PRAGMA foreign_keys = ON")
    try other.execute("DELETE FROM runs")
    #expect(throws: TrackingError.runRemoved(path: path)) { try run.logMetric("loss", 2) }
    #expect(throws: TrackingError.runRemoved(path: path)) { try run.logParam("lr", 2) }
    #expect(try other.value("SELECT count(*) FROM points") == 0)
  }

  @Test("many openings at once make one store")
  func openingsAtOnce() async throws {
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { try Run.start(in: try TrackingStore(path)).end() }
      }
      try await group.waitForAll()
    }
    let store = try TrackingStore(reading: path)
    #expect(try store.runs().count == 8)
    #expect(try store.experiments().count == 1)
  }

  @Test("what may not be written is read, and said to be read-only")
  func readOnly() async throws {
    do {
      let store = try TrackingStore(path)
      try Run.start(name: "kept", in: store).end()
      try Run.start(name: "gone", in: store).end()
    }
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute(
      """
      UPDATE runs SET status = 'RUNNING', end_ms = NULL, owner_started = 1 WHERE name = 'gone'
      """)
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let (path, place) = (path, folder.path())
    await #expect(processExitsWith: .success) { [path = path as String, place = place as String] in
      // Root may write everywhere; nobody may not.
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: place)
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
      if geteuid() == 0 { try #require(seteuid(65534) == 0) }
      let store = try TrackingStore(reading: path)
      try #require(try store.runs().map(\.name) == ["gone", "kept"])
      try #require(try store.runs()[0].status == .killed)
      #expect(throws: TrackingError.readOnly(path: path)) { try TrackingStore(path) }
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place)
  }
}
