import Cluster
import Testing
import Workflows

@Suite("A job's run through kubectl", .timeLimit(.minutes(1)))
struct KubernetesJobRunTests {
  @Test("creates both objects, waits, streams and ends")
  func success() async throws {
    let waiting = #"{"waiting":{"reason":"ContainerCreating"}}"#
    let kubectl = try FakeKubectl(
      jobs: [
        FakeKubectl.runningJob, FakeKubectl.runningJob, FakeKubectl.runningJob,
        FakeKubectl.endedJob("Complete"),
      ],
      pods: [
        FakeKubectl.pods(), FakeKubectl.pods(FakeKubectl.pod("p", "Pending", state: waiting)),
        FakeKubectl.pods(FakeKubectl.pod("p", "Running")),
        FakeKubectl.pods(FakeKubectl.pod("p", "Succeeded", state: FakeKubectl.ended(0))),
      ])
    try kubectl.folder.write("one\n\ntwo ü", to: "log-p")
    try await kubectl.run(namespace: "ml").run()
    #expect(
      kubectl.events == [
        .submitted(job: "train-1"), .waiting(reason: "ContainerCreating"), .started(pod: "p"),
        .line("one"), .line(""), .line("two ü"),
      ])
    let calls = try kubectl.calls
    #expect(calls.allSatisfy { $0.hasPrefix("--namespace ml ") })
    #expect(calls.prefix(2).allSatisfy { $0.hasSuffix("create -f -") })
    #expect(calls.contains("--namespace ml get job train-1 -o json"))
    #expect(calls.contains("--namespace ml get pods --selector job-name=train-1 -o json"))
    #expect(calls.filter { $0.contains("logs") } == ["--namespace ml logs --follow p"])
    #expect(try kubectl.folder.read("stdin-1").contains("\"kind\" : \"ConfigMap\""))
    #expect(try kubectl.folder.read("stdin-2").contains("\"kind\" : \"Job\""))
  }

  @Test("does not mind a ConfigMap that exists, which has the same content")
  func existing() async throws {
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.endedJob("Complete")], pods: [FakeKubectl.pods()])
    try kubectl.folder.write(
      "Error from server (AlreadyExists): configmaps \"x\" already exists", to: "create-1.error")
    try await kubectl.run().run()
  }

  @Test("says what kubectl said when it refuses", arguments: [1, 2])
  func refused(call: Int) async throws {
    let kubectl = try FakeKubectl()
    try kubectl.folder.write(
      "Error from server (Forbidden): no\n", to: "create-\(call).error")
    await #expect(
      throws: ClusterError.kubectlFailed(
        arguments: ["create", "-f", "-"], status: 1, message: "Error from server (Forbidden): no")
    ) { try await kubectl.run().run() }
  }

  @Test(
    "explains how a job failed",
    arguments: [
      (3, "Error", "job train-1 failed with exit status 3 (BackoffLimitExceeded: too often)."),
      (64, "Error", "job train-1 does not compile (BackoffLimitExceeded: too often)."),
      (
        137, "OOMKilled",
        "job train-1 failed with exit status 137 (OOMKilled: too often). Give it more with memory=…"
      ),
    ])
  func failure(status: Int, reason: String, message: String) async throws {
    let kubectl = try FakeKubectl(
      jobs: [
        FakeKubectl.endedJob("Failed", reason: "BackoffLimitExceeded", message: "too often")
      ],
      pods: [
        FakeKubectl.pods(
          FakeKubectl.pod("p", "Failed", state: FakeKubectl.ended(1)),
          FakeKubectl.pod("pp", "Failed", state: FakeKubectl.ended(status, reason: reason)))
      ])
    let run = try kubectl.run()
    let error = await #expect(throws: ClusterError.self) { try await run.run() }
    #expect(error?.description == message)
    #expect(
      kubectl.events == [.submitted(job: "train-1"), .started(pod: "p"), .started(pod: "pp")])
  }

  @Test("shows events when a job ends without pods")
  func noPods() async throws {
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.endedJob("Failed", reason: "DeadlineExceeded")],
      pods: [FakeKubectl.pods()],
      events: #"{"items":[{"type":"Warning","reason":"FailedCreate","message":"exceeded quota"}]}"#)
    let run = try kubectl.run()
    let error = await #expect(throws: ClusterError.self) { try await run.run() }
    #expect(
      error?.description
        == "job train-1 failed (DeadlineExceeded).\n  Warning FailedCreate exceeded quota")
  }

  @Test("gives up on a pod that cannot start, and deletes the job")
  func hopeless() async throws {
    let state = #"{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}"#
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.runningJob],
      pods: [FakeKubectl.pods(FakeKubectl.pod("p", "Pending", state: state))],
      events: #"{"items":[{"type":"Warning","reason":"Failed","message":"pull x"}]}"#)
    await #expect(
      throws: ClusterError.podCannotStart(
        job: "train-1", pod: "p", reason: "ImagePullBackOff: no such image",
        events: ["Warning Failed pull x"])
    ) { try await kubectl.run().run() }
    #expect(try kubectl.calls.last?.hasPrefix("delete job train-1") == true)
  }

  @Test("tells what the job waits for: a queue, a node, a quota")
  func waiting() async throws {
    let unschedulable = #"""
      [{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes"}]
      """#
    let kubectl = try FakeKubectl(
      jobs: [#"{"spec":{"suspend":true}}"#]
        + Array(repeating: FakeKubectl.runningJob, count: 5)
        + [FakeKubectl.endedJob("Complete")],
      pods: [
        FakeKubectl.pods(FakeKubectl.pod("p", "Pending", conditions: unschedulable)),
        FakeKubectl.pods(FakeKubectl.pod("p", "Pending", conditions: unschedulable)),
        FakeKubectl.pods(),
      ],
      events: #"{"items":[{"type":"Warning","reason":"FailedCreate","message":"exceeded quota"}]}"#)
    try await kubectl.run().run()
    #expect(
      kubectl.events == [
        .submitted(job: "train-1"),
        .waiting(reason: "the job is suspended; its queue has not admitted it"),
        .waiting(reason: "Unschedulable: 0/3 nodes"),
        .waiting(reason: "Warning FailedCreate exceeded quota"),
      ])
  }

  @Test("takes up a log again whose connection broke")
  func brokenLog() async throws {
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.runningJob, FakeKubectl.runningJob, FakeKubectl.endedJob("Complete")],
      pods: [FakeKubectl.pods(FakeKubectl.pod("p", "Running"))])
    try kubectl.folder.write("line\n", to: "log-p")
    try kubectl.folder.write("unexpected EOF", to: "logs-1.error")
    try await kubectl.run().run()
    #expect(
      try kubectl.calls.filter { $0.hasPrefix("logs") }
        == ["logs --follow p", "logs --follow p --since=2s"])
  }

  @Test("survives a moment without the server")
  func disconnected() async throws {
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.runningJob, FakeKubectl.endedJob("Complete")],
      pods: [FakeKubectl.pods()])
    try kubectl.folder.write("Unable to connect to the server: EOF", to: "job-1.error")
    try await kubectl.run().run()
  }

  @Test("deletes the job when its task is cancelled")
  func cancellation() async throws {
    let kubectl = try FakeKubectl(
      jobs: [FakeKubectl.runningJob], pods: [FakeKubectl.pods()])
    let run = try kubectl.run()
    let task = Task { try await run.run() }
    while kubectl.events.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    task.cancel()
    await #expect(throws: ClusterError.cancelled(job: "train-1")) { try await task.value }
    #expect(try kubectl.calls.last?.hasPrefix("delete job train-1") == true)
  }

  @Test("says when there is no kubectl")
  func missing() throws {
    let manifests = try JobManifests(
      name: "a", source: "", suffix: "1", options: JobOptions(), defaultImage: "i")
    #expect(throws: ClusterError.kubectlMissing(searchPath: "/none:/nowhere")) {
      try KubernetesJobRun(
        manifests, searchPath: "/none:/nowhere", runner: ProcessCommandRunner()
      ) { _ in }
    }
  }

  @Test("says when kubectl answers nonsense")
  func nonsense() async throws {
    let kubectl = try FakeKubectl(jobs: ["<html>"], pods: [FakeKubectl.pods()])
    let run = try kubectl.run()
    let error = await #expect(throws: ClusterError.self) { try await run.run() }
    #expect(error?.description.contains("answered something else than expected") == true)
  }
}
