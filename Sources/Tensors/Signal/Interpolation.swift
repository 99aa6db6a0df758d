/// Returns the values at new places of a function that is straight between known points.
///
/// ```swift
/// interpolate(Tensor<Double>([0.5, 9]), [0, 1, 2], [10, 20, 40])  // [15, 40]
/// ```
///
/// - Parameters:
///   - x: The new places, of any shape; before the first and after the last point the end values hold.
///   - points: Shape `[n]`, increasing.
///   - values: Shape `[n]`.
/// - Returns: The shape of `x`; NaN for NaN.
/// - Precondition: There is a point, and the points increase.
public func interpolate<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ points: Tensor<Scalar>, _ values: Tensor<Scalar>
) -> Tensor<Scalar> {
  let known = points.scalars
  require(
    points.rank == 1 && points.shape == values.shape && !points.isEmpty,
    "interpolate: points of shape \(points.shape) and values of shape \(values.shape); "
      + "both must be vectors of one length, not empty")
  require(
    zip(known, known.dropFirst()).allSatisfy { $0 < $1 },
    "interpolate: the points do not increase; sort them and their values first")
  let last = known.count - 1
  if last == 0 { return select(isNaN(x), x, values[0]) }
  let left = x.scalars.map { place -> Int in
    var (low, high) = (0, last)
    while high - low > 1 {
      let middle = (low + high) / 2
      if known[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }
  let start = points.take(left).reshaped(to: x.shape)
  let end = points.take(left.map { $0 + 1 }).reshaped(to: x.shape)
  let from = values.take(left).reshaped(to: x.shape)
  let to = values.take(left.map { $0 + 1 }).reshaped(to: x.shape)
  let inside = minimum(maximum(x, known[0]), known[last])
  return from + (inside - start) / (end - start) * (to - from)
}

/// How images are resized.
public enum ResizeMethod: Sendable {
  /// The nearest pixel to the left and above.
  case nearest
  /// Straight lines between the centres of pixels.
  case bilinear
}

/// Returns images with another number of rows and columns.
///
/// - Parameters:
///   - x: Shape `[..., height, width]`.
///   - size: The new height and width.
///   - method: How values between pixels are found.
/// - Returns: Shape `[..., size]`; pixels cover areas, so that corners do not move (PyTorch's `align_corners=False`).
/// - Precondition: Neither the images nor the size are empty.
public func resize<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, to size: Size2D, method: ResizeMethod = .bilinear
) -> Tensor<Scalar> {
  require(
    x.rank >= 2 && size.height >= 1 && size.width >= 1 && x.shape[x.rank - 1] > 0
      && x.shape[x.rank - 2] > 0,
    "resize: shape \(x.shape) to \(size); images need two axes that are not empty, the size must be 1 or more"
  )
  Layout.check(Array(x.shape.dropLast(2)) + [size.height, size.width], operation: "resize")
  let rows = resized(x, axis: x.rank - 2, size.height, method)
  return resized(rows, axis: x.rank - 1, size.width, method)
}

private func resized<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, axis: Int, _ count: Int, _ method: ResizeMethod
) -> Tensor<Scalar> {
  let length = x.shape[axis]
  if length == count { return x }
  guard method == .bilinear else {
    return x.take((0..<count).map { $0 * length / count }, axis: axis)
  }
  let places = (0..<count).map {
    Swift.max((Double($0) + 0.5) * Double(length) / Double(count) - 0.5, 0)
  }
  let low = places.map { Swift.min(Int($0), length - 1) }
  let parts = zip(places, low).map { Scalar($0 - Double($1)) }
  var shape = [Int](repeating: 1, count: x.rank)
  shape[axis] = count
  let weight = Tensor(parts).reshaped(to: shape)
  let first = x.take(low, axis: axis)
  let second = x.take(low.map { Swift.min($0 + 1, length - 1) }, axis: axis)
  return first + (second - first) * weight
}
