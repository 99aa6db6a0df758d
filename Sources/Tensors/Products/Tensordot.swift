/// Returns the sum of products over pairs of axes.
///
/// ```swift
/// tensordot(a, b, axes: ([2, 0], [0, 1]))  // [3, 5, 4] and [4, 3, 2] give [5, 2]
/// ```
///
/// - Parameters:
///   - a: Any shape.
///   - b: Any shape.
///   - axes: Axes of `a`, and those of `b` that they are summed with, in order.
/// - Returns: The axes of `a` that stay, then those of `b`.
/// - Precondition: Both lists have one length, name no axis twice, and pairs have one length.
/// - Complexity: One matrix product.
public func tensordot<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, axes: ([Int], [Int])
) -> Tensor<Scalar> {
  let left = axes.0.map { Layout.axis($0, rank: a.rank, operation: "tensordot") }
  let right = axes.1.map { Layout.axis($0, rank: b.rank, operation: "tensordot") }
  require(
    left.count == right.count && Set(left).count == left.count
      && Set(right).count == right.count,
    "tensordot: axes \(axes.0) and \(axes.1); both lists must be of one length and name no axis twice"
  )
  require(
    zip(left, right).allSatisfy { a.shape[$0] == b.shape[$1] },
    "tensordot: shapes \(a.shape) and \(b.shape) over axes \(axes.0) and \(axes.1); "
      + "the lengths of each pair must be equal")
  let (keptA, keptB) = (
    (0..<a.rank).filter { !left.contains($0) }, (0..<b.rank).filter { !right.contains($0) }
  )
  let depth = left.reduce(1) { $0 * a.shape[$1] }
  let (outerA, outerB) = (keptA.map { a.shape[$0] }, keptB.map { b.shape[$0] })
  let x = a.permuted(axes: keptA + left).reshaped(to: [Layout.count(outerA), depth])
  let y = b.permuted(axes: right + keptB).reshaped(to: [depth, Layout.count(outerB)])
  return matmul(x, y).reshaped(to: outerA + outerB)
}

/// Returns the sum of products over the last `count` axes of `a` and the first `count` of `b`.
///
/// - Parameters:
///   - a: Any shape.
///   - b: Any shape.
///   - axes: How many axes are summed over; 0 gives all products.
/// - Returns: The axes of `a` that stay, then those of `b`.
/// - Precondition: Both have so many axes, and they have the same lengths.
public func tensordot<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, axes: Int = 2
) -> Tensor<Scalar> {
  require(
    axes >= 0 && axes <= a.rank && axes <= b.rank,
    "tensordot: \(axes) axes of shapes \(a.shape) and \(b.shape); both must have so many")
  return tensordot(a, b, axes: (Array(a.rank - axes..<a.rank), Array(0..<axes)))
}
