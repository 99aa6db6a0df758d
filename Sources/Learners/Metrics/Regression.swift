public import Tensors

/// Returns the coefficient of determination R²: 1 minus the squared errors over those of the mean.
///
/// ```swift
/// let r2 = try r2Score(yTest, model.predict(xTest))
/// ```
///
/// - Parameters:
///   - actual: The true values, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
/// - Returns: At most 1. Of constant true values it is 1 if all are predicted and otherwise 0.
/// - Throws: `LearnerError` if they are no vectors of one length, there are fewer than two, or one is not finite.
public func r2Score<A: RealTensorScalar, B: RealTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  let pair = try NumberPair(actual, predicted, "r2Score")
  guard pair.actual.count > 1 else {
    throw .tooFewSamples(
      operation: "r2Score", needed: 2, found: pair.actual.count,
      reason: "one value has no variance")
  }
  let mean = pair.actual.reduce(0, +) / Double(pair.actual.count)
  let total = pair.actual.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  let errors = pair.differences.reduce(0) { $0 + $1 * $1 }
  guard total > 0 else { return errors == 0 ? 1 : 0 }
  return 1 - errors / total
}

/// Returns the mean of the squared errors.
///
/// - Throws: `LearnerError` if values and predictions are no vectors of one length, empty, or not finite.
public func meanSquaredError<A: RealTensorScalar, B: RealTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  let pair = try NumberPair(actual, predicted, "meanSquaredError")
  return pair.differences.reduce(0) { $0 + $1 * $1 } / Double(pair.actual.count)
}

/// Returns the square root of the mean of the squared errors.
///
/// - Throws: `LearnerError` if values and predictions are no vectors of one length, empty, or not finite.
public func rootMeanSquaredError<A: RealTensorScalar, B: RealTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  try meanSquaredError(actual, predicted).squareRoot()
}

/// Returns the mean of the errors' sizes.
///
/// - Throws: `LearnerError` if values and predictions are no vectors of one length, empty, or not finite.
public func meanAbsoluteError<A: RealTensorScalar, B: RealTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  let pair = try NumberPair(actual, predicted, "meanAbsoluteError")
  return pair.differences.reduce(0) { $0 + abs($1) } / Double(pair.actual.count)
}

/// True and predicted numbers, checked to be finite vectors of one length that hold something.
private struct NumberPair {
  let actual: [Double]
  let predicted: [Double]

  init<A: RealTensorScalar, B: RealTensorScalar>(
    _ actual: Tensor<A>, _ predicted: Tensor<B>, _ operation: String
  ) throws(LearnerError) {
    self.actual = try numbers(actual, "the true values", operation)
    self.predicted = try numbers(predicted, "the predictions", operation)
    try checkLengths(self.actual.count, self.predicted.count, operation)
  }

  var differences: [Double] { zip(actual, predicted).map { $0 - $1 } }
}
