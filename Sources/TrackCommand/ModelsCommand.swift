import CommandArguments
import FoundationEssentials
import Tracking

/// `models`: registered models, their versions and aliases.
struct ModelsCommand: Command {
  static let name = "models"
  static let operands = "[MODEL [VERSION]] | ACTION MODEL ..."
  static let summary = "List registered models, look into one, or change one."
  static let options = [
    "-f, --filter FILTER      list the models that meet this: name, tags.KEY",
    "-o, --order ORDER        sort the list by name, last_updated_timestamp, ...",
    "-d, --description TEXT   what is said of a new version, or of a new model",
    "-r, --remove KEY         remove this tag; may be given again",
    "    --archive            with stage: archive the other versions of that stage",
    "    --output DIR         with get: the folder to copy to, else its name",
  ]
  static let notes = """
    A VERSION is a number, an alias, or latest. The actions:
      get MODEL[@ALIAS|/VERSION]    copy its files here; or those of runs:/RUN/PATH
      register MODEL RUN [PATH]     add a version: the artifacts of RUN at PATH
      create MODEL                  make a model without versions
      alias MODEL ALIAS VERSION     let ALIAS name VERSION
      unalias MODEL ALIAS           remove ALIAS
      tag MODEL[@VERSION] KEY=VALUE...  set tags, or --remove them
      stage MODEL VERSION STAGE     None, Staging, Production or Archived
      describe MODEL[@VERSION] TEXT say what it is
      rename MODEL NAME             give it another name
      delete MODEL [VERSION]        remove it, or one version
    """
  var servers: ServerUse {
    // That begins with a run, and needs nothing of the models.
    if case .change(let change) = action, change.isRegistration { return .runs }
    return .models
  }

  private enum Action {
    case list(filter: String, order: [String])
    case show(String)
    case showVersion(String, String)
    case get(String, output: String?)
    case change(ModelChange)
  }

  private let action: Action

  var access: StoreAccess {
    if case .change = action { return .change }
    return .read
  }

  init(_ arguments: inout Arguments) throws(UsageError) {
    let filter = try arguments.option("--filter", "-f")
    let order = try arguments.options("--order") + arguments.options("-o")
    let change = ModelChange.Options(
      description: try arguments.option("--description", "-d"),
      removed: try arguments.options("--remove") + arguments.options("-r"),
      archives: arguments.flag("--archive"))
    let output = try arguments.option("--output")
    let words = try arguments.operands(0...1000, of: "a MODEL, or an ACTION and a MODEL")
    if let word = words.first, let kind = ModelChange.Kind(rawValue: word) {
      action = .change(try ModelChange(kind, Array(words.dropFirst()), change))
    } else {
      guard change.isEmpty else {
        throw UsageError("--description, --remove and --archive belong to actions that change")
      }
      switch words.count {
      case 2 where words[0] == "get": action = .get(words[1], output: output)
      case _ where words.first == "get":
        throw UsageError("models get takes one MODEL[@ALIAS|/VERSION]")
      case 0: action = .list(filter: filter ?? "", order: order)
      case 1: action = .show(words[0])
      case 2: action = .showVersion(words[0], words[1])
      default:
        let actions = ModelChange.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("\"\(words[0])\" is no action; those are \(actions)")
      }
    }
    if output != nil {
      guard case .get = action else { throw UsageError("--output belongs to models get") }
    }
    if case .list = action { return }
    guard filter == nil, order.isEmpty else {
      throw UsageError("--filter and --order belong to the list of all models")
    }
  }

  func run(_ context: Context) throws -> String {
    switch action {
    case .list(let filter, let order):
      return try list(
        context.store.searchRegisteredModels(filter: filter, order: order), context)
    case .show(let name):
      let model = try context.store.registeredModel(name)
      return try ModelLayout(context).text(
        of: model, versions: context.store.modelVersions(of: name))
    case .showVersion(let name, let reference):
      let version = try context.store.modelVersion(name, reference: reference)
      return try ModelLayout(context).text(
        of: context.store.lineage(ofModel: name, version: version.version))
    case .get(let model, let output): return try get(model, to: output, context)
    case .change(let change): return try change.run(context)
    }
  }

  /// Copies the files of a model.
  private func get(_ uri: String, to output: String?, _ context: Context) throws -> String {
    let folder = output ?? Self.folder(for: uri)
    guard output != nil || !FileManager.default.fileExists(atPath: folder) else {
      throw Refusal(
        "\(printable(folder)) is there already; name a folder with --output, where files may be replaced"
      )
    }
    let loaded = try LoadedModel(uri, to: folder, in: context.store)
    if context.format == .json {
      return JSON.object([
        ("folder", .string(folder)), ("files", .array(loaded.files.map { .string($0) })),
        ("model", .string(orNull: loaded.registeredName)),
        ("version", loaded.version.map { .integer(Int64($0)) } ?? .null),
        ("run_id", .string(orNull: loaded.runID)),
        ("model_id", .string(orNull: loaded.loggedModelID)),
      ]).text
    }
    let count = "\(loaded.files.count) file\(loaded.files.count == 1 ? "" : "s")"
    let version = loaded.version.map { " version \($0)" } ?? ""
    return
      "Copied \(printable(loaded.registeredName ?? uri))\(version) to \(printable(folder)) (\(count))\n"
  }

  /// The model's name, or the last part of another URI.
  private static func folder(for uri: String) -> String {
    let rest = uri.split(separator: ":").last.map(String.init) ?? uri
    let parts = rest.split(separator: "/").map(String.init)
    let name = uri.hasPrefix("runs:") ? parts.last : parts.first
    return String((name ?? "model").prefix { $0 != "@" })
  }

  private func list(_ models: [RegisteredModel], _ context: Context) throws -> String {
    if context.format == .json {
      return JSON.array(
        try models.map { model in
          let count = try context.store.modelVersions(of: model.name).count
          return .object(model.members + [("versions", .integer(Int64(count)))])
        }
      ).text
    }
    guard !models.isEmpty || context.format != .table else {
      return "No such models. Register one with: track-cli models register NAME RUN PATH\n"
    }
    var table = Table(columns: [
      .init(title: "name", mayShrink: true), .init(title: "versions", alignment: .right),
      .init(title: "latest", alignment: .right), .init(title: "aliases", mayShrink: true),
      .init(title: "updated"),
    ])
    for model in models {
      let versions = try context.store.modelVersions(of: model.name)
      let aliases = model.aliases.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      table.rows.append([
        model.name, "\(versions.count)", versions.first.map { "\($0.version)" } ?? "",
        aliases.joined(separator: " "), try context.minutes(model.updatedMilliseconds),
      ])
    }
    return table.text(context.format, style: context.style)
  }
}

extension TrackingStore {
  /// The version that a word names: a number, an alias, or `latest`.
  func modelVersion(_ name: String, reference: String) throws -> ModelVersion {
    if let number = Int(reference) { return try modelVersion(name, number) }
    return try modelVersion(name, alias: reference)
  }
}
