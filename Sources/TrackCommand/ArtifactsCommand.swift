import CommandArguments
import FoundationEssentials
import Tracking

/// `artifacts`: the files that a run logged, and copies of them.
struct ArtifactsCommand: Command {
  static let name = "artifacts"
  static let operands = "list|get|diff RUN [RUN] [PATH]"
  static let summary = "List a run's artifacts, copy them out, or compare two runs'."
  static let options = [
    "-o, --output PLACE     the file, or for several the folder, to copy to;",
    "                       otherwise the artifact's name, or the current folder",
    "    --force            overwrite files that are there",
  ]
  static let notes = """
    get copies the artifact PATH of RUN, those below the folder PATH, or all.
    diff lists the artifacts that only one run has or whose contents differ; with
    PATH it shows the lines in which that artifact differs.
    """
  let servers = ServerUse.runs

  private enum Action {
    case list
    case get(path: String?, output: String?, isForced: Bool)
    case compare(ArtifactsDifference)
  }

  private let reference: String
  private let action: Action

  init(_ arguments: inout Arguments) throws(UsageError) {
    let output = try arguments.option("--output", "-o")
    let isForced = arguments.flag("--force")
    let operands = try arguments.operands(
      1...4, of: "one RUN, or: get RUN [PATH], or: diff RUN RUN [PATH]")
    if operands[0] == "diff", operands.count > 1 {
      guard operands.count > 2 else {
        throw UsageError("something is missing; give two RUNs after diff")
      }
      guard output == nil, !isForced else {
        throw UsageError("--output and --force belong to: artifacts get")
      }
      reference = operands[1]
      action = .compare(
        ArtifactsDifference(other: operands[2], path: operands.count > 3 ? operands[3] : nil))
      return
    }
    if operands[0] == "get" {
      guard operands.count < 4 else {
        throw UsageError("\"\(operands[3])\" is one word too many; give: get RUN [PATH]")
      }
      guard operands.count > 1 else {
        throw UsageError("something is missing; give a RUN after get")
      }
      reference = operands[1]
      action = .get(
        path: operands.count > 2 ? operands[2] : nil, output: output, isForced: isForced)
      return
    }
    let rest = operands.count > 1 && operands[0] == "list" ? operands.dropFirst() : operands[...]
    guard rest.count == 1, let run = rest.first else {
      throw UsageError("\"\(rest.last ?? "")\" is one word too many; give one RUN")
    }
    guard output == nil, !isForced else {
      throw UsageError("--output and --force belong to: artifacts get")
    }
    (reference, action) = (run, .list)
  }

  func run(_ context: Context) throws -> String {
    let run = try context.run(reference, fetching: .init().artifacts { path, _ in wants(path) })
    let artifacts = try context.store.artifacts(of: run)
    switch action {
    case .compare(let difference): return try difference.text(run, artifacts, context)
    case .list: return list(artifacts, of: run, context)
    case .get(let path, let output, let isForced):
      return try get(path, to: output, isForced: isForced, from: artifacts, of: run, context)
    }
  }

  /// Whether the contents of the artifact at `path` are needed.
  private func wants(_ path: String) -> Bool {
    switch action {
    case .list: false
    case .compare: true
    case .get(let chosen, _, _):
      chosen.map { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : "\($0)/") } ?? true
    }
  }

  private func list(
    _ artifacts: [ArtifactRecord], of run: RunRecord, _ context: Context
  ) -> String {
    if context.format == .json {
      return JSON.array(
        artifacts.map {
          .object([
            ("path", .string($0.path)), ("bytes", .integer($0.byteCount)),
            ("sha256", .string(orNull: $0.knownDigest)),
            ("file", .string(context.address(of: $0, in: run))),
          ])
        }
      ).text
    }
    guard !artifacts.isEmpty || context.format != .table else {
      return "Run \(run.name) has no artifacts.\n"
    }
    let isExact = context.format == .csv
    var table = Table(columns: [
      .init(title: "path", mayShrink: true),
      .init(title: isExact ? "bytes" : "size", alignment: .right),
    ])
    // A server does not say them.
    let hasDigests = isExact || artifacts.contains { $0.knownDigest != nil }
    if hasDigests { table.columns.append(.init(title: "sha256")) }
    table.rows = artifacts.map {
      [$0.path, isExact ? "\($0.byteCount)" : shortSize(bytes: $0.byteCount)]
        + (hasDigests ? [isExact ? $0.sha256 : String($0.sha256.prefix(12))] : [])
    }
    return table.text(context.format, style: context.style)
  }

  private func get(
    _ path: String?, to output: String?, isForced: Bool, from artifacts: [ArtifactRecord],
    of run: RunRecord, _ context: Context
  ) throws -> String {
    var copies: [(artifact: ArtifactRecord, place: String)] = []
    if let path, let artifact = artifacts.first(where: { $0.path == path }) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      var isFolder = false
      let isThere = FileManager.default.fileExists(atPath: output ?? name, isDirectory: &isFolder)
      let place = output ?? name
      copies = [(artifact, isThere && isFolder ? "\(place)/\(name)" : place)]
    } else {
      let folder = path.map { $0.hasSuffix("/") ? $0 : "\($0)/" } ?? ""
      copies = artifacts.filter { $0.path.hasPrefix(folder) }
        .map { ($0, "\(output ?? ".")/\($0.path)") }
      if copies.isEmpty {
        guard let path else { return "Run \(run.name) has no artifacts.\n" }
        throw TrackingError.artifactNotFound(run: run.shortID, path: path)
      }
    }
    if !isForced,
      // Asked for so that links count as well, wherever they lead.
      let taken = copies.first(where: {
        (try? FileManager.default.attributesOfItem(atPath: $0.place)) != nil
      })
    {
      throw Refusal("\(taken.place) is there already; name another --output or give --force")
    }
    var text = ""
    for (artifact, place) in copies {
      try context.store.copy(artifact, to: place)
      text += "\(printable(artifact.path)) -> \(printable(place))\n"
    }
    return text
  }
}

/// Something that the program does not do, for a reason that is no usage error.
struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
