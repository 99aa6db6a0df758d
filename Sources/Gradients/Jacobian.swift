public import Tensors

/// Returns the function that gives all partial derivatives of `function`.
///
/// ```swift
/// jacobian { (x: Tensor<Double>) in x * x }(Tensor([1, 2]))  // [[2, 0], [0, 4]]
/// ```
///
/// It walks back once for each element of the value, so it suits values with few elements.
///
/// - Returns: A function whose result has the value's shape followed by the argument's.
public func jacobian<Scalar: FloatingTensorScalar>(
  _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
) -> (Tensor<Scalar>) -> Tensor<Scalar> {
  { x in
    let (value, pullback) = vjp(function)(x)
    guard !value.isEmpty else { return .zeros(shape: value.shape + x.shape) }
    let rows = (0..<value.count).map { row in
      var seed = Tensor<Scalar>.zeros(shape: [value.count])
      seed[row] = Tensor(1)
      return pullback(seed.reshaped(to: value.shape))
    }
    return stack(rows).reshaped(to: value.shape + x.shape)
  }
}

/// Returns the function that gives all second partial derivatives of `function`, a scalar.
///
/// ```swift
/// hessian { (x: Tensor<Double>) in (x * x * x).sum() }(Tensor([1, 2]))  // [[6, 0], [0, 12]]
/// ```
///
/// - Returns: A function whose result has the argument's shape twice.
/// - Precondition: `function` gives a tensor with one element.
public func hessian<Scalar: FloatingTensorScalar>(
  _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
) -> (Tensor<Scalar>) -> Tensor<Scalar> {
  jacobian(grad(function))
}

/// Returns the value of `function` at `x` and its change in the direction of `tangent`: the product of the Jacobian
/// and a vector.
///
/// ```swift
/// jvp({ (x: Tensor<Double>) in sin(x) }, at: x, tangent: v).tangent  // cos(x) * v
/// ```
///
/// It walks back twice, at about three times the cost of the function.
///
/// - Parameters:
///   - function: Any function of a tree of tensors.
///   - x: Where to differentiate.
///   - tangent: The direction; the structure and shapes of `x`.
/// - Returns: The value, and a tangent of its shape.
/// - SeeAlso: J. Townsend, A new trick for calculating Jacobian vector products, 2017.
public func jvp<Argument: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (Argument) -> Tensor<Scalar>, at x: Argument, tangent: Argument
) -> (value: Tensor<Scalar>, tangent: Tensor<Scalar>) {
  let (value, pullback) = vjp(function)(x)
  let directions = TensorList()
  _ = tangent.mappingTensors(directions)
  // The pullback is linear in its gradient, so it may be differentiated anywhere: at 0.
  let change = grad { (gradient: Tensor<Scalar>) in
    let product = InnerProduct(directions)
    _ = pullback(gradient).mappingTensors(product)
    return product.total
  }
  return (value, change(.zeros(shape: value.shape)))
}
