public import Tensors

/// Fills missing values (NaN) of each feature with one number.
///
/// ```swift
/// let filled = try SimpleImputer(.median).fitted(x).transform(x)
/// ```
public struct SimpleImputer: Transformer {
  /// What missing values are filled with.
  public enum Strategy: Codable, Equatable, Sendable {
    /// The mean of the feature.
    case mean
    /// The median of the feature.
    case median
    /// The value that occurs most often, the least of equally frequent ones.
    case mostFrequent
    /// A given number.
    case constant(Double)
  }

  /// What missing values are filled with.
  public var strategy: Strategy

  /// What each feature is filled with, shape `[features]`; empty before `fit`.
  public private(set) var fillValues = Tensor<Double>([])

  /// Makes an imputer to be fitted.
  public init(_ strategy: Strategy = .mean) {
    self.strategy = strategy
  }

  /// Learns what to fill with from samples `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if `x` is no matrix, empty or holds an infinity, or all of a feature is missing.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let operation = "SimpleImputer.fit"
    let rows = try x.samples(operation, allowsNaN: true)
    try rows.checkNotInfinite(operation)
    if case .constant(let value) = strategy {
      fillValues = .full(shape: [rows.shape[1]], value)
      return
    }
    let isEmpty = isNaN(rows).all(axis: 0).scalars
    if let feature = isEmpty.firstIndex(of: true) {
      throw .tooFewSamples(
        operation: operation, needed: 1, found: 0,
        reason: "feature \(feature) has no value that is not missing; drop it or use .constant")
    }
    switch strategy {
    case .mean: fillValues = rows.nanMean(axis: 0)
    case .median: fillValues = rows.nanMedian(axis: 0)
    default: fillValues = Tensor(rows.transposed().unstacked().map { mode($0.scalars) })
    }
  }

  /// Returns the samples without missing values, of the same shape.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "SimpleImputer.transform", features: fillValues.count, allowsNaN: true)
    return select(isNaN(rows), fillValues.broadcast(to: rows.shape), rows)
  }

  private func mode(_ values: [Double]) -> Double {
    var counts: [Double: Int] = [:]
    for value in values where !value.isNaN { counts[value, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return counts.filter { $0.value == most }.keys.min() ?? .nan
  }
}
