import FoundationEssentials
import Synchronization
import Testing
import Workflows

@Suite("A local run of a pipeline")
struct LocalPipelineRunTests {
  @Test("hands files over, in order, and reports each step")
  func works() async throws {
    let folder = try Folder()
    let log = Log()
    let launcher = Launcher(log: log) { launch, line in
      line(StepLine(stream: .output, text: "hello from \(launch.step)"))
      let inputs = try launch.paths("MARTLET_STEP_INPUTS").sorted { $0.key < $1.key }
      let read = try inputs.map { try String(contentsOf: URL(filePath: $0.value), encoding: .utf8) }
      let program = try String(contentsOf: URL(filePath: launch.programPath), encoding: .utf8)
      for (name, path) in try launch.paths("MARTLET_STEP_OUTPUTS") {
        let text = "\(name)(\(read.joined(separator: ",")))"
        try Data(text.utf8).write(to: URL(filePath: path))
      }
      #expect(program == "// \(launch.step)")
      #expect(launch.environment["RUN"] == launch.step && launch.environment["ALL"] == "1")
      return .exited(status: 0)
    }
    let run = LocalPipelineRun(
      try diamond(), folder: folder.path, launcher: launcher, observer: log,
      environment: ["ALL": "1"])
    let files = try await run.run()
    #expect(
      log.entries == [
        "start a 1", "a: hello from a", "end a", "start b 1", "b: hello from b", "end b",
        "start c 1", "c: hello from c", "end c", "start d 1", "d: hello from d", "end d",
      ])
    let last = try #require(files["d"]?["d"])
    #expect(last.hasSuffix("/d/outputs/d.json"))
    #expect(
      try String(contentsOf: URL(filePath: last), encoding: .utf8) == "d(b(a()),c(a()))")
  }

  @Test("runs steps side by side up to the limit", arguments: [(1, 1), (2, 2), (8, 2)])
  func parallel(limit: Int, expected: Int) async throws {
    let folder = try Folder()
    let counter = Counter()
    let launcher = Launcher(log: Log()) { launch, _ in
      counter.enter()
      try await Task.sleep(for: .milliseconds(launch.step == "a" ? 1 : 60))
      counter.leave()
      for path in try launch.paths("MARTLET_STEP_OUTPUTS").values {
        try Data().write(to: URL(filePath: path))
      }
      return .exited(status: 0)
    }
    try await LocalPipelineRun(
      try diamond(), folder: folder.path, launcher: launcher, observer: Log(),
      parallelSteps: limit
    ).run()
    #expect(counter.most == expected)
  }

  @Test(
    "stops at the first failure with the step's last words",
    arguments: [
      (StepOutcome.exited(status: 3), "failed with exit status 3"),
      (.exited(status: 64), "does not compile"),
      (.signalled(signal: 11), "was ended by signal 11 (SIGSEGV)"),
    ])
  func failure(outcome: StepOutcome, words: String) async throws {
    let folder = try Folder()
    let log = Log()
    let launcher = Launcher(log: log) { launch, line in
      for number in 1...30 { line(StepLine(stream: .error, text: "line \(number)")) }
      return outcome
    }
    let pipeline = try diamond()
    let error = await #expect(throws: WorkflowsError.self) {
      try await LocalPipelineRun(
        pipeline, folder: folder.path, launcher: launcher, observer: log
      ).run()
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("step 'a' \(words). Its program and files are in \(folder.path)/a."))
    #expect(text.hasSuffix("\n  line 30") && text.contains("line 11") && !text.contains("line 10"))
    #expect(log.entries.filter { !$0.contains(":") } == ["start a 1", "fail a"])
  }

  @Test("tries a step again as often as it says, but never what does not compile")
  func retries() async throws {
    let folder = try Folder()
    let log = Log()
    let options = StepOptions(retries: 2)
    let pipeline = try Pipeline(name: "p", steps: [Step(name: "a", options: options, program: "")])
    let attempts = Counter()
    try await LocalPipelineRun(
      pipeline, folder: folder.path,
      launcher: Launcher(log: log) { _, _ in
        attempts.enter()
        return .exited(status: attempts.most == 3 ? 0 : 1)
      }, observer: log
    ).run()
    #expect(
      log.entries == ["start a 1", "fail a", "start a 2", "fail a", "start a 3", "end a"])
    let second = Log()
    await #expect(throws: WorkflowsError.self) {
      try await LocalPipelineRun(
        pipeline, folder: folder.path,
        launcher: Launcher(log: second) { _, _ in .doesNotCompile }, observer: second
      ).run()
    }
    #expect(second.entries == ["start a 1", "fail a"])
  }

  @Test("names a value that was not written")
  func missing() async throws {
    let folder = try Folder()
    let launcher = Launcher(log: Log()) { _, _ in .exited(status: 0) }
    let pipeline = try diamond()
    await #expect(
      throws: WorkflowsError.missingOutput(
        value: "a", step: "a", path: "\(folder.path)/a/outputs/a.json")
    ) {
      try await LocalPipelineRun(
        pipeline, folder: folder.path, launcher: launcher, observer: Log()
      ).run()
    }
  }

  @Test("says why a process could not be started")
  func notStarted() async throws {
    struct Missing: Error, CustomStringConvertible { var description = "no martlet in PATH" }
    let folder = try Folder()
    let pipeline = try diamond()
    let error = await #expect(throws: WorkflowsError.self) {
      try await LocalPipelineRun(
        pipeline, folder: folder.path,
        launcher: Launcher(log: Log()) { _, _ in throw Missing() }, observer: Log()
      ).run()
    }
    #expect(error?.description.contains("could not be started: no martlet in PATH") == true)
  }

  @Test("stops when its task is cancelled")
  func cancellation() async throws {
    let folder = try Folder()
    let log = Log()
    let pipeline = try diamond()
    let task = Task {
      try await LocalPipelineRun(
        pipeline, folder: folder.path,
        launcher: Launcher(log: log) { _, _ in
          try await Task.sleep(for: .seconds(60))
          return .exited(status: 0)
        }, observer: log
      ).run()
    }
    while log.entries.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: WorkflowsError.cancelled(folder: folder.path)) { try await task.value }
    #expect(log.entries == ["start a 1", "fail a"])
  }

  @Test("says which folder cannot be written")
  func unwritable() async throws {
    let pipeline = try diamond()
    let error = await #expect(throws: WorkflowsError.self) {
      try await LocalPipelineRun(
        pipeline, folder: "/proc/none",
        launcher: Launcher(log: Log()) { _, _ in .exited(status: 0) }, observer: Log()
      ).run()
    }
    #expect(error?.description.hasPrefix("cannot write /proc/none/a: ") == true)
  }

  private func diamond() throws -> Pipeline {
    func step(_ name: String, takes: [String] = []) -> Step {
      Step(
        name: name, inputs: takes.map { StepInput(name: $0, type: "Swift.Int", producer: $0) },
        outputs: [StepValue(name: name, type: "Swift.Int")], program: "// \(name)")
    }
    return try Pipeline(
      name: "p",
      steps: [
        step("a"), step("b", takes: ["a"]), step("c", takes: ["a"]),
        step("d", takes: ["b", "c"]),
      ])
  }
}

