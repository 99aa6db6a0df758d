/// What an account may do with an experiment; each role includes those before it.
package enum Role: String, Sendable, Comparable, CaseIterable {
  /// See it, its runs and their artifacts.
  case read
  /// Log to it, and change its name, tags and runs.
  case edit
  /// Delete and restore it, its runs and their artifacts.
  case manage

  package static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Someone who may use a server.
package struct Account: Sendable, Equatable {
  package let number: Int64
  package let name: String
  /// The role for every experiment, also those to come, and for what belongs to none.
  package let everywhere: Role?
  /// The roles for single experiments, by their numbers.
  package let experiments: [Int64: Role]

  package func role(for experiment: Int64) -> Role? {
    [everywhere, experiments[experiment]].compactMap { $0 }.max()
  }
}

/// A token of an account, without its secret, which nobody keeps.
package struct TokenRecord: Sendable, Equatable {
  /// What it is revoked by.
  package let id: String
  package let label: String
  package let createdMilliseconds: Int64
  package let expiresMilliseconds: Int64?
}

/// What cannot be done with accounts.
package enum AccountError: Error, Equatable, CustomStringConvertible {
  case notFound(path: String)
  case notAccounts(path: String)
  case newer(path: String, version: Int64)
  case failed(path: String, reason: String)
  case exists(name: String)
  case unknown(name: String)
  case unknownToken(id: String)
  case invalidName(name: String)

  package var description: String {
    switch self {
    case .notFound(let path):
      "there is no file of accounts at \(path). Make one: track-cli accounts --accounts \(path) add NAME"
    case .notAccounts(let path):
      "\(path) is no file of accounts; it is left as it is. Name another one with --accounts."
    case .newer(let path, let version):
      "\(path) is of version \(version), which is newer than this program. Use the program that made it."
    case .failed(let path, let reason):
      "the accounts in \(path) cannot be used: \(reason). Check that you may read and write the file and its folder."
    case .exists(let name):
      "there is an account \"\(name)\" already. Make it another token: track-cli accounts token \(name)"
    case .unknown(let name):
      "there is no account \"\(name)\". See them: track-cli accounts"
    case .unknownToken(let id):
      "there is no token \(id). See an account's: track-cli accounts show NAME"
    case .invalidName(let name):
      "\"\(name)\" is no account's name: it has 1 to 100 letters, digits, dots, dashes, underscores or @."
    }
  }
}
