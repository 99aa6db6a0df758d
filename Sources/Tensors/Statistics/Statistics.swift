internal import BLAS

extension Tensor {
  /// Returns the product of all elements, as a scalar tensor; 1 for none.
  public func prod(keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    multiplied(axes: Array(0..<rank), keepDims: keepDims)
  }

  /// Returns the product along one axis, which goes, or stays with length 1 if `keepDims`.
  public func prod(axis: Int, keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    multiplied(axes: [axis], keepDims: keepDims)
  }

  /// Returns the product along several axes.
  public func prod(axes: [Int], keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    multiplied(axes: axes, keepDims: keepDims)
  }

  private func multiplied(axes: [Int], keepDims: Bool) -> Tensor<Scalar.Sum> {
    guard isRecorded else {
      return reduced(.product, "prod", axes: axes, keepDims: keepDims)
    }
    // The last cumulative product along the reduced axes laid out as one.
    let reduced = Set(axes.map { Layout.axis($0, rank: rank, operation: "prod") }).sorted()
    let kept = (0..<rank).filter { !reduced.contains($0) }
    let shape = kept.map { self.shape[$0] }
    let lines = permuted(axes: kept + reduced).reshaped(
      to: shape + [Layout.count(reduced.map { self.shape[$0] })])
    let length = lines.shape[lines.rank - 1]
    let total =
      length == 0
      ? Tensor<Scalar.Sum>.ones(shape: shape)
      : lines.cumprod(axis: -1).sliced(axis: lines.rank - 1, from: length - 1, to: length)
    return total.reshaped(to: keepDims ? keptShape(reducing: axes) : shape)
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the largest less the smallest element along an axis.
  public func peakToPeak(axis: Int, keepDims: Bool = false) -> Tensor {
    max(axis: axis, keepDims: keepDims) - min(axis: axis, keepDims: keepDims)
  }

  /// Returns how many elements are not 0.
  public func countNonzero() -> Int { (self .!= Tensor(0)).sum().item() }
}

/// How a quantile between two elements is chosen.
public enum QuantileMethod: Sendable {
  /// On the straight line between them.
  case linear
  /// The lower or the higher one, the nearer one (the even position where both are), or their mean.
  case lower, higher, nearest, midpoint
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Returns the quantile of all elements, as a scalar tensor.
  ///
  /// ```swift
  /// x.quantile(0.9)
  /// ```
  public func quantile(_ q: Double, method: QuantileMethod = .linear) -> Tensor {
    flattened().quantile(q, axis: 0, method: method)
  }

  /// Returns the value below which the part `q` of the elements along an axis lies; NaN if there is one among them.
  ///
  /// - Parameters:
  ///   - q: From 0 to 1.
  ///   - axis: The axis, which must not be empty.
  ///   - method: What to choose between two elements.
  ///   - keepDims: Whether the axis stays with length 1.
  /// - Returns: The shape without the axis, or with length 1 there.
  public func quantile(
    _ q: Double, axis: Int, method: QuantileMethod = .linear, keepDims: Bool = false
  ) -> Tensor {
    require(q >= 0 && q <= 1, "quantile: \(q) is outside 0...1")
    requireElements("quantile", along: [Layout.axis(axis, rank: rank, operation: "quantile")])
    return quantile("quantile", q, axis: axis, method: method, keepDims: keepDims)
  }