// MARK: What the runs are made with

private struct Launcher: StepLauncher {
  let log: Log
  let body:
    @Sendable (StepLaunch, @escaping @Sendable (StepLine) -> Void) async throws -> StepOutcome

  func run(
    _ launch: StepLaunch, line: @escaping @Sendable (StepLine) -> Void
  ) async throws -> StepOutcome {
    try await body(launch, line)
  }
}

private final class Log: PipelineObserver {
  private let kept = Mutex<[String]>([])
  var entries: [String] { kept.withLock { $0 } }

  private func add(_ entry: String) { kept.withLock { $0.append(entry) } }

  func stepStarts(_ step: Step, attempt: Int, folder: String) async throws -> [String: String] {
    add("start \(step.name) \(attempt)")
    return ["RUN": step.name]
  }
  func stepPrinted(_ step: Step, _ line: StepLine) { add("\(step.name): \(line.text)") }
  func stepFinished(_ step: Step, duration: Duration) async { add("end \(step.name)") }
  func stepFailed(_ step: Step, error: WorkflowsError) async { add("fail \(step.name)") }
}

private final class Counter: Sendable {
  private let numbers = Mutex((now: 0, most: 0))
  var most: Int { numbers.withLock { $0.most } }
  func enter() { numbers.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
  func leave() { numbers.withLock { $0.now -= 1 } }
}

private final class Folder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/workflows-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension StepLaunch {
  fileprivate func paths(_ variable: String) throws -> [String: String] {
    try JSONDecoder().decode([String: String].self, from: Data((environment[variable] ?? "").utf8))
  }
}
