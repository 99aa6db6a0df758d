import Tracking

/// `artifacts diff`: where the artifacts of two runs differ.
struct ArtifactsDifference {
  let other: String
  let path: String?

  private enum Change: String {
    case removed, added, changed
  }

  func text(_ run: RunRecord, _ old: [ArtifactRecord], _ context: Context) throws -> String {
    let second = try context.run(other, fetching: .init().artifacts { _, _ in true })
    let new = try context.store.artifacts(of: second)
    if let path { return try lines(path, run, old, second, new, context) }
    let before = Dictionary(old.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let paths = Set(before.keys).union(after.keys).sorted()
      .filter { before[$0]?.sha256 != after[$0]?.sha256 }
    func change(_ path: String) -> Change {
      before[path] == nil ? .added : after[path] == nil ? .removed : .changed
    }
    if context.format == .json {
      return JSON.array(
        paths.map { path in
          .object([
            ("path", .string(path)), ("change", .string(change(path).rawValue)),
            ("bytes", .array([before[path], after[path]].map { .integer(orNull: $0?.byteCount) })),
            ("sha256", .array([before[path], after[path]].map { .string(orNull: $0?.sha256) })),
          ])
        }
      ).text
    }
    guard !paths.isEmpty || context.format != .table else {
      let count = old.count == 1 ? "artifact is" : "artifacts are"
      return old.isEmpty ? "Neither run has artifacts.\n" : "The \(old.count) \(count) equal.\n"
    }
    let isExact = context.format == .csv
    func size(_ artifact: ArtifactRecord?) -> String {
      artifact.map { isExact ? "\($0.byteCount)" : shortSize(bytes: $0.byteCount) } ?? ""
    }
    var table = Table(columns: [
      .init(title: "change"), .init(title: "path", mayShrink: true),
      .init(title: run.shortID, alignment: .right), .init(title: second.shortID, alignment: .right),
    ])
    table.rows = paths.map { [change($0).rawValue, $0, size(before[$0]), size(after[$0])] }
    return table.text(context.format, style: context.style)
  }

  private func lines(
    _ path: String, _ run: RunRecord, _ old: [ArtifactRecord], _ second: RunRecord,
    _ new: [ArtifactRecord], _ context: Context
  ) throws -> String {
    guard context.format == .table else {
      throw Refusal(
        "the lines of an artifact have no \(context.format.rawValue); leave out --format")
    }
    let before = old.first { $0.path == path }
    let after = new.first { $0.path == path }
    guard before != nil || after != nil else {
      throw TrackingError.artifactNotFound(run: run.shortID, path: path)
    }
    guard before?.sha256 != after?.sha256 else {
      return "\(printable(path)) is equal in both runs.\n"
    }
    return TextDifference.painted(
      try CodeComparison.lines(
        before, after, in: context.store, from: "\(run.shortID)/\(path)",
        to: "\(second.shortID)/\(path)"), context.style)
  }
}