  private func quantile(
    _ name: String, _ q: Double, axis: Int, method: QuantileMethod, keepDims: Bool
  ) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: name)
    let length = shape[position]
    if length == 0 {
      var shape = shape
      shape[position] = 1
      let none = Tensor.full(shape: shape, .nan)
      return keepDims ? none : none.squeezed(axis: position)
    }
    let ordered = sorted(axis: position)
    let place = q * Double(length - 1)
    let low = Int(place)
    let high = Swift.min(low + 1, length - 1)
    func at(_ index: Int) -> Tensor {
      ordered.sliced(axis: position, from: index, to: index + 1)
    }
    let fraction = place - Double(low)
    let chosen: Tensor
    switch method {
    case .linear:
      let (a, b) = (at(low), at(high))
      chosen = fraction == 0 ? a : a + (b - a) * Scalar(fraction)
    case .lower: chosen = at(low)
    case .higher: chosen = at(fraction == 0 ? low : high)
    case .nearest: chosen = at(Int(place.rounded(.toNearestOrEven)))
    case .midpoint: chosen = fraction == 0 ? at(low) : (at(low) + at(high)) * 0.5
    }
    // A NaN was sorted last.
    let last = at(length - 1)
    let result = select(isNaN(last), last, chosen)
    return keepDims ? result : result.squeezed(axis: position)
  }

  /// Returns the middle one of all elements in order, or the mean of the two in the middle, as a scalar tensor.
  public func median() -> Tensor { flattened().median(axis: 0) }

  /// Returns the middle one of the elements along an axis in order, or the mean of the two; NaN if there is one.
  public func median(axis: Int, keepDims: Bool = false) -> Tensor {
    quantile("median", 0.5, axis: axis, method: .midpoint, keepDims: keepDims)
  }

  /// Returns the mean along an axis with each element counted as often as its weight says.
  ///
  /// - Precondition: `weights` broadcasts to the shape.
  public func average(weights: Tensor, axis: Int) -> Tensor {
    let spread = weights.broadcast(to: shape)
    return (self * spread).sum(axis: axis) / spread.sum(axis: axis)
  }
}

// MARK: Counting

/// Returns how often each integer from 0 on appears.
///
/// ```swift
/// bincount(Tensor<Int32>([0, 2, 2]))  // [1, 0, 2]
/// ```
///
/// - Parameters:
///   - x: Any shape; no integer is negative.
///   - minLength: The least length of the result.
/// - Returns: Shape `[n]`, where n is 1 more than the largest integer, or `minLength`.
public func bincount<Scalar: IntegerTensorScalar>(_ x: Tensor<Scalar>, minLength: Int = 0)
  -> Tensor<Int>
{
  require(minLength >= 0, "bincount: minLength \(minLength); it must be 0 or more")
  guard !x.isEmpty else { return .zeros(shape: [minLength]) }
  let (least, largest) = (x.min().item(), x.max().item())
  require(
    least >= 0 && largest < 1 << 40,
    "bincount: elements from \(least) to \(largest); they must be 0 or more, and few enough to count"
  )
  var counts = [Int](repeating: 0, count: Swift.max(Int(largest) + 1, minLength))
  for value in Tensor<Int>(x).scalars { counts[value] += 1 }
  return Tensor(counts)
}

/// Returns how many elements lie in each of `bins` equal parts of a range, and the parts' bounds.
///
/// ```swift
/// let (counts, edges) = histogram(x, bins: 20)
/// ```
///
/// - Parameters:
///   - x: Any shape; elements outside the range are not counted.
///   - bins: The number of parts, 1 or more.
///   - range: From the smallest to the largest element by default.
/// - Returns: Shapes `[bins]` and `[bins + 1]`; a part holds its lower bound, the last one its upper bound too.
public func histogram<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, bins: Int = 10, range: ClosedRange<Scalar>? = nil
) -> (counts: Tensor<Int>, edges: Tensor<Scalar>) {
  require(bins > 0, "histogram: \(bins) bins; there must be at least one")
  var (low, high) = (Scalar(0), Scalar(1))
  if let range {
    (low, high) = (range.lowerBound, range.upperBound)
  } else if !x.isEmpty {
    (low, high) = (x.min().item(), x.max().item())
  }
  require(
    low.isFinite && high.isFinite, "histogram: the range \(low)...\(high) is not finite; give one")
  if low == high { (low, high) = (low - 0.5, high + 0.5) }
  let edges = Tensor<Scalar>.linspace(low, high, count: bins + 1)
  return (histogram(x, edges: edges), edges)
}

/// Returns how many elements lie between each two neighbours of `edges`, which rise.
public func histogram<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, edges: Tensor<Scalar>)
  -> Tensor<Int>
{
  require(
    edges.rank == 1 && edges.count > 1,
    "histogram: edges of shape \(edges.shape); they must be a vector of two or more")
  require(
    (edges.diff() .>= 0).all().item(), "histogram: the edges \(edges) do not rise")
  let ordered = x.detached.flattened().sorted()
  var below = searchSorted(ordered, edges)
  below[-1] = searchSorted(ordered, edges[-1], after: true)
  return below.diff()
}
