import CommandArguments
import Tracking

/// What `models` changes.
struct ModelChange {
  enum Kind: String, CaseIterable {
    case register, create, alias, unalias, tag, stage, describe, rename, delete

    /// How many words follow, and which.
    var words: (range: ClosedRange<Int>, names: String) {
      switch self {
      case .register: (2...3, "MODEL RUN and perhaps PATH")
      case .create: (1...1, "MODEL")
      case .alias: (3...3, "MODEL ALIAS VERSION")
      case .unalias: (2...2, "MODEL ALIAS")
      case .tag: (1...1000, "MODEL or MODEL@VERSION and KEY=VALUE")
      case .stage: (3...3, "MODEL VERSION STAGE")
      case .describe: (2...2, "MODEL or MODEL@VERSION and a TEXT between quotes")
      case .rename: (2...2, "MODEL and its new NAME")
      case .delete: (1...2, "MODEL and perhaps VERSION")
      }
    }
  }

  /// What the options say.
  struct Options {
    let description: String?
    let removed: [String]
    let archives: Bool

    var isEmpty: Bool { description == nil && removed.isEmpty && !archives }
  }

  private let kind: Kind
  private let words: [String]
  private let options: Options
  private let tags: [(key: String, value: String?)]

  init(_ kind: Kind, _ words: [String], _ options: Options) throws(UsageError) {
    guard kind.words.range.contains(words.count) else {
      throw UsageError("models \(kind.rawValue) takes \(kind.words.names)")
    }
    guard options.description == nil || kind == .register || kind == .create else {
      throw UsageError("--description belongs to models register and models create")
    }
    guard options.removed.isEmpty || kind == .tag else {
      throw UsageError("--remove belongs to models tag")
    }
    guard !options.archives || kind == .stage else {
      throw UsageError("--archive belongs to models stage")
    }
    var tags: [(key: String, value: String?)] = options.removed.map { ($0, nil) }
    for word in kind == .tag ? words.dropFirst() : [] {
      guard let equals = word.firstIndex(of: "=") else {
        throw UsageError("a tag is KEY=VALUE, not \"\(word)\"; --remove \(word) removes one")
      }
      tags.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
    }
    guard kind != .tag || !tags.isEmpty else {
      throw UsageError("give KEY=VALUE or --remove KEY")
    }
    (self.kind, self.words, self.options, self.tags) = (kind, words, options, tags)
  }

  /// Whether a version is made of a run's artifacts.
  var isRegistration: Bool { kind == .register }

  /// Changes the store or server and says what was done.
  func run(_ context: Context) throws -> String {
    let store = context.store
    let name = words[0]
    let shown = printable(name)
    switch kind {
    case .register:
      let version = try context.registerModel(
        name, from: context.run(words[1]), path: words.count > 2 ? words[2] : "",
        description: options.description ?? "")
      return "Registered \(shown) version \(version.version) from \(version.source)\n"
    case .create:
      try store.createRegisteredModel(name, description: options.description ?? "")
      return "Created \(shown)\n"
    case .alias:
      let version = try store.modelVersion(name, reference: words[2])
      try store.setAlias(words[1], of: name, to: version.version)
      return "\(shown)@\(words[1]) is version \(version.version)\n"
    case .unalias:
      guard try store.removeAlias(words[1], of: name) else {
        throw TrackingError.aliasNotFound(name: name, alias: words[1])
      }
      return "Removed \(shown)@\(words[1])\n"
    case .tag: return try setTags(store)
    case .stage:
      guard let stage = ModelStage(named: words[2]) else {
        let names = ModelStage.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal("\"\(words[2])\" is no stage; those are \(names)")
      }
      let version = try store.modelVersion(name, reference: words[1])
      try store.moveModelVersion(
        name, version.version, to: stage, archivesOthers: options.archives)
      return "\(shown) version \(version.version) is in \(stage.rawValue)\n"
    case .describe:
      let (model, version) = try target(store)
      if let version {
        try store.updateModelVersion(model, version.version, description: words[1])
      } else {
        try store.updateRegisteredModel(model, description: words[1])
      }
      return "Described \(shown)\n"
    case .rename:
      try store.renameRegisteredModel(name, to: words[1])
      return "Renamed \(shown) to \(printable(words[1]))\n"
    case .delete:
      guard words.count > 1 else {
        try store.deleteRegisteredModel(name)
        return "Deleted \(shown) and its versions\n"
      }
      let version = try store.modelVersion(name, reference: words[1])
      try store.deleteModelVersion(name, version.version)
      return "Deleted \(shown) version \(version.version)\n"
    }
  }

  /// The model, and the version after `@` if there is one.
  private func target(_ store: TrackingStore) throws -> (String, ModelVersion?) {
    guard let at = words[0].lastIndex(of: "@"), (try? store.registeredModel(words[0])) == nil
    else { return (words[0], nil) }
    let name = String(words[0][..<at])
    let reference = String(words[0][words[0].index(after: at)...])
    return (name, try store.modelVersion(name, reference: reference))
  }

  private func setTags(_ store: TrackingStore) throws -> String {
    let (name, version) = try target(store)
    for (key, value) in tags {
      if let version {
        try store.setTag(key, value, ofModel: name, version: version.version)
      } else {
        try store.setTag(key, value, ofModel: name)
      }
    }
    return tags.map { key, value in
      let text = value.map { "\(printable(key)) = \(printable($0))" } ?? "\(printable(key)) removed"
      return "\(printable(words[0]))  \(text)\n"
    }.joined()
  }
}
