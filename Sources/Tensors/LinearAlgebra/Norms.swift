/// Which norm of a vector.
public enum VectorNorm: Sendable, Equatable {
  /// The sum of magnitudes.
  case l1
  /// The root of the sum of squares, the Euclidean length.
  case l2
  /// The largest magnitude.
  case maximum
  /// The smallest magnitude, NumPy's `-inf`.
  case minimum
  /// The number of elements that are not 0, NumPy's `0`.
  case nonzeroCount
  /// (sum |x|^p)^(1/p), for any p but 0.
  case p(Double)
}

/// Returns the norm of the vectors along some axes.
///
/// ```swift
/// vectorNorm(rows, axes: [-1])  // [n, d] to [n]
/// ```
///
/// The elements are scaled by the largest first, so that squares neither overflow nor vanish.
///
/// - Parameters:
///   - x: Any shape.
///   - order: Which norm; the Euclidean one by default.
///   - axes: The axes that go; `nil` for all, which makes one vector of them.
///   - keepDims: Whether they stay with length 1.
/// - Returns: The other axes.
/// - Precondition: There is an element along the axes for `maximum` and `minimum`.
public func vectorNorm<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ order: VectorNorm = .l2, axes: [Int]? = nil, keepDims: Bool = false
) -> Tensor<Scalar> {
  let axes =
    axes?.map { Layout.axis($0, rank: x.rank, operation: "vectorNorm") } ?? Array(0..<x.rank)
  switch order {
  case .l1, .p(1): return abs(x).sum(axes: axes, keepDims: keepDims)
  case .maximum, .p(.infinity):
    x.requireElements("vectorNorm", along: axes)
    return abs(x).max(axes: axes, keepDims: keepDims)
  case .minimum, .p(-.infinity):
    x.requireElements("vectorNorm", along: axes)
    return abs(x).min(axes: axes, keepDims: keepDims)
  case .nonzeroCount, .p(0):
    return (x .!= 0).sum(axes: axes, keepDims: keepDims).cast(to: Scalar.self)
  case .l2, .p(2): return root(x, axes, keepDims, { square($0) }, { sqrt($0) })
  case .p(let p):
    require(!p.isNaN, "vectorNorm: the order is NaN; it must be a number")
    return root(
      x, axes, keepDims, { pow(abs($0), Scalar(p)) }, { pow($0, Scalar(1 / p)) })
  }
}

/// The root of a sum of powers, of elements divided by the largest magnitude if that is far from 1.
private func root<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ axes: [Int], _ keepDims: Bool,
  _ power: (Tensor<Scalar>) -> Tensor<Scalar>, _ plainRoot: (Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  func root(_ total: Tensor<Scalar>) -> Tensor<Scalar> {
    total.isRecorded ? total.rootWithSlope0At0(plainRoot) : plainRoot(total)
  }
  let direct = power(x).sum(axes: axes, keepDims: keepDims)
  guard !x.isEmpty, !direct.isEmpty else { return root(direct) }
  let (low, high) = (direct.min().item(), direct.max().item())
  // Well inside the range nothing was lost; NaN goes this way too.
  let isSafe = low > Scalar.leastNormalMagnitude / Scalar.ulpOfOne && high.isFinite
  let largest = abs(x).max(axes: axes, keepDims: true)
  guard !isSafe, largest.max().item().isFinite, largest.min().item() > 0 else {
    return root(direct)
  }
  let scaled = root(power(x / largest).sum(axes: axes, keepDims: true)) * largest
  return keepDims ? scaled : scaled.reshaped(to: direct.shape)
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// A root of each element, which is not negative; the gradient at 0 is 0, where a root has none.
  func rootWithSlope0At0(_ root: (Tensor) -> Tensor) -> Tensor {
    let isZero = self .== 0
    return root(replacing(with: 1, where: isZero)).replacing(with: 0, where: isZero)
  }
}

