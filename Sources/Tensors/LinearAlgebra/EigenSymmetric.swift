internal import BLAS

/// Eigenvalues and eigenvectors of symmetric matrices.
public struct SymmetricEigen<Scalar: LAPACKScalar>: Sendable {
  /// Ascending, shape `[..., n]`.
  public let values: Tensor<Scalar>
  /// Orthonormal columns, one for each value, shape `[..., n, n]`.
  public let vectors: Tensor<Scalar>
}

/// Which triangle of a symmetric matrix is read.
public enum Triangle: Sendable {
  /// The diagonal and what lies below it.
  case lower
  /// The diagonal and what lies above it.
  case upper
}

/// Returns the eigenvalues and eigenvectors of each symmetric matrix.
///
/// ```swift
/// let e = try eigenSymmetric(covariance)
/// let firstComponent = e.vectors[..., -1]
/// ```
///
/// - Parameters:
///   - a: Shape `[..., n, n]`.
///   - triangle: The triangle that is read; the other one is taken to mirror it.
/// - Returns: Ascending values, and vectors in columns.
/// - Throws: `LinearAlgebraError` if a matrix is not square, an element is not finite, or the iteration does not
///   converge.
/// - SeeAlso: LAPACK `syevd`.
public func eigenSymmetric<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, triangle: Triangle = .lower
) throws(LinearAlgebraError) -> SymmetricEigen<Scalar> {
  let (values, work) = try symmetric(a, vectors: true, triangle, "eigenSymmetric")
  // LAPACK leaves each vector in a column of what it sees by columns: in a row of ours.
  return SymmetricEigen(values: values, vectors: work.matrixTransposed)
}

/// Returns the eigenvalues of each symmetric matrix, ascending.
///
/// - Parameters:
///   - a: Shape `[..., n, n]`.
///   - triangle: The triangle that is read.
/// - Returns: Shape `[..., n]`.
/// - Throws: `LinearAlgebraError` as `eigenSymmetric` does.
public func eigenvaluesSymmetric<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, triangle: Triangle = .lower
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  try symmetric(a, vectors: false, triangle, "eigenvaluesSymmetric").values
}

private func symmetric<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, vectors: Bool, _ triangle: Triangle, _ operation: String
) throws(LinearAlgebraError) -> (values: Tensor<Scalar>, work: Tensor<Scalar>) {
  let order = try a.squareOrder(operation)
  try a.checkFinite(operation)
  let work = a.copied()
  let values = Tensor<Scalar>(uninitialized: a.batchShape + [order])
  do throws(LAPACKFailure) {
    try LAPACK.eigenSymmetric(
      n: order, vectors: vectors, readsLower: triangle == .lower, batch: a.batchCount,
      a: work.matrices, values: values.vectors)
  } catch {
    throw .notConverged(
      operation: operation, shape: a.shape, index: a.batchIndex(error.index),
      unconverged: error.info)
  }
  return (values, work)
}
