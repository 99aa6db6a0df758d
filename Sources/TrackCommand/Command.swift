import CommandArguments
import Tracking

/// A subcommand: it parses everything first and then runs.
protocol Command {
  /// What it is called by.
  static var name: String { get }
  /// The operands in its usage line.
  static var operands: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// The lines of its help on options of its own.
  static var options: [String] { get }
  /// What else its help says.
  static var notes: String { get }
  /// The formats that it prints.
  static var formats: [OutputFormat] { get }
  /// What it can do with a server in the store's place.
  var servers: ServerUse { get }
  /// What it does with the store.
  var access: StoreAccess { get }
  /// Where it keeps the files of artifacts; `nil` is where the store has them.
  var artifacts: String? { get }

  init(_ arguments: inout Arguments) throws(UsageError)

  /// Returns what to print.
  func run(_ context: Context) throws -> String
}

extension Command {
  static var options: [String] { [] }
  static var notes: String { "" }
  static var formats: [OutputFormat] { [.table, .json, .csv, .markdown] }
  var servers: ServerUse { .none }
  var access: StoreAccess { .read }
  var artifacts: String? { nil }
}

/// A subcommand that uses no store.
protocol StorelessCommand: Command {
  /// Returns what to print.
  func run(_ format: OutputFormat, _ style: Style) throws -> String
}

extension StorelessCommand {
  func run(_ context: Context) throws -> String { try run(context.format, context.style) }
}

/// What a subcommand does with the store.
enum StoreAccess {
  case read
  /// Writes to one that is there.
  case change
  /// Writes to one, which is made where it is missing.
  case create
}

/// What a subcommand can do with a server that speaks MLflow's REST API.
enum ServerUse {
  case none
  /// It reads runs, or changes them.
  case runs
  /// It reads models, or changes them.
  case models
}

/// How a table is printed.
enum OutputFormat: String, CaseIterable {
  case table, json, csv, markdown, html
}

/// What the options that every subcommand has say.
struct Context {
  /// The store, or what was fetched from a server.
  let store: TrackingStore
  /// The server's runs, where it is one.
  var mirror: ServerMirror?
  let format: OutputFormat
  let style: Style
}

/// How text looks on this output.
struct Style {
  let width: Int
  let hasColor: Bool
  /// Whether the output is a terminal that acts on escapes.
  var isTerminal = false

  /// `text`, emphasised where that can be seen.
  func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// `text`, in the colour of good values where that can be seen.
  func best(_ text: String) -> String { hasColor ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
}
