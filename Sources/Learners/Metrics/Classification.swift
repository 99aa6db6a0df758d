public import Tensors

/// How the scores of the classes become one number.
public enum ScoreAverage: Equatable, Sendable {
  /// The score of one class, `positive`; for two classes.
  case binary(positive: Int = 1)
  /// The mean over classes.
  case macro
  /// The score of all decisions counted together.
  case micro
  /// The mean over classes, each counted by how many samples it has.
  case weighted
}

/// Returns the part of samples whose label is predicted.
///
/// ```swift
/// try accuracyScore(Tensor<Int32>([0, 1, 1]), Tensor<Int32>([0, 1, 0]))  // 0.666…
/// ```
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
/// - Returns: From 0 to 1.
/// - Throws: `LearnerError` if they are no vectors of one length, or empty.
public func accuracyScore<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  let pair = try LabelPair(actual, predicted, "accuracyScore")
  return Double(zip(pair.actual, pair.predicted).count { $0 == $1 }) / Double(pair.actual.count)
}

/// Returns the mean over classes of the part of their samples that is recognised.
///
/// - Throws: `LearnerError` if labels and predictions are no vectors of one length, or empty.
public func balancedAccuracyScore<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>
) throws(LearnerError) -> Double {
  let scores = ClassScores(try LabelPair(actual, predicted, "balancedAccuracyScore"))
  let recalls = zip(scores.recall, scores.support).filter { $0.1 > 0 }.map(\.0)
  return recalls.reduce(0, +) / Double(recalls.count)
}

/// Returns which part of the samples predicted to be of a class are of it.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
///   - average: How classes are put together.
/// - Returns: The score; 0 where nothing was predicted to be of the class.
/// - Throws: `LearnerError` if shapes do not fit, or `average` is binary and there are other labels than two.
public func precisionScore<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>, average: ScoreAverage = .binary()
) throws(LearnerError) -> Double {
  try ClassScores(try LabelPair(actual, predicted, "precisionScore"))
    .averaged(average, "precisionScore").precision
}

/// Returns which part of the samples of a class are predicted to be of it.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
///   - average: How classes are put together.
/// - Returns: The score; 0 where there is no sample of the class.
/// - Throws: `LearnerError` if shapes do not fit, or `average` is binary and there are other labels than two.
public func recallScore<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>, average: ScoreAverage = .binary()
) throws(LearnerError) -> Double {
  try ClassScores(try LabelPair(actual, predicted, "recallScore"))
    .averaged(average, "recallScore").recall
}

/// Returns the harmonic mean of precision and recall.
///
/// ```swift
/// let f1 = try f1Score(yTest, predictions, average: .macro)
/// ```
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
///   - average: How classes are put together.
/// - Returns: The score; 0 where the class neither occurs nor is predicted.
/// - Throws: `LearnerError` if shapes do not fit, or `average` is binary and there are other labels than two.
public func f1Score<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>, average: ScoreAverage = .binary()
) throws(LearnerError) -> Double {
  try ClassScores(try LabelPair(actual, predicted, "f1Score")).averaged(average, "f1Score").f1
}

/// Returns how many samples of each class were predicted to be of each.
///
/// ```swift
/// try confusionMatrix(Tensor<Int32>([0, 0, 1]), Tensor<Int32>([0, 1, 1]))  // [[1, 1], [0, 1]]
/// ```
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
///   - labels: The classes in the order of rows and columns; by default all that occur, ascending.
/// - Returns: Shape `[classes, classes]`: rows are true classes, columns predicted ones.
/// - Throws: `LearnerError` if shapes do not fit, or a label is not among `labels`.
public func confusionMatrix<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>, labels: [Int]? = nil
) throws(LearnerError) -> Tensor<Int> {
  let pair = try LabelPair(actual, predicted, "confusionMatrix")
  let order = labels ?? pair.labels
  var counts = [Int](repeating: 0, count: order.count * order.count)
  for (row, column) in zip(pair.actual, pair.predicted) {
    guard let first = order.firstIndex(of: row), let second = order.firstIndex(of: column) else {
      let unknown = order.contains(row) ? column : row
      throw .unknownLabel(
        operation: "confusionMatrix", label: "label \(unknown)", known: order.map(\.description))
    }
    counts[first * order.count + second] += 1
  }
  return Tensor(shape: [order.count, order.count], values: counts)
}
