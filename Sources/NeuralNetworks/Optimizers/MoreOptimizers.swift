internal import Tensors

/// Steps along the gradient, over the root of the running mean of its squares.
///
/// - SeeAlso: G. Hinton, Neural networks for machine learning, lecture 6e, 2012.
public final class RMSprop: Optimizer {
  /// Parameters and running means.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - alpha: How much of the running mean is kept from step to step.
  ///   - epsilon: Added to the root.
  ///   - weightDecay: Times the weight, added to the gradient.
  ///   - momentum: How much of the last step is added to the next.
  public init(
    _ model: some Module, learningRate: Double = 0.01, alpha: Double = 0.99,
    epsilon: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0
  ) {
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: RMSpropRule(
        alpha: alpha, epsilon: epsilon, weightDecay: weightDecay, momentum: momentum))
  }
}

private struct RMSpropRule: UpdateRule {
  let alpha: Double
  let epsilon: Double
  let weightDecay: Double
  let momentum: Double

  var slotNames: [String] { momentum == 0 ? ["squareMean"] : ["squareMean", "velocity"] }

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    let gradient = weightDecay == 0 ? gradient : gradient + weight * Scalar(weightDecay)
    slots[0] *= Scalar(alpha)
    slots[0] += square(gradient) * Scalar(1 - alpha)
    var change = gradient / (sqrt(slots[0]) + Scalar(epsilon))
    if momentum != 0 {
      slots[1] = slots[1] * Scalar(momentum) + change
      change = slots[1]
    }
    weight -= change * Scalar(step.learningRate)
  }
}

/// Steps along the gradient, over the root of the sum of its squares so far.
///
/// - SeeAlso: Duchi, Hazan and Singer, Adaptive subgradient methods, 2011.
public final class Adagrad: Optimizer {
  /// Parameters and sums of squares.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - learningRateDecay: Makes it smaller with every step.
  ///   - epsilon: Added to the root.
  ///   - weightDecay: Times the weight, added to the gradient.
  public init(
    _ model: some Module, learningRate: Double = 0.01, learningRateDecay: Double = 0,
    epsilon: Double = 1e-10, weightDecay: Double = 0
  ) {
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: AdagradRule(
        learningRateDecay: learningRateDecay, epsilon: epsilon, weightDecay: weightDecay))
  }
}

private struct AdagradRule: UpdateRule {
  let learningRateDecay: Double
  let epsilon: Double
  let weightDecay: Double
  let slotNames = ["squareSum"]

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    let gradient = weightDecay == 0 ? gradient : gradient + weight * Scalar(weightDecay)
    let rate = step.learningRate / (1 + Double(step.number - 1) * learningRateDecay)
    slots[0] += square(gradient)
    weight -= gradient / (sqrt(slots[0]) + Scalar(epsilon)) * Scalar(rate)
  }
}

/// Steps of one size along the sign of the momentum.
///
/// - SeeAlso: X. Chen et al., Symbolic discovery of optimization algorithms, 2023.
public final class Lion: Optimizer {
  /// Parameters and momenta.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size; a tenth of Adam's is usual.
  ///   - betas: How much of the momentum counts in the step, and is kept after it.
  ///   - weightDecay: Times the learning rate, the part of each weight that a step takes off.
  public init(
    _ model: some Module, learningRate: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0
  ) {
    state = OptimizerState(
      model, learningRate: learningRate, rule: LionRule(betas: betas, weightDecay: weightDecay))
  }
}

private struct LionRule: UpdateRule {
  let betas: (Double, Double)
  let weightDecay: Double
  let slotNames = ["momentum"]

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    weight *= Scalar(1 - step.learningRate * weightDecay)
    let direction = slots[0] * Scalar(betas.0) + gradient * Scalar(1 - betas.0)
    weight -= sign(direction) * Scalar(step.learningRate)
    slots[0] = slots[0] * Scalar(betas.1) + gradient * Scalar(1 - betas.1)
  }
}

/// Adam whose step for each parameter is as long as a part of the parameter itself, for large batches.
///
/// - SeeAlso: Y. You et al., Large batch optimization for deep learning, 2020.
public final class LAMB: Optimizer {
  /// Parameters and moments.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - betas: How much of the running means is kept from step to step.
  ///   - epsilon: Added to the root.
  ///   - weightDecay: Times the weight, added to the step.
  public init(
    _ model: some Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-6, weightDecay: Double = 0.01
  ) {
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: LAMBRule(betas: betas, epsilon: epsilon, weightDecay: weightDecay))
  }
}

private struct LAMBRule: UpdateRule {
  let betas: (Double, Double)
  let epsilon: Double
  let weightDecay: Double
  let slotNames = ["firstMoment", "secondMoment"]

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    slots[0] = slots[0] * Scalar(betas.0) + gradient * Scalar(1 - betas.0)
    slots[1] = slots[1] * Scalar(betas.1) + square(gradient) * Scalar(1 - betas.1)
    let first = slots[0] / Scalar(1 - power(betas.0, step.number))
    let second = slots[1] / Scalar(1 - power(betas.1, step.number))
    let change = first / (sqrt(second) + Scalar(epsilon)) + weight * Scalar(weightDecay)
    let (weightNorm, changeNorm) = (
      Double(square(weight).sum().item()).squareRoot(),
      Double(square(change).sum().item()).squareRoot()
    )
    let trust = weightNorm > 0 && changeNorm > 0 ? weightNorm / changeNorm : 1
    weight -= change * Scalar(step.learningRate * trust)
  }
}
