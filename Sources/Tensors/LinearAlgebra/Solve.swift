internal import BLAS

/// Returns the solution `x` of the linear equations `a` x = `b`.
///
/// ```swift
/// let x = try solve(a, b)  // [3, 3] and [3] give [3]
/// ```
///
/// - Parameters:
///   - a: Shape `[..., n, n]`.
///   - b: Shape `[n]`, one vector for all matrices, or `[..., n, k]`; the axes before the last two broadcast.
/// - Returns: Shape `[..., n]` for a vector, else `[..., n, k]`.
/// - Throws: `LinearAlgebraError` if a matrix is not square, is exactly singular, or does not fit `b`.
/// - Complexity: O(*n*³ + *n*²·*k*) for each matrix.
/// - SeeAlso: LAPACK `gesv`; Golub and Van Loan, "Matrix Computations", section 3.4.
public func solve<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let x = try solution(a.detached, b.detached)
  return x.recorded(
    from: a, b,
    { g in
      // Recomputed only if this gradient is differentiated itself.
      let again = a.isRecorded || b.isRecorded ? (try? solve(a, b)) ?? x * Scalar.nan : x
      let back = solvedOrNaN(a.matrixTransposed, g, isVector: b.rank == 1)
      return b.rank == 1
        ? -back.expandingDims(axis: -1) * again.expandingDims(axis: -2)
        : -matmul(back, again.matrixTransposed)
    },
    { g in solvedOrNaN(a.matrixTransposed, g, isVector: b.rank == 1) })
}

/// The solution for a gradient; NaN where rounding makes singular what was not.
private func solvedOrNaN<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, isVector: Bool
) -> Tensor<Scalar> {
  // The gradient of a shared vector comes with the axes of the batch.
  let isBatchOfVectors = isVector && a.rank > 2
  let right = isBatchOfVectors ? b.expandingDims(axis: -1) : b
  guard let x = try? solve(a, right) else { return b * Scalar.nan }
  return isBatchOfVectors ? x.squeezed(axis: -1) : x
}

private func solution<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let (order, right) = try rightHandSide(a, b, "solve")
  let columns = right.shape[right.rank - 1]
  // Factored in the operand's own batch, so that a matrix that is shared is factored once.
  let (factors, pivots) = try factored(a, order: order, operation: "solve")
  let batch = right.batchShape
  let own = factors.batchCount == Layout.count(batch)
  let spread = own ? factors : factors.broadcast(to: batch + [order, order]).copied()
  let spreadPivots = own ? pivots : broadcastPivots(pivots, a.batchShape, to: batch, order: order)
  try failing("solve", a) { () throws(LAPACKFailure) in
    try LAPACK.solveTransposed(
      n: order, columns: columns, batch: Layout.count(batch), factors: spread.matrices,
      pivots: spreadPivots, b: right.matrices)
  }
  return b.rank == 1 ? right.squeezed(axis: -1) : right
}

/// Returns the inverse of each matrix.
///
/// Multiplying by it is slower and less accurate than `solve`.
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Shape `[..., n, n]`.
/// - Throws: `LinearAlgebraError` if a matrix is not square or is exactly singular.
/// - SeeAlso: LAPACK `getri`.
public func inverse<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>) throws(LinearAlgebraError)
  -> Tensor<Scalar>
{
  let order = try a.squareOrder("inverse")
  // By columns this is the transpose, and the inverse of that is the transposed inverse.
  let (factors, pivots) = try factored(a, order: order, operation: "inverse")
  try failing("inverse", a) { () throws(LAPACKFailure) in
    try LAPACK.inverse(
      n: order, batch: factors.batchCount, factors: factors.matrices, pivots: pivots)
  }
  return factors.recorded(
    from: a,
    savingResult: { g, y in -matmul(matmul(y.matrixTransposed, g), y.matrixTransposed) })
}

/// Returns the solution `x` of `a` x = `b`, where only one triangle of `a` counts.
///
/// - Parameters:
///   - a: Shape `[..., n, n]`; the other triangle is not read.
///   - b: Shape `[n]` or `[..., n, k]`.
///   - isUpper: Which triangle counts.
///   - isTransposed: Whether to solve with the transpose of that triangle.
///   - hasUnitDiagonal: Whether to take the diagonal as ones, without reading it.
/// - Returns: Shape `[..., n]` for a vector, else `[..., n, k]`.
/// - Throws: `LinearAlgebraError` if a matrix is not square, has a zero on its diagonal, or does not fit `b`.
/// - SeeAlso: BLAS level 3 `trsm`.
public func triangularSolve<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, isUpper: Bool, isTransposed: Bool = false,
  hasUnitDiagonal: Bool = false
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  let form = TriangularForm(
    isUpper: isUpper, isTransposed: isTransposed, hasUnitDiagonal: hasUnitDiagonal)
  return try form.solve(a, b)
}

/// Which triangle of a matrix a solver reads, and how.
struct TriangularForm: Sendable {
  var isUpper: Bool
  var isTransposed = false
  var hasUnitDiagonal = false

