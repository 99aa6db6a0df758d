internal import BLAS

/// Returns the determinant of each matrix; 1 for a matrix without elements.
///
/// A product of many factors may overflow; `logDeterminant` does not.
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Shape `[...]`; 0 for a singular matrix.
/// - Throws: `LinearAlgebraError` if the matrices are not square.
public func determinant<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let pivots = try signedPivots(a, "determinant")
  let values = pivots.map { pivots in pivots.values.reduce(pivots.sign, *) }
  return Tensor(values).reshaped(to: a.batchShape)
}

/// The determinant of matrices as a sign and the logarithm of its magnitude.
public struct LogDeterminant<Scalar: LAPACKScalar>: Sendable {
  /// 1, -1, or 0 for a singular matrix.
  public let sign: Tensor<Scalar>
  /// The natural logarithm of the magnitude; minus infinity for a singular matrix.
  public let logAbsolute: Tensor<Scalar>
}

/// Returns the sign and the logarithm of the magnitude of each matrix's determinant.
///
/// ```swift
/// let logLikelihood = try -0.5 * logDeterminant(covariance).logAbsolute
/// ```
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Both of shape `[...]`.
/// - Throws: `LinearAlgebraError` if the matrices are not square.
public func logDeterminant<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>)
  throws(LinearAlgebraError) -> LogDeterminant<Scalar>
{
  let pivots = try signedPivots(a, "logDeterminant")
  let signs = pivots.map { pivots in
    pivots.values.reduce(pivots.sign) { $0 * ($1 < 0 ? -1 : $1 > 0 ? 1 : $1) }
  }
  let diagonals = pivots.flatMap(\.values)
  let shape = a.batchShape + [a.shape[a.rank - 1]]
  let logarithms = log(abs(Tensor(diagonals).reshaped(to: shape))).sum(axis: -1)
  return LogDeterminant(
    sign: Tensor(signs).reshaped(to: a.batchShape), logAbsolute: logarithms)
}

/// Returns the sum of each matrix's diagonal.
///
/// - Parameter a: Shape `[..., m, n]`.
/// - Returns: Shape `[...]`.
/// - Precondition: There are at least two axes.
public func trace<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>) -> Tensor<Scalar> {
  require(a.rank >= 2, "trace: shape \(a.shape) has \(a.rank) axes; a matrix needs at least two")
  return a.diagonals.sum(axis: -1)
}

/// The diagonal of each matrix's U, and the sign of its permutation.
private func signedPivots<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ operation: String)
  throws(LinearAlgebraError) -> [(sign: Scalar, values: [Scalar])]
{
  let order = try a.squareOrder(operation)
  let (factors, pivots) = try factored(
    a, order: order, operation: operation, failsOnZeroPivot: false)
  let diagonals = factors.diagonals.scalars
  return (0..<a.batchCount).map { number in
    let range = number * order..<(number + 1) * order
    let exchanges = range.count { Int(pivots[$0]) != $0 - range.lowerBound + 1 }
    return (exchanges % 2 == 0 ? 1 : -1, Array(diagonals[range]))
  }
}
