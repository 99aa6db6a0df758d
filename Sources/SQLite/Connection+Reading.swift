import CSQLite
import Glibc

/// What somebody else's query gave.
package struct QueryTable: Sendable, Equatable {
  package let columns: [String]
  package let rows: [[SQLiteValue]]
  /// Whether there were more rows than were asked for.
  package let hasMore: Bool
}

/// Queries that somebody else wrote: they can read, and nothing else.
extension Connection {
  /// Refuses every statement from now on that does more than read, before it runs: no writing, no other files, no
  /// settings, no extensions.
  ///
  /// - SeeAlso: SQLite's documentation of `sqlite3_set_authorizer`, and its advice on untrusted SQL.
  package func allowReadingOnly() throws(SQLiteError) {
    try execute("PRAGMA query_only = ON")
    try execute("PRAGMA trusted_schema = OFF")
    refuseAllButReading()
  }

  /// Makes statements fail as interrupted once so many seconds have passed from now.
  package func limitTime(seconds: Double) {
    setDeadline(milliseconds: Int(min(max(seconds, 0.001), 1e9) * 1000))
  }

  /// Runs one statement and gives at most `limit` of its rows.
  package func table(_ sql: String, limit: Int?) throws(SQLiteError) -> QueryTable {
    try oneTable(sql, limit: limit)
  }
}

/// The settings that only tell about tables.
private let harmlessSettings: Set<String> = [
  "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
  "foreign_key_list", "function_list", "collation_list", "database_list",
]

/// Sets SQLite's authorizer of `connection` to one that allows reading.
func setReadingAuthorizer(of connection: OpaquePointer) {
  unsafe sqlite3_set_authorizer(
    connection,
    { _, action, first, second, _, _ in
      switch action {
      case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
      case SQLITE_FUNCTION:
        let name = unsafe second.map { unsafe String(cString: $0) }
        return name == "load_extension" ? SQLITE_DENY : SQLITE_OK
      case SQLITE_PRAGMA:
        let name = unsafe first.map { unsafe String(cString: $0).lowercased() } ?? ""
        return harmlessSettings.contains(name) ? SQLITE_OK : SQLITE_DENY
      default: return SQLITE_DENY
      }
    }, nil)
}

/// Makes statements of `connection` fail as interrupted from `milliseconds` on.
func setDeadline(of connection: OpaquePointer, milliseconds: Int) {
  let deadline = monotonicMilliseconds() + max(1, milliseconds)
  unsafe sqlite3_progress_handler(
    connection, 1000,
    { deadline in monotonicMilliseconds() >= Int(bitPattern: deadline) ? 1 : 0 },
    UnsafeMutableRawPointer(bitPattern: deadline))
}

private func monotonicMilliseconds() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
