import Cluster
import Dispatch
import Kernel
import Processes
import Synchronization
import Tracking
import Workflows

extension NotebookSession {
  // MARK: Pipelines

  func runPipeline(
    _ directive: PipelineDirective, _ context: CellContext
  ) throws(WorkflowsError) -> CellFailure? {
    switch directive {
    case .show(let name):
      let pipeline = try history.registry.pipeline(named: name ?? "pipeline")
      context.output(.stream(.stdout, pipeline.table + "\n"))
      return nil
    case .export(let file, let name, let image):
      let pipeline = try history.registry.pipeline(named: name ?? Self.stem(of: file))
      return export(pipeline, to: file, image: image, context)
    case .run(let name, let parallel):
      let pipeline = try history.registry.pipeline(named: name ?? "pipeline")
      return run(pipeline, parallelSteps: parallel ?? 1, context)
    }
  }

  private func export(
    _ pipeline: Pipeline, to file: String, image: String?, _ context: CellContext
  ) -> CellFailure? {
    do throws(ClusterError) {
      let manifest = try PipelineManifest(
        pipeline, image: image ?? currentEnvironment()["MARTLET_IMAGE"],
        environment: clusterEnvironment)
      if let reason = Files.write(manifestText(manifest), to: file) {
        return context.failures.other("PipelineError", "cannot write \(file): \(reason)")
      }
    } catch {
      return context.failures.other("PipelineError", error.description)
    }
    context.output(
      .stream(
        .stdout, "wrote \(file): pipeline '\(pipeline.name)' with \(pipeline.steps.count) steps\n"))
    return nil
  }

  private func run(
    _ pipeline: Pipeline, parallelSteps: Int, _ context: CellContext
  ) -> CellFailure? {
    guard let folder = TemporaryFolder.make(for: .pipeline) else {
      return context.failures.other("PipelineError", "no folder can be made in TMPDIR or /tmp")
    }
    let run: Run
    do throws(TrackingError) {
      run = try Run.start(experiment: "pipelines", name: pipeline.name)
    } catch {
      return context.failures.other("TrackingError", error.description)
    }
    let observer = StepRuns(parent: run, output: context.output)
    let local = LocalPipelineRun(
      pipeline, folder: folder, launcher: ProcessLauncher(executable: configuration.command),
      observer: observer, environment: ["TRACKING_URI": run.store.uri],
      parallelSteps: parallelSteps)
    let failure = waitFor { () async -> String? in
      do throws(WorkflowsError) {
        try await local.run()
        return nil
      } catch {
        return error.description
      }
    }
    do throws(TrackingError) {
      try run.end(failure == nil ? .finished : isInterrupted ? .killed : .failed)
    } catch {
      return context.failures.other("TrackingError", error.description)
    }
    guard let failure else {
      TemporaryFolder.remove(folder)
      context.output(
        .stream(.stdout, "pipeline '\(pipeline.name)' finished: run \(run.id.prefix(8))\n"))
      return nil
    }
    if isInterrupted { return context.failures.interrupted(lines: []) }
    return context.failures.other("PipelineError", failure)
  }

  // MARK: Jobs

  func runJob(_ directive: JobDirective, _ context: CellContext) -> CellFailure? {
    let program: String
    do throws(WorkflowsError) {
      program = try history.registry.jobProgram(for: describe(context, role: .ordinary))
    } catch {
      return context.failures.other("JobError", error.description)
    }
    switch directive.target {
    case .local: return runLocally(program, name: directive.name, context)
    case .kubernetes: return submit(program, directive, context)
    }
  }

  private func runLocally(
    _ program: String, name: String, _ context: CellContext
  ) -> CellFailure? {
    guard let folder = TemporaryFolder.make(for: .job) else {
      return context.failures.other("JobError", "no folder can be made in TMPDIR or /tmp")
    }
    let path = folder + "/program.swift"
    if let reason = Files.write(program, to: path) {
      return context.failures.other("JobError", "cannot write \(path): \(reason)")
    }
    let launcher = ProcessLauncher(executable: configuration.command)
    let launch = StepLaunch(step: name, programPath: path, folder: folder, environment: [:])
    let errors = Mutex<[String]>([])
    let outcome = waitFor { () async -> StepOutcome? in
      try? await launcher.run(launch) { line in
        let stream: StandardStream = line.stream == .output ? .stdout : .stderr
        if line.stream == .error { errors.withLock { $0 = $0.suffix(19) + [line.text] } }
        context.output(.stream(stream, line.text + "\n"))
      }
    }
    TemporaryFolder.remove(folder)
    if isInterrupted { return context.failures.interrupted(lines: []) }
    let last = errors.withLock { $0 }.joined(separator: "\n")
    switch outcome {
    case .exited(status: 0)?: return nil
    case .exited(status: 64)?:
      return context.failures.other("JobError", "job '\(name)' does not compile:\n\(last)")
    case .exited(let status)?:
      return context.failures.other(
        "JobError", "job '\(name)' ended with exit status \(status)\n\(last)")
    case .signalled(let signal)?:
      return context.failures.other(
        "JobError",
        "job '\(name)' ended with signal \(signal) (\(signalName(signal)))\n\(last)")
    case nil:
      return context.failures.other(
        "JobError", "job '\(name)' could not be started: \(configuration.command) does not run")
    }
  }

