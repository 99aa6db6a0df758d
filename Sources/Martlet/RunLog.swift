public import NeuralNetworks
public import Tracking

extension Run: MetricLog {
  /// Logs values of metrics at a step, as a `Trainer` gives them.
  public func log(_ metrics: [String: Double], step: Int) throws {
    try logMetrics(metrics, step: step)
  }
}
