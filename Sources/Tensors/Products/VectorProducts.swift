/// Returns the Kronecker product: every element of `a` times all of `b`, block by block.
///
/// ```swift
/// kron(Tensor<Float>([1, 10]), Tensor<Float>([1, 2]))  // [1, 2, 10, 20]
/// ```
///
/// - Parameters:
///   - a: Any shape; of two ranks, the smaller gets axes of length 1 in front.
///   - b: Any shape.
/// - Returns: The lengths multiplied, axis by axis.
public func kron<Scalar: NumericTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  let rank = Swift.max(a.rank, b.rank)
  let left = [Int](repeating: 1, count: rank - a.rank) + a.shape
  let right = [Int](repeating: 1, count: rank - b.rank) + b.shape
  let product =
    a.reshaped(to: left.flatMap { [$0, 1] }) * b.reshaped(to: right.flatMap { [1, $0] })
  return product.reshaped(to: zip(left, right).map { $0 * $1 })
}

/// Returns the cross product of vectors of three elements along an axis.
///
/// ```swift
/// cross(Tensor<Float>([1, 0, 0]), Tensor<Float>([0, 1, 0]))  // [0, 0, 1]
/// ```
///
/// - Parameters:
///   - a: Any shape with length 3 along `axis`; the others broadcast.
///   - b: The same.
///   - axis: The axis of the vectors.
/// - Returns: The broadcast shape.
/// - Precondition: The axis has length 3 in both.
public func cross<Scalar: NumericTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, axis: Int = -1
) -> Tensor<Scalar> {
  let axes = [a, b].map { Layout.axis(axis, rank: $0.rank, operation: "cross") }
  require(
    a.shape[axes[0]] == 3 && b.shape[axes[1]] == 3,
    "cross: shapes \(a.shape) and \(b.shape) along axis \(axis); that axis must have length 3 in both"
  )
  let (x, y) = (a.swappingAxes(axes[0], -1), b.swappingAxes(axes[1], -1))
  let part = { (i: Int, j: Int) in x[..., i] * y[..., j] - x[..., j] * y[..., i] }
  let product = stack([part(1, 2), part(2, 0), part(0, 1)], axis: -1)
  return product.swappingAxes(axis < 0 ? axis : axis - a.rank, -1)
}

/// Returns the sum of products of all elements, both taken row by row, as a scalar.
///
/// - Precondition: Both have the same number of elements.
public func vdot<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  require(
    a.count == b.count,
    "vdot: shapes \(a.shape) and \(b.shape) have \(a.count) and \(b.count) elements; the counts must agree"
  )
  return dot(a.flattened(), b.flattened())
}

/// Returns the sum of products over the last axis of both.
///
/// - Parameters:
///   - a: Shape `[..., k]`.
///   - b: Shape `[..., k]`.
/// - Returns: The axes of `a` but its last, then those of `b` but its last; the product if either is a scalar.
/// - Precondition: The last axes have one length.
public func inner<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  if a.rank == 0 || b.rank == 0 { return a * b }
  require(
    a.shape[a.rank - 1] == b.shape[b.rank - 1],
    "inner: shapes \(a.shape) and \(b.shape); the last axes must have one length")
  return tensordot(a, b, axes: ([a.rank - 1], [b.rank - 1]))
}
