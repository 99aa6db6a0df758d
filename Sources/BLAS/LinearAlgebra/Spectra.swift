internal import COpenBLAS

extension LAPACK {
  /// Which singular vectors are wanted.
  package enum SingularVectors: Sendable {
    case none, reduced, full
  }

  /// Singular value decompositions of row-major `a` `[m, n]`, which are overwritten: `u` `[m, p]`, `s`, `vt` `[q, n]`.
  ///
  /// By columns the matrix is its transpose, whose left vectors are the rows of `vt`.
  package static func svd(
    m: Int, n: Int, vectors: SingularVectors, batch: Int, a: Matrices, u: Matrices, s: Matrices,
    vt: Matrices
  ) throws(LAPACKFailure) {
    let count = min(m, n)
    guard count > 0 else { return }
    let job: CChar
    var (p, q) = (0, 0)
    switch vectors {
    case .none: job = CChar(UInt8(ascii: "N"))
    case .reduced: (job, p, q) = (CChar(UInt8(ascii: "S")), count, count)
    case .full: (job, p, q) = (CChar(UInt8(ascii: "A")), m, n)
    }
    try each(batch) { index in
      unsafe lapack_gesdd(
        a.isWide, job, int32(n), int32(m), a.address(index, needed: m * n),
        s.address(index, needed: count), vt.address(index, needed: q * n),
        u.address(index, needed: p * m), int32(max(p, 1)))
    }
  }

  /// Eigenvalues, ascending, of symmetric matrices; with `vectors` the rows of `a`, read by rows, become eigenvectors.
  ///
  /// `readsLower` says which triangle is read, of the matrix by rows.
  package static func eigenSymmetric(
    n: Int, vectors: Bool, readsLower: Bool, batch: Int, a: Matrices, values: Matrices
  ) throws(LAPACKFailure) {
    guard n > 0 else { return }
    let job = CChar(UInt8(ascii: vectors ? "V" : "N"))
    let triangle = CChar(UInt8(ascii: readsLower ? "U" : "L"))
    try each(batch) { index in
      unsafe lapack_syevd(
        a.isWide, job, triangle, int32(n), a.address(index, needed: n * n),
        values.address(index, needed: n))
    }
  }

  /// Eigenvalues of column-major matrices, which are overwritten, and with `vectors` the right eigenvectors as LAPACK
  /// packs them: two columns, real and imaginary part, for each conjugate pair.
  package static func eigen(
    n: Int, vectors: Bool, batch: Int, a: Matrices, real: Matrices, imaginary: Matrices,
    packed: Matrices
  ) throws(LAPACKFailure) {
    guard n > 0 else { return }
    let job = CChar(UInt8(ascii: vectors ? "V" : "N"))
    try each(batch) { index in
      unsafe lapack_geev(
        a.isWide, job, int32(n), a.address(index, needed: n * n), real.address(index, needed: n),
        imaginary.address(index, needed: n), packed.address(index, needed: vectors ? n * n : 0))
    }
  }

  /// Least-squares solutions of column-major `a` `[m, n]` over `b` `[max(m, n), columns]`; returns each rank.
  ///
  /// Singular values up to the part `tolerance` of the largest count as zero.
  package static func leastSquares(
    m: Int, n: Int, columns: Int, batch: Int, a: Matrices, b: Matrices, s: Matrices,
    tolerance: Double
  ) throws(LAPACKFailure) -> [Int] {
    var ranks = [Int](repeating: 0, count: batch)
    guard m > 0, n > 0 else { return ranks }
    for index in 0..<batch {
      var rank: Int32 = 0
      let info = unsafe lapack_gelsd(
        a.isWide, int32(m), int32(n), int32(columns), a.address(index, needed: m * n),
        b.address(index, needed: max(m, n) * columns), s.address(index, needed: min(m, n)),
        tolerance, &rank)
      try check(info, index)
      ranks[index] = Int(rank)
    }
    return ranks
  }
}
