import Gradients
import Tensors
import Testing

/// A function that throws only for matrices that the cases do not have.
private func orNaN(_ body: () throws -> Tensor<Double>) -> Tensor<Double> {
  (try? body()) ?? Tensor(.nan)
}

private func symmetric(_ x: Tensor<Double>) -> Tensor<Double> { x + x.swappingAxes(-1, -2) }

private func positive(_ x: Tensor<Double>) -> Tensor<Double> {
  matmul(x, x.swappingAxes(-1, -2)) + Tensor.eye(x.shape[x.rank - 2])
}

@Suite("gradients of linear algebra")
struct LinearAlgebraGradientTests {
  @Test(
    "agree with differences",
    arguments: [
      GradientCase("solve", [3, 3], [3, 2]) { x in orNaN { try solve(x[0], x[1]) } },
      GradientCase("solve a vector", [3, 3], [3]) { x in orNaN { try solve(x[0], x[1]) } },
      GradientCase("solve a batch", [2, 3, 3], [3, 2]) { x in orNaN { try solve(x[0], x[1]) } },
      GradientCase("solve a shared vector", [2, 2, 2], [2]) { x in
        orNaN { try solve(x[0], x[1]) }
      },
      GradientCase("triangularSolve", [3, 3], [3, 2], positive: true) { x in
        orNaN { try triangularSolve(x[0], x[1], isUpper: true) }
      },
      GradientCase("triangularSolve transposed", [2, 3, 3], [3, 1], positive: true) { x in
        orNaN { try triangularSolve(x[0], x[1], isUpper: false, isTransposed: true) }
      },
      GradientCase("triangularSolve unit", [3, 3], [3], positive: true) { x in
        orNaN { try triangularSolve(x[0], x[1], isUpper: false, hasUnitDiagonal: true) }
      },
      GradientCase("inverse", [2, 3, 3]) { x in orNaN { try inverse(x[0]) } },
      GradientCase("determinant", [2, 3, 3]) { x in orNaN { try determinant(x[0]) } },
      GradientCase("logDeterminant", [2, 3, 3]) { x in
        orNaN { try logDeterminant(positive(x[0])).logAbsolute }
      },
      GradientCase("trace", [2, 3, 2]) { x in trace(x[0] * x[0]) },
      GradientCase("cholesky", [2, 3, 3]) { x in orNaN { try cholesky(positive(x[0])) } },
      GradientCase("qr: q", [4, 3]) { x in orNaN { try qr(x[0]).q } },
      GradientCase("qr: r", [2, 3, 3]) { x in orNaN { try qr(x[0]).r } },
      GradientCase("svd: values", [3, 4]) { x in orNaN { try svd(x[0]).s } },
      // Signs of vectors are free, so only what does not depend on them is compared.
      GradientCase("svd: u", [4, 3]) { x in orNaN { square(try svd(x[0]).u) } },
      GradientCase("svd: vt", [3, 4]) { x in orNaN { square(try svd(x[0]).vt) } },
      GradientCase("pseudoInverse", [4, 2]) { x in orNaN { try pseudoInverse(x[0]) } },
      GradientCase("leastSquares", [4, 2], [4]) { x in
        orNaN { try leastSquares(x[0], x[1]).solution }
      },
      GradientCase("eigenSymmetric: values", [3, 3]) { x in
        orNaN { try eigenvaluesSymmetric(symmetric(x[0])) }
      },
      GradientCase("eigenSymmetric: vectors", [3, 3]) { x in
        orNaN { square(try eigenSymmetric(symmetric(x[0])).vectors) }
      },
      GradientCase("matrixExponential", [3, 3]) { x in orNaN { try matrixExponential(x[0]) } },
      GradientCase("matrixPower", [2, 2]) { x in orNaN { try matrixPower(x[0], -2) } },
      GradientCase("matrixNorm", [3, 2]) { x in orNaN { try matrixNorm(x[0], .nuclear) } },
      GradientCase("vectorNorm", [3, 2]) { x in vectorNorm(x[0], .p(3), axes: [0]) },
      GradientCase("einsum", [2, 3], [3, 4], [4, 2]) { x in einsum("ij,jk,ki->k", x) },
      GradientCase("einsum of a diagonal", [3, 3, 2], [3]) { x in einsum("iij,i->j", x) },
      GradientCase("tensordot", [2, 3, 4], [4, 3]) { x in
        tensordot(x[0], x[1], axes: ([2, 1], [0, 1]))
      },
      GradientCase("kron", [2, 2], [1, 3]) { x in kron(x[0], x[1]) },
      GradientCase("cross", [2, 3], [3]) { x in cross(x[0], x[1]) },
    ])
  func differences(_ each: GradientCase) { each.check() }
}
