internal import BLAS

/// The solution of a least-squares problem and what was found on the way.
public struct LeastSquares<Scalar: LAPACKScalar>: Sendable {
  /// The solution of least length, shape `[..., n]` or `[..., n, k]`.
  public let solution: Tensor<Scalar>
  /// The sum of squared residuals of each column, shape `[...]` or `[..., k]`.
  public let residuals: Tensor<Scalar>
  /// The rank of each matrix, shape `[...]`.
  public let rank: Tensor<Int>
  /// The singular values of each matrix, descending, shape `[..., min(m, n)]`.
  public let singularValues: Tensor<Scalar>
}

/// Returns the `x` that makes the length of `a` x - `b` least, and of those the shortest.
///
/// ```swift
/// let fit = try leastSquares(stack([x, Tensor.ones(shape: x.shape)], axis: 1), y)
/// let (slope, intercept) = (fit.solution[0].item(), fit.solution[1].item())
/// ```
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - b: Shape `[m]` or `[..., m, k]`; the axes before the last two broadcast.
///   - relativeTolerance: Singular values up to this part of the largest count as zero; by default the larger side times
///     the precision of the scalar.
/// - Returns: The solution, its residuals, and rank and singular values of `a`.
/// - Throws: `LinearAlgebraError` if shapes do not fit, an element is not finite, or the iteration does not converge.
/// - SeeAlso: LAPACK `gelsd`.
public func leastSquares<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, relativeTolerance: Scalar? = nil
) throws(LinearAlgebraError) -> LeastSquares<Scalar> {
  let (rows, columns) = try a.matrixShape("leastSquares")
  guard b.rank > 0, b.shape[Swift.max(b.rank - 2, 0)] == rows else {
    throw .shapeMismatch(
      operation: "leastSquares", shapes: [a.shape, b.shape],
      rule: "b must be a vector or have the axes [..., m, k], with as many rows as a")
  }
  let right = b.rank == 1 ? b.expandingDims(axis: 1) : b
  guard let batch = Layout.broadcast(a.batchShape, right.batchShape) else {
    throw .shapeMismatch(
      operation: "leastSquares", shapes: [a.shape, b.shape],
      rule: "each axis before the last two must be equal or 1")
  }
  try a.checkFinite("leastSquares")
  try right.checkFinite("leastSquares")
  let width = right.shape[right.rank - 1]
  let left = a.broadcast(to: batch + [rows, columns])
  let target = right.broadcast(to: batch + [rows, width])
  let work = left.matrixTransposed.copied()
  // By columns, with room for the longer of right-hand side and solution.
  let longer = Swift.max(rows, columns)
  var solutions = Tensor<Scalar>.zeros(shape: batch + [width, longer])
  solutions.leadingBlock(width, rows) { $0.assignAll(from: target.matrixTransposed) }
  let values = Tensor<Scalar>(uninitialized: batch + [Swift.min(rows, columns)])
  let part = relativeTolerance ?? Scalar(longer) * Scalar.ulpOfOne
  let ranks: [Int]
  do throws(LAPACKFailure) {
    ranks = try LAPACK.leastSquares(
      m: rows, n: columns, columns: width, batch: Layout.count(batch), a: work.matrices,
      b: solutions.matrices, s: values.vectors, tolerance: Double(part))
  } catch {
    throw .notConverged(
      operation: "leastSquares", shape: a.shape, index: left.batchIndex(error.index),
      unconverged: error.info)
  }
  if rows == 0 { solutions = .zeros(shape: solutions.shape) }
  let solution = solutions.leading(width, columns).matrixTransposed.copied()
  let residuals = square(matmul(left, solution) - target).sum(axis: -2)
  let isVector = b.rank == 1
  return LeastSquares(
    solution: isVector ? solution.squeezed(axis: -1) : solution,
    residuals: isVector ? residuals.squeezed(axis: -1) : residuals,
    rank: Tensor(ranks).reshaped(to: batch), singularValues: values)
}

extension Tensor {
  /// Lets `body` write the first rows and columns of each matrix of this fresh tensor.
  fileprivate mutating func leadingBlock(
    _ rows: Int, _ columns: Int, _ body: (inout Tensor) -> Void
  ) {
    var block = leading(rows, columns)
    body(&block)
  }
}
