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
  return factors.triangle(keepsUpper: false).recorded(
    from: a,
    savingResult: { g, l in
      // Murray 2016, "Differentiation of the Cholesky decomposition", arXiv:1602.07527.
      let half = l.detached.diagonalMask * Scalar(0.5)
      let product = matmul(l.matrixTransposed, g).triangle(keepsUpper: false)
      let middle = product - product * half
      let form = TriangularForm(isUpper: false, isTransposed: true)
      let left = form.solvedOrNaN(l, middle, isVector: false)
      let gradient = form.solvedOrNaN(l, left.matrixTransposed, isVector: false)
      return (gradient + gradient.matrixTransposed) * Scalar(0.5)
    })
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
/// - SeeAlso: LAPACK `geqrf` and `orgqr`.
public func qr<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, size: FactorSize = .reduced)
  throws(LinearAlgebraError) -> QRFactors<Scalar>
{
  let saved = try factors(a.detached, size)
  let isReduced = size == .reduced || a.shape[a.rank - 2] == a.shape[a.rank - 1]
  let gradient = {
    @Sendable (q: Tensor<Scalar>?, r: Tensor<Scalar>?) -> Tensor<Scalar> in
    require(
      isReduced && a.shape[a.rank - 2] >= a.shape[a.rank - 1],
      "qr: no gradient for shape \(a.shape) and a \(size) factor; "
        + "matrices must have at least as many rows as columns, and the factor be reduced")
    guard let factors = a.isRecorded ? try? qr(a) : saved else { return a * Scalar.nan }
    return qrGradient(factors, q: q, r: r)
  }
  return QRFactors(
    q: saved.q.recorded(from: a, { gradient($0, nil) }),
    r: saved.r.recorded(from: a, { gradient(nil, $0) }))
}

/// Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions", arXiv:1001.1654.
private func qrGradient<Scalar: LAPACKScalar>(
  _ factors: QRFactors<Scalar>, q: Tensor<Scalar>?, r: Tensor<Scalar>?
) -> Tensor<Scalar> {
  var product = q.map { -matmul($0.matrixTransposed, factors.q) }
  if let r { product = matmul(factors.r, r.matrixTransposed) }
  guard let product else { return factors.q }
  let lower = product.triangle(keepsUpper: false)
  let symmetric =
    lower + product.triangle(keepsUpper: false, isStrict: true).matrixTransposed
  var inner = matmul(factors.q, symmetric)
  if let q { inner = inner + q }
  return TriangularForm(isUpper: true).solvedOrNaN(
    factors.r, inner.matrixTransposed, isVector: false
  )
  .matrixTransposed
}

private func factors<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ size: FactorSize)
  throws(LinearAlgebraError) -> QRFactors<Scalar>
{
  let (rows, columns) = try a.matrixShape("qr")
  let kept = size == .reduced ? Swift.min(rows, columns) : rows
  let factors = a.matrixTransposed.copied()
  let q = Tensor<Scalar>(uninitialized: a.batchShape + [kept, rows])
  let tau = Tensor<Scalar>(uninitialized: a.batchShape + [Swift.min(rows, columns)])
  do throws(LAPACKFailure) {
    try LAPACK.qr(
      m: rows, n: columns, columns: kept, batch: a.batchCount, a: factors.matrices,
      q: q.matrices, tau: tau.vectors)
  } catch {
    fail("qr: LAPACK refused shape \(a.shape) with \(error.info)")
  }
  return QRFactors(
    q: q.matrixTransposed,
    r: factors.matrixTransposed.leading(kept, columns).triangle(keepsUpper: true))
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
  a.refuseRecording("lu")
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

extension Tensor where Scalar: LAPACKScalar {
  /// Ones on the diagonal of matrices of this shape.
  fileprivate var diagonalMask: Tensor { .eye(shape[rank - 2], columns: shape[rank - 1]) }
}
