import FoundationEssentials
package import SQLite

/// An open store: its connection, what is remembered about it, and errors in the store's words.
///
/// It is used behind the lock of a ``TrackingStore``.
package final class Database {
  package let path: String
  private let connection: Connection
  /// The numbers of series that are known to be stored.
  var series: [SeriesKey: MetricSeries] = [:]
  /// Series of which it is known whether steps and times go together.
  var timeOrders: [Int64: TimeOrder] = [:]
  /// Runs found interrupted that could not be marked so in the file, and when they ended.
  var unmarkedInterruptions: [Int64: Int64] = [:]

  /// Which file the connection has open, and when that was last compared with the path's.
  private let identity: UInt64?
  private var lastCheck = ContinuousClock.now

  init(path: String, connection: Connection) {
    self.path = path
    self.connection = connection
    identity = Self.fileIdentity(path)
  }

  /// The number that the file at `path` has in its file system; `nil` without a file.
  static func fileIdentity(_ path: String) -> UInt64? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.systemFileNumber] as? UInt64
  }

  var isReadOnly: Bool { connection.isReadOnly }

  @discardableResult
  package func execute(_ sql: String, _ values: SQLiteValue...) throws(TrackingError) -> Int {
    do { return try connection.execute(sql, values: values) } catch { throw failure(error) }
  }

  package func query<Element>(
    _ sql: String, _ values: SQLiteValue..., body: (borrowing Row) -> Element
  ) throws(TrackingError) -> [Element] {
    try query(sql, values: values, body: body)
  }

  package func query<Element>(
    _ sql: String, values: [SQLiteValue], body: (borrowing Row) -> Element
  ) throws(TrackingError) -> [Element] {
    do { return try connection.query(sql, values: values, body: body) } catch {
      throw failure(error)
    }
  }

  /// Runs `body` in one transaction that locks out other writers from the start, so that it
  /// never has to give up half-way.
  package func write<Value>(
    _ kind: Connection.TransactionKind = .immediate, _ body: () throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    // A part of a larger transaction; an error of its own undoes all of that.
    if connection.isInTransaction { return try body() }
    try checkFileIsThere()
    do throws(TrackingError) {
      return try connection.transaction(kind, failure: failure, body)
    } catch {
      series = [:]  // Some of them may have been undone.
      throw error
    }
  }

  /// Throws when the file was removed or replaced, into which SQLite would go on writing; looks
  /// once a second at most.
  private func checkFileIsThere() throws(TrackingError) {
    let now = ContinuousClock.now
    guard now - lastCheck > .seconds(1) else { return }
    guard identity == nil || identity == Self.fileIdentity(path) else {
      throw .storeRemoved(path: path)
    }
    lastCheck = now
  }

  /// Runs `body` on one unchanging state of the store.
  package func read<Value>(_ body: () throws(TrackingError) -> Value) throws(TrackingError) -> Value
  {
    if connection.isInTransaction { return try body() }
    return try connection.transaction(.deferred, failure: failure, body)
  }

  /// The error of a tracking call that `error` means.
  func failure(_ error: SQLiteError) -> TrackingError {
    TrackingError(error, path: path)
  }
}

extension TrackingError {
  /// What `error` means for the store at `path`.
  init(_ error: SQLiteError, path: String) {
    let isFull = ["No space left on device", "Disk quota exceeded", "File too large"]
      .contains(error.systemReason)
    let isDenied =
      error.systemReason == "Permission denied" || error.systemReason == "Read-only file system"
    self =
      switch error.code {
      case _ where isFull: .diskFull(path: path)
      case .full: .diskFull(path: path)
      case .busy, .locked: .locked(path: path)
      // 787 is a violated foreign key: the row of the run or series is gone.
      case .constraint where error.extendedCode == 787: .runRemoved(path: path)
      case .readOnly where error.extendedCode == 1032: .storeRemoved(path: path)
      case .readOnly, .permission: .readOnly(path: path)
      case .cannotOpen where isDenied: .readOnly(path: path)
      case .cannotOpen:
        .cannotOpen(path: path, reason: error.systemReason ?? error.message)
      case .notADatabase: .notADatabase(path: path)
      case .corrupt: .damaged(path: path, reason: error.message)
      case .inputOutput:
        .databaseFailed(path: path, reason: error.systemReason ?? error.message)
      default: .databaseFailed(path: path, reason: error.description)
      }
  }
}
