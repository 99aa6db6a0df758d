package import Dispatch
import FoundationEssentials
import Processes

/// What is noted of a run without being asked for: where its code is from, and what it ran on.
///
/// `TRACKING_CAPTURE=off` notes nothing; `tags` notes tags only, and no sources.
package enum RunContext {
  static let variable = "TRACKING_CAPTURE"
  /// The variable by which a notebook's worker knows the file of the cells that ran.
  package static let cellsVariable = "MARTLET_CELLS"

  private enum Extent {
    case nothing, tags, everything
  }

  private static func extent(_ environment: [String: String]) -> Extent {
    switch environment[variable]?.lowercased() {
    case "off", "0", "false", "none": .nothing
    case "tags": .tags
    default: .everything
    }
  }

  /// The tags of a run that starts now, by MLflow's names where it has any.
  package static func tags(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = FileManager.default.currentDirectoryPath
  ) -> [String: String] {
    guard extent(environment) != .nothing else { return [:] }
    var tags = Machine.tags
    if !Machine.user.isEmpty { tags["mlflow.user"] = Machine.user }
    let source = source(environment)
    tags["mlflow.source.name"] = source.name
    tags["mlflow.source.type"] = source.type
    if let git = GitState(around: folder) {
      tags["mlflow.source.git.commit"] = git.commit
      tags["mlflow.source.git.branch"] = git.branch
      tags["mlflow.source.git.repoURL"] = git.url
    }
    return tags
  }

  /// The notebook that a kernel was started for, or the program.
  private static func source(
    _ environment: [String: String]
  ) -> (name: String, type: String) {
    let isNotebook = environment[cellsVariable] != nil
    // What Jupyter's server, VS Code and `martlet run` say to the kernel.
    for name in ["MARTLET_NOTEBOOK", "JPY_SESSION_NAME", "VSCODE_NOTEBOOK"] {
      if let value = environment[name], !value.isEmpty { return (value, "NOTEBOOK") }
    }
    if isNotebook { return ("notebook", "NOTEBOOK") }
    let program = CommandLine.arguments.first ?? "unknown"
    return (program, environment["KUBERNETES_SERVICE_HOST"] == nil ? "LOCAL" : "JOB")
  }

  /// Notes the sources of a run in the background: the cells that ran, and changes that no commit has.
  package static func noteSources(
    of run: Int64, in store: TrackingStore,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = FileManager.default.currentDirectoryPath
  ) -> DispatchGroup {
    let group = DispatchGroup()
    guard extent(environment) == .everything, environment[cellsVariable] != nil else {
      return group
    }
    DispatchQueue.global(qos: .utility).async(group: group) {
      noteCells(of: run, in: store, environment: environment)
      guard let git = GitState(around: folder), git.commit != nil else { return }
      let changes = changes(in: git.root, besides: store)
      guard let changes else { return }
      // A failure here is one of the run's own calls, too, and is told of there.
      try? store.withDatabase { database throws(TrackingError) in
        try database.setTag("martlet.git.dirty", changes.isEmpty ? "false" : "true", run: run)
      }
      guard !changes.isEmpty else { return }
      try? store.logArtifact(data: changes, as: "source/changes.diff", of: .run(run))
    }
    return group
  }

  /// Stores the cells that ran by now, as they were.
  static func noteCells(
    of run: Int64, in store: TrackingStore,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    guard extent(environment) == .everything, let path = environment[cellsVariable],
      let cells = FileManager.default.contents(atPath: path), !cells.isEmpty
    else { return }
    try? store.logArtifact(data: Array(cells), as: "source/cells.swift", of: .run(run))
    let libraries = Machine.libraries.joined(separator: "\n") + "\n"
    try? store.logArtifact(data: Array(libraries.utf8), as: "source/libraries.txt", of: .run(run))
  }

  /// What Git says has changed since the commit, with the names of files that it does not know, other than the store's own; `nil`
  /// without Git.
  private static func changes(in root: String, besides store: TrackingStore) -> [UInt8]? {
    guard let git = findExecutable("git") else { return nil }
    func output(_ arguments: [String]) -> [UInt8]? {
      let command = Command(
        ProcessConfiguration(executable: git, arguments: ["-C", root] + arguments))
      DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + 10) { command.cancel() }
      guard let result = try? command.run(), result.status == .exited(0) else { return nil }
      return result.output
    }
    guard let diff = output(["diff", "HEAD", "--no-color", "--no-ext-diff"]),
      let unknown = output(["ls-files", "--others", "--exclude-standard"])
    else { return nil }
    var own = [store.path]
    if case .folder(let folder) = store.contents { own.append(folder) }
    let names = String(decoding: unknown, as: UTF8.self).split(separator: "\n")
      .filter { name in !own.contains { "\(root)/\(name)".hasPrefix($0) } }.prefix(1000)
    let limit = 4 << 20
    var text = names.map { "# not in Git: \($0)\n" }.joined()
    if diff.count > limit { text += "# The first \(limit) of \(diff.count) bytes:\n" }
    return Array(text.utf8) + diff.prefix(limit)
  }
}
