public import Tensors

/// What changes a model's parameters by their gradients.
///
/// ```swift
/// let optimizer = Adam(model, learningRate: 1e-3)
/// for (x, y) in batches {
///   let loss = optimizer.step { crossEntropy(model(x), y) }
/// }
/// ```
///
/// The parts of a step can be had one by one:
///
/// ```swift
/// let (loss, gradients) = valueAndGrad(of: model) { crossEntropy(model(x), y) }
/// optimizer.update(gradients.clipped(norm: 1))
/// ```
public protocol Optimizer: AnyObject, Sendable {
  /// The parameters, the learning rate and what is remembered about each parameter.
  var state: OptimizerState { get }
}

extension Optimizer {
  /// The step size, which a schedule may change between steps.
  ///
  /// - Precondition: It is a number that is not negative.
  public var learningRate: Double {
    get { state.learningRate }
    set { state.learningRate = newValue }
  }

  /// The number of updates so far.
  public var stepCount: Int { state.stepCount }

  /// Changes the parameters by gradients.
  public func update(_ gradients: ModuleGradients) { state.update(gradients) }

  /// Computes a loss, walks back and changes the parameters.
  ///
  /// - Parameters:
  ///   - limit: The norm that gradients are clipped to; none by default.
  ///   - loss: Gives a tensor with one element.
  /// - Returns: The loss before the step.
  /// - Throws: What `loss` throws; the parameters are as before then.
  @discardableResult
  public func step<Scalar: FloatingTensorScalar>(
    clippingNorm limit: Double? = nil, _ loss: () throws -> Tensor<Scalar>
  ) rethrows -> Tensor<Scalar> {
    let (value, gradients) = try state.parameters.valueAndGradients(loss)
    update(limit.map { gradients.clipped(norm: $0) } ?? gradients)
    return value
  }
}
