import Tensors
import Testing

/// Well-conditioned random matrices.
func matrices<Scalar: FloatingTensorScalar>(
  _ shape: [Int], seed: UInt64 = 3, as type: Scalar.Type = Scalar.self
) -> Tensor<Scalar> {
  .randomNormal(shape: shape, seed: seed)
}

@Suite("solvers")
struct SolveTests {
  @Test("solve what they were given", arguments: [1, 2, 3, 5, 17, 100, 300])
  func solves(order: Int) throws {
    let a: Tensor<Double> = matrices([order, order])
    let x: Tensor<Double> = matrices([order, 4], seed: 5)
    expectClose(try solve(a, matmul(a, x)), x, relative: 1e-8, absolute: 1e-8)
    let column = x[0..., 1]
    expectClose(try solve(a, matmul(a, column)), column, relative: 1e-8, absolute: 1e-8)
    expectClose(
      try solve(a.transposed(), matmul(a.transposed(), x)), x, relative: 1e-8, absolute: 1e-8)
  }

  @Test("know a small system by heart, in both precisions")
  func known() throws {
    let a: Tensor<Float> = [[3, 1], [1, 2]]
    expectClose(try solve(a, [9, 8]), [2, 3], relative: 1e-6)
    expectClose(try inverse(a), [[0.4, -0.2], [-0.2, 0.6]], relative: 1e-6)
    let wide: Tensor<Double> = [[0, 2], [4, 0]]
    expectClose(try solve(wide, [[2], [8]]), [[2], [1]], relative: 1e-15)
  }

  @Test("broadcast batches over each other")
  func batches() throws {
    let a: Tensor<Double> = matrices([2, 1, 4, 4])
    let b: Tensor<Double> = matrices([3, 4, 2], seed: 9)
    let x = try solve(a, b)
    #expect(x.shape == [2, 3, 4, 2])
    expectClose(matmul(a, x), b.broadcast(to: [2, 3, 4, 2]), relative: 1e-9, absolute: 1e-10)
    let one = try solve(a, Tensor<Double>([1, 2, 3, 4]))
    #expect(one.shape == [2, 1, 4])
    expectClose(
      try matmul(inverse(a), a), Tensor.eye(4).broadcast(to: [2, 1, 4, 4]), relative: 0,
      absolute: 1e-10)
  }

  @Test("use one triangle only", arguments: [true, false], [true, false])
  func triangular(isUpper: Bool, isTransposed: Bool) throws {
    let full: Tensor<Double> = matrices([2, 6, 6]) + 4 * Tensor.eye(6)
    let rows = Tensor<Int>.arange(6).expandingDims(axis: 1)
    let keeps = isUpper ? Tensor<Int>.arange(6) .>= rows : Tensor<Int>.arange(6) .<= rows
    let triangle = select(keeps, full, Tensor(0))
    let b: Tensor<Double> = matrices([2, 6, 3], seed: 4)
    let x = try triangularSolve(full, b, isUpper: isUpper, isTransposed: isTransposed)
    let turned = isTransposed ? triangle.swappingAxes(-1, -2) : triangle
    expectClose(matmul(turned, x), b, relative: 1e-9, absolute: 1e-10)
  }

  @Test("take matrices without elements as NumPy does")
  func empty() throws {
    #expect(try solve(Tensor<Float>.zeros(shape: [0, 0]), .zeros(shape: [0])).shape == [0])
    #expect(try solve(Tensor<Float>.zeros(shape: [0, 3, 3]), .zeros(shape: [3])).shape == [0, 3])
    #expect(try solve(Tensor<Float>.eye(3), .zeros(shape: [3, 0])).shape == [3, 0])
    #expect(try inverse(Tensor<Float>.zeros(shape: [2, 0, 0])).shape == [2, 0, 0])
    #expect(try determinant(Tensor<Float>.zeros(shape: [0, 0])).item() == 1)
    #expect(try logDeterminant(Tensor<Float>.zeros(shape: [0, 0])).logAbsolute.item() == 0)
  }

  @Test("say which matrix is singular, and where")
  func singular() {
    let a: Tensor<Double> = stack([.eye(3), [[1, 2, 4], [0, 1, 1], [1, 3, 5]]])
    let expected = LinearAlgebraError.singular(
      operation: "solve", shape: [2, 3, 3], index: [1], pivot: 2)
    #expect(throws: expected) { try solve(a, Tensor<Double>([1, 2, 3])) }
    #expect(expected.description.contains("U[2,2] is exactly zero"))
    #expect(throws: LinearAlgebraError.self) { try inverse(Tensor<Float>.zeros(shape: [2, 2])) }
    #expect(throws: LinearAlgebraError.notSquare(operation: "inverse", shape: [2, 3])) {
      try inverse(Tensor<Float>.zeros(shape: [2, 3]))
    }
    #expect(throws: LinearAlgebraError.notMatrix(operation: "determinant", shape: [3])) {
      try determinant(Tensor<Float>.zeros(shape: [3]))
    }
    #expect(throws: LinearAlgebraError.self) {
      try solve(Tensor<Float>.eye(3), Tensor<Float>([1, 2]))
    }
    #expect(throws: LinearAlgebraError.self) {
      try triangularSolve([[1, 2], [0, 0]], Tensor<Float>([1, 2]), isUpper: true)
    }
  }

  @Test("give determinants with their sign")
  func determinants() throws {
    let a: Tensor<Double> = [[[0, 1], [1, 0]], [[2, 0], [0, 3]], [[1, 2], [2, 4]]]
    #expect(try determinant(a).scalars == [-1, 6, 0])
    let parts = try logDeterminant(a)
    #expect(parts.sign.scalars == [-1, 1, 0])
    expectClose(
      parts.logAbsolute, Tensor<Double>([0, 1.791759469228055, -.infinity]), relative: 1e-15)
    // Far outside the range of a Double.
    let large = try logDeterminant(Tensor<Double>.eye(400) * -10)
    #expect(large.sign.item() == 1)
    expectClose(large.logAbsolute, Tensor(921.0340371976183), relative: 1e-13)
    #expect(trace(a).scalars == [0, 5, 5])
  }

  @Test("fit a line through points")
  func leastSquares() throws {
    let x = Tensor<Double>.arange(10)
    let a = stack([x, Tensor.ones(shape: [10])], axis: 1)
    let fit = try Tensors.leastSquares(a, x * 3 - 2)
    expectClose(fit.solution, [3, -2], relative: 1e-12)
    #expect(fit.rank.item() == 2 && fit.residuals.item() < 1e-20)
    // Underdetermined: the shortest solution.
    let wide = try Tensors.leastSquares([[1, 1]], Tensor<Double>([2]))
    expectClose(wide.solution, [1, 1], relative: 1e-14)
    // Rank-deficient, in a batch.
    let many = try Tensors.leastSquares(
      Tensor<Double>.ones(shape: [2, 3, 2]), Tensor<Double>([1, 2, 3]))
    expectClose(many.solution, .ones(shape: [2, 2]), relative: 1e-14)
    #expect(many.rank.scalars == [1, 1])
    expectClose(many.residuals, [2, 2], relative: 1e-12)
    #expect(throws: LinearAlgebraError.notFinite(operation: "leastSquares", shape: [1, 1])) {
      try Tensors.leastSquares(Tensor<Double>([[.nan]]), Tensor<Double>([2]))
    }
  }
}
