import Tensors

// Operations that combine arrays or whole axes, of `Double`: products, joining, signals, linear algebra.

extension Request {
  /// The results of an operation of this file, or `nil` if it is another.
  func wholeArrays() throws -> [Answer]? {
    guard operands.allSatisfy({ $0.type == "float64" }) else { return nil }
    let all = operands.map { $0.tensor(Double.self) }
    if let result = products(all) ?? joined(all) ?? reshaped(all) ?? signals(all) { return result }
    return try algebra(all)
  }

  private func products(_ all: [Tensor<Double>]) -> [Answer]? {
    let (x, y) = (all[0], all[all.count > 1 ? 1 : 0])
    switch operation {
    case "matmul": return [Answer(matmul(x, y))]
    case "dot": return [Answer(dot(x, y))]
    case "outer": return [Answer(outer(x, y))]
    case "inner": return [Answer(inner(x, y))]
    case "vdot": return [Answer(vdot(x, y))]
    case "kron": return [Answer(kron(x, y))]
    case "cross": return [Answer(cross(x, y))]
    case "tensordot": return [Answer(tensordot(x, y, axes: int("axes")))]
    case "einsum": return [Answer(einsum(text("formula") ?? "", all))]
    default: return nil
    }
  }

  private func joined(_ all: [Tensor<Double>]) -> [Answer]? {
    switch operation {
    case "vstack": return [Answer(vstack(all))]
    case "hstack": return [Answer(hstack(all))]
    case "dstack": return [Answer(dstack(all))]
    case "column_stack": return [Answer(columnStack(all))]
    case "meshgrid": return meshgrid(all).map { Answer($0) }
    default: return nil
    }
  }

  private func reshaped(_ all: [Tensor<Double>]) -> [Answer]? {
    let x = all[0]
    switch operation {
    case "broadcast_to": return [Answer(x.broadcast(to: ints("shape")))]
    case "expand_dims": return [Answer(x.expandingDims(axis: int("axis")))]
    case "squeeze": return [Answer(x.squeezed(axis: optionalInt("axis")))]
    case "swapaxes": return [Answer(x.swappingAxes(int("from"), int("to")))]
    case "split": return x.split(into: int("n"), axis: int("axis")).map { Answer($0) }
    case "split_at": return x.split(at: ints("at"), axis: int("axis")).map { Answer($0) }
    case "unstack": return x.unstacked(axis: int("axis")).map { Answer($0) }
    case "eye": return [Answer(Tensor<Double>.eye(int("n"), columns: int("columns")))]
    case "diag": return [Answer(Tensor<Double>.diag(x, offset: int("k")))]
    case "full": return [Answer(Tensor<Double>.full(shape: ints("shape"), 2))]
    case "linspace": return [Answer(Tensor<Double>.linspace(0, 1, count: int("n")))]
    case "arange":
      return [Answer(Tensor<Double>.arange(double("start"), double("end"), step: double("step")))]
    default: return nil
    }
  }

  private func signals(_ all: [Tensor<Double>]) -> [Answer]? {
    let (x, y) = (all[0], all[all.count > 1 ? 1 : 0])
    let length = optionalInt("n")
    switch operation {
    case "fft": return [Answer(fft(Tensor<Complex<Double>>(x), length: length, axis: int("axis")))]
    case "ifft":
      return [Answer(ifft(Tensor<Complex<Double>>(x), length: length, axis: int("axis")))]
    case "rfft": return [Answer(rfft(x, length: length, axis: int("axis")))]
    case "irfft":
      return [Answer(irfft(Tensor<Complex<Double>>(x), length: length, axis: int("axis")))]
    case "fftn": return [Answer(fftn(Tensor<Complex<Double>>(x)))]
    case "fftshift": return [Answer(fftShift(x))]
    case "convolve": return [Answer(convolve(x, y))]
    case "correlate": return [Answer(correlate(x, y))]
    case "interp": return [Answer(interpolate(x, y, all[2]))]
    case "polyval": return [Answer(polyEvaluate(x, y))]
    case "norm": return [Answer(vectorNorm(x, axes: optionalInt("axis").map { [$0] }))]
    default: return nil
    }
  }

  private func algebra(_ all: [Tensor<Double>]) throws -> [Answer]? {
    let (x, y) = (all[0], all[all.count > 1 ? 1 : 0])
    switch operation {
    case "solve": return [Answer(try solve(x, y))]
    case "inv": return [Answer(try inverse(x))]
    case "det": return [Answer(try determinant(x))]
    case "slogdet":
      let result = try logDeterminant(x)
      return [Answer(result.sign), Answer(result.logAbsolute)]
    case "cholesky": return [Answer(try cholesky(x))]
    case "qr":
      // Signs are free: what counts is that the factors are orthogonal and give the matrix.
      let factors = try qr(x)
      return [Answer(matmul(factors.q, factors.r)), Answer(abs(factors.r))]
    case "svdvals": return [Answer(try singularValues(x))]
    case "pinv": return [Answer(try pseudoInverse(x))]
    case "eigvalsh": return [Answer(try eigenvaluesSymmetric(x))]
    case "matrix_rank": return [Answer(try matrixRank(x))]
    case "matrix_power": return [Answer(try matrixPower(x, int("n")))]
    case "matrix_norm": return [Answer(try matrixNorm(x))]
    case "cond": return [Answer(try conditionNumber(x))]
    case "trace": return [Answer(trace(x))]
    case "lstsq": return [Answer(try leastSquares(x, y).solution)]
    case "expm": return [Answer(try matrixExponential(x))]
    default: return nil
    }
  }
}
