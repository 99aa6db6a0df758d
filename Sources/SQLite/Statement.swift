import CSQLite

/// A prepared statement of one connection.
@safe final class Statement {
  let sql: String
  private let handle: OpaquePointer
  /// Whether it is being stepped, so that a nested call prepares one of its own.
  private(set) var isRunning = false

  init(sql: String, connection: OpaquePointer) throws(SQLiteError) {
    var prepared: OpaquePointer?
    var trailing = ""
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    let size = Int32(clamping: sql.utf8.count)
    let code = unsafe sql.withCString { start in
      var tail: UnsafePointer<CChar>?
      let code = unsafe sqlite3_prepare_v3(connection, start, size, flags, &prepared, &tail)
      if let tail = unsafe tail { trailing = unsafe String(cString: tail) }
      return code
    }
    guard code == SQLITE_OK else {
      throw unsafe lastError(of: connection, code: code, sql: sql)
    }
    guard let prepared = unsafe prepared else {
      throw SQLiteError(code: .misuse, message: "there is no statement in the text", sql: sql)
    }
    guard trailing.utf8.allSatisfy({ " \t\r\n;".utf8.contains($0) }) else {
      unsafe sqlite3_finalize(prepared)
      throw SQLiteError(
        code: .misuse, message: "text follows the first statement; run them one at a time",
        sql: sql)
    }
    unsafe handle = unsafe prepared
    self.sql = sql
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Binds `values` and steps through every row, giving each to `body`.
  func run(
    _ values: [SQLiteValue], connection: OpaquePointer, body: (borrowing Row) -> Void
  ) throws(SQLiteError) {
    isRunning = true
    defer {
      unsafe sqlite3_reset(handle)
      isRunning = false
    }
    let expected = Int(unsafe sqlite3_bind_parameter_count(handle))
    guard expected == values.count else {
      throw SQLiteError(
        code: .misuse, message: "needs \(expected) values, got \(values.count)", sql: sql)
    }
    for (index, value) in values.enumerated() {
      let code = bind(value, at: Int32(index + 1))
      guard code == SQLITE_OK else {
        throw unsafe lastError(of: connection, code: code, sql: sql)
      }
    }
    while true {
      let code = unsafe sqlite3_step(handle)
      switch code {
      case SQLITE_ROW: body(unsafe Row(statement: handle))
      case SQLITE_DONE: return
      default: throw unsafe lastError(of: connection, code: code, sql: sql)
      }
    }
  }

  /// Steps through at most `limit` rows, with nothing bound.
  func table(limit: Int?, connection: OpaquePointer) throws(SQLiteError) -> QueryTable {
    defer { unsafe sqlite3_reset(handle) }
    let expected = unsafe sqlite3_bind_parameter_count(handle)
    guard expected == 0 else {
      throw SQLiteError(
        code: .misuse, message: "it has \(expected) placeholders; write values in their place",
        sql: sql)
    }
    let count = unsafe sqlite3_column_count(handle)
    let columns = (0..<count).map { column in
      guard let name = unsafe sqlite3_column_name(handle, column) else { return "" }
      return unsafe String(cString: name)
    }
    var rows: [[SQLiteValue]] = []
    while true {
      let code = unsafe sqlite3_step(handle)
      switch code {
      case SQLITE_ROW:
        if let limit, rows.count >= limit {
          return QueryTable(columns: columns, rows: rows, hasMore: true)
        }
        let row = unsafe Row(statement: handle)
        rows.append((0..<Int(count)).map { row.value($0) })
      case SQLITE_DONE: return QueryTable(columns: columns, rows: rows, hasMore: false)
      default: throw unsafe lastError(of: connection, code: code, sql: sql)
      }
    }
  }

  private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
    switch value {
    case .null: return unsafe sqlite3_bind_null(handle, index)
    case .integer(let integer): return unsafe sqlite3_bind_int64(handle, index, integer)
    case .real(let real): return unsafe sqlite3_bind_double(handle, index, real)
    case .text(let text):
      let size = UInt64(text.utf8.count)
      return unsafe sqlite3_bind_text64(
        handle, index, text, size, csqlite_transient(), UInt8(SQLITE_UTF8))
    case .blob(let bytes):
      guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
      return unsafe sqlite3_bind_blob64(
        handle, index, bytes, UInt64(bytes.count), csqlite_transient())
    }
  }
}

/// The error behind `code` that `connection` has just returned.
func lastError(
  of connection: OpaquePointer?, code: Int32, sql: String = ""
) -> SQLiteError {
  let extended = unsafe connection == nil ? code : unsafe sqlite3_extended_errcode(connection)
  let message = unsafe String(cString: sqlite3_errmsg(connection))
  var systemReason: String?
  let primary = SQLiteError.Code(rawValue: code & 0xff)
  if primary == .cannotOpen || primary == .inputOutput {
    let number = unsafe sqlite3_system_errno(connection)
    if number != 0 { systemReason = reason(ofSystemError: number) }
  }
  return SQLiteError(
    code: primary, extendedCode: extended == 0 ? code : extended, message: message,
    systemReason: systemReason, sql: sql)
}
