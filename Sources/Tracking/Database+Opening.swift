import FoundationEssentials
import Glibc
import SQLite

extension Database {
  /// Opens the store at `path` to log to it; makes it, and its folder, where it is missing.
  static func create(path: String) throws(TrackingError) -> Database {
    try checkIsNoFolder(path)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotOpen(path: path, reason: "its folder cannot be made")
    }
    let connection = try open(path: path, mode: .create)
    let database = Database(path: path, connection: connection)
    let version = try database.checkedVersion()
    guard !connection.isReadOnly else { throw .readOnly(path: path) }
    try database.configureForWriting()
    if version < Schema.version { try database.migrate() }
    return database
  }

  /// Opens the store at `path` to read it; nothing is created.
  ///
  /// The connection may write where the system allows it, because SQLite then tidies up after
  /// killed writers, and interrupted runs can be marked; queries cannot change anything.
  static func read(path: String) throws(TrackingError) -> Database {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .storeNotFound(path: path, searched: false)
    }
    try checkIsNoFolder(path)
    var database = Database(path: path, connection: try open(path: path, mode: .readWrite))
    let version: Int
    do throws(TrackingError) {
      version = try database.checkedVersion()
    } catch {
      // Readers of a write-ahead log share a file beside the store. Where none can be made, the
      // medium is read-only, and nobody changes the store while it is read.
      switch error {
      case .cannotOpen, .readOnly:
        guard !isPresentAndNotEmpty("\(path)-wal") else { throw .needsWritableFolder(path: path) }
        let connection = try open(path: path, mode: .readOnly, isImmutable: true)
        database = Database(path: path, connection: connection)
      case .diskFull:
        // Alone with the store, SQLite keeps in memory what readers otherwise share in that file.
        database = Database(path: path, connection: try open(path: path, mode: .readWrite))
        _ = try database.query("PRAGMA locking_mode = EXCLUSIVE") { $0.text(0) }
      default: throw error
      }
      version = try database.checkedVersion()
    }
    guard version > 0 else {
      throw .notATrackingStore(path: path, reason: "it is empty")
    }
    if version < Schema.version {
      guard !database.isReadOnly else { throw .readOnly(path: path) }
      try database.configureForWriting()
      try database.migrate()
    }
    try database.execute("PRAGMA query_only = ON")
    return database
  }

  /// Lets `body` write through a connection that was opened to read.
  func writingWhereReading<Value>(
    _ body: () throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    let isReading = try query("PRAGMA query_only") { $0.integer(0) != 0 }.first == true
    guard isReading else { return try body() }
    try execute("PRAGMA query_only = OFF")
    defer { _ = try? execute("PRAGMA query_only = ON") }
    return try body()
  }

  private static func open(
    path: String, mode: Connection.Mode, isImmutable: Bool = false
  ) throws(TrackingError) -> Connection {
    do {
      return try Connection(path: path, mode: mode, isImmutable: isImmutable)
    } catch {
      throw TrackingError(error, path: path)
    }
  }

  private static func checkIsNoFolder(_ path: String) throws(TrackingError) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
      return
    }
    throw .cannotOpen(
      path: path, reason: "it is a folder; name a file in it, such as \(path)/tracking.db")
  }

  private static func isPresentAndNotEmpty(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? UInt ?? 0) > 0
  }

  /// The version of the store, 0 for a file without tables; refuses every other file.
  private func checkedVersion() throws(TrackingError) -> Int {
    let application = try query("PRAGMA application_id") { $0.integer(0) }.first ?? 0
    let version = try query("PRAGMA user_version") { Int($0.integer(0)) }.first ?? 0
    if application == Schema.applicationID {
      guard version <= Schema.version else {
        throw .newerSchema(path: path, found: version, supported: Schema.version)
      }
      return version
    }
    let tables = try query("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.text(0) }
    // Another process may have made the store between these queries.
    if application == 0, version == 0, tables.isEmpty { return 0 }
    let again = try query("PRAGMA application_id") { $0.integer(0) }.first ?? 0
    if again == Schema.applicationID { return try checkedVersion() }
    throw .notATrackingStore(
      path: path,
      reason: tables.contains("alembic_version")
        ? "it is a database of another tracker, MLflow by its tables"
        : "it is an SQLite database of another program")
  }

  private func configureForWriting() throws(TrackingError) {
    try useWriteAheadLog()
    // Enough for a killed process: what it committed is in the system's hands. Only a crash of
    // the whole machine can cost the latest commits, and never the store's consistency.
    try execute("PRAGMA synchronous = NORMAL")
    try execute("PRAGMA foreign_keys = ON")
    try execute("PRAGMA wal_autocheckpoint = 4000")
  }

  private func useWriteAheadLog() throws(TrackingError) {
    // SQLite does not always wait for the lock that this needs, so ask again for ten seconds.
    for _ in 0..<2000 {
      do throws(TrackingError) {
        // A file system without shared memory keeps another mode, which is slower but as safe.
        _ = try query("PRAGMA journal_mode = WAL") { $0.text(0) }
        return
      } catch {
        guard case .locked = error else { throw error }
        usleep(5000)
      }
    }
    throw .locked(path: path)
  }

  /// Copies the store as it is to a file beside it, then brings it to the version of this program.
  private func migrate() throws(TrackingError) {
    let found = try checkedVersion()
    if found > 0, found < Schema.version { try backUp(version: found) }
    try write(.exclusive) { () throws(TrackingError) in
      // Another process may have been faster.
      let version = try checkedVersion()
      guard version < Schema.version else { return }
      for statement in Schema.migrations[version...].joined() { try execute(statement) }
      try execute("PRAGMA application_id = \(Schema.applicationID)")
      try execute("PRAGMA user_version = \(Schema.version)")
    }
  }

  /// Copies the store, which has `version`, to `tracking.db.version1`; keeps one that is there already.
  private func backUp(version: Int) throws(TrackingError) {
    let copy = "\(path).version\(version)"
    guard !FileManager.default.fileExists(atPath: copy) else { return }
    // To another name first, so that a copy of that name is always a whole one.
    let part = "\(copy).\(RunIdentity.newID().prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: part) }
    do {
      try execute("VACUUM INTO ?", .text(part))
      // Another process that was faster has made its copy before it changed the store.
      guard try checkedVersion() == version else { return }
      guard !FileManager.default.fileExists(atPath: copy) else { return }
      try FileManager.default.moveItem(atPath: part, toPath: copy)
    } catch {
      throw .migrationRefused(path: path, copy: copy, reason: "\(error)")
    }
  }
}
