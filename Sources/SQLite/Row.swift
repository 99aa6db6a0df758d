import CSQLite

/// The current row of a running query; columns count from 0.
///
/// It lives only inside the closure that gets it.
@safe package struct Row: ~Copyable {
  private let statement: OpaquePointer

  init(statement: OpaquePointer) {
    unsafe self.statement = unsafe statement
  }

  /// The number of columns.
  package var count: Int { Int(unsafe sqlite3_column_count(statement)) }

  /// Whether `column` holds NULL.
  package func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  /// The value of `column` as it is stored.
  package func value(_ column: Int) -> SQLiteValue {
    switch unsafe sqlite3_column_type(statement, Int32(column)) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(real(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }

  /// The integer of `column`; NULL gives 0.
  package func integer(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(statement, Int32(column))
  }

  /// The number of `column`; NULL gives 0.
  package func real(_ column: Int) -> Double {
    unsafe sqlite3_column_double(statement, Int32(column))
  }

  /// The text of `column`; NULL gives the empty string.
  package func text(_ column: Int) -> String {
    // The text has to be asked for before its size, or the size is that of another encoding.
    guard let start = unsafe sqlite3_column_text(statement, Int32(column)) else { return "" }
    let size = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: size), as: UTF8.self)
  }

  /// The bytes of `column`; NULL gives none.
  package func blob(_ column: Int) -> [UInt8] {
    guard let start = unsafe sqlite3_column_blob(statement, Int32(column)) else { return [] }
    let size = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: size))
  }

  /// The integer of `column`, or `nil` for NULL.
  package func integer(ifPresent column: Int) -> Int64? {
    isNull(column) ? nil : integer(column)
  }

  /// The number of `column`, or `nil` for NULL.
  package func real(ifPresent column: Int) -> Double? {
    isNull(column) ? nil : real(column)
  }

  /// The text of `column`, or `nil` for NULL.
  package func text(ifPresent column: Int) -> String? {
    isNull(column) ? nil : text(column)
  }
}
