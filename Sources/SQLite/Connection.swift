import CSQLite

/// A connection to one SQLite database file.
///
/// It belongs to one thread at a time: it is not `Sendable`, so that the compiler keeps it behind
/// a lock or in an actor. Statements are prepared once and kept.
@safe package final class Connection {
  /// What a connection may do to its file.
  package enum Mode: Sendable {
    /// Read it.
    case readOnly
    /// Read and write it; the file must exist. Where the system allows no writing, only read it.
    case readWrite
    /// Read and write it; a missing file is created.
    case create
  }

  /// How a transaction locks.
  package enum TransactionKind: String, Sendable {
    /// Nothing until the first statement.
    case deferred = "BEGIN DEFERRED"
    /// Other writers at once.
    case immediate = "BEGIN IMMEDIATE"
    /// Other writers at once, and without write-ahead log readers too.
    case exclusive = "BEGIN EXCLUSIVE"
  }

  private let handle: OpaquePointer
  private var statements: [StatementKey: Statement] = [:]
  private let statementLimit = 64

  /// Opens the database file at `path`.
  ///
  /// - Parameters:
  ///   - path: The file; a path, never a URI.
  ///   - mode: What the connection may do.
  ///   - isImmutable: Promises that nobody changes the file, so that no lock and no file beside
  ///     it is needed: for read-only media. Changes that are still in a log beside the file are
  ///     not seen.
  ///   - busyTimeoutMilliseconds: How long a statement waits for another connection's lock.
  /// - Throws: ``SQLiteError`` of code `cannotOpen`, as a rule with the system's reason.
  package init(
    path: String, mode: Mode, isImmutable: Bool = false, busyTimeoutMilliseconds: Int = 30_000
  ) throws(SQLiteError) {
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    switch mode {
    case .readOnly: flags |= SQLITE_OPEN_READONLY
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    }
    var name = path
    if isImmutable {
      flags |= SQLITE_OPEN_URI
      name = "file:\(percentEncoded(path))?immutable=1"
    } else if path.hasPrefix("file:") || path.hasPrefix(":") {
      name = "./\(path)"  // Or SQLite could read it as a URI or as a database in memory.
    }
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(name, &opened, flags, nil)
    guard code == SQLITE_OK, let opened = unsafe opened else {
      let error = unsafe lastError(of: opened, code: code)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe handle = unsafe opened
    unsafe setBusyHandler(of: opened, milliseconds: busyTimeoutMilliseconds)
  }

  deinit {
    statements = [:]
    unsafe sqlite3_close_v2(handle)
  }

  /// Whether the file cannot be written through this connection.
  package var isReadOnly: Bool { unsafe sqlite3_db_readonly(handle, "main") != 0 }

  /// The row id of the latest successful insertion.
  package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Runs one statement to its end and returns how many rows it inserted, updated or deleted.
  @discardableResult
  package func execute(_ sql: String, _ values: SQLiteValue...) throws(SQLiteError) -> Int {
    try execute(sql, values: values)
  }

  /// Runs one statement to its end and returns how many rows it inserted, updated or deleted.
  @discardableResult
  package func execute(_ sql: String, values: [SQLiteValue]) throws(SQLiteError) -> Int {
    let before = unsafe sqlite3_total_changes64(handle)
    try unsafe statement(sql).run(values, connection: handle) { _ in }
    return Int(unsafe sqlite3_total_changes64(handle) - before)
  }

  /// Runs one query and returns what `body` makes of each row.
  package func query<Element>(
    _ sql: String, _ values: SQLiteValue..., body: (borrowing Row) -> Element
  ) throws(SQLiteError) -> [Element] {
    try query(sql, values: values, body: body)
  }

  /// Runs one query and returns what `body` makes of each row.
  package func query<Element>(
    _ sql: String, values: [SQLiteValue], body: (borrowing Row) -> Element
  ) throws(SQLiteError) -> [Element] {
    var elements: [Element] = []
    try unsafe statement(sql).run(values, connection: handle) { elements.append(body($0)) }
    return elements
  }

  /// Runs one query and returns the first column of its first row, or `nil` without rows.
  package func value(_ sql: String, _ values: SQLiteValue...) throws(SQLiteError) -> SQLiteValue? {
    try query(sql, values: values) { $0.value(0) }.first
  }

  /// Runs `body` in a transaction: commits what it did, or undoes it when it throws.
  package func transaction<Value>(
    _ kind: TransactionKind = .immediate, _ body: () throws(SQLiteError) -> Value
  ) throws(SQLiteError) -> Value {
    try transaction(kind, failure: { $0 }, body)
  }

  /// Runs `body` in a transaction: commits what it did, or undoes it when it throws.
  ///
  /// - Parameters:
  ///   - kind: What to lock at once.
  ///   - failure: Turns SQLite's error into the one that `body` throws.
  ///   - body: The statements; it must not begin a transaction.
  /// - Returns: What `body` returned.
  /// - Throws: What `body` threw, or `failure` of what kept the transaction from being committed.
  package func transaction<Value, Failure: Error>(
    _ kind: TransactionKind, failure: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    do { try execute(kind.rawValue) } catch { throw failure(error) }
    let value: Value
    do {
      value = try body()
    } catch {
      rollBack()
      throw error
    }
    do {
      try execute("COMMIT")
    } catch {
      rollBack()
      throw failure(error)
    }
    return value
  }

  /// Refuses every statement that does more than read.
  func refuseAllButReading() {
    statements = [:]
    unsafe setReadingAuthorizer(of: handle)
  }

  /// Lets statements run for so long from now.
  func setDeadline(milliseconds: Int) {
    unsafe SQLite.setDeadline(of: handle, milliseconds: milliseconds)
  }

  /// Runs a statement that is not kept and gives at most `limit` of its rows.
  func oneTable(_ sql: String, limit: Int?) throws(SQLiteError) -> QueryTable {
    try unsafe Statement(sql: sql, connection: handle).table(limit: limit, connection: handle)
  }

  /// Undoes the open transaction; SQLite may have done so itself, as on a full disk.
  private func rollBack() {
    guard isInTransaction else { return }
    _ = try? execute("ROLLBACK")
  }

  private func statement(_ sql: String) throws(SQLiteError) -> Statement {
    let key = StatementKey(sql: sql)
    if let kept = statements[key], !kept.isRunning { return kept }
    let prepared = try unsafe Statement(sql: sql, connection: handle)
    if statements.count >= statementLimit { statements = [:] }
    if statements[key] == nil { statements[key] = prepared }
    return prepared
  }
}

/// A statement's text, of which only the length is hashed: few have the same, and comparing a literal with itself takes no time.
private struct StatementKey: Hashable {
  let sql: String

  func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
}

/// `path` with everything that means something in a URI encoded.
private func percentEncoded(_ path: String) -> String {
  let digits = Array("0123456789ABCDEF".unicodeScalars)
  var text = String.UnicodeScalarView()
  for byte in path.utf8 {
    let scalar = Unicode.Scalar(byte)
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
      UInt8(ascii: "-"), UInt8(ascii: "_"):
      text.append(scalar)
    default:
      text.append("%")
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }
  return String(text)
}