  /// The solution, recorded; zeros on the diagonal throw.
  func solve<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
    throws(LinearAlgebraError) -> Tensor<Scalar>
  {
    let x = try solution(self, a.detached, b.detached)
    var turned = self
    turned.isTransposed.toggle()
    let (form, back) = (self, turned)
    return x.recorded(
      from: a, b,
      { g in
        let again = a.isRecorded || b.isRecorded ? (try? form.solve(a, b)) ?? x * Scalar.nan : x
        let (left, right) = (back.solvedOrNaN(a, g, isVector: b.rank == 1), again)
        let product =
          b.rank == 1
          ? left.expandingDims(axis: -1) * right.expandingDims(axis: -2)
          : matmul(left, right.matrixTransposed)
        return -(form.isTransposed ? product.matrixTransposed : product)
          .triangle(keepsUpper: form.isUpper, isStrict: form.hasUnitDiagonal)
      },
      { g in back.solvedOrNaN(a, g, isVector: b.rank == 1) })
  }

  func solvedOrNaN<Scalar: LAPACKScalar>(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, isVector: Bool
  ) -> Tensor<Scalar> {
    let isBatchOfVectors = isVector && a.rank > 2
    let right = isBatchOfVectors ? b.expandingDims(axis: -1) : b
    guard let x = try? solve(a, right) else { return b * Scalar.nan }
    return isBatchOfVectors ? x.squeezed(axis: -1) : x
  }
}

private func solution<Scalar: LAPACKScalar>(
  _ form: TriangularForm, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  let (isUpper, isTransposed, hasUnitDiagonal) = (
    form.isUpper, form.isTransposed, form.hasUnitDiagonal
  )
  let (order, right) = try rightHandSide(a, b, "triangularSolve")
  let batch = right.batchShape
  if !hasUnitDiagonal && !right.isEmpty {
    if let zero = a.diagonals.scalars.firstIndex(of: 0) {
      throw .singular(
        operation: "triangularSolve", shape: a.shape, index: a.batchIndex(zero / order),
        pivot: zero % order)
    }
  }
  let left = a.broadcast(to: batch + [order, order]).contiguous()
  LAPACK.solveTriangular(
    n: order, columns: right.shape[right.rank - 1], batch: Layout.count(batch), a: left.matrices,
    isUpper: isUpper, isTransposed: isTransposed, hasUnitDiagonal: hasUnitDiagonal,
    b: right.matrices)
  return b.rank == 1 ? right.squeezed(axis: -1) : right
}

/// Checks the operands of a solver; returns the order and a fresh copy of the right-hand sides, over the whole batch.
func rightHandSide<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ operation: String
) throws(LinearAlgebraError) -> (order: Int, right: Tensor<Scalar>) {
  let order = try a.squareOrder(operation)
  let rule =
    "the rows of b must equal the order of a, and b must be a vector or have the axes [..., n, k]"
  guard b.rank > 0, b.shape[Swift.max(b.rank - 2, 0)] == order else {
    throw .shapeMismatch(operation: operation, shapes: [a.shape, b.shape], rule: rule)
  }
  let right = b.rank == 1 ? b.expandingDims(axis: 1) : b
  guard let batch = Layout.broadcast(a.batchShape, right.batchShape) else {
    throw .shapeMismatch(
      operation: operation, shapes: [a.shape, b.shape],
      rule: "each axis before the last two must be equal or 1")
  }
  return (order, right.broadcast(to: batch + right.shape.suffix(2)).copied())
}

/// Factors a row-major copy, which LAPACK sees as the transposed matrices.
func factored<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, order: Int, operation: String, failsOnZeroPivot: Bool = true
) throws(LinearAlgebraError) -> (factors: Tensor<Scalar>, pivots: [Int32]) {
  let factors = a.copied()
  do throws(LAPACKFailure) {
    let pivots = try LAPACK.lu(
      m: order, n: order, batch: a.batchCount, a: factors.matrices,
      failsOnZeroPivot: failsOnZeroPivot)
    return (factors, pivots)
  } catch {
    throw .singular(
      operation: operation, shape: a.shape, index: a.batchIndex(error.index),
      pivot: error.info - 1)
  }
}

/// Runs LAPACK's part of an operation on `a`; what it cannot do becomes a singular matrix's error.
func failing<Scalar: TensorScalar>(
  _ operation: String, _ a: Tensor<Scalar>, _ body: () throws(LAPACKFailure) -> Void
) throws(LinearAlgebraError) {
  do throws(LAPACKFailure) {
    try body()
  } catch {
    throw .singular(
      operation: operation, shape: a.shape, index: a.batchIndex(error.index),
      pivot: error.info - 1)
  }
}

/// Repeats the pivots of a batch as broadcasting repeats its matrices.
private func broadcastPivots(_ pivots: [Int32], _ from: [Int], to batch: [Int], order: Int)
  -> [Int32]
{
  Tensor<Int32>(pivots).reshaped(to: from + [order]).broadcast(to: batch + [order]).scalars
}
