public import Tensors

/// Returns the function that gives the gradient of `function`, a scalar, with respect to its argument.
///
/// ```swift
/// let slope = grad { (x: Tensor<Double>) in x * x * x }
/// slope(Tensor(2))  // 12
/// grad(slope)(Tensor(2))  // 12, the second derivative 6x
/// ```
///
/// The argument is a tensor, or an array, a dictionary or a type of yours that is a tree of tensors. What the function
/// captures counts as constant, unless an outer `grad` differentiates with respect to it.
///
/// - Returns: A function of the same argument whose result has its shape.
/// - Precondition: `function` gives a tensor with one element.
public func grad<Argument: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (Argument) -> Tensor<Scalar>
) -> (Argument) -> Argument {
  { x in valueAndGrad(function)(x).gradient }
}

/// Returns the function that gives both the value of `function`, a scalar, and its gradient.
///
/// ```swift
/// let (loss, gradient) = valueAndGrad { (w: Tensor<Float>) in square(matmul(x, w) - y).mean() }(w)
/// ```
///
/// - Returns: A function of the same argument; the gradient has the argument's shape.
/// - Precondition: `function` gives a tensor with one element.
public func valueAndGrad<Argument: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (Argument) -> Tensor<Scalar>
) -> (Argument) -> (value: Tensor<Scalar>, gradient: Argument) {
  { x in
    let (value, pullback) = vjp(function)(x)
    require(
      value.count == 1,
      "grad: the function's value has shape \(value.shape); a gradient needs a scalar, or use vjp")
    return (value, pullback(.ones(shape: value.shape)))
  }
}

/// Returns the function that gives the value of `function` and the way back from it: the product of a vector and the
/// Jacobian.
///
/// ```swift
/// let (y, pullback) = vjp { (x: Tensor<Double>) in sin(x) }(x)
/// pullback(Tensor.ones(shape: y.shape))  // cos(x)
/// ```
///
/// - Returns: A function of the same argument. The pullback takes a gradient of the value's shape and gives that of the
///   argument, as often as it is called.
/// - SeeAlso: Griewank and Walther, Evaluating Derivatives, second edition, section 3.2 (the reverse mode).
public func vjp<Argument: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (Argument) -> Tensor<Scalar>
) -> (Argument) -> (value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Argument) {
  { x in
    let counter = TensorCount()
    _ = x.mappingTensors(counter)
    let call = Differentiation(inputCount: counter.count)
    let result = call.recording { function(x.mappingTensors(InputTransform(call))) }
    let pullback: (Tensor<Scalar>) -> Argument = { gradient in
      require(
        gradient.shape == result.shape,
        "vjp: a gradient of shape \(gradient.shape) for a value of shape \(result.shape); "
          + "they must agree")
      return x.mappingTensors(GradientTransform(call.pullBack([(result, gradient)])))
    }
    return (result.leavingDifferentiation, pullback)
  }
}
