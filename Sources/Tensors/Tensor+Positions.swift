internal import BLAS

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the position of the first largest of all elements, counted row by row.
  ///
  /// - Precondition: There is an element to choose; the first NaN counts as largest.
  public func argmax() -> Tensor<Int32> {
    positioned(.argmax, "argmax", axes: Array(0..<rank), keepDims: false)
  }

  /// Returns the position of the first largest element along an axis.
  ///
  /// ```swift
  /// let digit = logits.argmax(axis: 1)  // [n, 10] to [n]
  /// ```
  ///
  /// - Precondition: There is an element to choose; the first NaN counts as largest.
  public func argmax(axis: Int, keepDims: Bool = false) -> Tensor<Int32> {
    positioned(.argmax, "argmax", axes: [axis], keepDims: keepDims)
  }

  /// Returns the position of the first smallest of all elements, counted row by row.
  ///
  /// - Precondition: There is an element to choose; the first NaN counts as smallest.
  public func argmin() -> Tensor<Int32> {
    positioned(.argmin, "argmin", axes: Array(0..<rank), keepDims: false)
  }

  /// Returns the position of the first smallest element along an axis.
  ///
  /// - Precondition: There is an element to choose; the first NaN counts as smallest.
  public func argmin(axis: Int, keepDims: Bool = false) -> Tensor<Int32> {
    positioned(.argmin, "argmin", axes: [axis], keepDims: keepDims)
  }

  private func positioned(_ reduction: Reduction, _ name: String, axes: [Int], keepDims: Bool)
    -> Tensor<Int32>
  {
    let reach = axes.map { shape[Layout.axis($0, rank: rank, operation: name)] }
    require(
      Layout.count(reach) <= Int(Int32.max),
      "\(name): shape \(shape) has positions beyond Int32; reduce one axis at a time")
    return reduced(reduction, name, axes: axes, keepDims: keepDims)
  }
}

extension Tensor where Scalar == Bool {
  /// Returns whether all elements are true, as a scalar tensor; true for none.
  public func all() -> Tensor<Bool> { isEmpty ? Tensor(true) : reduced(.min, "all") }

  /// Returns whether all elements along an axis are true.
  public func all(axis: Int) -> Tensor<Bool> {
    // Counting works where there are no elements too.
    reduced(.sum, "all", axes: [axis], keepDims: false)
      .== shape[Layout.axis(axis, rank: rank, operation: "all")]
  }

  /// Returns whether some element is true, as a scalar tensor; false for none.
  public func any() -> Tensor<Bool> { isEmpty ? Tensor(false) : reduced(.max, "any") }

  /// Returns whether some element along an axis is true.
  public func any(axis: Int) -> Tensor<Bool> {
    reduced(.sum, "any", axes: [axis], keepDims: false) .> 0
  }
}

// MARK: Free functions, as mathematics is written

/// Returns the position of the first largest element along an axis.
public func argmax<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>, axis: Int) -> Tensor<Int32> {
  x.argmax(axis: axis)
}

/// Returns the position of the first smallest element along an axis.
public func argmin<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>, axis: Int) -> Tensor<Int32> {
  x.argmin(axis: axis)
}

/// Returns the sum of all elements, as a scalar tensor.
public func sum<Scalar: TensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Sum> { x.sum() }

/// Returns the sum along an axis.
public func sum<Scalar: TensorScalar>(_ x: Tensor<Scalar>, axis: Int) -> Tensor<Scalar.Sum> {
  x.sum(axis: axis)
}

/// Returns the mean of all elements, as a scalar tensor.
public func mean<Scalar: TensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Mean> { x.mean() }

/// Returns the mean along an axis.
public func mean<Scalar: TensorScalar>(_ x: Tensor<Scalar>, axis: Int) -> Tensor<Scalar.Mean> {
  x.mean(axis: axis)
}

extension Tensor where Scalar: IntegerTensorScalar {
  /// The elements row by row as positions; what no `Int` can hold is the nearest that one can, so that it is out of range.
  package var positions: [Int] {
    Scalar.dataType == .uint64 ? scalars.map { Int(clamping: $0) } : Tensor<Int>(self).scalars
  }
}
