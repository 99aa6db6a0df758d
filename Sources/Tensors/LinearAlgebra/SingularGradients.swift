/// The gradient of one factor of a singular value decomposition.
///
/// Singular vectors have one only where singular values differ; elsewhere it is infinite or NaN.
///
/// - SeeAlso: Townsend 2016, "Differentiating the singular value decomposition".
enum SingularPart<Scalar: LAPACKScalar>: Sendable {
  case u(Tensor<Scalar>)
  case s(Tensor<Scalar>)
  case vt(Tensor<Scalar>)

  var isValues: Bool {
    if case .s = self { true } else { false }
  }

  /// What it means for the decomposed matrix.
  func gradient(_ parts: SingularValueDecomposition<Scalar>) -> Tensor<Scalar> {
    let (u, s, vt) = (parts.u, parts.s, parts.vt)
    let (rows, columns) = (s.expandingDims(axis: -1), s.expandingDims(axis: -2))
    // 1 / (s_j^2 - s_i^2).
    let gaps = reciprocalOffDiagonal((columns - rows) * (columns + rows))
    switch self {
    case .s(let g):
      return matmul(u * g.expandingDims(axis: -2), vt)
    case .u(let g):
      let turn = matmul(u.matrixTransposed, g)
      let inner = gaps * (turn - turn.matrixTransposed) * columns
      let outside = (g - matmul(u, turn)) / columns
      return matmul(matmul(u, inner) + outside, vt)
    case .vt(let gt):
      let g = gt.matrixTransposed
      let turn = matmul(vt, g)
      let inner = rows * (gaps * (turn - turn.matrixTransposed))
      let outside = (gt - matmul(turn.matrixTransposed, vt)) / rows
      return matmul(u, matmul(inner, vt) + outside)
    }
  }
}
