/// Something that a job on Kubernetes did.
package enum JobEvent: Sendable, Equatable {
  /// The job exists.
  case submitted(job: String)
  /// The job does not run yet; the reason changed.
  case waiting(reason: String)
  /// A pod of the job runs; its lines follow.
  case started(pod: String)
  /// The job's program printed a line.
  case line(String)
}

/// A job's way through Kubernetes: created, awaited, its output streamed, its end explained.
package struct KubernetesJobRun: Sendable {
  private let manifests: JobManifests
  private let kubectl: Kubectl
  private let pollInterval: Duration
  private let report: @Sendable (JobEvent) -> Void

  /// Prepares a run through the `kubectl` that is found in `searchPath`.
  ///
  /// - Parameters:
  ///   - manifests: The job.
  ///   - searchPath: The value of `PATH`.
  ///   - runner: What starts `kubectl`.
  ///   - pollInterval: The time between two looks at the job.
  ///   - report: Takes what happens, in order, from any thread.
  /// - Throws: `kubectlMissing`.
  package init(
    _ manifests: JobManifests, searchPath: String, runner: any CommandRunner,
    pollInterval: Duration = .seconds(1), report: @escaping @Sendable (JobEvent) -> Void
  ) throws(ClusterError) {
    self.manifests = manifests
    self.pollInterval = pollInterval
    self.report = report
    kubectl = try Kubectl(
      searchPath: searchPath, namespace: manifests.job.metadata.namespace, runner: runner,
      connectionPause: pollInterval)
  }

  /// Creates the job, streams its output and returns when it has succeeded.
  ///
  /// A cancelled task deletes the job.
  ///
  /// - Throws: `jobFailed` with the exit status, `podCannotStart`, `cancelled`, or what went wrong
  ///   with `kubectl`.
  package func run() async throws(ClusterError) {
    let job = manifests.job.metadata.name
    // Its name holds the program's digest: one that is there already is the same.
    try await kubectl.create(manifests.configMap, allowsExisting: true)
    do throws(ClusterError) {
      try await kubectl.create(manifests.job)
      report(.submitted(job: job))
      try await follow(job)
    } catch {
      guard Task.isCancelled else { throw error }
      // A task of its own, since a cancelled one could not start kubectl.
      await Task.detached { [kubectl] in try? await kubectl.delete(job: job) }.value
      throw .cancelled(job: job)
    }
  }

  private func follow(_ job: String) async throws(ClusterError) {
    var streamed: [String: Int] = [:]
    var lastReason = ""
    var emptyLooks = 0
    while true {
      guard !Task.isCancelled else { throw .cancelled(job: job) }
      // The job first: when it has ended, the pods that are read next have ended too.
      let status = try await kubectl.get(["job", job], as: JobStatus.self)
      let pods = try await pods(of: job)
      if let pod = pods.first(where: { $0.hasLog && isOpen(streamed[$0.metadata.name]) }) {
        try await stream(pod.metadata.name, into: &streamed)
        continue
      }
      if let end = status.end {
        try await finish(job, end: end, pods: pods)
        return
      }
      if let pod = pods.first(where: \.cannotStart) {
        try await giveUp(job, on: pod)
      }
      emptyLooks = pods.isEmpty ? emptyLooks + 1 : 0
      let reason = try await waitingReason(
        job, isSuspended: status.spec?.suspend == true, pods: pods, emptyLooks: emptyLooks)
      if let reason, reason != lastReason {
        lastReason = reason
        report(.waiting(reason: reason))
      }
      // Cancellation ends the sleep; the next round sees it.
      try? await Task.sleep(for: pollInterval)
    }
  }

  private func pods(of job: String) async throws(ClusterError) -> [Pod] {
    let list = try await kubectl.get(["pods", "--selector", "job-name=\(job)"], as: PodList.self)
    return list.items.sorted {
      ($0.metadata.creationTimestamp ?? "") < ($1.metadata.creationTimestamp ?? "")
    }
  }

  // MARK: Logs

  private static let logAttempts = 5
  private static let allStreamed = Int.max

  /// Whether a pod's log is still to be streamed, after so many attempts.
  private func isOpen(_ attempts: Int?) -> Bool {
    (attempts ?? 0) < Self.logAttempts
  }

  /// Streams a pod's log; a connection that broke is taken up again.
  private func stream(
    _ pod: String, into streamed: inout [String: Int]
  ) async throws(ClusterError) {
    let attempts = streamed[pod] ?? 0
    if attempts == 0 { report(.started(pod: pod)) }
    let isWhole = try await kubectl.logs(pod: pod, since: attempts == 0 ? nil : "2s") { line in
      report(.line(line))
    }
    streamed[pod] = isWhole ? Self.allStreamed : attempts + 1
    if !isWhole { try? await Task.sleep(for: pollInterval) }
  }

  // MARK: Ends

  private func finish(
    _ job: String, end: JobStatus.Condition, pods: [Pod]
  ) async throws(ClusterError) {
    guard end.type == "Failed" else { return }
    let last = pods.last { $0.end != nil }?.end
    var reason = end.reason ?? ""
    if let killed = last?.reason, killed != "Error", killed != "Completed" { reason = killed }
    let events = last == nil ? (try? await kubectl.events(about: job)) ?? [] : []
    throw .jobFailed(
      JobFailure(
        job: job, exitStatus: last?.exitCode, reason: reason, message: end.message ?? "",
        events: events.suffix(10)))
  }

  private func giveUp(_ job: String, on pod: Pod) async throws(ClusterError) {
    let events = (try? await kubectl.events(about: pod.metadata.name)) ?? []
    try await kubectl.delete(job: job)
    throw .podCannotStart(
      job: job, pod: pod.metadata.name, reason: pod.waitingReason ?? "unknown reason",
      events: events.suffix(10))
  }

  private func waitingReason(
    _ job: String, isSuspended: Bool, pods: [Pod], emptyLooks: Int
  ) async throws(ClusterError) -> String? {
    if isSuspended { return "the job is suspended; its queue has not admitted it" }
    if let reason = pods.compactMap(\.waitingReason).last { return reason }
    // A job that gets no pods has events that say why, as an exceeded quota.
    guard emptyLooks > 0, emptyLooks.isMultiple(of: 3) else { return nil }
    return try await kubectl.events(about: job).last { $0.hasPrefix("Warning") }
  }
}
