public import Tensors

/// The rates of a classifier of two classes at every threshold of its score.
public struct ROCCurve: Equatable, Sendable {
  /// The part of negative samples at or above each threshold, ascending.
  public let falsePositiveRate: Tensor<Double>
  /// The part of positive samples at or above each threshold, ascending.
  public let truePositiveRate: Tensor<Double>
  /// The thresholds, descending; the first is infinity, which no score reaches.
  public let thresholds: Tensor<Double>

  /// The area under the curve.
  public var area: Double {
    let (x, y) = (falsePositiveRate.scalars, truePositiveRate.scalars)
    return zip(x.indices.dropFirst(), x.indices).reduce(0) {
      $0 + 0.5 * (x[$1.0] - x[$1.1]) * (y[$1.0] + y[$1.1])
    }
  }
}

/// Returns the true against the false positive rate at every threshold.
///
/// ```swift
/// let curve = try rocCurve(yTest, model.predictProbabilities(xTest)[0..., 1])
/// print(curve.area)
/// ```
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - scores: Higher for samples that are more likely positive, shape `[samples]`.
///   - positive: The positive label; every other one is negative.
///   - dropsIntermediate: Whether points on a straight part are left out.
/// - Returns: The rates at each threshold, from the highest down.
/// - Throws: `LearnerError` if shapes do not fit, a score is not finite, or there are no positive or no negative samples.
public func rocCurve<Label: IntegerTensorScalar, Scalar: RealTensorScalar>(
  _ actual: Tensor<Label>, _ scores: Tensor<Scalar>, positive: Int = 1,
  dropsIntermediate: Bool = true
) throws(LearnerError) -> ROCCurve {
  let counts = try ThresholdCounts(actual, scores, positive, "rocCurve")
  var kept = Array(counts.hits.indices)
  if dropsIntermediate {
    let (hits, misses) = (counts.hits, counts.misses)
    kept = kept.filter {
      $0 == 0 || $0 == hits.count - 1
        || hits[$0 + 1] - 2 * hits[$0] + hits[$0 - 1] != 0
        || misses[$0 + 1] - 2 * misses[$0] + misses[$0 - 1] != 0
    }
  }
  return ROCCurve(
    falsePositiveRate: Tensor([0] + kept.map { Double(counts.misses[$0]) / counts.negatives }),
    truePositiveRate: Tensor([0] + kept.map { Double(counts.hits[$0]) / counts.positives }),
    thresholds: Tensor([.infinity] + kept.map { counts.thresholds[$0] }))
}

/// Returns the area under the ROC curve: how likely a positive sample has the higher score than a negative one.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - scores: Shape `[samples]` for two classes; `[samples, classes]` for more, in ascending order of the labels, whose
///     areas of one class against the rest are averaged.
///   - positive: The positive label of two classes.
/// - Returns: From 0 to 1; 0.5 is chance.
/// - Throws: `LearnerError` if shapes do not fit, a score is not finite, or a class has no or all samples.
public func rocAUCScore<Label: IntegerTensorScalar, Scalar: RealTensorScalar>(
  _ actual: Tensor<Label>, _ scores: Tensor<Scalar>, positive: Int = 1
) throws(LearnerError) -> Double {
  guard scores.rank == 2 else {
    return try rocCurve(actual, scores, positive: positive, dropsIntermediate: false).area
  }
  let labels = Set(try vector(actual, "the true labels", "rocAUCScore").map { Int($0) }).sorted()
  guard scores.shape[1] == labels.count else {
    throw .invalidParameter(
      operation: "rocAUCScore", name: "the scores' shape", value: "\(scores.shape)",
      rule: "there are \(labels.count) classes (\(labels)); give one column for each")
  }
  if labels.count == 2 { return try rocAUCScore(actual, scores[0..., 1], positive: labels[1]) }
  var sum = 0.0
  for (column, label) in labels.enumerated() {
    sum += try rocAUCScore(actual, scores[0..., column], positive: label)
  }
  return sum / Double(labels.count)
}

