/// A pipeline as Kubeflow Pipelines v2 takes it: a PipelineSpec, "IR", of schema 2.1.0.
///
/// - SeeAlso: `pipeline_spec.proto` of kubeflow/pipelines.
package struct PipelineManifest: Encodable, Sendable, Equatable {
  var components: [String: Component]
  var deploymentSpec: Deployment
  var pipelineInfo: Info
  var root: Root
  var schemaVersion = "2.1.0"
  var sdkVersion: String

  struct Info: Encodable, Sendable, Equatable {
    var name: String
    var description: String?
  }

  struct Component: Encodable, Sendable, Equatable {
    var executorLabel: String
    var inputDefinitions: Definitions?
    var outputDefinitions: Definitions?
  }

  struct Definitions: Encodable, Sendable, Equatable {
    var artifacts: [String: Artifact]
  }

  struct Artifact: Encodable, Sendable, Equatable {
    var artifactType: ArtifactType
    /// The value's Swift type.
    var description: String
  }

  struct ArtifactType: Encodable, Sendable, Equatable {
    var schemaTitle: String
    var schemaVersion = "0.0.1"
  }

  struct Deployment: Encodable, Sendable, Equatable {
    var executors: [String: Executor]
  }

  struct Executor: Encodable, Sendable, Equatable {
    var container: Container
  }

  struct Container: Encodable, Sendable, Equatable {
    var args: [String]
    var command: [String]
    var env: [EnvironmentVariable]?
    var image: String
    var resources: ContainerResources?
  }

  /// Limits twice: as numbers for older back ends, as texts for newer ones.
  struct ContainerResources: Encodable, Sendable, Equatable {
    var cpuLimit: Double?
    var cpuRequest: Double?
    var memoryLimit: Double?
    var memoryRequest: Double?
    var resourceCpuLimit: String?
    var resourceCpuRequest: String?
    var resourceMemoryLimit: String?
    var resourceMemoryRequest: String?
  }

  struct Root: Encodable, Sendable, Equatable {
    var dag: Graph
  }

  struct Graph: Encodable, Sendable, Equatable {
    var tasks: [String: Task]
  }

  struct Task: Encodable, Sendable, Equatable {
    var cachingOptions: Caching
    var componentRef: Name
    var dependentTasks: [String]?
    var inputs: Inputs?
    var retryPolicy: Retries?
    var taskInfo: Name
  }

  struct Name: Encodable, Sendable, Equatable {
    var name: String
  }

  /// Left empty it means off, as kfp writes it.
  struct Caching: Encodable, Sendable, Equatable {
    var enableCache: Bool?
  }

  struct Inputs: Encodable, Sendable, Equatable {
    var artifacts: [String: Source]
  }

  struct Source: Encodable, Sendable, Equatable {
    var taskOutputArtifact: Output

    struct Output: Encodable, Sendable, Equatable {
      var outputArtifactKey: String
      var producerTask: String
    }
  }

  struct Retries: Encodable, Sendable, Equatable {
    var backoffDuration = "0s"
    var backoffFactor = 2.0
    var backoffMaxDuration = "3600s"
    var maxRetryCount: Int
  }
}

/// A variable of a container's environment.
struct EnvironmentVariable: Encodable, Sendable, Equatable {
  var name: String
  var value: String

  static func sorted(_ environment: [String: String]) -> [EnvironmentVariable] {
    environment.sorted { $0.key < $1.key }.map {
      EnvironmentVariable(name: $0.key, value: $0.value)
    }
  }
}
