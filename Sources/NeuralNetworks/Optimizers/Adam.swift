internal import BLAS
internal import Tensors

/// Adam: steps along the running mean of gradients, over the root of the running mean of their squares.
///
/// ```swift
/// let optimizer = Adam(model, learningRate: 1e-3)
/// ```
///
/// - SeeAlso: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
public final class Adam: Optimizer {
  /// Parameters and moments.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - betas: How much of the running means is kept from step to step.
  ///   - epsilon: Added to the root.
  ///   - weightDecay: Times the weight, added to the gradient.
  public init(
    _ model: some Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: AdamRule(
        betas: betas, epsilon: epsilon, weightDecay: weightDecay, isDecoupled: false))
  }
}

/// Adam with weight decay that does not go through the moments.
///
/// - SeeAlso: Loshchilov and Hutter, Decoupled weight decay regularization, 2019.
public final class AdamW: Optimizer {
  /// Parameters and moments.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - betas: How much of the running means is kept from step to step.
  ///   - epsilon: Added to the root.
  ///   - weightDecay: Times the learning rate, the part of each weight that a step takes off.
  public init(
    _ model: some Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: AdamRule(betas: betas, epsilon: epsilon, weightDecay: weightDecay, isDecoupled: true))
  }
}

private struct AdamRule: UpdateRule {
  let betas: (Double, Double)
  let epsilon: Double
  let weightDecay: Double
  let isDecoupled: Bool
  let slotNames = ["firstMoment", "secondMoment"]

  init(betas: (Double, Double), epsilon: Double, weightDecay: Double, isDecoupled: Bool) {
    require(
      (0..<1).contains(betas.0) && (0..<1).contains(betas.1),
      "Adam: betas \(betas); both must be from 0 to below 1")
    (self.betas, self.epsilon) = (betas, epsilon)
    (self.weightDecay, self.isDecoupled) = (weightDecay, isDecoupled)
  }

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    let first = 1 - power(betas.0, step.number)
    let second = 1 - power(betas.1, step.number)
    NetworkKernels.adam(
      Scalar.dataType.elementType, count: weight.count,
      step: .init(
        rate: step.learningRate / first, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
        secondCorrection: second.squareRoot(),
        decay: isDecoupled ? weightDecay * step.learningRate : weightDecay,
        isDecoupled: isDecoupled),
      weight: weight.dense, gradient: gradient.dense, first: slots[0].dense,
      second: slots[1].dense)
  }
}

/// A number to a whole power.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