/// Which norm of a matrix.
public enum MatrixNorm: Sendable, Equatable {
  /// The root of the sum of squares.
  case frobenius
  /// The sum of singular values.
  case nuclear
  /// The largest singular value, NumPy's `2`.
  case spectral
  /// The smallest singular value, NumPy's `-2`.
  case smallestSingularValue
  /// The largest sum of magnitudes of a column, NumPy's `1`.
  case one
  /// The smallest sum of magnitudes of a column, NumPy's `-1`.
  case minusOne
  /// The largest sum of magnitudes of a row, NumPy's `inf`.
  case infinity
  /// The smallest sum of magnitudes of a row, NumPy's `-inf`.
  case minusInfinity
}

/// Returns a norm of each matrix.
///
/// - Parameters:
///   - a: Shape `[..., m, n]`.
///   - order: Which norm.
///   - keepDims: Whether the last two axes stay with length 1.
/// - Returns: Shape `[...]`.
/// - Throws: `LinearAlgebraError` if there are fewer than two axes, a largest or smallest value of none is asked for, or
///   as `svd` does for the norms of singular values.
public func matrixNorm<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ order: MatrixNorm = .frobenius, keepDims: Bool = false
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  _ = try a.matrixShape("matrixNorm")
  let norm: Tensor<Scalar>
  switch order {
  case .frobenius: norm = vectorNorm(a, axes: [-2, -1])
  case .nuclear: norm = try singularValues(a).sum(axis: -1)
  case .spectral: norm = try a.extremes("matrixNorm") { s throws(LinearAlgebraError) in s[..., 0] }
  case .smallestSingularValue:
    norm = try a.extremes("matrixNorm") { s throws(LinearAlgebraError) in s[..., -1] }
  case .one, .minusOne, .infinity, .minusInfinity:
    if a.shape.suffix(2).contains(0) { throw .empty(operation: "matrixNorm", shape: a.shape) }
    let isColumn = order == .one || order == .minusOne
    let sums = abs(a).sum(axis: isColumn ? -2 : -1)
    norm = order == .one || order == .infinity ? sums.max(axis: -1) : sums.min(axis: -1)
  }
  return keepDims ? norm.reshaped(to: norm.shape + [1, 1]) : norm
}

/// Returns the condition number of each matrix: how much a solution may magnify a relative error.
///
/// - Parameters:
///   - a: Shape `[..., m, n]`; square unless the norm is `spectral` or `smallestSingularValue`.
///   - order: The norm of the matrix that is multiplied by that of its inverse.
/// - Returns: Shape `[...]`; infinity for singular matrices.
/// - Throws: `LinearAlgebraError` if a matrix is empty or not square, or as `svd` does.
public func conditionNumber<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ order: MatrixNorm = .spectral
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  switch order {
  case .spectral:
    return try a.extremes("conditionNumber") { s throws(LinearAlgebraError) in
      quotient(s[..., 0], s[..., -1])
    }
  case .smallestSingularValue:
    return try a.extremes("conditionNumber") { s throws(LinearAlgebraError) in
      quotient(s[..., -1], s[..., 0])
    }
  default: break
  }
  let order1 = try a.squareOrder("conditionNumber")
  if order1 == 0 { throw .empty(operation: "conditionNumber", shape: a.shape) }
  let flat = a.reshaped(to: [a.batchCount, order1, order1])
  var numbers: [Scalar] = []
  for number in 0..<a.batchCount {
    let matrix = flat[number]
    do throws(LinearAlgebraError) {
      let product = try matrixNorm(matrix, order) * matrixNorm(inverse(matrix), order)
      numbers.append(product.item())
    } catch {
      guard case .singular = error else { throw error }
      numbers.append(.infinity)
    }
  }
  return Tensor(numbers).reshaped(to: a.batchShape)
}

/// a / b, where nothing by nothing is infinite, as the condition of a matrix of zeros is.
private func quotient<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  select(b .== 0, Tensor(.infinity), a / b)
}

extension Tensor where Scalar: LAPACKScalar {
  /// Hands the singular values, of which there must be one, to `body`.
  fileprivate func extremes(
    _ operation: String, _ body: (Tensor) throws(LinearAlgebraError) -> Tensor
  ) throws(LinearAlgebraError) -> Tensor {
    let (rows, columns) = try matrixShape(operation)
    guard rows > 0, columns > 0 else { throw .empty(operation: operation, shape: shape) }
    return try body(singularValues(self))
  }
}
