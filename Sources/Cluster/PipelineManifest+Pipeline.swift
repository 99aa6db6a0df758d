package import Workflows

extension PipelineManifest {
  /// The version of the kfp SDK whose output this follows.
  private static let sdk = "kfp-2.17.0"
  /// The most bytes of one argument: Kubeflow passes a whole container between its processes as one.
  private static let argumentLimit = 131_071

  /// Describes `pipeline` for Kubeflow.
  ///
  /// Each step becomes a plain container that runs `martlet step kfp`; its program is among the
  /// arguments, so that a changed program is never answered from the cache.
  ///
  /// - Parameters:
  ///   - pipeline: The steps and what crosses between them.
  ///   - image: The image of the steps that name none.
  ///   - environment: Variables of every step, as the tracking store's address.
  /// - Throws: `missingImage`, `programTooLarge` or `badName`.
  package init(
    _ pipeline: Pipeline, image: String?, environment: [String: String] = [:]
  ) throws(ClusterError) {
    pipelineInfo = Info(name: try resourceName(pipeline.name))
    sdkVersion = Self.sdk
    components = [:]
    deploymentSpec = Deployment(executors: [:])
    root = Root(dag: Graph(tasks: [:]))
    for step in pipeline.steps {
      let task = try resourceName(step.name)
      guard let image = step.options.image ?? image, !image.isEmpty else {
        throw .missingImage(name: step.name)
      }
      components["comp-\(task)"] = Component(
        executorLabel: "exec-\(task)",
        inputDefinitions: Definitions(step.inputs.map { StepValue(name: $0.name, type: $0.type) }),
        outputDefinitions: Definitions(step.outputs))
      let container = Container(step, image: image, environment: environment)
      let byteCount = compactText(container).utf8.count
      guard byteCount <= Self.argumentLimit else {
        throw .programTooLarge(
          name: step.name, byteCount: byteCount, limit: Self.argumentLimit,
          carrier: "a container description")
      }
      deploymentSpec.executors["exec-\(task)"] = Executor(container: container)
      root.dag.tasks[task] = try Task(step, name: task, of: pipeline)
    }
  }
}

extension PipelineManifest.Definitions {
  fileprivate init?(_ values: [StepValue]) {
    guard !values.isEmpty else { return nil }
    artifacts = [:]
    for value in values {
      artifacts[value.name] = PipelineManifest.Artifact(
        artifactType: PipelineManifest.ArtifactType(schemaTitle: Self.schemaTitle(of: value)),
        description: value.type)
    }
  }

  private static func schemaTitle(of value: StepValue) -> String {
    if value.isTensor { return "system.Dataset" }
    return value.type.hasSuffix("Model") ? "system.Model" : "system.Artifact"
  }
}

extension PipelineManifest.Container {
  fileprivate init(_ step: Step, image: String, environment: [String: String]) {
    self.image = image
    command = ["martlet", "step", "kfp"]
    args = StepArguments.forPipeline(step: step.name, source: step.program)
    env = environment.isEmpty ? nil : EnvironmentVariable.sorted(environment)
    resources = PipelineManifest.ContainerResources(step.options.resources)
  }
}

extension PipelineManifest.ContainerResources {
  fileprivate init?(_ resources: Resources) {
    guard !resources.isEmpty else { return nil }
    // Kubeflow's numbers are cores and units of 10^9 bytes.
    cpuLimit = resources.cpuMillicores.map { Double($0) / 1000 }
    cpuRequest = cpuLimit
    memoryLimit = resources.memoryMebibytes.map { Double($0) * 1_048_576 / 1e9 }
    memoryRequest = memoryLimit
    resourceCpuLimit = resources.cpuText
    resourceCpuRequest = resources.cpuText
    resourceMemoryLimit = resources.memoryText
    resourceMemoryRequest = resources.memoryText
  }
}

extension PipelineManifest.Task {
  fileprivate init(_ step: Step, name: String, of pipeline: Pipeline) throws(ClusterError) {
    cachingOptions = PipelineManifest.Caching(enableCache: step.options.isCached ? true : nil)
    componentRef = PipelineManifest.Name(name: "comp-\(name)")
    taskInfo = PipelineManifest.Name(name: name)
    if step.options.retries > 0 {
      retryPolicy = PipelineManifest.Retries(maxRetryCount: step.options.retries)
    }
    guard !step.inputs.isEmpty else { return }
    var producers: [String] = []
    for producer in pipeline.producers(of: step) { producers.append(try resourceName(producer)) }
    dependentTasks = producers.sorted()
    var artifacts: [String: PipelineManifest.Source] = [:]
    for input in step.inputs {
      artifacts[input.name] = PipelineManifest.Source(
        taskOutputArtifact: PipelineManifest.Source.Output(
          outputArtifactKey: input.name, producerTask: try resourceName(input.producer)))
    }
    inputs = PipelineManifest.Inputs(artifacts: artifacts)
  }
}

/// Maps `name` to one that Kubernetes takes.
func resourceName(_ name: String) throws(ClusterError) -> String {
  do {
    return try ResourceName(name).text
  } catch {
    throw .badName(error.description)
  }
}
