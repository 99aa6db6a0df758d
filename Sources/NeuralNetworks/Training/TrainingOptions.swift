/// Something that keeps metrics, such as a run of the tracking store.
public protocol MetricLog: Sendable {
  /// Keeps values of metrics at a step.
  func log(_ metrics: [String: Double], step: Int) throws
}

/// When a training ends before its last epoch.
public struct EarlyStopping: Sendable {
  let metric: String
  let patience: Int
  let minimumImprovement: Double
  let isMaximized: Bool

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - metric: What is watched, such as `validation_loss`.
  ///   - patience: Epochs without improvement after which the training ends.
  ///   - minimumImprovement: What counts as one.
  ///   - maximized: Whether more is better.
  public init(
    _ metric: String = "validation_loss", patience: Int = 5, minimumImprovement: Double = 0,
    maximized: Bool = false
  ) {
    (self.metric, self.patience) = (metric, patience)
    (self.minimumImprovement, isMaximized) = (minimumImprovement, maximized)
  }
}

/// What a training has come to at the end of an epoch.
public struct EpochReport: Sendable, CustomStringConvertible {
  /// The epoch's number, from 0.
  public let epoch: Int
  /// How many epochs there are to be.
  public let epochCount: Int
  /// The epoch's metrics: `loss`, and `validation_loss` and others if there is validation data.
  public let metrics: [String: Double]

  /// Such as `epoch 3/10  loss 0.2134  validation_loss 0.2511`.
  public var description: String {
    let names = metrics.keys.filter { $0 == "loss" } + metrics.keys.filter { $0 != "loss" }.sorted()
    let values = names.map { "\($0) \(shortened(metrics[$0] ?? .nan))" }
    return (["epoch \(epoch + 1)/\(epochCount)"] + values).joined(separator: "  ")
  }

  /// Four digits after the point.
  private func shortened(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e9 else { return "\(value)" }
    let scaled = (value.magnitude * 10_000).rounded()
    let digits = "\(Int(scaled.truncatingRemainder(dividingBy: 10_000)) + 10_000)".dropFirst()
    return "\(value < 0 ? "-" : "")\(Int(scaled / 10_000)).\(digits)"
  }
}

/// The metrics of all epochs.
public struct TrainingHistory: Sendable, Equatable {
  /// One value for each epoch, by metric.
  public internal(set) var metrics: [String: [Double]] = [:]
  /// The number of epochs that were trained.
  public internal(set) var epochCount = 0

  /// The values of a metric, one for each epoch; empty if there is none of that name.
  public subscript(_ metric: String) -> [Double] { metrics[metric] ?? [] }
}
