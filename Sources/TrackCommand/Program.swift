import CommandArguments
import FoundationEssentials
import Processes
import Tracking

/// The program: its subcommands, and what it prints for a command line.
enum Program {
  static let version = "0.1.0"

  /// The subcommands, in the order of the help.
  static var commands: [any Command.Type] {
    [
      ExperimentsCommand.self, RunsCommand.self, ShowCommand.self, MetricsCommand.self,
      CompareCommand.self, ArtifactsCommand.self, ModelsCommand.self, TagCommand.self,
      NoteCommand.self, DeleteCommand.self, RestoreCommand.self, CollectGarbageCommand.self,
      SQLCommand.self, DoctorCommand.self, ExportCommand.self, ImportCommand.self,
      ServeCommand.self, SyncCommand.self, AccountsCommand.self,
      CompletionCommand.self, ManualCommand.self,
    ]
  }

  /// What the program prints for `words`, its command line.
  static func output(for words: [String]) throws -> String {
    if words.first == "__complete" { return completions(Array(words.dropFirst())) }
    var arguments = Arguments(words)
    let wantsHelp = arguments.flag("--help", "-h")
    if arguments.flag("--version") { return "track-cli \(version)\n" }
    let storeURI = try arguments.option("--store")
    let formatName = try arguments.option("--format")
    var name = try arguments.command()
    var isHelp = wantsHelp
    if name == "help" {
      isHelp = true
      name = try arguments.command()
    }
    guard let name else {
      if isHelp { return Help.overview }
      throw UsageError("give a subcommand: \(commands.map { $0.name }.joined(separator: ", "))")
    }
    guard let type = commands.first(where: { $0.name == name }) else {
      throw UsageError("there is no subcommand \"\(name)\"")
    }
    if isHelp { return Help.text(of: type) }
    var format = OutputFormat.table
    if let formatName {
      guard let known = OutputFormat(rawValue: formatName), type.formats.contains(known) else {
        let names = type.formats.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--format of \(type.name) is one of \(names), not \"\(formatName)\"")
      }
      format = known
    }
    let command = try type.init(&arguments)
    if let command = command as? any StorelessCommand {
      return try command.run(format, .current)
    }
    if let address = try server(storeURI, command) {
      return try run(command, address, format)
    }
    let store = try openStore(storeURI, command)
    return try command.run(Context(store: store, format: format, style: .current))
  }
}

extension Program {
  /// The server that `uri` or the environment names; `nil` for a file.
  ///
  /// MLflow's own variable counts for what can be done with a server: what only a file can do is done with one.
  private static func server(_ uri: String?, _ command: any Command) throws -> ServerAddress? {
    if command.servers != .none { return StoreLocation.server(uri) }
    let named = uri ?? ProcessInfo.processInfo.environment[StoreLocation.variable] ?? ""
    guard command.access != .create, let address = ServerAddress(named) else { return nil }
    throw Refusal(
      "\(type(of: command).name) works with a store's file, not with the server \(address.url). "
        + "Name a file with --store; track-cli import copies the server's runs to one.")
  }

  /// Runs a command with a server in the store's place.
  private static func run(
    _ command: any Command, _ address: ServerAddress, _ format: OutputFormat
  ) throws -> String {
    guard command.servers == .models else {
      let mirror = try ServerMirror(address)
      return try command.run(
        Context(store: mirror.store, mirror: mirror, format: format, style: .current))
    }
    let folder = try TemporaryFolder.prepared(for: .mirror)
    defer { TemporaryFolder.remove(folder) }
    let store = try TrackingStore(server: address, outbox: "\(folder)/outbox.db")
    return try command.run(Context(store: store, format: format, style: .current))
  }

  /// Opens the store that `uri` names, or else the one that is found.
  private static func openStore(
    _ uri: String?, _ command: any Command
  ) throws(TrackingError) -> TrackingStore {
    switch command.access {
    case .create: return try TrackingStore(file: uri, artifacts: command.artifacts)
    case .read: return try TrackingStore(reading: place(uri))
    case .change: return try TrackingStore(changing: place(uri))
    }
  }

  /// What a shell can go on with; nothing where the store cannot be read.
  private static func completions(_ words: [String]) -> String {
    let place = words.firstIndex(of: "--store").flatMap { index in
      index + 2 < words.count ? words[index + 1] : nil
    }
    guard let address = StoreLocation.server(place) else {
      return Completer(words) { try? TrackingStore(reading: Self.place(place)) }.text
    }
    var mirror: ServerMirror?
    return Completer(words, hasAllRuns: false) {
      if mirror == nil {
        // Nobody waits longer for a list of words.
        mirror = try? ServerMirror(address, limit: .seconds(2))
        _ = try? mirror?.search(RunSearch(view: .all, limit: Completer.mostRuns))
      }
      return mirror?.store
    }.text
  }

  private static func place(_ uri: String?) throws(TrackingError) -> String {
    if let uri { return try StoreLocation.path(uri: uri) }
    return try StoreLocation.forReading()
  }
}

extension Style {
  /// How the standard output of this process looks.
  static var current: Style {
    let environment = ProcessInfo.processInfo.environment
    let columns = environment["COLUMNS"].flatMap { Int($0) } ?? Terminal.columns ?? 80
    let isTerminal = Terminal.isOutput && environment["TERM"] != "dumb"
    let hasColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    return Style(
      width: min(max(40, columns), 10_000), hasColor: hasColor, isTerminal: isTerminal)
  }
}
