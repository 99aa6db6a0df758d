public import Tensors

/// Returns the function that gives the gradient of `function`, a scalar, with respect to its argument.
///
/// ```swift
/// let slope = grad { (x: Tensor<Double>) in x * x * x }
/// slope(Tensor(2))  // 12
/// grad(slope)(Tensor(2))  // 12, the second derivative 6x
/// ```
///
/// - Returns: A function whose result has the argument's shape.
/// - Precondition: `function` gives a tensor with one element.
public func grad<Scalar: FloatingTensorScalar>(
  _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
) -> (Tensor<Scalar>) -> Tensor<Scalar> {
  { x in valueAndGrad(at: x, of: function).gradient }
}

/// Returns the value of `function` at `x`, a scalar, and its gradient there.
///
/// - Returns: The value, and the gradient in the shape of `x`.
/// - Precondition: `function` gives a tensor with one element.
public func valueAndGrad<Scalar: FloatingTensorScalar>(
  at x: Tensor<Scalar>, of function: (Tensor<Scalar>) -> Tensor<Scalar>
) -> (value: Tensor<Scalar>, gradient: Tensor<Scalar>) {
  let call = Differentiation(inputCount: 1)
  let y = call.recording { function(call.input(x, number: 0)) }
  require(
    y.count == 1,
    "grad: the function's value has shape \(y.shape); a gradient needs a scalar, or use vjp")
  let gradients = call.pullBack([(y, .ones(shape: y.shape))])
  return (y.leavingDifferentiation, gradients.gradient(ofInput: 0, like: x))
}