/// Precision against recall at every threshold of a score.
public struct PrecisionRecallCurve: Equatable, Sendable {
  /// The precision at each threshold, and 1 at the end.
  public let precision: Tensor<Double>
  /// The recall at each threshold, descending, and 0 at the end.
  public let recall: Tensor<Double>
  /// The thresholds, ascending; one fewer than points.
  public let thresholds: Tensor<Double>
}

/// Returns precision and recall at every threshold.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - scores: Higher for samples that are more likely positive, shape `[samples]`.
///   - positive: The positive label; every other one is negative.
/// - Returns: The scores at each threshold, from the lowest up.
/// - Throws: `LearnerError` if shapes do not fit, a score is not finite, or there are no positive or no negative samples.
public func precisionRecallCurve<Label: IntegerTensorScalar, Scalar: RealTensorScalar>(
  _ actual: Tensor<Label>, _ scores: Tensor<Scalar>, positive: Int = 1
) throws(LearnerError) -> PrecisionRecallCurve {
  let counts = try ThresholdCounts(actual, scores, positive, "precisionRecallCurve")
  let order = counts.hits.indices.reversed()
  return PrecisionRecallCurve(
    precision: Tensor(
      order.map { Double(counts.hits[$0]) / Double(counts.hits[$0] + counts.misses[$0]) } + [1]),
    recall: Tensor(order.map { Double(counts.hits[$0]) / counts.positives } + [0]),
    thresholds: Tensor(order.map { counts.thresholds[$0] }))
}

/// Returns the mean of the precisions at each threshold, weighted by the recall that it adds.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - scores: Higher for samples that are more likely positive, shape `[samples]`.
///   - positive: The positive label; every other one is negative.
/// - Returns: From 0 to 1; chance gives the part of positive samples.
/// - Throws: `LearnerError` if shapes do not fit, a score is not finite, or there are no positive or no negative samples.
public func averagePrecisionScore<Label: IntegerTensorScalar, Scalar: RealTensorScalar>(
  _ actual: Tensor<Label>, _ scores: Tensor<Scalar>, positive: Int = 1
) throws(LearnerError) -> Double {
  let counts = try ThresholdCounts(actual, scores, positive, "averagePrecisionScore")
  var (sum, before) = (0.0, 0)
  for (hits, misses) in zip(counts.hits, counts.misses) {
    sum += Double(hits - before) / counts.positives * Double(hits) / Double(hits + misses)
    before = hits
  }
  return sum
}

/// How many positive and negative samples have at least each score that occurs, from the highest down.
private struct ThresholdCounts {
  var thresholds: [Double] = []
  var hits: [Int] = []
  var misses: [Int] = []
  let positives: Double
  let negatives: Double

  init<Label: IntegerTensorScalar, Scalar: RealTensorScalar>(
    _ actual: Tensor<Label>, _ scores: Tensor<Scalar>, _ positive: Int, _ operation: String
  ) throws(LearnerError) {
    let labels = try vector(actual, "the true labels", operation).map { Int($0) }
    let values = try numbers(scores, "the scores", operation)
    try checkLengths(labels.count, values.count, operation)
    let count = labels.count { $0 == positive }
    guard count > 0 else {
      throw .unknownLabel(
        operation: operation, label: "the positive label \(positive)",
        known: Set(labels).sorted().map(\.description))
    }
    guard count < labels.count else {
      throw .tooFewClasses(operation: operation, classes: [Int32(clamping: positive)])
    }
    (positives, negatives) = (Double(count), Double(labels.count - count))
    var (hit, miss) = (0, 0)
    let order = values.indices.sorted { values[$0] > values[$1] }
    for (rank, index) in order.enumerated() {
      if labels[index] == positive { hit += 1 } else { miss += 1 }
      if rank + 1 < order.count, values[order[rank + 1]] == values[index] { continue }
      thresholds.append(values[index])
      hits.append(hit)
      misses.append(miss)
    }
  }
}
