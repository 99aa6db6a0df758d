import CommandArguments
import FoundationEssentials
import Tracking
import TrackingServer

/// `accounts`: who may use a server.
struct AccountsCommand: Command {
  static let name = "accounts"
  static let operands = "[add|remove|show|token|revoke|grant ...]"
  static let summary = "List the accounts of a server, and change them."
  static let options = [
    "    --accounts FILE    the file of accounts; by default accounts.db",
    "                       beside the store",
    "    --role ROLE        with add: its role for all experiments",
    "    --label TEXT       with add and token: what the token is for",
    "    --expires DAYS     with add and token: when the token ends",
    "-e, --experiment NAME  with grant: for this experiment only",
  ]
  static let notes = """
    add NAME          make an account and its first token, printed this once
    remove NAME       remove an account with its tokens
    show NAME         an account's roles and tokens
    token NAME        make another token, which is printed this once
    revoke TOKEN      make a token worthless, by the id that show prints
    grant NAME ROLE   let an account read, edit or manage all experiments, or
                      the one of -e; none takes that away

    Serve them: track-cli serve --accounts FILE. A client has MLFLOW_TRACKING_TOKEN,
    or MLFLOW_TRACKING_USERNAME and, as MLFLOW_TRACKING_PASSWORD, the token.
    """
  let access = StoreAccess.create

  private enum Action {
    case list
    case add(name: String, role: Role?)
    case remove(name: String)
    case show(name: String)
    case token(name: String)
    case revoke(id: String)
    case grant(name: String, role: Role?)
  }

  private let action: Action
  private let file: String?
  private let label: String
  private let days: Int?
  private let experiment: String?

  init(_ arguments: inout Arguments) throws(UsageError) {
    file = try arguments.option("--accounts")
    label = try arguments.option("--label") ?? ""
    days = try arguments.count("--expires", minimum: 1)
    experiment = try arguments.option("--experiment", "-e")
    let role = try arguments.option("--role")
    let words = try arguments.operands(0...3, of: "an action, NAME and perhaps a role")
    guard let verb = words.first else {
      action = .list
      return
    }
    let wanted = verb == "grant" ? 3 : 2
    guard words.count == wanted else {
      throw UsageError("accounts \(verb) takes \(wanted - 1) word\(wanted == 2 ? "" : "s") more")
    }
    switch verb {
    case "add": action = .add(name: words[1], role: try role.map(Self.role) ?? nil)
    case "remove": action = .remove(name: words[1])
    case "show": action = .show(name: words[1])
    case "token": action = .token(name: words[1])
    case "revoke": action = .revoke(id: words[1])
    case "grant": action = .grant(name: words[1], role: try Self.role(words[2]))
    default: throw UsageError("accounts has no action \"\(verb)\"")
    }
  }

  private static func role(_ name: String) throws(UsageError) -> Role? {
    if name == "none" { return nil }
    guard let role = Role(rawValue: name) else {
      throw UsageError("a role is read, edit, manage or none, not \"\(name)\"")
    }
    return role
  }

  func run(_ context: Context) throws -> String {
    let beside = context.store.path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    let path = file ?? "\(beside)/accounts.db"
    let makes = if case .add = action { true } else { false }
    let accounts = try AccountStore(path: path, creates: makes)
    switch action {
    case .list: return try list(accounts, context)
    case .add(let name, let role):
      try accounts.add(name)
      if let role { try accounts.set(role, of: name, experiment: nil) }
      return try token(name, accounts)
    case .remove(let name):
      try accounts.remove(name)
      return "\(name) removed\n"
    case .show(let name): return try show(name, accounts, context)
    case .token(let name): return try token(name, accounts)
    case .revoke(let id):
      try accounts.revoke(id)
      return "\(id) revoked\n"
    case .grant(let name, let role):
      let id = try experiment.map { try context.store.experimentID($0) }
      try accounts.set(role, of: name, experiment: id)
      let place = experiment.map { "experiment \($0)" } ?? "all experiments"
      return "\(name): \(role?.rawValue ?? "none") for \(printable(place))\n"
    }
  }

  private func token(_ name: String, _ accounts: AccountStore) throws -> String {
    let expires = days.map { currentMilliseconds() + Int64($0) * 86_400_000 }
    return try accounts.makeToken(of: name, label: label, expiresMilliseconds: expires) + "\n"
  }

  private func list(_ accounts: AccountStore, _ context: Context) throws -> String {
    var table = Table(columns: [
      .init(title: "account"), .init(title: "everywhere"),
      .init(title: "experiments", mayShrink: true),
      .init(title: "tokens", alignment: .right),
    ])
    let found = try accounts.accounts()
    if context.format == .json {
      return JSON.array(try found.map { try json($0, accounts) }).text
    }
    for account in found {
      table.rows.append([
        account.name, account.everywhere?.rawValue ?? "-",
        account.experiments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" }
          .joined(separator: ", "),
        "\(try accounts.tokens(of: account.name).count)",
      ])
    }
    return table.text(context.format, style: context.style)
  }

  private func json(_ account: Account, _ accounts: AccountStore) throws -> JSON {
    let roles = account.experiments.sorted { $0.key < $1.key }.map {
      ("\($0.key)", JSON.string($0.value.rawValue))
    }
    let tokens = try accounts.tokens(of: account.name).map { token in
      JSON.object([
        ("id", .string(token.id)), ("label", .string(token.label)),
        ("created_ms", .integer(token.createdMilliseconds)),
        ("expires_ms", .integer(orNull: token.expiresMilliseconds)),
      ])
    }
    return .object([
      ("name", .string(account.name)),
      ("everywhere", .string(orNull: account.everywhere?.rawValue)),
      ("experiments", .object(roles)), ("tokens", .array(tokens)),
    ])
  }

  private func show(
    _ name: String, _ accounts: AccountStore, _ context: Context
  ) throws -> String {
    let account = try accounts.account(named: name)
    if context.format == .json { return try json(account, accounts).text }
    var table = Table(columns: [
      .init(title: "token"), .init(title: "label", mayShrink: true), .init(title: "created"),
      .init(title: "expires"),
    ])
    for token in try accounts.tokens(of: name) {
      table.rows.append([
        token.id, token.label, try context.minutes(token.createdMilliseconds),
        try token.expiresMilliseconds.map { try context.minutes($0) } ?? "never",
      ])
    }
    var text = "\(name): \(account.everywhere?.rawValue ?? "no role") for all experiments\n"
    for (number, role) in account.experiments.sorted(by: { $0.key < $1.key }) {
      text += "experiment \(number): \(role.rawValue)\n"
    }
    return text + table.text(context.format, style: context.style)
  }
}
