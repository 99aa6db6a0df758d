import SQLite
import TestSupport
import Testing

@Suite("Connection")
struct ConnectionTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func open(_ mode: Connection.Mode = .create) throws -> Connection {
    try Connection(path: folder.path("test.db"), mode: mode, busyTimeoutMilliseconds: 50)
  }

  @Test(
    "gives values back as they were bound",
    arguments: [
      .null, 0, .integer(.min), .integer(.max), .real(0.1), .real(.infinity), .real(-.infinity),
      "", "naïve \u{1F426}", .text("a\0b"), .blob([]), .blob([0, 1, 255]),
    ] as [SQLiteValue])
  func roundTrip(value: SQLiteValue) throws {
    #expect(try open().value("SELECT ?", value) == value)
  }

  @Test("reads typed columns, and NULL as nothing")
  func typedColumns() throws {
    let rows = try open().query("SELECT 7, 0.5, 'x', NULL UNION ALL SELECT 8, 1.5, 'y', 'z'") {
      (row: borrowing Row) in
      (row.integer(0), row.real(1), row.text(2), row.text(ifPresent: 3), row.count)
    }
    #expect(rows.count == 2)
    #expect(rows[0] == (7, 0.5, "x", nil, 4))
    #expect(rows[1] == (8, 1.5, "y", "z", 4))
  }

  @Test(
    "refuses what is not exactly one statement",
    arguments: ["SELECT 1; SELECT 2", "SELECT 1; -- more", "", "  ; ", "-- nothing"])
  func oneStatement(sql: String) throws {
    let connection = try open()
    #expect { try connection.execute(sql) } throws: {
      ($0 as? SQLiteError)?.code == .misuse
    }
  }

  @Test("takes a statement that ends in a semicolon")
  func semicolon() throws {
    #expect(try open().value("SELECT 3 ;\n") == 3)
  }

  @Test("refuses another number of values than the statement has places for")
  func placeholders() throws {
    let connection = try open()
    #expect { try connection.execute("SELECT ?, ?", 1) } throws: {
      ($0 as? SQLiteError)?.message == "needs 2 values, got 1"
    }
  }

  @Test("says what SQLite says, and in which statement")
  func message() throws {
    let connection = try open()
    #expect { try connection.execute("SELECT * FROM missing") } throws: {
      "\($0)" == "SQLite error 1: no such table: missing, in SELECT * FROM missing"
    }
  }

  @Test("runs the same statement inside itself")
  func nesting() throws {
    let connection = try open()
    let sql = "SELECT value FROM (SELECT 1 AS value UNION SELECT 2)"
    let sums = try connection.query(sql) { (outer: borrowing Row) in
      let base = outer.integer(0) * 10
      let inner = try? connection.query(sql) { $0.integer(0) + base }
      return inner ?? []
    }
    #expect(sums == [[11, 12], [21, 22]])
  }

  @Test("a transaction whose body throws leaves nothing, and the connection goes on")
  func rollback() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t(x UNIQUE)")
    #expect { () throws -> Void in
      try connection.transaction { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES (1)")
        try connection.execute("INSERT INTO t VALUES (1)")
      }
    } throws: {
      ($0 as? SQLiteError)?.code == .constraint
    }
    #expect(try connection.value("SELECT count(*) FROM t") == 0)
    try connection.transaction { () throws(SQLiteError) in
      _ = try connection.execute("INSERT INTO t VALUES (2)")
    }
    #expect(try connection.value("SELECT count(*) FROM t") == 1)
    #expect(!connection.isInTransaction)
  }

  @Test("waits for a lock as long as it was told, then says busy")
  func busy() throws {
    let first = try open()
    try first.execute("CREATE TABLE t(x)")
    let second = try open()
    let clock = ContinuousClock()
    let waited = try clock.measure {
      try first.transaction { () throws(SQLiteError) in
        do throws(SQLiteError) {
          try second.execute("INSERT INTO t VALUES (1)")
          Issue.record("wrote beside another writer")
        } catch {
          #expect(error.code == .busy)
        }
      }
    }
    #expect(waited >= Duration.milliseconds(45))
    #expect(try second.execute("INSERT INTO t VALUES (1)") == 1)
    #expect(second.lastInsertedRow == 1)
  }

  @Test("says why a file cannot be opened")
  func cannotOpen() {
    #expect {
      try Connection(path: "/nowhere/at/all.db", mode: .create)
    } throws: {
      ($0 as? SQLiteError)?.code == .cannotOpen
        && "\($0)".contains("No such file or directory")
    }
    #expect { try open(.readWrite) } throws: { ($0 as? SQLiteError)?.code == .cannotOpen }
  }

  @Test("reads only when told so, also a file whose name means something in a URI")
  func readOnly() throws {
    let path = folder.path("a b?c#d%20é.db")
    let writer = try Connection(path: path, mode: .create)
    try writer.execute("CREATE TABLE t(x)")
    for isImmutable in [false, true] {
      let reader = try Connection(path: path, mode: .readOnly, isImmutable: isImmutable)
      #expect(reader.isReadOnly)
      #expect(try reader.value("SELECT count(*) FROM t") == 0)
      #expect { try reader.execute("INSERT INTO t VALUES (1)") } throws: {
        ($0 as? SQLiteError)?.code == .readOnly
      }
    }
    #expect(!writer.isReadOnly)
  }
}
