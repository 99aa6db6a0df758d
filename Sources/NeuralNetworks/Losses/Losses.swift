public import Tensors

private func checkShapes<Scalar: FloatingTensorScalar>(
  _ name: String, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) {
  require(
    a.shape == b.shape,
    "\(name): shapes \(a.shape) and \(b.shape); prediction and target must have the same")
}

/// Returns the mean squared difference.
///
/// - Returns: A scalar, or the shape of both without reduction.
/// - Precondition: The shapes are equal.
public func mseLoss<Scalar: FloatingTensorScalar>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("mseLoss", prediction, target)
  return reduction(square(prediction - target))
}

/// Returns the mean absolute difference.
///
/// - Returns: A scalar, or the shape of both without reduction.
/// - Precondition: The shapes are equal.
public func l1Loss<Scalar: FloatingTensorScalar>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("l1Loss", prediction, target)
  return reduction(abs(prediction - target))
}

/// Returns half the squared difference where it is below `delta`, and a straight line beyond.
///
/// - Returns: A scalar, or the shape of both without reduction.
/// - Precondition: The shapes are equal and `delta` is positive.
/// - SeeAlso: P. Huber, Robust estimation of a location parameter, 1964.
public func huberLoss<Scalar: FloatingTensorScalar>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, delta: Scalar = 1,
  reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("huberLoss", prediction, target)
  require(delta > 0, "huberLoss: a delta of \(delta); it must be positive")
  let size = abs(prediction - target)
  let inner = minimum(size, delta)
  // Inside: size² / 2; beyond: delta (size - delta / 2).
  return reduction(inner * (size - inner * 0.5))
}

/// Returns the cross-entropy of probabilities of two classes, from logits.
///
/// - Parameters:
///   - logits: Any shape, not normalised.
///   - targets: The same shape, from 0 to 1.
///   - positiveWeight: What an example of class 1 counts.
///   - reduction: What becomes of the elements' losses.
/// - Returns: A scalar, or the shape of both without reduction.
/// - Precondition: The shapes are equal.
public func binaryCrossEntropy<Scalar: FloatingTensorScalar>(
  logits: Tensor<Scalar>, _ targets: Tensor<Scalar>, positiveWeight: Scalar = 1,
  reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("binaryCrossEntropy", logits, targets)
  // log(1 + e^-x), without overflow.
  let softened = log1p(exp(-abs(logits))) + relu(-logits)
  let weight = targets * (positiveWeight - 1) + 1
  return reduction((1 - targets) * logits + weight * softened)
}

/// Returns the Kullback-Leibler divergence of log-probabilities from probabilities.
///
/// - Parameters:
///   - logProbabilities: Shape `[n, ...]`, such as a `logSoftmax`.
///   - targets: Probabilities of the same shape; 0 counts 0.
/// - Returns: The sum over the number of examples `n`.
/// - Precondition: The shapes are equal.
public func klDivergence<Scalar: FloatingTensorScalar>(
  _ logProbabilities: Tensor<Scalar>, _ targets: Tensor<Scalar>
) -> Tensor<Scalar> {
  checkShapes("klDivergence", logProbabilities, targets)
  let isZero = targets .<= 0
  let logTargets = log(select(isZero, Tensor(1), targets))
  return (targets * (logTargets - logProbabilities)).sum()
    / Scalar(Swift.max(targets.shape.first ?? 1, 1))
}

/// Returns the cosine of the angle between lines along the last axis.
///
/// - Returns: The shape of both without the last axis.
/// - Precondition: The shapes broadcast.
public func cosineSimilarity<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, epsilon: Scalar = 1e-8
) -> Tensor<Scalar> {
  guard a.rank > 0, b.rank > 0, let shape = Layout.broadcast(a.shape, b.shape) else {
    fail(
      "cosineSimilarity: shapes \(a.shape) and \(b.shape); both need an axis, and they must broadcast"
    )
  }
  let (x, y) = (a.broadcast(to: shape), b.broadcast(to: shape))
  let lengths = sqrt(square(x).sum(axis: -1) * square(y).sum(axis: -1))
  return (x * y).sum(axis: -1) / maximum(lengths, epsilon)
}

/// Returns how far lines that belong together are from parallel, and others from opposite, on average.
///
/// - Parameters:
///   - a: Shape `[n, size]`.
///   - b: Shape `[n, size]`.
///   - labels: Shape `[n]`; 1 where they belong together, -1 where not.
///   - margin: The cosine that strangers may have.
///   - reduction: What becomes of the examples' losses.
/// - Returns: A scalar, or shape `[n]` without reduction.
public func cosineEmbeddingLoss<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, labels: Tensor<Scalar>, margin: Scalar = 0,
  reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("cosineEmbeddingLoss", a, b)
  require(a.rank > 0, "cosineEmbeddingLoss: scalars; each example is a line of numbers")
  let cosine = cosineSimilarity(a, b)
  checkShapes("cosineEmbeddingLoss", cosine, labels)
  return reduction(select(labels .> 0, 1 - cosine, relu(cosine - margin)))
}

/// Returns how much nearer than `margin` strangers are, compared with what belongs to the anchor.
///
/// - Parameters:
///   - anchor: Shape `[n, size]`.
///   - positive: What belongs to each anchor, of the same shape.
///   - negative: What does not, of the same shape.
///   - margin: How much farther the negative has to be.
///   - reduction: What becomes of the examples' losses.
/// - Returns: A scalar, or shape `[n]` without reduction.
/// - SeeAlso: F. Schroff et al., FaceNet, 2015.
public func tripletLoss<Scalar: FloatingTensorScalar>(
  anchor: Tensor<Scalar>, positive: Tensor<Scalar>, negative: Tensor<Scalar>, margin: Scalar = 1,
  reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  checkShapes("tripletLoss", anchor, positive)
  checkShapes("tripletLoss", anchor, negative)
  require(anchor.rank > 0, "tripletLoss: scalars; each example is a line of numbers")
  func distance(_ other: Tensor<Scalar>) -> Tensor<Scalar> {
    // PyTorch adds the same to each difference, so that the root has a slope at 0.
    sqrt(square(anchor - other + 1e-6).sum(axis: -1))
  }
  return reduction(relu(distance(positive) - distance(negative) + margin))
}
