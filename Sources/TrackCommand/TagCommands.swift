import CommandArguments
import Tracking

/// `tag`: sets and removes tags of a run.
struct TagCommand: Command {
  static let name = "tag"
  static let operands = "RUN KEY=VALUE..."
  static let summary = "Set tags of a run, or remove them."
  static let options = ["-r, --remove KEY  remove this tag; may be given again"]
  let servers = ServerUse.runs
  let access = StoreAccess.change

  private let reference: String
  private var changes: [(key: String, value: String?)]

  init(_ arguments: inout Arguments) throws(UsageError) {
    let removed = try arguments.options("--remove") + arguments.options("-r")
    let words = try arguments.operands(1...1000, of: "RUN and KEY=VALUE or --remove KEY")
    reference = words[0]
    changes = removed.map { ($0, nil) }
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else {
        throw UsageError("a tag is KEY=VALUE, not \"\(word)\"; --remove \(word) removes one")
      }
      changes.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
    }
    guard !changes.isEmpty else { throw UsageError("give KEY=VALUE or --remove KEY") }
  }

  func run(_ context: Context) throws -> String {
    let run = try context.run(reference)
    try context.change(tagsOf: run, changes)
    return changes.map { key, value in
      let text = value.map { "\(printable(key)) = \(printable($0))" } ?? "\(printable(key)) removed"
      return "\(run.shortID)  \(text)\n"
    }.joined()
  }
}

/// `note`: shows, writes or removes the note of a run.
struct NoteCommand: Command {
  static let name = "note"
  static let operands = "RUN [TEXT]"
  static let summary = "Show a run's note, or write it; - takes it from standard input."
  static let options = ["-r, --remove  remove the note"]
  static let notes = "MLflow shows the note as the run's description."
  let servers = ServerUse.runs

  /// The tag in which MLflow keeps a run's description.
  private static let tag = "mlflow.note.content"

  private let reference: String
  private let text: String?
  private let isRemoval: Bool

  var access: StoreAccess { isRemoval || text != nil ? .change : .read }

  init(_ arguments: inout Arguments) throws(UsageError) {
    isRemoval = arguments.flag("--remove", "-r")
    let words = try arguments.operands(1...2, of: "RUN and perhaps a TEXT between quotes")
    reference = words[0]
    text = words.count > 1 ? words[1] : nil
    if isRemoval, text != nil { throw UsageError("--remove takes no TEXT; keep one of them") }
  }

  func run(_ context: Context) throws -> String {
    let run = try context.run(reference)
    guard isRemoval || text != nil else {
      guard let note = try context.store.tag(Self.tag, of: run) else {
        return "\(run.shortID) has no note.\n"
      }
      return note.hasSuffix("\n") ? note : note + "\n"
    }
    let note = text == "-" ? standardInput() : text
    try context.change(tagsOf: run, [(Self.tag, note)])
    return "\(run.shortID)  \(note == nil ? "note removed" : "note written")\n"
  }
}
