internal import BLAS

/// The factors of `a` = `u` · diagonal of `s` · `vt`.
public struct SingularValueDecomposition<Scalar: LAPACKScalar>: Sendable {
  /// Left singular vectors in columns, shape `[..., m, p]`.
  public let u: Tensor<Scalar>
  /// Singular values, descending, shape `[..., k]` with `k` the smaller of `m` and `n`.
  public let s: Tensor<Scalar>
  /// Right singular vectors in rows, shape `[..., q, n]`.
  public let vt: Tensor<Scalar>
}

/// Returns the singular value decomposition of each matrix.
///
/// ```swift
/// let d = try svd(a)
/// let again = matmul(d.u * d.s.expandingDims(axis: -2), d.vt)
/// ```
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - size: Whether `u` and `vt` have `k` vectors each, or are square.
/// - Returns: The factors.
/// - Throws: `LinearAlgebraError` if there are fewer than two axes, an element is not finite, or the iteration does not
///   converge.
/// - SeeAlso: LAPACK `gesdd`.
public func svd<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, size: FactorSize = .reduced)
  throws(LinearAlgebraError) -> SingularValueDecomposition<Scalar>
{
  try decomposed(a, size == .reduced ? .reduced : .full, "svd")
}

/// Returns the singular values of each matrix, descending.
///
/// - Parameter a: Shape `[..., m, n]`.
/// - Returns: Shape `[..., min(m, n)]`.
/// - Throws: `LinearAlgebraError` as `svd` does.
public func singularValues<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  try decomposed(a, .none, "singularValues").s
}

/// Returns the Moore-Penrose inverse of each matrix.
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - relativeTolerance: Singular values up to this part of the largest count as zero; by default the larger side times
///     the precision of the scalar.
/// - Returns: Shape `[..., n, m]`.
/// - Throws: `LinearAlgebraError` as `svd` does.
public func pseudoInverse<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, relativeTolerance: Scalar? = nil
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  let (rows, columns) = try a.matrixShape("pseudoInverse")
  guard !a.isEmpty else { return .zeros(shape: a.batchShape + [columns, rows]) }
  let parts = try decomposed(a, .reduced, "pseudoInverse")
  let kept = significant(parts.s, rows, columns, relativeTolerance)
  let inverted = select(kept, 1 / parts.s, Tensor(0))
  return matmul(
    parts.vt.matrixTransposed * inverted.expandingDims(axis: -2), parts.u.matrixTransposed)
}

/// Returns the number of singular values of each matrix that are not zero within rounding.
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - relativeTolerance: As for `pseudoInverse`.
/// - Returns: Shape `[...]`.
/// - Throws: `LinearAlgebraError` as `svd` does.
public func matrixRank<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, relativeTolerance: Scalar? = nil
) throws(LinearAlgebraError) -> Tensor<Int> {
  let (rows, columns) = try a.matrixShape("matrixRank")
  guard rows > 0, columns > 0 else { return .zeros(shape: a.batchShape) }
  let values = try decomposed(a, .none, "matrixRank").s
  return significant(values, rows, columns, relativeTolerance).sum(axis: -1)
}

/// Where singular values exceed the tolerated part of the largest.
private func significant<Scalar: LAPACKScalar>(
  _ values: Tensor<Scalar>, _ rows: Int, _ columns: Int, _ tolerance: Scalar?
) -> Tensor<Bool> {
  let part = tolerance ?? Scalar(Swift.max(rows, columns)) * Scalar.ulpOfOne
  guard !values.isEmpty else { return .full(shape: values.shape, false) }
  return values .> values.max(axis: -1, keepDims: true) * part
}

private func decomposed<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ vectors: LAPACK.SingularVectors, _ operation: String
) throws(LinearAlgebraError) -> SingularValueDecomposition<Scalar> {
  let (rows, columns) = try a.matrixShape(operation)
  try a.checkFinite(operation)
  let count = Swift.min(rows, columns)
  let (p, q) = vectors == .none ? (0, 0) : vectors == .full ? (rows, columns) : (count, count)
  let batch = a.batchShape
  let s = Tensor<Scalar>(uninitialized: batch + [count])
  // LAPACK does nothing for a matrix without elements; any orthogonal factor is right then.
  guard count > 0 else {
    return SingularValueDecomposition(
      u: Tensor<Scalar>.eye(rows, columns: p).broadcast(to: batch + [rows, p]), s: s,
      vt: Tensor<Scalar>.eye(q, columns: columns).broadcast(to: batch + [q, columns]))
  }
  let u = Tensor<Scalar>(uninitialized: batch + [rows, p])
  let vt = Tensor<Scalar>(uninitialized: batch + [q, columns])
  let work = a.copied()
  do throws(LAPACKFailure) {
    try LAPACK.svd(
      m: rows, n: columns, vectors: vectors, batch: a.batchCount, a: work.matrices, u: u.matrices,
      s: s.vectors, vt: vt.matrices)
  } catch {
    throw .notConverged(
      operation: operation, shape: a.shape, index: a.batchIndex(error.index),
      unconverged: error.info)
  }
  return SingularValueDecomposition(u: u, s: s, vt: vt)
}
