import Cluster
import FoundationEssentials
import Synchronization
import Workflows

/// A folder with a script named `kubectl` that notes its calls and plays prepared answers.
final class FakeKubectl: Sendable {
  let folder: Folder
  private let seen = Mutex<[JobEvent]>([])

  /// The answers to `get job`, `get pods` and `get events`; the last of each repeats.
  init(jobs: [String] = [], pods: [String] = [], events: String = #"{"items":[]}"#) throws {
    folder = try Folder()
    try folder.write(Self.script, to: "kubectl")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/kubectl")
    for (number, text) in jobs.enumerated() { try folder.write(text, to: "job-\(number + 1)") }
    for (number, text) in pods.enumerated() { try folder.write(text, to: "pods-\(number + 1)") }
    try folder.write(events, to: "events-1")
  }

  /// What the run reported so far.
  var events: [JobEvent] { seen.withLock { $0 } }

  /// The arguments of each call, in order.
  var calls: [String] {
    get throws { try folder.read("calls").split(separator: "\n").map(String.init) }
  }

  /// A run of job `train-1` through the script.
  func run(namespace: String? = nil) throws -> KubernetesJobRun {
    let manifests = try JobManifests(
      name: "train", source: "print(1)\n", suffix: "1", options: JobOptions(namespace: namespace),
      defaultImage: "martlet")
    return try KubernetesJobRun(
      manifests, searchPath: "/none:\(folder.path)", runner: ProcessCommandRunner(),
      pollInterval: .milliseconds(5)
    ) { event in self.seen.withLock { $0.append(event) } }
  }

  // MARK: Answers

  static let runningJob = #"{"spec":{},"status":{"active":1}}"#

  static func endedJob(_ type: String, reason: String = "", message: String = "") -> String {
    """
    {"status":{"conditions":[{"type":"\(type)","status":"True","reason":"\(reason)",
    "message":"\(message)"}]}}
    """
  }

  static func pods(_ pods: String...) -> String { "{\"items\":[\(pods.joined(separator: ","))]}" }

  static func pod(
    _ name: String, _ phase: String, state: String = "{}", conditions: String = "[]"
  ) -> String {
    """
    {"metadata":{"name":"\(name)","creationTimestamp":"2026-01-01T00:00:0\(name.count)Z"},
    "status":{"phase":"\(phase)","conditions":\(conditions),
    "containerStatuses":[{"state":\(state)}]}}
    """
  }

  static func ended(_ status: Int, reason: String = "Error") -> String {
    #"{"terminated":{"exitCode":\#(status),"reason":"\#(reason)"}}"#
  }

  private static let script = #"""
    #!/bin/bash
    folder="$(dirname "$0")"
    printf '%s\n' "$*" >> "$folder/calls"
    [ "$1" = --namespace ] && shift 2
    next() {
      n=$(( $(cat "$folder/$1.count" 2>/dev/null || echo 0) + 1 ))
      echo $n > "$folder/$1.count"
    }
    fail() {
      if [ -e "$folder/$1.error" ]; then cat "$folder/$1.error" >&2; exit 1; fi
    }
    serve() {
      next "$1"
      fail "$1-$n"
      while [ $n -gt 1 ] && [ ! -e "$folder/$1-$n" ]; do n=$((n - 1)); done
      cat "$folder/$1-$n"
    }
    case "$1" in
      create) next create; cat > "$folder/stdin-$n"; fail "create-$n"; echo created ;;
      get) case "$2" in job) serve job ;; pods) serve pods ;; events) serve events ;; esac ;;
      logs) next logs; cat "$folder/log-$3" 2>/dev/null; fail "logs-$n" ;;
    esac
    exit 0
    """#
}
