internal import Locks

/// A chart of metrics that is drawn anew in its place while they come.
///
/// ```swift
/// let live = LiveChart(title: "Loss", x: "step")
/// for step in 0..<1000 {
///   live.log(["loss": train()], step: step)
/// }
/// live.finish()
/// ```
///
/// It appears below the cell with the first metric, and changes there at most five times a second. A `Trainer` draws one by
/// ``NeuralNetworks/Trainer/showCurves(title:metrics:yScale:)``. Outside of notebooks nothing is shown; ``chart`` can be saved.
public final class LiveChart: MetricLog, Sendable {
  private struct State {
    var names: [String] = []
    var points: [String: (x: [Double], y: [Double])] = [:]
    var nextDrawing: ContinuousClock.Instant?
    var isShown = false
    /// Whether there is something that was not drawn.
    var isBehind = false
    /// Whether a task waits to draw it.
    var isAwaited = false
  }

  private let state = Guarded(State())
  private let id = "chart-" + String(UInt64.random(in: .min ... .max), radix: 16)
  private let title: String
  private let xTitle: String
  private let yTitle: String
  private let yScale: Scale
  /// The shortest time from one drawing to the next.
  private let interval = Duration.milliseconds(200)

  /// Creates a chart without metrics, which shows nothing yet.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The text below the horizontal axis.
  ///   - y: The text beside the vertical axis.
  ///   - yScale: How the vertical axis grows.
  public init(title: String = "", x: String = "step", y: String = "", yScale: Scale = .linear) {
    (self.title, xTitle, yTitle, self.yScale) = (title, x, y, yScale)
  }

  /// The chart of all metrics so far.
  public var chart: Chart { state.withLock { chart(of: $0) } }

  /// Adds values of metrics at a step, and draws the chart anew unless that was done a moment ago; then it is done soon.
  public func log(_ metrics: [String: Double], step: Int) {
    let now = ContinuousClock.now
    let action = state.withLock { state -> (draws: Bool, waits: Bool) in
      for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
        if state.points[name] == nil { state.names.append(name) }
        state.points[name, default: ([], [])].x.append(Double(step))
        state.points[name, default: ([], [])].y.append(value)
      }
      state.isBehind = true
      if let next = state.nextDrawing, now < next {
        defer { state.isAwaited = true }
        return (false, !state.isAwaited)
      }
      return (true, false)
    }
    guard WorkerBridge.isInNotebook else { return }
    if action.draws { draw() }
    guard action.waits else { return }
    Task.detached { [self, interval] in
      try? await Task.sleep(for: interval)
      state.withLock { $0.isAwaited = false }
      draw()
    }
  }

  /// Draws what was not drawn yet; call it when no more metrics come, so that the cell ends with all of them.
  public func finish() { draw() }

  private func draw() {
    guard WorkerBridge.isInNotebook else { return }
    let drawing = state.withLock { state -> (chart: Chart, isUpdate: Bool)? in
      guard state.isBehind else { return nil }
      let isUpdate = state.isShown
      (state.isBehind, state.isShown) = (false, true)
      return (chart(of: state), isUpdate)
    }
    guard let drawing else { return }
    let start = ContinuousClock.now
    DisplayMessage(drawing.chart.displayBundle, id: id, isUpdate: drawing.isUpdate).send()
    // Drawing takes at most a fifth of the time.
    let pause = max(interval, (ContinuousClock.now - start) * 4)
    state.withLock { $0.nextDrawing = .now + pause }
  }

  private func chart(of state: State) -> Chart {
    let series = state.names.map { name in
      Series(name, x: state.points[name]?.x ?? [], y: state.points[name]?.y ?? [])
    }
    // A single curve has no legend; its name stands at the axis.
    let y = yTitle.isEmpty && series.count == 1 ? series[0].name : yTitle
    return .line(series, title: title, x: xTitle, y: y, yScale: yScale)
  }
}

extension Trainer {
  /// Draws the metrics of each epoch below the cell while the training runs.
  ///
  /// ```swift
  /// trainer.showCurves(yScale: .log)
  /// try trainer.fit(training, validation: heldOut, epochs: 20)
  /// ```
  ///
  /// What `onEpochEnd` and `onTrainingEnd` do already stays.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - metrics: The metrics that are drawn; all but the learning rate if `nil`.
  ///   - yScale: How the vertical axis grows.
  /// - Returns: The chart, to be saved for example.
  @discardableResult
  public func showCurves(
    title: String = "", metrics: [String]? = nil, yScale: Scale = .linear
  ) -> LiveChart {
    let live = LiveChart(title: title, x: "epoch", yScale: yScale)
    let (nextEpoch, nextEnd) = (onEpochEnd, onTrainingEnd)
    onEpochEnd = { report in
      let shown = report.metrics.filter { name, _ in
        metrics?.contains(name) ?? (name != "learning_rate")
      }
      live.log(shown, step: report.epoch)
      return try nextEpoch(report)
    }
    onTrainingEnd = { history in
      live.finish()
      nextEnd(history)
    }
    return live
  }
}
