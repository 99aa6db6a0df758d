import CommandArguments
import Tracking

/// `doctor`: looks for what is wrong with a store.
struct DoctorCommand: Command {
  static let name = "doctor"
  static let operands = ""
  static let summary = "Look for damage, orphans and corrupt artifacts; say what to do."
  static let options = [
    "    --quick            do not read every point and every artifact",
    "    --fix              make missing indexes again, and correct summaries",
  ]
  static let notes = """
    It checks the database's pages and indexes, that every row belongs to something,
    that what is kept of metrics is what their points say, and that the contents of
    artifacts are there with the SHA-256 that was logged. Exit status 1 says that
    something is wrong.
    """

  private let isQuick: Bool
  private let fixes: Bool

  var access: StoreAccess { fixes ? .change : .read }

  init(_ arguments: inout Arguments) throws(UsageError) {
    isQuick = arguments.flag("--quick")
    fixes = arguments.flag("--fix")
    _ = try arguments.operands(0...0, of: "options only")
    if isQuick, fixes { throw UsageError("--fix has to look at everything; leave out --quick") }
  }

  func run(_ context: Context) throws -> String {
    var mended = ""
    if fixes {
      let (objects, summaries) = try context.store.mend()
      if context.format == .table {
        mended = "Made \(objects) missing indexes and views, corrected \(summaries) summaries.\n"
      }
    }
    let faults = try context.store.faults(isQuick: isQuick)
    let text = mended + self.text(faults, context)
    guard faults.allSatisfy(\.kind.isHarmless) else { throw Finding(text) }
    return text
  }

  private func text(_ faults: [StoreFault], _ context: Context) -> String {
    if context.format == .json {
      return JSON.object([
        ("store", .string(context.store.path)),
        ("sound", .bool(faults.allSatisfy(\.kind.isHarmless))),
        (
          "faults",
          .array(
            faults.map {
              .object([
                ("kind", .string($0.kind.rawValue)), ("subject", .string($0.subject)),
                ("detail", .string($0.detail)), ("remedy", .string(remedy($0.kind, context))),
              ])
            })
        ),
      ]).text
    }
    if context.format != .table {
      var table = Table(columns: [
        .init(title: "kind"), .init(title: "subject"), .init(title: "detail"),
      ])
      table.rows = faults.map { [$0.kind.rawValue, $0.subject, $0.detail] }
      return table.text(context.format, style: context.style)
    }
    var text = ""
    for kind in StoreFault.Kind.allCases {
      let some = faults.filter { $0.kind == kind }
      guard !some.isEmpty else { continue }
      text += "\(context.style.bold("\(kind.rawValue): \(some.count)"))\n"
      for fault in some.prefix(20) {
        text += "  \(printable(fault.subject)): \(printable(fault.detail))\n"
      }
      if some.count > 20 { text += "  and \(some.count - 20) more; see them with --format csv\n" }
      text += Help.wrapped(remedy(kind, context), width: 78, indentation: "  -> ")
    }
    guard faults.allSatisfy(\.kind.isHarmless) else { return text }
    return text + "\(printable(context.store.path)) is sound"
      + (isQuick ? " as far as a quick look tells.\n" : ".\n")
  }

  private func remedy(_ kind: StoreFault.Kind, _ context: Context) -> String {
    let path = context.store.path
    switch kind {
    case .damage:
      return
        "Stop what writes to the store, copy \(path) and \(path)-wal away, and restore a copy; "
        + "or save what can be read: sqlite3 \(path) .recover | sqlite3 recovered.db"
    case .missingObject:
      return "Indexes and views come back with: track-cli doctor --fix. A missing table does not: "
        + "restore a copy of the store."
    case .orphanRow:
      return "Something other than Martlet removed rows. They do no harm; restore a copy if the "
        + "runs they belonged to are needed."
    case .wrongSummary: return "Correct them with: track-cli doctor --fix"
    case .missingArtifact, .corruptArtifact:
      let place = context.store.artifactsPlace
      return "Copy it back to its place in \(place) from a backup, or log the artifact again."
    case .orphanFile:
      return
        "They do no harm: artifacts were replaced, or a process was killed while it logged one. "
        + "Remove them with: track-cli gc"
    }
  }
}

/// What a command found to be wrong: printed as results are, with exit status 1.
struct Finding: Error {
  let text: String

  init(_ text: String) {
    self.text = text
  }
}
