import Tensors
import Testing

@Suite("functions of matrices")
struct MatrixFunctionTests {
  @Test("raise e to a matrix whose exponential is known")
  func exponential() throws {
    let turn: Tensor<Double> = [[0, -1], [1, 0]]
    for angle in [0, 1e-9, 0.01, 0.2, 0.9, 2, 5, 40] {
      let t = Tensor<Double>(angle)
      let expected = stack([stack([cos(t), -sin(t)]), stack([sin(t), cos(t)])])
      expectClose(try matrixExponential(turn * angle), expected, relative: 1e-13, absolute: 1e-13)
    }
    // Nilpotent: the series ends. A large norm must not lead to needless squaring.
    let nilpotent: Tensor<Double> = [[0, 1e6], [0, 0]]
    expectClose(try matrixExponential(nilpotent), [[1, 1e6], [0, 1]], relative: 1e-15)
    let diagonal: Tensor<Double> = [[1, 0], [0, -30]]
    expectClose(
      try matrixExponential(stack([diagonal, .zeros(shape: [2, 2])])),
      [[[2.718281828459045, 0], [0, 9.357622968840175e-14]], [[1, 0], [0, 1]]], relative: 1e-12,
      absolute: 1e-26)
    expectClose(
      try matrixExponential([[1, 2], [3, 4]] as Tensor<Float>),
      [[51.968956, 74.73656], [112.10485, 164.0738]], relative: 2e-6)
    #expect(try matrixExponential(Tensor<Float>.zeros(shape: [0, 0])).shape == [0, 0])
    #expect(throws: LinearAlgebraError.self) { try matrixExponential(Tensor<Float>([[.nan]])) }
  }

  @Test("multiply a matrix by itself", arguments: [-3, -1, 0, 1, 2, 5, 10])
  func power(exponent: Int) throws {
    let a: Tensor<Double> = [[[1, 1], [1, 0]], [[2, 1], [1, 1]]]
    var expected = Tensor<Double>.eye(2).broadcast(to: [2, 2, 2])
    let factor = exponent < 0 ? try inverse(a) : a
    for _ in 0..<abs(exponent) { expected = matmul(expected, factor) }
    expectClose(try matrixPower(a, exponent), expected, relative: 1e-12)
  }

  @Test("know the norms of a matrix")
  func matrixNorms() throws {
    let a: Tensor<Double> = [[1, -2], [-3, 4]]
    let expected: [(MatrixNorm, Double)] = [
      (.frobenius, 5.477225575051661), (.nuclear, 5.8309518948453), (.spectral, 5.464985704219043),
      (.smallestSingularValue, 0.36596619062625746), (.one, 6), (.minusOne, 4), (.infinity, 7),
      (.minusInfinity, 3),
    ]
    for (order, value) in expected {
      expectClose(try matrixNorm(a, order), Tensor(value), relative: 1e-13)
      #expect(try matrixNorm(stack([a, a]), order, keepDims: true).shape == [2, 1, 1])
    }
    expectClose(try conditionNumber(a), Tensor(14.933034373659268), relative: 1e-12)
    expectClose(try conditionNumber(a, .one), Tensor(21), relative: 1e-12)
    #expect(try conditionNumber(Tensor<Double>.zeros(shape: [2, 2])).item() == .infinity)
    #expect(try conditionNumber([[1, 2], [2, 4]] as Tensor<Double>, .one).item() == .infinity)
    #expect(throws: LinearAlgebraError.empty(operation: "matrixNorm", shape: [0, 2])) {
      try matrixNorm(Tensor<Double>.zeros(shape: [0, 2]), .one)
    }
  }

  @Test("know the norms of a vector, however large or small")
  func vectorNorms() {
    let x: Tensor<Double> = [3, -4, 0]
    let expected: [(VectorNorm, Double)] = [
      (.l1, 7), (.l2, 5), (.maximum, 4), (.minimum, 0), (.nonzeroCount, 2),
      (.p(3), 4.497941445275415),
    ]
    for (order, value) in expected {
      expectClose(vectorNorm(x, order), Tensor(value), relative: 1e-14)
    }
    expectClose(vectorNorm(x * 1e200), Tensor(5e200), relative: 1e-14)
    expectClose(vectorNorm(x * 1e-200), Tensor(5e-200), relative: 1e-14)
    #expect(vectorNorm(Tensor<Float>([])).item() == 0)
    #expect(vectorNorm(Tensor<Double>([1, .infinity])).item() == .infinity)
    #expect(vectorNorm(Tensor<Double>([1, .nan])).item().isNaN)
    let rows: Tensor<Float> = [[3, 4], [0, 0], [6, 8]]
    #expect(vectorNorm(rows, axes: [1]).scalars == [5, 0, 10])
    #expect(vectorNorm(rows, axes: [-1], keepDims: true).shape == [3, 1])
  }
}

@Suite("eigenvalues of general matrices")
struct EigenTests {
  @Test("satisfy their equation", arguments: [1, 2, 3, 10, 31])
  func equation(order: Int) throws {
    let a: Tensor<Double> = matrices([2, order, order])
    let e = try eigen(a)
    let (v, w) = (e.vectors, e.values.expandingDims(axis: -2))
    let left = Tensor<Complex<Double>>(
      real: matmul(a, v.real), imaginary: matmul(a, v.imaginary))
    #expect(abs(left - v * w).max().item() < 1e-11)
    #expect(abs(square(abs(v)).sum(axis: -2) - 1).max().item() < 1e-12)
    #expect(abs(e.values.sum(axis: -1).real - trace(a)).max().item() < 1e-11)
    let values = try eigenvalues(a)
    #expect(abs(values - e.values).max().item() < 1e-9)
  }

  @Test("are complex for turns, and real where they can be")
  func known() throws {
    let turn = try eigenvalues(Tensor<Float>([[0, -1], [1, 0]])).scalars
    #expect(turn == [Complex(0, 1), Complex(0, -1)])
    let triangle = try eigenvalues(Tensor<Double>([[1, 5], [0, 2]])).scalars
    #expect(triangle == [Complex(1), Complex(2)])
    #expect(try eigen(Tensor<Double>.zeros(shape: [0, 0])).vectors.shape == [0, 0])
    #expect(throws: LinearAlgebraError.notSquare(operation: "eigen", shape: [1, 2])) {
      try eigen(Tensor<Double>([[1, 2]]))
    }
  }
}
