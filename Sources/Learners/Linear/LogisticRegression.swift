public import Tensors

/// How much each class counts in the loss.
public enum ClassWeight: String, Codable, Sendable {
  /// Every sample counts the same.
  case uniform
  /// Every class counts the same: its samples count `samples / (classes × samples of the class)`.
  case balanced

  /// The weight of each sample.
  func sampleWeights(_ classes: ClassIndex) -> [Double]? {
    guard self == .balanced else { return nil }
    let total = Double(classes.positions.count) / Double(classes.classes.count)
    return classes.positions.map { total / Double(classes.counts[$0]) }
  }
}

/// A linear classifier that gives probabilities: logistic regression of two classes, multinomial of more.
///
/// It makes `c · Σ loss + ‖w‖²/2` least with L-BFGS; the intercepts are not penalised. Features of similar size make it
/// converge in few steps, so put a `StandardScaler` before it.
///
/// ```swift
/// var model = LogisticRegression(c: 0.5)
/// try model.fit(x, labels)
/// let probabilities = try model.predictProbabilities(xTest)  // [samples, classes]
/// ```
///
/// - SeeAlso: Bishop, *Pattern Recognition and Machine Learning*, sections 4.3.2 and 4.3.4.
public struct LogisticRegression: Classifier {
  /// The inverse strength of the penalty, scikit-learn's `C`; infinity for none.
  public var c: Double
  /// Whether a constant is added for each class.
  public var fitsIntercept: Bool
  /// How much each class counts.
  public var classWeight: ClassWeight
  /// The most steps of the optimizer.
  public var maxIterations: Int
  /// The largest element of the gradient of the mean loss at which it stops.
  public var tolerance: Double

  /// The labels that `fit` saw, ascending; empty before.
  public private(set) var classes: [Int32] = []
  /// The weights, shape `[classes, features]`, or `[1, features]` of two classes; those speak for the second.
  public private(set) var coefficients = Tensor<Double>.zeros(shape: [0, 0])
  /// The constants, shape `[classes]`, or `[1]` of two classes.
  public private(set) var intercepts = Tensor<Double>([])
  /// The steps that `fit` took.
  public private(set) var iterationCount = 0
  /// Whether the tolerance was reached; otherwise scale the features or raise `maxIterations`.
  public private(set) var hasConverged = false

  /// Makes a model to be fitted.
  public init(
    c: Double = 1, fitsIntercept: Bool = true, classWeight: ClassWeight = .uniform,
    maxIterations: Int = 100, tolerance: Double = 1e-4
  ) {
    self.c = c
    self.fitsIntercept = fitsIntercept
    self.classWeight = classWeight
    self.maxIterations = maxIterations
    self.tolerance = tolerance
  }

  /// Learns from samples `x`, shape `[samples, features]`, and labels `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit, an element is not finite, or there are
  ///   fewer than two classes.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws(LearnerError) {
    let operation = "LogisticRegression.fit"
    try check(c > 0, operation, "c", c, "it must be more than 0; a smaller c penalises more")
    try check(maxIterations > 0, operation, "maxIterations", maxIterations, "it must be positive")
    let rows = try x.samples(operation)
    let found = try ClassIndex(y, rows: rows.shape[0], operation: operation)
    let loss = LogisticLoss(
      x: rows, classes: found, weights: classWeight.sampleWeights(found), inversePenalty: c,
      fitsIntercept: fitsIntercept)
    let result = SmoothMinimizer(maxIterations: maxIterations, tolerance: tolerance).minimize(
      loss.callAsFunction, from: .zeros(shape: [loss.parameterCount]))
    (coefficients, intercepts) = loss.unpacked(result.point)
    coefficients = coefficients.contiguous()
    classes = found.classes
    (iterationCount, hasConverged) = (result.iterationCount, result.hasConverged)
    tellOfFit(x, y)
  }

  /// Returns the linear scores, shape `[samples]` for the second of two classes, or `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func decisionFunction(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let scores = try scores(x, "LogisticRegression.decisionFunction")
    return classes.count == 2 ? scores.flattened() : scores
  }

  /// Returns each sample's probability of each class, shape `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predictProbabilities(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let scores = try scores(x, "LogisticRegression.predictProbabilities")
    guard classes.count == 2 else { return softmax(scores, axis: -1) }
    return concatenate([sigmoid(-1 * scores), sigmoid(scores)], axis: 1)
  }

  private func scores(_ x: Tensor<Double>, _ operation: String) throws(LearnerError)
    -> Tensor<Double>
  {
    let rows = try x.samples(operation, features: coefficients.shape[1])
    return matmul(rows, coefficients.transposed()) + intercepts
  }
}
