import CommandArguments
import Tracking

/// What `metrics --plot` draws, and how.
struct MetricPlot {
  private enum Axis: String, CaseIterable {
    case step, time, relative
  }

  private let others: [String]
  private let axis: Axis
  private let logarithms: String
  private let height: Int

  /// Takes the options of plots off; `nil` if none is wanted.
  init?(_ arguments: inout Arguments) throws(UsageError) {
    let isWanted = arguments.flag("--plot", "-p")
    others = try arguments.options("--with", "-w")
    let axis = try arguments.option("--axis", "-x")
    let logarithms = try arguments.option("--log")
    let height = try arguments.count("--height", minimum: 3)
    guard isWanted else {
      guard others.isEmpty, axis == nil, logarithms == nil, height == nil else {
        throw UsageError("--with, --axis, --log and --height go with --plot")
      }
      return nil
    }
    guard let known = Axis(rawValue: axis ?? "step") else {
      let names = Axis.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--axis is one of \(names), not \"\(axis ?? "")\"")
    }
    self.axis = known
    self.logarithms = logarithms ?? ""
    guard ["", "x", "y", "xy", "yx"].contains(self.logarithms) else {
      throw UsageError("--log is x, y or xy, not \"\(self.logarithms)\"")
    }
    guard self.axis != .time || !self.logarithms.contains("x") else {
      throw UsageError("--log x needs --axis step or relative: dates have no logarithm")
    }
    self.height = height ?? 12
    guard self.height <= 200 else {
      throw UsageError("--height takes at most 200, not \(self.height)")
    }
  }

  /// The plots of a metric, or of each metric of `run` that has several points.
  func text(of run: RunRecord, key: String?, _ context: Context) throws -> String {
    let runs = [run] + (try others.map { try context.run($0, fetching: .histories(of: key)) })
    var keys = [key].compactMap { $0 }
    if key == nil {
      keys = try context.store.details(of: runs).flatMap(\.metrics).filter { $0.count > 1 }
        .map(\.key)
      keys = Set(keys).sorted()
      guard !keys.isEmpty else {
        return
          "There is no metric of several points to draw; see: track-cli metrics \(run.shortID)\n"
      }
    }
    return try keys.map { key in
      var curves: [TerminalPlot.Curve] = []
      for run in runs {
        // Of several runs, those that have not logged the metric are no fault.
        guard
          let points = try points(of: run, key, context, isAlone: runs.count == 1)
        else { continue }
        curves.append(.init(name: "\(run.name) (\(run.shortID))", points: points))
      }
      guard !curves.isEmpty else {
        throw Refusal("none of these runs has a metric \"\(printable(key))\"")
      }
      return try plot(key, curves, context).text(context.style)
    }.joined(separator: "\n")
  }

  private func points(
    of run: RunRecord, _ key: String, _ context: Context, isAlone: Bool
  ) throws -> [(x: Double, y: Double)]? {
    let history: [MetricPoint]
    do throws(TrackingError) {
      history = try context.store.history(of: run, key: key)
    } catch {
      if case .metricNotFound = error, !isAlone { return nil }
      throw error
    }
    let points = history.map { point in
      switch axis {
      case .step: (x: Double(point.step), y: point.value)
      case .time: (x: Double(point.timeMilliseconds), y: point.value)
      case .relative:
        (x: Double(point.timeMilliseconds - run.startMilliseconds) / 1000, y: point.value)
      }
    }
    return axis == .step ? points : points.sorted { $0.x < $1.x }
  }

  private func plot(
    _ key: String, _ curves: [TerminalPlot.Curve], _ context: Context
  ) throws -> TerminalPlot {
    var plot = TerminalPlot(
      title: key, curves: curves, isLogarithmicX: logarithms.contains("x"),
      isLogarithmicY: logarithms.contains("y"), height: height)
    switch axis {
    case .step: break
    case .relative:
      plot.xTitle = "since start"
      plot.xLabel = { seconds in
        guard seconds.magnitude < 1e12 else { return shortNumber(seconds) }
        let text = shortDuration(milliseconds: Int64(seconds.magnitude * 1000))
        return seconds < 0 ? "-\(text)" : text
      }
    case .time:
      plot.xTitle = "time"
      let store = context.store
      plot.xLabel = { milliseconds in
        guard milliseconds.magnitude < 9e18 else { return shortNumber(milliseconds) }
        let time = try? store.localTimes(milliseconds: [Int64(milliseconds)]).first
        return String((time ?? "").dropFirst(5).dropLast(3))
      }
    }
    return plot
  }
}
