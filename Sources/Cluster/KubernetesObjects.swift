import Workflows

/// The metadata of a Kubernetes object.
package struct ObjectMetadata: Encodable, Sendable, Equatable {
  var annotations: [String: String]?
  var labels: [String: String]
  package var name: String
  package var namespace: String?
}

/// An immutable `v1` `ConfigMap`.
package struct ConfigMap: Encodable, Sendable, Equatable {
  var apiVersion = "v1"
  var data: [String: String]
  var immutable = true
  var kind = "ConfigMap"
  package var metadata: ObjectMetadata
}

/// A `batch/v1` `Job` whose pod has no privileges.
package struct Job: Encodable, Sendable, Equatable {
  var apiVersion = "batch/v1"
  var kind = "Job"
  package var metadata: ObjectMetadata
  var spec: Spec

  struct Spec: Encodable, Sendable, Equatable {
    var activeDeadlineSeconds: Int?
    var backoffLimit: Int
    var podFailurePolicy: FailurePolicy
    var suspend: Bool?
    var template: Template
    var ttlSecondsAfterFinished: Int?
  }

  struct FailurePolicy: Encodable, Sendable, Equatable {
    var rules: [Rule]

    /// Evictions do not count, and what does not compile is not tried again.
    static func standard(container: String) -> FailurePolicy {
      FailurePolicy(rules: [
        Rule(action: "Ignore", onPodConditions: [Rule.Condition(type: "DisruptionTarget")]),
        Rule(
          action: "FailJob",
          onExitCodes: Rule.ExitCodes(containerName: container, operator: "In", values: [64])),
      ])
    }

    struct Rule: Encodable, Sendable, Equatable {
      var action: String
      var onExitCodes: ExitCodes?
      var onPodConditions: [Condition]?

      struct ExitCodes: Encodable, Sendable, Equatable {
        var containerName: String
        var `operator`: String
        var values: [Int]
      }

      struct Condition: Encodable, Sendable, Equatable {
        var status = "True"
        var type: String
      }
    }
  }

  struct Template: Encodable, Sendable, Equatable {
    var metadata: Metadata
    var spec: PodSpec

    struct Metadata: Encodable, Sendable, Equatable {
      var labels: [String: String]
    }
  }

  struct PodSpec: Encodable, Sendable, Equatable {
    var containers: [Container]
    var restartPolicy = "Never"
    var securityContext = PodSecurity()
    var serviceAccountName: String?
    /// The program needs no Kubernetes API unless it has an account of its own.
    var automountServiceAccountToken: Bool?
    var volumes: [Volume]
  }

  struct PodSecurity: Encodable, Sendable, Equatable {
    var runAsNonRoot = true
    var seccompProfile = ["type": "RuntimeDefault"]
  }

  struct Container: Encodable, Sendable, Equatable {
    var args: [String]
    var command: [String]
    var env: [EnvironmentVariable]?
    var image: String
    var name = "program"
    var resources: ResourceLists?
    var securityContext = ContainerSecurity()
    var volumeMounts: [Mount]
  }

  struct ContainerSecurity: Encodable, Sendable, Equatable {
    var allowPrivilegeEscalation = false
    var capabilities = ["drop": ["ALL"]]
    var privileged = false
    var runAsNonRoot = true
  }

  struct ResourceLists: Encodable, Sendable, Equatable {
    var limits: [String: String]
    var requests: [String: String]

    /// Equal requests and limits, so that a job gets what it asks for and no more.
    init?(_ resources: Resources) {
      guard !resources.isEmpty else { return nil }
      limits = [:]
      limits["cpu"] = resources.cpuText
      limits["memory"] = resources.memoryText
      requests = limits
    }
  }

  struct Mount: Encodable, Sendable, Equatable {
    var mountPath: String
    var name: String
    var readOnly: Bool
  }

  struct Volume: Encodable, Sendable, Equatable {
    var configMap: Map
    var name: String

    struct Map: Encodable, Sendable, Equatable {
      var defaultMode: Int
      var name: String
    }
  }
}
