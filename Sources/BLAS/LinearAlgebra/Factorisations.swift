internal import COpenBLAS

extension LAPACK {
  /// Factors each `a` `[m, n]` as P L U in place; rows `i` and `pivots[i]` (from 1) were exchanged, in order.
  ///
  /// An exactly singular matrix throws if it `failsOnZeroPivot`; its factors are valid all the same.
  package static func lu(
    m: Int, n: Int, batch: Int, a: Matrices, failsOnZeroPivot: Bool
  ) throws(LAPACKFailure) -> [Int32] {
    let count = min(m, n)
    var pivots = [Int32](repeating: 0, count: count * batch)
    var failure: LAPACKFailure?
    unsafe pivots.withUnsafeMutableBufferPointer { pivots in
      guard let first = pivots.baseAddress else { return }
      for index in 0..<batch {
        let info = unsafe lapack_getrf(
          a.isWide, int32(m), int32(n), a.address(index, needed: m * n), first + index * count)
        precondition(info >= 0, "LAPACK getrf refused argument \(-info)")
        if info > 0 && failsOnZeroPivot && failure == nil {
          failure = LAPACKFailure(index: index, info: Int(info))
        }
      }
    }
    if let failure { throw failure }
    return pivots
  }

  /// Solves with the transpose of each factored matrix, for row-major right-hand sides `[n, columns]`, in place.
  package static func solveTransposed(
    n: Int, columns: Int, batch: Int, factors: Matrices, pivots: [Int32], b: Matrices
  ) throws(LAPACKFailure) {
    guard n > 0, columns > 0 else { return }
    precondition(pivots.count == n * batch, "LAPACK needs \(n) pivots of each matrix")
    try each(batch) { index in
      unsafe pivots.withUnsafeBufferPointer { pivots in
        guard let first = pivots.baseAddress else { return 0 }
        return unsafe lapack_getrs_rows(
          b.isWide, int32(n), int32(columns), factors.address(index, needed: n * n),
          first + index * n, b.address(index, needed: n * columns))
      }
    }
  }

  /// Turns the factors of each matrix into its inverse.
  package static func inverse(n: Int, batch: Int, factors: Matrices, pivots: [Int32])
    throws(LAPACKFailure)
  {
    guard n > 0 else { return }
    precondition(pivots.count == n * batch, "LAPACK needs \(n) pivots of each matrix")
    try each(batch) { index in
      unsafe pivots.withUnsafeBufferPointer { pivots in
        guard let first = pivots.baseAddress else { return 0 }
        return unsafe lapack_getri(
          factors.isWide, int32(n), factors.address(index, needed: n * n), first + index * n)
      }
    }
  }

  /// Solves each triangular system for row-major `b` `[n, columns]`, in place; matrices are row-major too.
  package static func solveTriangular(
    n: Int, columns: Int, batch: Int, a: Matrices, isUpper: Bool, isTransposed: Bool,
    hasUnitDiagonal: Bool, b: Matrices
  ) {
    guard n > 0, columns > 0 else { return }
    for index in 0..<batch {
      unsafe lapack_trsm_rows(
        a.isWide, isUpper, isTransposed, hasUnitDiagonal, int32(n), int32(columns),
        a.address(index, needed: n * n), b.address(index, needed: n * columns))
    }
  }

  /// Factors each row-major symmetric matrix as L L' in place, reading and writing its lower triangle.
  package static func cholesky(n: Int, batch: Int, a: Matrices) throws(LAPACKFailure) {
    guard n > 0 else { return }
    // The lower triangle by rows is the upper one by columns.
    try each(batch) { index in
      unsafe lapack_potrf_upper(a.isWide, int32(n), a.address(index, needed: n * n))
    }
  }

  /// Factors each `a` `[m, n]` as Q R; the first `columns` columns of Q are made in `q` `[m, columns]`.
  ///
  /// R is left in the upper triangle of `a`'s first rows.
  package static func qr(
    m: Int, n: Int, columns: Int, batch: Int, a: Matrices, q: Matrices, tau: Matrices
  ) throws(LAPACKFailure) {
    let count = min(m, n)
    guard m > 0 else { return }
    try each(batch) { index in
      let source = unsafe a.address(index, needed: m * n)
      let factors = unsafe tau.address(index, needed: count)
      if n > 0 {
        let info = unsafe lapack_geqrf(a.isWide, int32(m), int32(n), source, factors)
        if info != 0 { return info }
      }
      guard columns > 0 else { return 0 }
      let target = unsafe q.address(index, needed: m * columns)
      unsafe target.copyMemory(from: source, byteCount: m * min(n, columns) * a.type.byteCount)
      return unsafe lapack_orgqr(a.isWide, int32(m), int32(columns), int32(count), target, factors)
    }
  }
}
