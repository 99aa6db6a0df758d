import Digest
import FoundationEssentials
import SQLite
import Synchronization
import Tracking

/// The accounts of a server, in an SQLite file of their own, so that a copied tracking store has no secrets.
///
/// Tokens have 256 random bits, of which only the SHA-256 is kept: guessing is hopeless with or without a slow hash.
package final class AccountStore: Sendable {
  private static let applicationID: Int64 = 0x4D72_7461  // "Mrta"
  private static let version: Int64 = 1
  /// Stands for every experiment in the table of roles.
  private static let everywhere: Int64 = -1

  package let path: String
  private let connection: Mutex<Connection>

  /// Opens the file at `path`, readable by its owner only; makes it if `creates`.
  package init(path: String, creates: Bool = false) throws(AccountError) {
    self.path = path
    if !FileManager.default.fileExists(atPath: path) {
      guard creates else { throw .notFound(path: path) }
      let isMade = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      guard isMade else { throw .failed(path: path, reason: "the file cannot be made") }
    }
    do {
      let connection = try Connection(path: path, mode: .readWrite)
      self.connection = Mutex(connection)
    } catch {
      throw .failed(path: path, reason: error.systemReason ?? error.message)
    }
    let (application, version, tables) = try use { connection throws(SQLiteError) in
      (
        try connection.query("PRAGMA application_id") { $0.integer(0) }.first ?? 0,
        try connection.query("PRAGMA user_version") { $0.integer(0) }.first ?? 0,
        try connection.query("SELECT count(*) FROM sqlite_master") { $0.integer(0) }.first ?? 0
      )
    }
    guard application == Self.applicationID || (application == 0 && tables == 0) else {
      throw .notAccounts(path: path)
    }
    guard version <= Self.version else { throw .newer(path: path, version: version) }
    try use { connection throws(SQLiteError) in
      try connection.execute("PRAGMA foreign_keys = ON")
      guard version == 0 else { return }
      try connection.transaction(.exclusive) { () throws(SQLiteError) in
        for statement in Self.tables { try connection.execute(statement) }
      }
    }
  }

  private static let tables = [
    """
    CREATE TABLE IF NOT EXISTS accounts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      created_ms INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS tokens (
      id TEXT PRIMARY KEY,
      account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
      sha256 BLOB NOT NULL,
      label TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      expires_ms INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS roles (
      account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
      experiment INTEGER NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('read', 'edit', 'manage')),
      PRIMARY KEY (account, experiment)
    ) STRICT, WITHOUT ROWID
    """,
    "PRAGMA application_id = \(applicationID)",
    "PRAGMA user_version = \(version)",
  ]

  private func use<Value: Sendable>(
    _ body: (Connection) throws(SQLiteError) -> Value
  ) throws(AccountError) -> Value {
    do {
      return try connection.withLock { connection throws(SQLiteError) in try body(connection) }
    } catch {
      if error.code == .notADatabase { throw .notAccounts(path: path) }
      throw .failed(path: path, reason: error.systemReason ?? error.message)
    }
  }

  // MARK: Accounts

  /// The accounts, by name.
  package func accounts() throws(AccountError) -> [Account] {
    try use { connection throws(SQLiteError) in try Self.accounts(connection, "TRUE") }
  }

  package func account(named name: String) throws(AccountError) -> Account {
    let found = try use { connection throws(SQLiteError) in
      try Self.accounts(connection, "name = ?", .text(name))
    }
    guard let account = found.first else { throw .unknown(name: name) }
    return account
  }

  private static func accounts(
    _ connection: Connection, _ condition: String, _ values: SQLiteValue...
  ) throws(SQLiteError) -> [Account] {
    let found = try connection.query(
      "SELECT id, name FROM accounts WHERE \(condition) ORDER BY name", values: values
    ) { (number: $0.integer(0), name: $0.text(1)) }
    var accounts: [Account] = []
    for (number, name) in found {
      let roles = try connection.query(
        "SELECT experiment, role FROM roles WHERE account = ?", .integer(number)
      ) { (experiment: $0.integer(0), role: Role(rawValue: $0.text(1)) ?? .read) }
      let experiments = roles.filter { $0.experiment != everywhere }
      accounts.append(
        Account(
          number: number, name: name,
          everywhere: roles.first { $0.experiment == everywhere }?.role,
          experiments: Dictionary(
            experiments.map { ($0.experiment, $0.role) }, uniquingKeysWith: { $1 })))
    }
    return accounts
  }

  package func add(_ name: String) throws(AccountError) {
    let isValid = name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "._-@".unicodeScalars.contains(scalar)
    }
    guard isValid, (1...100).contains(name.utf8.count) else { throw .invalidName(name: name) }
    let added = try use { connection throws(SQLiteError) in
      try connection.execute(
        "INSERT OR IGNORE INTO accounts (name, created_ms) VALUES (?, ?)", .text(name),
        .integer(currentMilliseconds()))
    }
    guard added > 0 else { throw .exists(name: name) }
  }

  /// Removes an account with its tokens and roles.
  package func remove(_ name: String) throws(AccountError) {
    let removed = try use { connection throws(SQLiteError) in
      try connection.execute("DELETE FROM accounts WHERE name = ?", .text(name))
    }
    guard removed > 0 else { throw .unknown(name: name) }
  }

  /// Gives an account a role for an experiment, or for every one; `nil` takes it away.
  package func set(
    _ role: Role?, of name: String, experiment: Int64?
  ) throws(AccountError) {
    let account = try account(named: name)
    try use { connection throws(SQLiteError) in
      let (number, place) = (
        SQLiteValue.integer(account.number), SQLiteValue.integer(experiment ?? Self.everywhere)
      )
      if let role {
        try connection.execute(
          """
          INSERT INTO roles (account, experiment, role) VALUES (?, ?, ?)
            ON CONFLICT (account, experiment) DO UPDATE SET role = excluded.role
          """, number, place, .text(role.rawValue))
      } else {
        try connection.execute(
          "DELETE FROM roles WHERE account = ? AND experiment = ?", number, place)
      }
    }
  }

  // MARK: Tokens

  /// Makes a token of an account; this is the only time that anybody sees it.
  package func makeToken(
    of name: String, label: String, expiresMilliseconds: Int64?
  ) throws(AccountError) -> String {
    let account = try account(named: name)
    var generator = SystemRandomNumberGenerator()
    func digits(_ count: Int) -> String {
      hexadecimal((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
    let id = digits(6)
    let token = "mrt_\(id)_\(digits(32))"
    try use { connection throws(SQLiteError) in
      _ = try connection.execute(
        """
        INSERT INTO tokens (id, account, sha256, label, created_ms, expires_ms)
          VALUES (?, ?, ?, ?, ?, ?)
        """, .text(id), .integer(account.number), .blob(sha256(Array(token.utf8))), .text(label),
        .integer(currentMilliseconds()), .integer(orNull: expiresMilliseconds))
    }
    return token
  }

  package func tokens(of name: String) throws(AccountError) -> [TokenRecord] {
    let account = try account(named: name)
    return try use { connection throws(SQLiteError) in
      try connection.query(
        "SELECT id, label, created_ms, expires_ms FROM tokens WHERE account = ? ORDER BY created_ms, id",
        .integer(account.number)
      ) {
        TokenRecord(
          id: $0.text(0), label: $0.text(1), createdMilliseconds: $0.integer(2),
          expiresMilliseconds: $0.integer(ifPresent: 3))
      }
    }
  }

  /// Makes a token worthless.
  package func revoke(_ id: String) throws(AccountError) {
    let removed = try use { connection throws(SQLiteError) in
      try connection.execute("DELETE FROM tokens WHERE id = ?", .text(id))
    }
    guard removed > 0 else { throw .unknownToken(id: id) }
  }

  /// The account of a token that is valid now; `nil` for every other text, as `name` says if it is given.
  package func account(token: String, name: String? = nil) throws(AccountError) -> Account? {
    let parts = token.split(separator: "_", omittingEmptySubsequences: false)
    let id = parts.count == 3 && parts[0] == "mrt" ? String(parts[1]) : ""
    let digest = sha256(Array(token.utf8))
    let now = currentMilliseconds()
    return try use { connection throws(SQLiteError) in
      let found = try connection.query(
        "SELECT account, sha256, expires_ms FROM tokens WHERE id = ?", .text(id)
      ) { (account: $0.integer(0), digest: $0.blob(1), expires: $0.integer(ifPresent: 2)) }.first
      // An id that is not there takes the same way.
      let stored = found?.digest ?? [UInt8](repeating: 0, count: 32)
      let isRight = constantTimeEquals(digest, stored)
      let account = try Self.accounts(connection, "id = ?", .integer(found?.account ?? -1)).first
      guard isRight, let account, found?.expires.map({ $0 > now }) ?? true,
        name == nil || name == account.name
      else { return nil }
      return account
    }
  }
}
