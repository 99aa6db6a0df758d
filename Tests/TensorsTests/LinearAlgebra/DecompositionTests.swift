import Tensors
import Testing

private let shapes = [
  [1, 1], [3, 3], [5, 3], [3, 5], [2, 4, 6], [2, 2, 7, 7], [40, 25], [25, 40], [2, 0, 3], [3, 0],
  [0, 4, 4],
]

@Suite("decompositions")
struct DecompositionTests {
  @Test("multiply back: QR", arguments: shapes, [FactorSize.reduced, .complete])
  func qr(shape: [Int], size: FactorSize) throws {
    let a: Tensor<Double> = matrices(shape)
    let f = try Tensors.qr(a, size: size)
    expectClose(matmul(f.q, f.r), a, relative: 1e-12, absolute: 1e-12)
    expectOrthonormal(f.q)
    expectTriangular(f.r, isUpper: true)
    let (m, n) = (shape[shape.count - 2], shape[shape.count - 1])
    #expect(f.q.shape.last == (size == .complete ? m : min(m, n)))
  }

  @Test("multiply back: LU", arguments: shapes)
  func lu(shape: [Int]) throws {
    let a: Tensor<Double> = matrices(shape)
    let f = try Tensors.lu(a)
    expectClose(matmul(matmul(f.p, f.l), f.u), a, relative: 1e-12, absolute: 1e-12)
    expectTriangular(f.l, isUpper: false)
    expectTriangular(f.u, isUpper: true)
    expectOrthonormal(f.p)
    if !f.l.isEmpty { #expect(abs(f.l).max().item() <= 1) }
  }

  @Test("multiply back: SVD", arguments: shapes, [FactorSize.reduced, .complete])
  func svd(shape: [Int], size: FactorSize) throws {
    let a: Tensor<Double> = matrices(shape)
    let f = try Tensors.svd(a, size: size)
    let count = min(shape[shape.count - 2], shape[shape.count - 1])
    let u = f.u[..., 0..<count]
    let vt = f.vt.swappingAxes(-1, -2)[..., 0..<count].swappingAxes(-1, -2)
    expectClose(
      matmul(u * f.s.expandingDims(axis: -2), vt), a, relative: 1e-12, absolute: 1e-12)
    expectOrthonormal(f.u)
    expectOrthonormal(f.vt.swappingAxes(-1, -2))
    expectClose(try singularValues(a), f.s, relative: 1e-10, absolute: 1e-12)
    if count > 1 && !a.isEmpty {
      #expect((f.s[..., 1...] .<= f.s[..., 0..<(count - 1)]).all().item())
    }
  }

  @Test("multiply back: Cholesky and symmetric eigenvectors", arguments: [1, 2, 3, 8, 50])
  func symmetric(order: Int) throws {
    let half: Tensor<Double> = matrices([2, order, order + 3])
    let a = matmul(half, half.swappingAxes(-1, -2))
    let l = try cholesky(a)
    expectClose(matmul(l, l.swappingAxes(-1, -2)), a, relative: 1e-10, absolute: 1e-10)
    expectTriangular(l, isUpper: false)
    let e = try eigenSymmetric(a)
    expectOrthonormal(e.vectors)
    expectClose(
      matmul(a, e.vectors), e.vectors * e.values.expandingDims(axis: -2), relative: 1e-9,
      absolute: 1e-9)
    expectClose(try eigenvaluesSymmetric(a), e.values, relative: 1e-10, absolute: 1e-10)
    // Only the triangle that is asked for counts.
    let rows = Tensor<Int>.arange(order).expandingDims(axis: 1)
    let upper = select(Tensor<Int>.arange(order) .>= rows, a, Tensor(99))
    expectClose(
      try eigenvaluesSymmetric(upper, triangle: .upper), e.values, relative: 1e-10,
      absolute: 1e-10)
  }

  @Test("say what a matrix lacks")
  func failures() {
    let a: Tensor<Double> = [[1, 0, 0], [0, 4, 2], [0, 2, 1]]
    #expect(
      throws: LinearAlgebraError.notPositiveDefinite(
        operation: "cholesky", shape: [3, 3], index: [], order: 3)
    ) { try cholesky(a) }
    #expect(throws: LinearAlgebraError.notFinite(operation: "svd", shape: [1, 2])) {
      try Tensors.svd(Tensor<Double>([[1, .infinity]]))
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "eigenSymmetric", shape: [1, 1])) {
      try eigenSymmetric(Tensor<Float>([[.nan]]))
    }
    #expect(throws: LinearAlgebraError.notSquare(operation: "cholesky", shape: [2, 1])) {
      try cholesky(Tensor<Double>.zeros(shape: [2, 1]))
    }
    #expect(throws: LinearAlgebraError.empty(operation: "conditionNumber", shape: [0, 0])) {
      try conditionNumber(Tensor<Double>.zeros(shape: [0, 0]))
    }
  }

  @Test("invert what has no inverse, and count ranks")
  func pseudoInverses() throws {
    let a: Tensor<Double> = [[1, 2], [2, 4], [3, 6]]
    #expect(try matrixRank(a).item() == 1)
    let p = try pseudoInverse(a)
    expectClose(matmul(matmul(a, p), a), a, relative: 1e-12)
    expectClose(matmul(matmul(p, a), p), p, relative: 1e-12)
    let batch: Tensor<Double> = matrices([2, 5, 3])
    expectClose(
      try matmul(pseudoInverse(batch), batch), Tensor.eye(3).broadcast(to: [2, 3, 3]), relative: 0,
      absolute: 1e-12)
    #expect(try matrixRank(batch).scalars == [3, 3])
    #expect(try matrixRank(Tensor<Double>.zeros(shape: [2, 2])).item() == 0)
    #expect(try pseudoInverse(Tensor<Double>.zeros(shape: [0, 3])).shape == [3, 0])
  }

  private func expectOrthonormal(_ q: Tensor<Double>, at place: SourceLocation = #_sourceLocation) {
    let n = q.shape[q.rank - 1]
    let product = matmul(q.swappingAxes(-1, -2), q)
    expectClose(
      product, Tensor.eye(n).broadcast(to: product.shape), relative: 0, absolute: 1e-12,
      sourceLocation: place)
  }

  private func expectTriangular(
    _ a: Tensor<Double>, isUpper: Bool, at place: SourceLocation = #_sourceLocation
  ) {
    let rows = Tensor<Int>.arange(a.shape[a.rank - 2]).expandingDims(axis: 1)
    let columns = Tensor<Int>.arange(a.shape[a.rank - 1])
    let outside = isUpper ? columns .< rows : columns .> rows
    #expect(
      select(outside, a, Tensor(0)).scalars.allSatisfy { $0 == 0 }, sourceLocation: place)
  }
}
