public import Tensors

/// A model that learns from samples and their targets, and then predicts targets.
///
/// A learner is a value: its settings are properties, `fit` stores what was learned in it, and a copy is independent.
/// It can be encoded, so that a fitted model is saved by any encoder and by a pipeline's step.
///
/// ```swift
/// var model = Ridge(alpha: 0.5)
/// try model.fit(x, y)
/// print(try model.score(xTest, yTest))
/// ```
public protocol Estimator: Codable, Sendable {
  /// What is predicted for each sample: `Double` by regressors, `Int32` labels by classifiers.
  associatedtype Target: RealTensorScalar

  /// Learns from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// What was learned before is replaced.
  mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Target>) throws

  /// Returns the target of each sample of `x`, shape `[samples, features]`.
  func predict(_ x: Tensor<Double>) throws -> Tensor<Target>

  /// Judges the predictions for `x` by the true targets `y`: R² of regressors, accuracy of classifiers.
  func score(_ x: Tensor<Double>, _ y: Tensor<Target>) throws -> Double
}

/// A model that predicts numbers.
public protocol Regressor: Estimator where Target == Double {}

/// A model that predicts which class a sample belongs to.
public protocol Classifier: Estimator where Target == Int32 {
  /// The labels that `fit` saw, ascending; empty before.
  var classes: [Int32] { get }

  /// Returns each sample's probability of each class, shape `[samples, classes]`, in the order of `classes`.
  func predictProbabilities(_ x: Tensor<Double>) throws -> Tensor<Double>
}

/// A step that learns a change of the features, such as a scaling, and applies it.
public protocol Transformer: Codable, Sendable {
  /// Learns from samples `x`, shape `[samples, features]`.
  mutating func fit(_ x: Tensor<Double>) throws

  /// Returns the changed samples, shape `[samples, new features]`.
  func transform(_ x: Tensor<Double>) throws -> Tensor<Double>

  /// Learns from `x` and returns it changed.
  mutating func fitTransform(_ x: Tensor<Double>) throws -> Tensor<Double>
}

/// A transformer that can undo its change.
public protocol InvertibleTransformer: Transformer {
  /// Returns samples as they were before `transform`, as far as it kept them.
  func inverseTransform(_ x: Tensor<Double>) throws -> Tensor<Double>
}

extension Regressor {
  /// The coefficient of determination R² of the predictions for `x`; 1 is best.
  public func score(_ x: Tensor<Double>, _ y: Tensor<Double>) throws -> Double {
    try r2Score(y, predict(x))
  }
}

extension Classifier {
  /// The part of the samples `x` whose label is predicted.
  public func score(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws -> Double {
    try accuracyScore(y, predict(x))
  }

  /// Returns the most probable label of each sample; the smallest of equally probable ones.
  public func predict(_ x: Tensor<Double>) throws -> Tensor<Int32> {
    let probabilities = try predictProbabilities(x)
    return labels(of: probabilities)
  }

  /// The label of each row's largest value.
  func labels(of scores: Tensor<Double>) -> Tensor<Int32> {
    Tensor(scores.argmax(axis: 1).scalars.map { classes[Int($0)] })
  }
}

extension Transformer {
  /// Learns from `x`, shape `[samples, features]`, and returns it changed.
  public mutating func fitTransform(_ x: Tensor<Double>) throws -> Tensor<Double> {
    try fit(x)
    return try transform(x)
  }
}
