/// What is read of a Job's status.
struct JobStatus: Decodable, Sendable {
  var spec: Spec?
  var status: Status?

  struct Spec: Decodable, Sendable {
    var suspend: Bool?
  }

  struct Status: Decodable, Sendable {
    var conditions: [Condition]?
  }

  struct Condition: Decodable, Sendable {
    var type: String
    var status: String
    var reason: String?
    var message: String?
  }

  /// The condition that ends the job, once there is one.
  var end: Condition? {
    status?.conditions?.first { ["Complete", "Failed"].contains($0.type) && $0.status == "True" }
  }
}

/// What is read of the pods of a job.
struct PodList: Decodable, Sendable {
  var items: [Pod]
}

/// What is read of one pod.
struct Pod: Decodable, Sendable {
  var metadata: Metadata
  var status: Status?

  struct Metadata: Decodable, Sendable {
    var name: String
    var creationTimestamp: String?
  }

  struct Status: Decodable, Sendable {
    var phase: String?
    var reason: String?
    var message: String?
    var conditions: [JobStatus.Condition]?
    var containerStatuses: [Container]?
  }

  struct Container: Decodable, Sendable {
    var state: State?
  }

  struct State: Decodable, Sendable {
    var waiting: Waiting?
    var terminated: Terminated?
  }

  struct Waiting: Decodable, Sendable {
    var reason: String?
    var message: String?
  }

  struct Terminated: Decodable, Sendable {
    var exitCode: Int32
    var reason: String?
    var message: String?
  }

  /// Whether the pod's log can be read.
  var hasLog: Bool { ["Running", "Succeeded", "Failed"].contains(status?.phase ?? "") }

  var end: Terminated? { status?.containerStatuses?.compactMap(\.state?.terminated).first }

  /// Why the pod does not run yet, as `Unschedulable: 0/3 nodes are available`.
  var waitingReason: String? {
    let container = status?.containerStatuses?.compactMap(\.state?.waiting).first
    let unmet = status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "False" }
    let reason = container?.reason ?? unmet?.reason
    let message = container?.message ?? unmet?.message
    let parts = [reason, message].compactMap { $0 }.filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }

  /// Whether waiting longer is useless, as when the image does not exist.
  var cannotStart: Bool {
    let hopeless: Set<String> = [
      "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError",
      "CreateContainerError", "RunContainerError",
    ]
    let reasons = status?.containerStatuses?.compactMap(\.state?.waiting?.reason) ?? []
    return reasons.contains { hopeless.contains($0) }
  }
}

/// What is read of events.
struct EventList: Decodable, Sendable {
  var items: [Event]

  struct Event: Decodable, Sendable {
    var type: String?
    var reason: String?
    var message: String?
  }
}
