import FoundationEssentials
import Tracking

/// Where the code and the environment of runs differ: tags that say where they came from, and files of source.
struct CodeComparison {
  /// A tag in which the runs differ, or the digest of a file that does.
  struct Fact {
    let name: String
    /// In the order of the runs.
    let values: [String?]

    /// The name without what all of MLflow's tags begin with.
    var label: String { name.hasPrefix("mlflow.") ? String(name.dropFirst(7)) : name }
  }

  /// A file's lines in two runs.
  struct FileDifference {
    let path: String
    /// The place of the run that is compared with the first, or with the baseline.
    let run: Int
    let lines: [String]
  }

  let facts: [Fact]
  /// The paths of the files that differ.
  private let paths: [String]
  private let runs: [RunDetail]
  private let reference: Int

  /// The tags of MLflow's that are about something else than where a run came from.
  private static let otherTags: Set<String> = [
    "mlflow.runName", "mlflow.note.content", "mlflow.parentRunId", "mlflow.log-model.history",
    "mlflow.artifactLocation", "mlflow.loggedArtifacts",
  ]
  private static let folders: Set<String> = ["source", "environment", "code"]
  private static let files: Set<String> = [
    "requirements.txt", "conda.yaml", "python_env.yaml", "pip-freeze.txt", "git.diff",
  ]
  /// Files above this size are not compared line by line.
  private static let mostBytes = 2 << 20

  init(_ runs: [RunDetail], reference: Int) {
    self.runs = runs
    self.reference = reference
    let tags = runs.map { run in
      Dictionary(run.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let keys = Set(tags.flatMap(\.keys)).filter { key in
      (key.hasPrefix("mlflow.") || key.hasPrefix("martlet.")) && !Self.otherTags.contains(key)
    }
    let tagFacts = keys.sorted().map { key in
      Fact(name: key, values: tags.map { $0[key] })
    }
    let digests = runs.map { run in
      Dictionary(
        run.artifacts.filter { Self.isSource($0.path) }.map { ($0.path, $0.sha256) },
        uniquingKeysWith: { first, _ in first })
    }
    let fileFacts = Set(digests.flatMap(\.keys)).sorted().map { path in
      Fact(name: path, values: digests.map { $0[path] })
    }
    let differing = { (fact: Fact) in fact.values.contains { $0 != fact.values.first } }
    facts = (tagFacts + fileFacts).filter(differing)
    paths = fileFacts.filter(differing).map(\.name)
  }

  private static func isSource(_ path: String) -> Bool {
    guard let slash = path.firstIndex(of: "/") else { return files.contains(path) }
    return folders.contains(String(path[..<slash]))
  }

  /// Whether the contents of the artifact at `path` are compared.
  static func compares(_ path: String, byteCount: Int64) -> Bool {
    isSource(path) && byteCount <= mostBytes
  }

  /// Whether there are files to compare line by line.
  var hasFiles: Bool { !paths.isEmpty }

  /// The lines in which the files of each other run differ from the reference's.
  func differences(in store: TrackingStore) throws -> [FileDifference] {
    try paths.flatMap { path in
      try runs.indices.filter { $0 != reference }.compactMap { place in
        let old = runs[reference].artifacts.first { $0.path == path }
        let new = runs[place].artifacts.first { $0.path == path }
        guard old?.sha256 != new?.sha256 else { return nil }
        return FileDifference(
          path: path, run: place,
          lines: try Self.lines(
            old, new, in: store, from: "\(runs[reference].run.name)/\(path)",
            to: "\(runs[place].run.name)/\(path)"))
      }
    }
  }

  /// The lines in which two artifacts differ, or a line that says why they are not shown; `nil` is an absent one.
  static func lines(
    _ old: ArtifactRecord?, _ new: ArtifactRecord?, in store: TrackingStore, from oldName: String,
    to newName: String
  ) throws -> [String] {
    func text(_ artifact: ArtifactRecord?) throws -> String? {
      guard let artifact else { return "" }
      guard artifact.byteCount <= mostBytes else { return nil }
      let data = try store.withContentFile(of: artifact) {
        FileManager.default.contents(atPath: $0)
      }
      guard let data else {
        throw TrackingError.artifactFailed(
          path: store.contentAddress(of: artifact),
          reason: "its contents are not in the store; see: track-cli doctor")
      }
      guard !data.contains(0) else { return nil }
      return String(validating: data, as: UTF8.self)
    }
    guard let before = try text(old), let after = try text(new) else {
      let sizes = [old, new].map { $0.map { shortSize(bytes: $0.byteCount) } ?? "none" }
      return [
        "--- \(printable(oldName))", "+++ \(printable(newName))",
        "Binary or large files differ (\(sizes[0]), \(sizes[1]))",
      ]
    }
    return TextDifference.unified(
      before, after, from: old == nil ? "/dev/null" : oldName,
      to: new == nil ? "/dev/null" : newName)
  }
}
