internal import BLAS

extension Tensor {
  /// A node for a model's parameter of a shape; it stays the same when the parameter's value changes.
  package static func parameterNode(shape: [Int]) -> Node<Scalar> {
    Node<Scalar>(
      id: takeNodeNumbers(), ancestry: .ofParameters, shape: shape, edges: .none)
  }
}

/// Runs `function` of parameters, which gives a scalar, and walks back from it.
///
/// - Returns: The value, and the pass that knows the parameters' gradients.
package func differentiatingParameters<Scalar: FloatingTensorScalar>(
  _ function: () throws -> Tensor<Scalar>
) rethrows -> (value: Tensor<Scalar>, pass: ReversePass) {
  let base = takeNodeNumbers()
  return try DifferentiationScope.ofParameters(
    function,
    thenWalkingBack: { value in
      require(
        value.count == 1,
        "gradient: the function's value has shape \(value.shape); a gradient needs a scalar")
      let pass = ReversePass(toParametersFrom: base)
      if let node = value.node { pass.add(to: node) { .ones(shape: value.shape) } }
      pass.run()
      return (value.leavingDifferentiation, pass)
    })
}
