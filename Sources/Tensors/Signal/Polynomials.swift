/// Returns the coefficients of the polynomial that fits points best, by least squares.
///
/// ```swift
/// let line = try polyFit(x, y, degree: 1)  // [intercept, slope]
/// ```
///
/// - Parameters:
///   - x: Shape `[n]`.
///   - y: Shape `[n]`.
///   - degree: The highest power.
///   - weights: Shape `[n]`; what the residuals are multiplied by before they are squared.
/// - Returns: Shape `[degree + 1]`, the constant term first, as in NumPy's `polynomial` package.
/// - Throws: `LinearAlgebraError` if a point is not finite, or the shapes do not fit.
public func polyFit<Scalar: LAPACKScalar>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>, degree: Int, weights: Tensor<Scalar>? = nil
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  guard x.rank == 1, y.shape == x.shape, degree >= 0, !x.isEmpty,
    weights.map({ $0.shape == x.shape }) ?? true
  else {
    throw .shapeMismatch(
      operation: "polyFit", shapes: [x.shape, y.shape] + (weights.map { [$0.shape] } ?? []),
      rule: "x, y and weights must be vectors of one length, not empty, and the degree 0 or more")
  }
  var powers = [Tensor<Scalar>.ones(shape: x.shape)]
  for power in 0..<degree { powers.append(powers[power] * x) }
  var matrix = stack(powers, axis: 1)
  var target = y
  if let weights {
    matrix = matrix * weights.expandingDims(axis: 1)
    target = y * weights
  }
  // Columns of one length, as powers of x may differ by many orders of magnitude.
  let scale = maximum(vectorNorm(matrix, axes: [0]), Scalar.leastNormalMagnitude)
  return try leastSquares(matrix / scale, target).solution / scale
}

/// Returns the values of a polynomial.
///
/// - Parameters:
///   - coefficients: Shape `[degree + 1]`, the constant term first.
///   - x: Any shape.
/// - Returns: The shape of `x`.
/// - Precondition: There is a coefficient.
/// - SeeAlso: Horner's method.
public func polyEvaluate<Scalar: FloatingTensorScalar>(
  _ coefficients: Tensor<Scalar>, _ x: Tensor<Scalar>
) -> Tensor<Scalar> {
  require(
    coefficients.rank == 1 && !coefficients.isEmpty,
    "polyEvaluate: coefficients of shape \(coefficients.shape); there must be a vector of them, not empty"
  )
  let last = coefficients.count - 1
  var sum = coefficients[last].broadcast(to: x.shape)
  for power in stride(from: last - 1, through: 0, by: -1) { sum = sum * x + coefficients[power] }
  return sum
}
