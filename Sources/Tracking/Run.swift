import Dispatch
import FoundationEssentials
import Locks

/// One run of an experiment: what went in, what came out, and how it ended.
///
/// ```swift
/// let run = try Run.start(experiment: "mnist", name: "baseline")
/// try run.logParams(["lr": 0.1, "layers": 3])
/// for epoch in 0..<10 {
///   try run.logMetric("loss", 1 / Double(epoch + 1), step: epoch)
/// }
/// try run.end()
/// ```
///
/// A logging call that returned has stored what it logged, even if the process is killed the
/// moment after. Any thread may log. A run whose process goes away without ending it is shown as
/// killed.
///
/// A run notes by itself where its code is from (the notebook, its cells as they ran, the Git commit and what was changed
/// since), what it runs on, and every ten seconds how busy that is. `TRACKING_CAPTURE=off` and
/// `TRACKING_SYSTEM_METRICS=off` keep it from that.
public final class Run: Sendable, Identifiable {
  /// 32 hexadecimal digits that name the run everywhere.
  public let id: String
  /// The name that people read.
  public let name: String
  /// The experiment's name.
  public let experiment: String
  /// Where the run is stored.
  public let store: TrackingStore

  package let row: Int64
  private let hasEnded = Guarded(false)
  private let heartbeat: Heartbeat
  private let monitor: SystemMonitor?
  private let sources: DispatchGroup

  init(id: String, name: String, experiment: String, row: Int64, store: TrackingStore) {
    self.id = id
    self.name = name
    self.experiment = experiment
    self.row = row
    self.store = store
    heartbeat = Heartbeat(store: store, row: row)
    monitor = SystemMonitor(run: row, store: store)
    sources = RunContext.noteSources(of: row, in: store)
  }

  /// The run of this process that was started last and has not ended; `nil` without one.
  public static var current: Run? {
    running.withLock { runs in
      runs.removeAll { $0.run == nil }
      return runs.last?.run
    }
  }

  private struct Running {
    weak var run: Run?
  }

  private static let running = Guarded<[Running]>([])

  private func becomeCurrent() {
    Self.running.withLock { runs in runs.append(Running(run: self)) }
  }

  deinit {
    // Nobody can log to it or end it any more. A failure here leaves a running run, which is
    // found interrupted when its process has gone.
    guard !hasEnded.withLock({ $0 }) else { return }
    try? end(.killed, isInterrupted: true)
  }

  /// Starts a run.
  ///
  /// - Parameters:
  ///   - experiment: The experiment's name; it is made where it is new. By default, what the
  ///     environment variable `MLFLOW_EXPERIMENT_NAME` says, or `Default`.
  ///   - name: The run's name; one is made up when none is given.
  ///   - parent: The run that it is a part of. By default, the one that the environment variable
  ///     `MARTLET_RUN_ID`, or `MLFLOW_RUN_ID`, names.
  ///   - tags: Tags to set at once.
  ///   - store: Where to store it. By default, the store that `TrackingStore()` finds.
  /// - Returns: The running run.
  /// - Throws: ``TrackingError`` when a name is invalid or the store cannot be written.
  public static func start(
    experiment: String? = nil, name: String? = nil, parent: Run? = nil,
    tags: [String: String] = [:], in store: TrackingStore? = nil
  ) throws(TrackingError) -> Run {
    let environment = ProcessInfo.processInfo.environment
    let variable = environment["MLFLOW_EXPERIMENT_NAME"] ?? ""
    let experiment = experiment ?? (variable.isEmpty ? "Default" : variable)
    let name = name ?? RunIdentity.newName()
    try RunIdentity.validate(experiment, kind: "experiment's name")
    try RunIdentity.validate(name, kind: "run's name")
    for key in tags.keys { try RunIdentity.validate(key, kind: "tag's key") }
    var parentID = parent?.id
    if parentID == nil { parentID = try RunIdentity.parentID(environment: environment) }
    let store = try TrackingStore.chosen(store)
    let id = RunIdentity.newID()
    let row = try store.withDatabase { database throws(TrackingError) in
      try database.insertRun(
        id: id, experiment: experiment, name: name, parentID: parentID,
        startMilliseconds: currentMilliseconds(),
        tags: RunContext.tags().merging(tags) { $1 })
    }
    let known = try store.announce(row, id: id)
    let run = Run(id: known, name: name, experiment: experiment, row: row, store: store)
    run.becomeCurrent()
    return run
  }

  /// Goes on with a run that has ended or was interrupted.
  ///
  /// - Parameters:
  ///   - reference: The run's id, the beginning of it, its name, or `latest`.
  ///   - store: Where the run is stored. By default, the store that `TrackingStore()` finds.
  /// - Returns: The run, which runs again, in this process.
  /// - Throws: ``TrackingError`` when no run, or more than one, matches.
  public static func resume(
    _ reference: String, in store: TrackingStore? = nil
  ) throws(TrackingError) -> Run {
    let store = try TrackingStore.chosen(store)
    let run = try store.known(reference)
    try store.withDatabase { database throws(TrackingError) in try database.adopt(run: run.row) }
    let resumed = Run(
      id: run.id, name: run.name, experiment: run.experiment, row: run.row, store: store)
    resumed.becomeCurrent()
    return resumed
  }

  /// Ends the run; ending it again changes the outcome.
  ///
  /// - Parameter outcome: How it ended.
  /// - Throws: ``TrackingError`` when that cannot be stored.
  public func end(_ outcome: RunOutcome = .finished) throws(TrackingError) {
    try end(outcome, isInterrupted: false)
  }

  private func end(_ outcome: RunOutcome, isInterrupted: Bool) throws(TrackingError) {
    heartbeat.stop()
    monitor?.stop()
    if !isInterrupted {
      _ = sources.wait(timeout: .now() + .seconds(12))
      RunContext.noteCells(of: row, in: store)
    }
    try store.withDatabase { database throws(TrackingError) in
      try database.end(
        run: row, outcome: outcome, isInterrupted: isInterrupted,
        atMilliseconds: currentMilliseconds())
    }
    hasEnded.withLock { $0 = true }
    // A run that goes has no names to remove, and may go while they are looked at.
    guard !isInterrupted else { return }
    Self.running.withLock { runs in runs.removeAll { $0.run === self || $0.run == nil } }
    store.deliverAll(of: row)
  }

  /// Notes that this process still has the run.
  package func giveSignOfLife() throws(TrackingError) {
    try store.withDatabase { database throws(TrackingError) in try database.beat(run: row) }
  }

  /// The environment for a child process whose runs belong to this one.
  public var environment: [String: String] {
    [RunIdentity.parentVariables[0]: id, StoreLocation.variable: store.uri]
  }
}

/// Gives a run's signs of life until it is stopped or goes.
private final class Heartbeat: Sendable {
  private let timer: Guarded<any DispatchSourceTimer>

  init(store: TrackingStore, row: Int64) {
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    let period = RunOwner.heartbeatSeconds
    timer.schedule(
      deadline: .now() + .seconds(period), repeating: .seconds(period), leeway: .seconds(2))
    timer.setEventHandler { [weak store] in
      // A failure shows in the next logging call, which throws.
      try? store?.withDatabase { database throws(TrackingError) in try database.beat(run: row) }
    }
    timer.activate()
    self.timer = Guarded(timer)
  }

  deinit { stop() }

  func stop() { timer.withLock { $0.cancel() } }
}
