import FoundationEssentials
import Glibc
import SQLite

/// Why a file cannot hold the history.
package enum HistoryError: Error, Equatable, CustomStringConvertible {
  /// The file or its folder cannot be made, opened, read or written.
  case unusable(path: String, reason: String)
  /// A newer program wrote the file.
  case newerSchema(path: String, found: Int, supported: Int)
  /// The file is a database of something else.
  case notAHistory(path: String)

  package var description: String {
    switch self {
    case .unusable(let path, let reason):
      "cannot use \(path): \(reason). Free it, move it away, or name another file in "
        + "\(HistoryLocation.variable)."
    case .newerSchema(let path, let found, let supported):
      "\(path) has version \(found), and this kernel knows \(supported). Update Martlet, or name "
        + "another file in \(HistoryLocation.variable)."
    case .notAHistory(let path):
      "\(path) is a database of another program. Name another file in \(HistoryLocation.variable)."
    }
  }
}

/// The history's file: its tables, and what is asked of them; one thread at a time uses it.
///
/// Sessions get their number with their first cell, so that kernels which run nothing leave
/// nothing. Kernels share the file through SQLite's write-ahead log.
final class HistoryDatabase {
  /// Something to store.
  enum Change: Sendable, Equatable {
    case cell(line: Int, source: String)
    case output(String, line: Int)
  }

  /// Marks the file as a history: "Mrth".
  static let applicationID = 0x4D72_7468
  /// `migrations[n]` leads from version n to version n + 1; a released step is never edited.
  static let migrations = [
    [
      """
      CREATE TABLE sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        started_ms INTEGER NOT NULL
      ) STRICT
      """,
      """
      CREATE TABLE entries (
        session INTEGER NOT NULL REFERENCES sessions(id),
        line INTEGER NOT NULL,
        source TEXT NOT NULL,
        output TEXT,
        PRIMARY KEY (session, line)
      ) STRICT
      """,
    ]
  ]
  /// The longest pattern that SQLite matches, in bytes.
  static let patternLimit = 50_000

  private let path: String
  private let connection: Connection
  /// The number of this kernel's session; `nil` before its first cell.
  private(set) var session: Int?

