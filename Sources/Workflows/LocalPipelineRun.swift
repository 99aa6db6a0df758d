import FoundationEssentials
import Synchronization

/// A run of a pipeline on this machine: each step in a process of its own, values as files.
///
/// The folder gets one folder for each step with `program.swift` and `outputs/`; a step reads its
/// inputs where their producers wrote them.
package struct LocalPipelineRun: Sendable {
  private let pipeline: Pipeline
  private let folder: String
  private let launcher: any StepLauncher
  private let observer: any PipelineObserver
  private let environment: [String: String]
  private let parallelSteps: Int

  /// Prepares a run whose files go to `folder`, which is made when missing.
  ///
  /// Every step gets `environment`; up to `parallelSteps` steps that do not need each other run at
  /// a time, at least one.
  package init(
    _ pipeline: Pipeline, folder: String, launcher: any StepLauncher,
    observer: any PipelineObserver, environment: [String: String] = [:], parallelSteps: Int = 1
  ) {
    self.pipeline = pipeline
    self.folder = folder
    self.launcher = launcher
    self.observer = observer
    self.environment = environment
    self.parallelSteps = max(parallelSteps, 1)
  }

  /// Runs all steps and returns the files of the values they made, by step and name.
  ///
  /// The first failure stops the other steps.
  ///
  /// - Throws: `stepFailed`, `missingOutput`, `cannotWrite`, or `cancelled` when the task was
  ///   cancelled.
  @discardableResult
  package func run() async throws(WorkflowsError) -> [String: [String: String]] {
    do {
      try await runSteps()
    } catch let error as WorkflowsError {
      throw error
    } catch {
      throw .cancelled(folder: folder)
    }
    return Dictionary(
      uniqueKeysWithValues: pipeline.steps.map { ($0.name, outputPaths(of: $0)) })
  }

  private func runSteps() async throws {
    try await withThrowingTaskGroup(of: String.self) { group in
      var open = pipeline.steps
      var done: Set<String> = []
      var running = 0
      while !open.isEmpty || running > 0 {
        while running < parallelSteps,
          let ready = open.firstIndex(where: { $0.inputs.allSatisfy { done.contains($0.producer) } }
          )
        {
          let step = open.remove(at: ready)
          running += 1
          group.addTask {
            try await runAttempts(of: step)
            return step.name
          }
        }
        // A failed step throws here; leaving the group cancels and awaits the others.
        guard let finished = try await group.next() else { return }
        running -= 1
        done.insert(finished)
      }
    }
  }

  private func runAttempts(of step: Step) async throws(WorkflowsError) {
    var attempt = 1
    while true {
      do throws(WorkflowsError) {
        try await run(step, attempt: attempt)
        return
      } catch {
        await observer.stepFailed(step, error: error)
        guard attempt <= step.options.retries, error.isWorthRetrying, !Task.isCancelled else {
          throw error
        }
      }
      attempt += 1
    }
  }

  private func run(_ step: Step, attempt: Int) async throws(WorkflowsError) {
    let stepFolder = folder(of: step)
    let clock = ContinuousClock()
    let start = clock.now
    guard !Task.isCancelled else { throw .cancelled(folder: folder) }
    let outputs = outputPaths(of: step)
    let programPath = stepFolder + "/program.swift"
    try prepare(stepFolder, outputs: outputs)
    try write(step.program, to: programPath)
    let lastErrors = LastLines()
    var launch = StepLaunch(
      step: step.name, programPath: programPath, folder: stepFolder, environment: environment)
    let outcome: StepOutcome
    do {
      let added = try await observer.stepStarts(step, attempt: attempt, folder: stepFolder)
      launch.environment.merge(added) { _, new in new }
      launch.environment["MARTLET_STEP_INPUTS"] = json(inputPaths(of: step))
      launch.environment["MARTLET_STEP_OUTPUTS"] = json(outputs)
      outcome = try await launcher.run(launch) { line in
        if line.stream == .error { lastErrors.append(line.text) }
        observer.stepPrinted(step, line)
      }
    } catch {
      guard !Task.isCancelled else { throw .cancelled(folder: folder) }
      throw .stepFailed(
        StepFailure(
          step: step.name, cause: .notStarted(reason: "\(error)"), lastLines: [],
          folder: stepFolder))
    }
    guard outcome == .exited(status: 0) else {
      guard !Task.isCancelled else { throw .cancelled(folder: folder) }
      throw .stepFailed(
        StepFailure(
          step: step.name, cause: .ended(outcome), lastLines: lastErrors.lines,
          folder: stepFolder))
    }
    for (value, path) in outputs.sorted(by: { $0.key < $1.key })
    where !FileManager.default.fileExists(atPath: path) {
      throw .missingOutput(value: value, step: step.name, path: path)
    }
    await observer.stepFinished(step, duration: clock.now - start)
  }

  // MARK: Files

  private func folder(of step: Step) -> String { "\(folder)/\(step.name)" }

  private func outputPaths(of step: Step) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: step.outputs.map {
        ($0.name, "\(folder(of: step))/outputs/\($0.fileName)")
      })
  }

  private func inputPaths(of step: Step) -> [String: String] {
    var paths: [String: String] = [:]
    for input in step.inputs {
      guard let producer = pipeline.steps.first(where: { $0.name == input.producer }) else {
        continue
      }
      paths[input.name] = outputPaths(of: producer)[input.name]
    }
    return paths
  }

  /// Makes the folders and takes away what an earlier attempt left.
  private func prepare(_ folder: String, outputs: [String: String]) throws(WorkflowsError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/outputs", withIntermediateDirectories: true)
      for path in outputs.values where FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
    } catch {
      throw .cannotWrite(path: folder, reason: "\(error)")
    }
  }

  private func write(_ text: String, to path: String) throws(WorkflowsError) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw .cannotWrite(path: path, reason: "\(error)")
    }
  }

  private func json(_ paths: [String: String]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(paths) else {
      preconditionFailure("a dictionary of strings always encodes as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

extension WorkflowsError {
  /// Whether another attempt could end better: not when the program does not compile.
  fileprivate var isWorthRetrying: Bool {
    switch self {
    case .stepFailed(let failure): failure.cause != .ended(.doesNotCompile)
    case .missingOutput: true
    default: false
    }
  }
}

/// The last lines of a stream.
private final class LastLines: Sendable {
  private static let limit = 20
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  func append(_ line: String) {
    kept.withLock { lines in
      lines.append(line)
      if lines.count > Self.limit { lines.removeFirst(lines.count - Self.limit) }
    }
  }
}
