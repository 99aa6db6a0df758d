internal import BLAS

// Activation functions, each in one pass over the elements.

/// Returns each element times the part of a normal distribution below it.
///
/// ```swift
/// let h = gelu(matmul(x, w) + b)
/// ```
///
/// - Parameters:
///   - x: Any shape.
///   - approximate: Whether to use the form with tanh, within 0.0005 of the exact one and faster.
/// - Returns: The shape of `x`.
/// - SeeAlso: Hendrycks and Gimpel 2016, arXiv:1606.08415.
public func gelu<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, approximate: Bool = false)
  -> Tensor<Scalar>
{
  guard approximate else {
    return x.mapped(.gelu).recorded(
      from: x,
      { g in
        let below = erfc(x * Scalar(-0.707106781186547524400)) * Scalar(0.5)
        let density = exp(square(x) * Scalar(-0.5)) * Scalar(0.398942280401432677940)
        return g * (below + x * density)
      })
  }
  return x.mapped(.geluTanh).recorded(
    from: x,
    { g in
      let scale = Scalar(1.595769121605730711760)
      let s = sigmoid((x + x * square(x) * Scalar(0.044715)) * scale)
      return g * (s + x * s * (1 - s) * (square(x) * Scalar(0.134145) + 1) * scale)
    })
}

/// Returns each element times its logistic function, also called swish.
///
/// - SeeAlso: Elfwing et al. 2018, arXiv:1702.03118.
public func silu<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.silu).recorded(
    from: x,
    { g in
      let s = sigmoid(x)
      return g * s * (1 + x * (1 - s))
    })
}

/// Returns the logarithm of 1 + e^x for each element, without overflow.
public func softplus<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.softplus).recorded(from: x, { $0 * sigmoid(x) })
}

/// Returns each element, or `slope` times it where it is negative.
public func leakyReLU<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, slope: Scalar = 0.01)
  -> Tensor<Scalar>
{
  select(x .< 0, x * slope, x)
}

/// Returns each element, or `scale` times e^x - 1 where it is negative.
///
/// - SeeAlso: Clevert et al. 2015, arXiv:1511.07289.
public func elu<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, scale: Scalar = 1)
  -> Tensor<Scalar>
{
  select(x .< 0, expm1(minimum(x, 0)) * scale, x)
}
