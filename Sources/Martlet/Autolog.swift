internal import FitObservation
internal import Locks
internal import StandardError
internal import Tracking

/// Logs trainings and fits to runs without a line in between.
///
/// ```swift
/// autolog()
/// try model.fit(x, y)                  // a classic learner: its settings, and how it does on x and y
/// try trainer.fit(batches, epochs: 5)  // a Trainer: its settings, and the metrics of each epoch
/// ```
///
/// They go to the current run (``Tracking/Run/current``), or to a run of their own, which ends with them. A notebook shows a
/// training's curves below the cell while it goes on. A `Trainer` whose `log` is set keeps to that.
///
/// - Parameters:
///   - isOn: Whether to log from now on.
///   - experiment: The experiment of runs of their own, as in `Run.start`.
///   - showsCurves: Whether notebooks show curves.
public func autolog(_ isOn: Bool = true, experiment: String? = nil, showsCurves: Bool = true) {
  FitObservation.observer =
    isOn ? Autologger(experiment: experiment, showsCurves: showsCurves) : nil
}

/// Logs what trainers and learners tell.
private final class Autologger: FitObservation.Observer {
  private let experiment: String?
  private let showsCurves: Bool

  init(experiment: String?, showsCurves: Bool) {
    self.experiment = experiment
    self.showsCurves = showsCurves
  }

  func fitted(_ fit: FitObservation.Fit) {
    reporting {
      let (run, isOwn) = try run(for: fit.kind)
      try note(fit.kind, fit.parameters, in: run)
      try run.logMetrics(fit.metrics)
      if isOwn { try run.end() }
    }
  }

  func training(kind: String, parameters: [String: String]) -> any FitObservation.Training {
    var found: (run: Run, isOwn: Bool)?
    reporting {
      let made = try run(for: kind)
      found = made
      try note(kind, parameters, in: made.run)
    }
    return LoggedTraining(
      run: found?.run, isOwn: found?.isOwn ?? false,
      curves: showsCurves ? LiveChart(title: found?.run.name ?? kind, x: "epoch") : nil)
  }

  private func run(for kind: String) throws(TrackingError) -> (run: Run, isOwn: Bool) {
    if let current = Run.current { return (current, false) }
    return (try Run.start(experiment: experiment), true)
  }

  /// Notes what learned, by MLflow's name for it.
  private func note(
    _ kind: String, _ parameters: [String: String], in run: Run
  ) throws(TrackingError) {
    try run.setTag("estimator_name", kind)
    if !parameters.isEmpty { try run.logParams(parameters) }
  }
}

/// Logs the epochs of one training.
private final class LoggedTraining: FitObservation.Training {
  private let run: Run?
  private let isOwn: Bool
  private let curves: LiveChart?

  init(run: Run?, isOwn: Bool, curves: LiveChart?) {
    (self.run, self.isOwn, self.curves) = (run, isOwn, curves)
  }

  func log(_ metrics: [String: Double], epoch: Int) {
    reporting { try run?.logMetrics(metrics, step: epoch) }
    curves?.log(metrics.filter { $0.key != "learning_rate" }, step: epoch)
  }

  func end(after error: (any Error)?) {
    curves?.finish()
    guard isOwn, let run else { return }
    reporting {
      try run.end(error == nil ? .finished : error is CancellationError ? .killed : .failed)
    }
  }
}

private let hasReported = Guarded(false)

/// Runs `body`; a failure must not end a training that is not about logging, and is told of once.
private func reporting(_ body: () throws -> Void) {
  do { try body() } catch {
    guard
      hasReported.withLock({ wasTold in
        defer { wasTold = true }
        return !wasTold
      })
    else { return }
    StandardError.print("autolog: \(error)")
  }
}
