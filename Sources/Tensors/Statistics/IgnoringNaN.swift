internal import BLAS

// The statistics of the elements that are numbers; NumPy's names begin with `nan`. Without an axis they are of all
// elements.

extension Tensor where Scalar: FloatingTensorScalar {
  private func axes(_ axis: Int?, _ operation: String = "nan") -> [Int] {
    axis.map { [Layout.axis($0, rank: rank, operation: operation)] } ?? Array(0..<rank)
  }

  /// Returns the sum of the elements that are not NaN.
  public func nanSum(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    let axes = axes(axis, "nanSum")
    return replacing(with: 0, where: isNaN(self)).sum(axes: axes, keepDims: keepDims)
  }

  /// Returns the product of the elements that are not NaN.
  public func nanProd(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    let axes = axes(axis, "nanProd")
    return replacing(with: 1, where: isNaN(self)).prod(axes: axes, keepDims: keepDims)
  }

  /// How many elements are not NaN.
  private func valid(_ axis: Int?, keepDims: Bool) -> Tensor {
    Tensor((.!isNaN(self)).sum(axes: axes(axis), keepDims: keepDims))
  }

  /// Returns the mean of the elements that are not NaN; NaN if all are.
  public func nanMean(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    _ = axes(axis, "nanMean")
    return nanSum(axis: axis, keepDims: keepDims) / valid(axis, keepDims: keepDims)
  }

  /// Returns the variance of the elements that are not NaN; NaN if all are.
  public func nanVariance(axis: Int? = nil, correction: Int = 0, keepDims: Bool = false) -> Tensor {
    _ = axes(axis, "nanVariance")
    // Replaced before the difference, too: a NaN would come back with the gradient.
    let isMissing = isNaN(self)
    let differences = replacing(with: 0, where: isMissing) - nanMean(axis: axis, keepDims: true)
    let distances = square(differences).replacing(with: 0, where: isMissing)
    let freedom = maximum(valid(axis, keepDims: keepDims) - Scalar(correction), 0)
    return distances.sum(axes: axes(axis), keepDims: keepDims) / freedom
  }

  /// Returns the standard deviation of the elements that are not NaN; NaN if all are.
  public func nanStandardDeviation(
    axis: Int? = nil, correction: Int = 0, keepDims: Bool = false
  ) -> Tensor {
    _ = axes(axis, "nanStandardDeviation")
    return sqrt(nanVariance(axis: axis, correction: correction, keepDims: keepDims))
  }

  /// Returns the largest of the elements that are not NaN; NaN if all are.
  public func nanMax(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    let axes = axes(axis, "nanMax")
    requireElements("nanMax", along: axes)
    let mask = isNaN(self)
    let largest = replacing(with: -.infinity, where: mask).max(axes: axes, keepDims: keepDims)
    return largest.replacing(with: .nan, where: valid(axis, keepDims: keepDims) .== 0)
  }

  /// Returns the smallest of the elements that are not NaN; NaN if all are.
  public func nanMin(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    let axes = axes(axis, "nanMin")
    requireElements("nanMin", along: axes)
    let mask = isNaN(self)
    let least = replacing(with: .infinity, where: mask).min(axes: axes, keepDims: keepDims)
    return least.replacing(with: .nan, where: valid(axis, keepDims: keepDims) .== 0)
  }

  /// Returns the position along an axis of the first largest element that is not NaN.
  ///
  /// - Precondition: No line is NaN throughout.
  public func nanArgmax(axis: Int) -> Tensor<Int32> {
    let position = Layout.axis(axis, rank: rank, operation: "nanArgmax")
    requireElements("nanArgmax", along: [position])
    require(
      !isNaN(self).all(axis: position).any().item(),
      "nanArgmax: a line along axis \(axis) is all NaN")
    return replacing(with: -.infinity, where: isNaN(self)).argmax(axis: axis)
  }

  /// Returns the position along an axis of the first smallest element that is not NaN.
  ///
  /// - Precondition: No line is NaN throughout.
  public func nanArgmin(axis: Int) -> Tensor<Int32> {
    let position = Layout.axis(axis, rank: rank, operation: "nanArgmin")
    requireElements("nanArgmin", along: [position])
    require(
      !isNaN(self).all(axis: position).any().item(),
      "nanArgmin: a line along axis \(axis) is all NaN")
    return replacing(with: .infinity, where: isNaN(self)).argmin(axis: axis)
  }

  /// Returns the quantile along an axis of the elements that are not NaN; NaN if all are.
  public func nanQuantile(_ q: Double, axis: Int, keepDims: Bool = false) -> Tensor {
    require(q >= 0 && q <= 1, "nanQuantile: \(q) is outside 0...1")
    return nanQuantile("nanQuantile", q, axis: axis, keepDims: keepDims)
  }

  private func nanQuantile(_ name: String, _ q: Double, axis: Int, keepDims: Bool) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: name)
    if shape[position] == 0 {
      var shape = shape
      shape[position] = 1
      let none = Tensor.full(shape: shape, .nan)
      return keepDims ? none : none.squeezed(axis: position)
    }
    let ordered = sorted(axis: position)
    let place = maximum(Tensor<Double>(detached.valid(position, keepDims: true)) - 1, 0) * q
    let low = floor(place)
    let high = Tensor<Int>(ceil(place))
    let a = ordered.takeAlongAxis(Tensor<Int>(low), axis: position)
    let b = ordered.takeAlongAxis(high, axis: position)
    let result = a + (b - a) * Tensor(place - low)
    return keepDims ? result : result.squeezed(axis: position)
  }

  /// Returns the median along an axis of the elements that are not NaN; NaN if all are.
  public func nanMedian(axis: Int, keepDims: Bool = false) -> Tensor {
    nanQuantile("nanMedian", 0.5, axis: axis, keepDims: keepDims)
  }
}