  private func submit(
    _ program: String, _ directive: JobDirective, _ context: CellContext
  ) -> CellFailure? {
    do throws(ClusterError) {
      let manifests = try JobManifests(
        name: directive.name, source: program, suffix: Self.suffix(), options: directive.options,
        defaultImage: currentEnvironment()["MARTLET_IMAGE"], environment: clusterEnvironment)
      guard !directive.isDryRun else {
        context.output(.stream(.stdout, manifests.text + "\n"))
        return nil
      }
      let run = try KubernetesJobRun(
        manifests, searchPath: currentEnvironment()["PATH"] ?? "", runner: ProcessRunner()
      ) { event in
        context.output(.stream(.stdout, Self.text(of: event) + "\n"))
      }
      let failure = waitFor { () async -> String? in
        do throws(ClusterError) {
          try await run.run()
          return nil
        } catch {
          return error.description
        }
      }
      if isInterrupted { return context.failures.interrupted(lines: []) }
      return failure.map { context.failures.other("JobError", $0) }
    } catch {
      return context.failures.other("JobError", error.description)
    }
  }

  // MARK: Common

  /// What a container needs to log where this session logs; a file here is no use there.
  private var clusterEnvironment: [String: String] {
    let uri = currentEnvironment()["TRACKING_URI"] ?? ""
    return uri.hasPrefix("http") ? ["TRACKING_URI": uri] : [:]
  }

  /// Runs `body` in a task that an interrupt cancels, and blocks until it is done.
  private func waitFor<Value: Sendable>(
    _ body: @escaping @Sendable () async -> Value
  ) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Box<Value?>(nil)
    let task = Task.detached {
      result.value = await body()
      done.signal()
    }
    shared.withLock { $0.cancelDirective = { task.cancel() } }
    defer { shared.withLock { $0.cancelDirective = nil } }
    if isInterrupted { task.cancel() }
    while true {
      done.wait()
      if let value = result.value { return value }
    }
  }

  private static func text(of event: JobEvent) -> String {
    switch event {
    case .submitted(let job): "submitted job/\(job)"
    case .waiting(let reason): "waiting: \(reason)"
    case .started(let pod): "pod/\(pod) runs"
    case .line(let line): line
    }
  }

  private static func suffix() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<8).map { _ in letters.randomElement() ?? "a" })
  }

  private static func stem(of file: String) -> String {
    let name = file.split(separator: "/").last ?? "pipeline"
    return String(name.split(separator: ".").first ?? "pipeline")
  }
}

/// Logs each step of a pipeline as a nested run, and shows what the steps print.
private final class StepRuns: PipelineObserver {
  private let parent: Run
  private let output: CellRun.Output
  private let runs = Mutex<[String: Run]>([:])

  init(parent: Run, output: @escaping CellRun.Output) {
    self.parent = parent
    self.output = output
  }

  func stepStarts(_ step: Step, attempt: Int, folder: String) async throws -> [String: String] {
    let run = try Run.start(
      experiment: parent.experiment, name: step.name, parent: parent, in: parent.store)
    try run.setTag("martlet.step.attempt", String(attempt))
    try run.logArtifact(text: step.program, as: "program.swift")
    runs.withLock { $0[step.name] = run }
    output(.stream(.stdout, "[\(step.name)] started\n"))
    return run.environment
  }

  func stepPrinted(_ step: Step, _ line: StepLine) {
    let stream: StandardStream = line.stream == .output ? .stdout : .stderr
    output(.stream(stream, "[\(step.name)] \(line.text)\n"))
  }

  func stepFinished(_ step: Step, duration: Duration) async {
    end(step, .finished)
    output(.stream(.stdout, "[\(step.name)] finished in \(duration.formattedSeconds) s\n"))
  }

  func stepFailed(_ step: Step, error: WorkflowsError) async {
    end(step, .failed)
    output(.stream(.stderr, "[\(step.name)] failed\n"))
  }

  private func end(_ step: Step, _ outcome: RunOutcome) {
    guard let run = runs.withLock({ $0.removeValue(forKey: step.name) }) else { return }
    do throws(TrackingError) {
      try run.end(outcome)
    } catch {
      output(.stream(.stderr, "[\(step.name)] its run could not be ended: \(error)\n"))
    }
  }
}

extension Duration {
  fileprivate var formattedSeconds: String {
    let tenths = components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
