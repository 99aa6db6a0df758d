internal import BLAS

extension Tensor {
  /// Returns the sum of all elements, as a scalar tensor.
  public func sum(keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    summed("sum", axes: Array(0..<rank), keepDims: keepDims)
  }

  /// Returns the sum along one axis, which goes, or stays with length 1 if `keepDims`.
  public func sum(axis: Int, keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    summed("sum", axes: [axis], keepDims: keepDims)
  }

  /// Returns the sum along several axes.
  public func sum(axes: [Int], keepDims: Bool = false) -> Tensor<Scalar.Sum> {
    summed("sum", axes: axes, keepDims: keepDims)
  }

  /// Returns the mean of all elements, as a scalar tensor.
  public func mean(keepDims: Bool = false) -> Tensor<Scalar.Mean> {
    averaged("mean", axes: Array(0..<rank), keepDims: keepDims)
  }

  /// Returns the mean along one axis, which goes, or stays with length 1 if `keepDims`.
  public func mean(axis: Int, keepDims: Bool = false) -> Tensor<Scalar.Mean> {
    averaged("mean", axes: [axis], keepDims: keepDims)
  }

  /// Returns the mean along several axes.
  public func mean(axes: [Int], keepDims: Bool = false) -> Tensor<Scalar.Mean> {
    averaged("mean", axes: axes, keepDims: keepDims)
  }
}

extension Tensor {
  /// The sum over the count; NaN where there are no elements.
  private func averaged(_ name: String, axes: [Int], keepDims: Bool) -> Tensor<Scalar.Mean> {
    if Scalar.dataType.isHalf {
      return Tensor<Scalar.Mean>(Tensor<Float>(self).averaged(name, axes: axes, keepDims: keepDims))
    }
    let total = summed(name, axes: axes, keepDims: keepDims)
    let reduced = Set(axes.map { Layout.axis($0, rank: rank, operation: name) })
    return Tensor<Scalar.Mean>(total)
      / Tensor<Scalar.Mean>(Tensor<Int>(Layout.count(reduced.map { shape[$0] })))
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the largest of all elements, as a scalar tensor.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as largest.
  public func max(keepDims: Bool = false) -> Tensor {
    extreme(.max, "max", axes: Array(0..<rank), keepDims: keepDims)
  }

  /// Returns the largest along one axis, which goes, or stays with length 1 if `keepDims`.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as largest.
  public func max(axis: Int, keepDims: Bool = false) -> Tensor {
    extreme(.max, "max", axes: [axis], keepDims: keepDims)
  }

  /// Returns the largest along several axes.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as largest.
  public func max(axes: [Int], keepDims: Bool = false) -> Tensor {
    extreme(.max, "max", axes: axes, keepDims: keepDims)
  }

  /// Returns the smallest of all elements, as a scalar tensor.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as smallest.
  public func min(keepDims: Bool = false) -> Tensor {
    extreme(.min, "min", axes: Array(0..<rank), keepDims: keepDims)
  }

  /// Returns the smallest along one axis, which goes, or stays with length 1 if `keepDims`.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as smallest.
  public func min(axis: Int, keepDims: Bool = false) -> Tensor {
    extreme(.min, "min", axes: [axis], keepDims: keepDims)
  }

  /// Returns the smallest along several axes.
  ///
  /// - Precondition: There is an element to choose; a NaN counts as smallest.
  public func min(axes: [Int], keepDims: Bool = false) -> Tensor {
    extreme(.min, "min", axes: axes, keepDims: keepDims)
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Returns the mean squared distance from the mean of all elements, as a scalar tensor.
  public func variance(correction: Int = 0, keepDims: Bool = false) -> Tensor {
    spread("variance", axes: Array(0..<rank), correction: correction, keepDims: keepDims)
  }

  /// Returns the mean squared distance from the mean along one axis, which goes, or stays with length 1 if `keepDims`.
  public func variance(axis: Int, correction: Int = 0, keepDims: Bool = false) -> Tensor {
    spread("variance", axes: [axis], correction: correction, keepDims: keepDims)
  }

  /// Returns the mean squared distance from the mean along several axes.
  public func variance(axes: [Int], correction: Int = 0, keepDims: Bool = false) -> Tensor {
    spread("variance", axes: axes, correction: correction, keepDims: keepDims)
  }

  /// Returns the standard deviation of all elements, as a scalar tensor.
  public func standardDeviation(correction: Int = 0, keepDims: Bool = false) -> Tensor {
    deviation(axes: Array(0..<rank), correction: correction, keepDims: keepDims)
  }

  /// Returns the square root of the variance along one axis, which goes, or stays with length 1 if `keepDims`.
  public func standardDeviation(axis: Int, correction: Int = 0, keepDims: Bool = false) -> Tensor {
    deviation(axes: [axis], correction: correction, keepDims: keepDims)
  }

  /// Returns the square root of the variance along several axes.
  public func standardDeviation(axes: [Int], correction: Int = 0, keepDims: Bool = false) -> Tensor
  {
    deviation(axes: axes, correction: correction, keepDims: keepDims)
  }

  private func deviation(axes: [Int], correction: Int, keepDims: Bool) -> Tensor {
    let variance = spread(
      "standardDeviation", axes: axes, correction: correction, keepDims: keepDims)
    return isRecorded ? variance.rootWithSlope0At0 { sqrt($0) } : sqrt(variance)
  }
}
