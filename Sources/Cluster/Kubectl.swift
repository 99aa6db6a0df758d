import FoundationEssentials

/// `kubectl` as found in `PATH`: it owns the connection, the credentials and the context.
struct Kubectl: Sendable {
  private let path: String
  private let namespace: String?
  private let runner: any CommandRunner
  private let connectionPause: Duration
  private static let connectionAttempts = 4

  /// Finds `kubectl` in the folders of `searchPath`; reads that do not reach the server are tried
  /// again after `connectionPause`.
  init(
    searchPath: String, namespace: String?, runner: any CommandRunner, connectionPause: Duration
  ) throws(ClusterError) {
    let found = searchPath.split(separator: ":").map { "\($0)/kubectl" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else { throw .kubectlMissing(searchPath: searchPath) }
    path = found
    self.namespace = namespace
    self.runner = runner
    self.connectionPause = connectionPause
  }

  /// Creates one object; an object that is there already counts as created when that is allowed.
  func create(
    _ object: some Encodable, allowsExisting: Bool = false
  ) async throws(ClusterError) {
    let arguments = ["create", "-f", "-"]
    let result = try await run(arguments, standardInput: manifestText(object))
    if allowsExisting, result.error.contains("AlreadyExists") { return }
    try check(result, of: arguments)
  }

  /// Deletes a job with its pods, without waiting for their end; a missing one is fine.
  func delete(job: String) async throws(ClusterError) {
    let arguments = [
      "delete", "job", job, "--ignore-not-found", "--wait=false", "--cascade=background",
    ]
    try check(try await run(arguments), of: arguments)
  }

  /// Reads `what`, as in `["job", "train-1"]`.
  func get<Object: Decodable>(
    _ what: [String], as type: Object.Type
  ) async throws(ClusterError) -> Object {
    let arguments = ["get"] + what + ["-o", "json"]
    var result = try await run(arguments)
    for _ in 0..<Self.connectionAttempts where result.isConnectionFailure {
      try? await Task.sleep(for: connectionPause)
      result = try await run(arguments)
    }
    try check(result, of: arguments)
    do {
      return try JSONDecoder().decode(type, from: Data(result.output.utf8))
    } catch {
      throw .unreadableAnswer(arguments: arguments, reason: "\(error)")
    }
  }

  /// Streams a pod's log to its end and returns whether `kubectl` ended well.
  func logs(
    pod: String, since: String?, line: @escaping @Sendable (String) -> Void
  ) async throws(ClusterError) -> Bool {
    let recent = since.map { ["--since=\($0)"] } ?? []
    let result = try await run(["logs", "--follow", pod] + recent, line: line)
    return result.status == 0
  }

  /// Returns what Kubernetes noted about an object, oldest first.
  func events(about name: String) async throws(ClusterError) -> [String] {
    let list = try await get(
      ["events", "--field-selector", "involvedObject.name=\(name)"], as: EventList.self)
    return list.items.map { event in
      [event.type, event.reason, event.message].compactMap(\.self).joined(separator: " ")
    }
  }

  private func run(
    _ arguments: [String], standardInput: String = "", line: (@Sendable (String) -> Void)? = nil
  ) async throws(ClusterError) -> CommandResult {
    let scope = namespace.map { ["--namespace", $0] } ?? []
    do {
      return try await runner.run(
        [path] + scope + arguments, standardInput: standardInput, line: line)
    } catch {
      throw .kubectlNotStarted(reason: "\(error)")
    }
  }

  private func check(
    _ result: CommandResult, of arguments: [String]
  ) throws(ClusterError) {
    guard result.status != 0 else { return }
    let message = result.error.isEmpty ? result.output : result.error
    throw .kubectlFailed(
      arguments: arguments, status: result.status, message: trimmed(message))
  }

  private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text.suffix(2000))
  }
}

extension CommandResult {
  /// Whether `kubectl` failed without an answer of the server, which it quotes when there is one.
  fileprivate var isConnectionFailure: Bool {
    status != 0 && (error.contains("Unable to connect") || error.contains("was refused"))
  }
}
