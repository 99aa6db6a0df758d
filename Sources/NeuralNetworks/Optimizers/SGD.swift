internal import BLAS
internal import Tensors

/// Stochastic gradient descent, with momentum if it is given.
///
/// ```swift
/// let optimizer = SGD(model, learningRate: 0.1, momentum: 0.9, nesterov: true)
/// ```
///
/// - SeeAlso: I. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.
public final class SGD: Optimizer {
  /// Parameters and velocities.
  public let state: OptimizerState

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed.
  ///   - learningRate: The step size.
  ///   - momentum: How much of the velocity is kept from step to step.
  ///   - dampening: The part of the gradient that does not go into the velocity, but for the first step.
  ///   - weightDecay: Times the weight, added to the gradient.
  ///   - nesterov: Whether the step looks ahead along the velocity.
  /// - Precondition: Nesterov's needs a momentum and no dampening.
  public init(
    _ model: some Module, learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    require(
      !nesterov || (momentum > 0 && dampening == 0),
      "SGD: Nesterov's momentum needs a momentum above 0 and no dampening, not \(momentum) and \(dampening)"
    )
    state = OptimizerState(
      model, learningRate: learningRate,
      rule: SGDRule(
        momentum: momentum, dampening: dampening, weightDecay: weightDecay, isNesterov: nesterov))
  }
}

private struct SGDRule: UpdateRule {
  let momentum: Double
  let dampening: Double
  let weightDecay: Double
  let isNesterov: Bool

  var slotNames: [String] { momentum == 0 ? [] : ["velocity"] }

  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep
  ) {
    NetworkKernels.gradientDescent(
      Scalar.dataType.elementType, count: weight.count, rate: step.learningRate,
      momentum: momentum, dampening: step.number == 1 ? 0 : dampening, decay: weightDecay,
      isNesterov: isNesterov, weight: weight.dense, gradient: gradient.dense,
      velocity: slots.first?.dense)
  }
}