  /// Opens the file at `path`; makes it, and its folder, where it is missing.
  ///
  /// Both are for the user's eyes only: cells may hold secrets.
  init(path: String) throws(HistoryError) {
    self.path = path
    let files = FileManager.default
    let isNew = !files.fileExists(atPath: path)
    do {
      try files.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unusable(path: path, reason: "its folder cannot be made")
    }
    do throws(SQLiteError) {
      connection = try Connection(path: path, mode: .create, busyTimeoutMilliseconds: 10_000)
    } catch {
      throw .unusable(path: path, reason: error.message)
    }
    // While it is empty; the files that SQLite puts beside it get the same permissions.
    if isNew { try? files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path) }
    try prepare()
  }

  /// Brings the tables to the newest version, or refuses the file.
  private func prepare() throws(HistoryError) {
    try reporting { () throws(SQLiteError) in _ = try version() }  // Is it a database at all?
    try checkOrigin()
    guard !connection.isReadOnly else {
      throw .unusable(path: path, reason: "it may not be written")
    }
    try reporting { () throws(SQLiteError) in
      try useWriteAheadLog()
      // A killed kernel loses nothing; a crash of the machine may cost the latest cells.
      try connection.execute("PRAGMA synchronous = NORMAL")
      try migrate()
    }
    try checkOrigin()
  }

  /// Refuses a file of another program or of a newer version of this one.
  private func checkOrigin() throws(HistoryError) {
    var origin = 0
    var found = 0
    var tableCount = 0
    try reporting { () throws(SQLiteError) in
      // One snapshot: another kernel may be making the tables.
      try connection.transaction(.deferred) { () throws(SQLiteError) in
        origin = try number("PRAGMA application_id")
        found = try version()
        tableCount = try number("SELECT count(*) FROM sqlite_master")
      }
    }
    if origin == 0, found == 0, tableCount == 0 { return }
    guard origin == Self.applicationID else { throw .notAHistory(path: path) }
    guard found <= Self.migrations.count else {
      throw .newerSchema(path: path, found: found, supported: Self.migrations.count)
    }
  }

  private func useWriteAheadLog() throws(SQLiteError) {
    // SQLite does not always wait for the lock that this needs, so ask again for ten seconds.
    for attempt in 1...2000 {
      do throws(SQLiteError) {
        // A file system without shared memory keeps another mode, which is slower but as safe.
        _ = try connection.value("PRAGMA journal_mode = WAL")
        return
      } catch {
        guard error.code == .busy || error.code == .locked, attempt < 2000 else { throw error }
        usleep(5000)
      }
    }
  }

  private func migrate() throws(SQLiteError) {
    guard try version() < Self.migrations.count else { return }
    try connection.transaction(.immediate) { () throws(SQLiteError) in
      // Another kernel may have been faster, and may be of a newer version.
      let version = try version()
      guard version < Self.migrations.count else { return }
      for statement in Self.migrations[version...].joined() { try connection.execute(statement) }
      try connection.execute("PRAGMA application_id = \(Self.applicationID)")
      try connection.execute("PRAGMA user_version = \(Self.migrations.count)")
    }
  }

  private func version() throws(SQLiteError) -> Int { try number("PRAGMA user_version") }

  private func number(_ sql: String) throws(SQLiteError) -> Int {
    try connection.query(sql) { Int($0.integer(0)) }.first ?? 0
  }

  /// Runs `body`, whose errors become this module's.
  private func reporting<Value>(
    _ body: () throws(SQLiteError) -> Value
  ) throws(HistoryError) -> Value {
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw .unusable(
        path: path, reason: error.systemReason.map { "\(error.message) (\($0))" } ?? error.message)
    }
  }

  // MARK: Writing

  /// Stores `changes` in one transaction.
  func write(_ changes: [Change], startedAt milliseconds: Int) throws(HistoryError) {
    try reporting { () throws(SQLiteError) in
      try connection.transaction { () throws(SQLiteError) in
        let session = try sessionNumber(startedAt: milliseconds)
        for change in changes {
          switch change {
          case .cell(let line, let source):
            try connection.execute(
              "INSERT OR REPLACE INTO entries (session, line, source) VALUES (?, ?, ?)",
              .integer(Int64(session)), .integer(Int64(line)), .text(source))
          case .output(let output, let line):
            try connection.execute(
              "UPDATE entries SET output = ? WHERE session = ? AND line = ?",
              .text(output), .integer(Int64(session)), .integer(Int64(line)))
          }
        }
      }
    }
  }

  /// The number of this kernel's session, which is new with its first cell.
  private func sessionNumber(startedAt milliseconds: Int) throws(SQLiteError) -> Int {
    if let session { return session }
    try connection.execute(
      "INSERT INTO sessions (started_ms) VALUES (?)", .integer(Int64(milliseconds)))
    let number = Int(connection.lastInsertedRow)
    session = number
    return number
  }

  // MARK: Reading

  /// Returns the entries asked for, oldest first.
  func entries(_ query: HistoryQuery) throws(HistoryError) -> [HistoryEntry] {
    try reporting { () throws(SQLiteError) in
      switch query {
      case .tail(let limit):
        return try latest("entries", [], limit: limit)
      case .range(let session, let start, let stop):
        return try range(session: session, start: start, stop: stop)
      case .search(let pattern, let limit, let isUnique):
        guard pattern.utf8.count <= Self.patternLimit else { return [] }
        let lastOfEach = """
          (SELECT *, row_number() OVER (PARTITION BY source ORDER BY session DESC, line DESC) AS age
            FROM entries WHERE source GLOB ?1) WHERE age = 1
          """
        return try latest(
          isUnique ? lastOfEach : "entries WHERE source GLOB ?1", [.text(pattern)], limit: limit)
      }
    }
  }

  /// The last `limit` rows of `table`, oldest first.
  private func latest(
    _ table: String, _ values: [SQLiteValue], limit: Int?
  ) throws(SQLiteError) -> [HistoryEntry] {
    let limited = limit.map { max(0, $0) } ?? -1
    return try connection.query(
      """
      SELECT session, line, source, output FROM \(table)
      ORDER BY session DESC, line DESC LIMIT ?\(values.count + 1)
      """, values: values + [.integer(Int64(limited))], body: Self.entry
    ).reversed()
  }

  private func range(
    session: Int, start: Int, stop: Int?
  ) throws(SQLiteError) -> [HistoryEntry] {
    let next = try number("SELECT coalesce(max(id), 0) + 1 FROM sessions")
    let current = self.session ?? next
    let (relative, isTooEarly) = current.addingReportingOverflow(session)
    guard !isTooEarly || session > 0 else { return [] }
    let number = Int64(session > 0 ? session : relative)
    let lastLine =
      try connection.query(
        "SELECT coalesce(max(line), 0) FROM entries WHERE session = ?", .integer(number)
      ) { Int($0.integer(0)) }.first ?? 0
    let range = LineRange(start: start, stop: stop, lastLine: lastLine)
    return try connection.query(
      """
      SELECT session, line, source, output FROM entries
      WHERE session = ? AND line >= ? AND line < ? ORDER BY line
      """, .integer(number), .integer(Int64(range.first)), .integer(Int64(range.end)),
      body: Self.entry)
  }

  private static func entry(_ row: borrowing Row) -> HistoryEntry {
    HistoryEntry(
      session: Int(row.integer(0)), line: Int(row.integer(1)), source: row.text(2),
      output: row.text(ifPresent: 3))
  }
}
