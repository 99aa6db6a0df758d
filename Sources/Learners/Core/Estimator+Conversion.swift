public import Tensors

// Learners compute in Double; samples and targets of other types are converted on the way in.

extension Estimator {
  /// Returns a copy that has learned from `x` and `y`.
  ///
  /// ```swift
  /// let model = try Ridge(alpha: 0.5).fitted(x, y)
  /// ```
  public func fitted(_ x: Tensor<Double>, _ y: Tensor<Target>) throws -> Self {
    var copy = self
    try copy.fit(x, y)
    return copy
  }

  /// Returns a copy that has learned from `x` and `y`, converted to the learner's types.
  public func fitted<X: RealTensorScalar, Y: RealTensorScalar>(_ x: Tensor<X>, _ y: Tensor<Y>)
    throws -> Self
  {
    var copy = self
    try copy.fit(x, y)
    return copy
  }

  /// Learns from samples and targets of other element types, converted to the learner's.
  ///
  /// - Throws: What `fit` throws; `LearnerError` if a label is no whole number of 32 bits.
  public mutating func fit<X: RealTensorScalar, Y: RealTensorScalar>(
    _ x: Tensor<X>, _ y: Tensor<Y>
  ) throws {
    try fit(Tensor<Double>(x), converted(y, to: Target.self, operation: "fit"))
  }

  /// Returns the target of each sample of another element type.
  public func predict<X: RealTensorScalar>(_ x: Tensor<X>) throws -> Tensor<Target> {
    try predict(Tensor<Double>(x))
  }

  /// Judges the predictions for samples and targets of other element types.
  public func score<X: RealTensorScalar, Y: RealTensorScalar>(_ x: Tensor<X>, _ y: Tensor<Y>)
    throws -> Double
  {
    try score(Tensor<Double>(x), converted(y, to: Target.self, operation: "score"))
  }
}

extension Classifier {
  /// Returns the class probabilities of samples of another element type.
  public func predictProbabilities<X: RealTensorScalar>(_ x: Tensor<X>) throws -> Tensor<Double> {
    try predictProbabilities(Tensor<Double>(x))
  }
}

extension Transformer {
  /// Returns a copy that has learned from `x`.
  public func fitted(_ x: Tensor<Double>) throws -> Self {
    var copy = self
    try copy.fit(x)
    return copy
  }

  /// Learns from samples of another element type.
  public mutating func fit<X: RealTensorScalar>(_ x: Tensor<X>) throws {
    try fit(Tensor<Double>(x))
  }

  /// Returns samples of another element type changed.
  public func transform<X: RealTensorScalar>(_ x: Tensor<X>) throws -> Tensor<Double> {
    try transform(Tensor<Double>(x))
  }

  /// Learns from samples of another element type and returns them changed.
  public mutating func fitTransform<X: RealTensorScalar>(_ x: Tensor<X>) throws -> Tensor<Double> {
    try fitTransform(Tensor<Double>(x))
  }
}

/// `values` as targets of another type; labels must be whole numbers that fit.
func converted<From: RealTensorScalar, To: RealTensorScalar>(
  _ values: Tensor<From>, to type: To.Type, operation: String
) throws(LearnerError) -> Tensor<To> {
  guard To.dataType.isInteger else { return Tensor<To>(values) }
  let numbers = Tensor<Double>(values).scalars
  if let wrong = numbers.first(where: {
    !($0 == $0.rounded() && $0 >= Double(Int32.min) && $0 <= Double(Int32.max))
  }) {
    throw .invalidParameter(
      operation: operation, name: "a label", value: "\(wrong)",
      rule: "labels must be whole numbers of 32 bits; make them with LabelEncoder, "
        + "or use a regressor for other numbers")
  }
  return Tensor<To>(values)
}
