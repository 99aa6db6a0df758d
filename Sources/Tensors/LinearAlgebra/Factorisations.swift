internal import BLAS

/// Returns the lower triangular `l` with `l` lᵀ = `a` for each symmetric positive definite matrix.
///
/// - Parameter a: Shape `[..., n, n]`; only the lower triangle is read.
/// - Returns: Shape `[..., n, n]`, zero above the diagonal.
/// - Throws: `LinearAlgebraError` if a matrix is not square or not positive definite.
/// - SeeAlso: LAPACK `potrf`.
public func cholesky<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>) throws(LinearAlgebraError)
  -> Tensor<Scalar>
{
  let order = try a.squareOrder("cholesky")
  let factors = a.copied()
  do throws(LAPACKFailure) {
    try LAPACK.cholesky(n: order, batch: a.batchCount, a: factors.matrices)
  } catch {
    throw .notPositiveDefinite(
      operation: "cholesky", shape: a.shape, index: a.batchIndex(error.index), order: error.info)
  }
  return factors.triangle(keepsUpper: false)
}

/// How much of the orthogonal factor a decomposition makes.
public enum FactorSize: Sendable {
  /// As many columns as the smaller side has, which is all that the product needs.
  case reduced
  /// A square orthogonal matrix.
  case complete
}

/// The factors of `a` = `q` `r`.
public struct QRFactors<Scalar: LAPACKScalar>: Sendable {
  /// Columns that are orthonormal, shape `[..., m, p]`.
  public let q: Tensor<Scalar>
  /// Upper triangular, shape `[..., p, n]`.
  public let r: Tensor<Scalar>
}

/// Returns an orthogonal and an upper triangular factor of each matrix.
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - size: Whether `p` is the smaller of `m` and `n`, or `m`.
/// - Returns: `q` of shape `[..., m, p]` and `r` of shape `[..., p, n]`.
/// - Throws: `LinearAlgebraError` if there are fewer than two axes.
/// - SeeAlso: LAPACK `geqrf` and `orgqr`, here on the transpose.
public func qr<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, size: FactorSize = .reduced)
  throws(LinearAlgebraError) -> QRFactors<Scalar>
{
  let (rows, columns) = try a.matrixShape("qr")
  let kept = size == .reduced ? Swift.min(rows, columns) : rows
  let factors = a.copied()
  let q = Tensor<Scalar>(uninitialized: a.batchShape + [rows, kept])
  let tau = Tensor<Scalar>(uninitialized: a.batchShape + [Swift.min(rows, columns)])
  do throws(LAPACKFailure) {
    try LAPACK.qr(
      m: rows, n: columns, columns: kept, batch: a.batchCount, a: factors.matrices,
      q: q.matrices, tau: tau.vectors)
  } catch {
    fail("qr: LAPACK refused shape \(a.shape) with \(error.info)")
  }
  return QRFactors(q: q, r: factors.leading(kept, columns).triangle(keepsUpper: true))
}

/// The factors of `a` = `p` `l` `u`.
public struct LUFactors<Scalar: LAPACKScalar>: Sendable {
  /// A permutation matrix, shape `[..., m, m]`.
  public let p: Tensor<Scalar>
  /// Lower triangular with ones on the diagonal, shape `[..., m, k]`.
  public let l: Tensor<Scalar>
  /// Upper triangular, shape `[..., k, n]`.
  public let u: Tensor<Scalar>
}

/// Returns a permutation, a lower and an upper triangular factor of each matrix; singular ones have them too.
///
/// - Parameter a: Shape `[..., m, n]`; `k` is the smaller of `m` and `n`.
/// - Returns: `p` `l` `u` is `a`.
/// - Throws: `LinearAlgebraError` if there are fewer than two axes.
/// - SeeAlso: LAPACK `getrf`.
public func lu<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>) throws(LinearAlgebraError)
  -> LUFactors<Scalar>
{
  let (rows, columns) = try a.matrixShape("lu")
  let kept = Swift.min(rows, columns)
  let factors = a.matrixTransposed.copied()
  let pivots: [Int32]
  do throws(LAPACKFailure) {
    pivots = try LAPACK.lu(
      m: rows, n: columns, batch: a.batchCount, a: factors.matrices, failsOnZeroPivot: false)
  } catch {
    fail("lu: LAPACK refused shape \(a.shape) with \(error.info)")
  }
  let byRows = factors.matrixTransposed
  let lower = byRows.leading(rows, kept).triangle(keepsUpper: false)
  let upper = byRows.leading(kept, columns).triangle(keepsUpper: true)
  let diagonal = Tensor<Scalar>.eye(rows, columns: kept)
  var places: [Int] = []
  for number in 0..<a.batchCount {
    var order = Array(0..<rows)
    for row in 0..<kept { order.swapAt(row, Int(pivots[number * kept + row]) - 1) }
    places += order
  }
  // Row `order[i]` of a is row i of l u, so that column i of p has its one there.
  let permutation = Tensor<Scalar>.oneHot(Tensor(places), classes: rows)
    .reshaped(to: a.batchShape + [rows, rows]).matrixTransposed
  return LUFactors(p: permutation, l: select(diagonal .== 1, Tensor(1), lower), u: upper)
}
