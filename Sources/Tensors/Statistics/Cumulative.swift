internal import BLAS

extension Tensor {
  /// Returns the sums of the elements up to each, along an axis or over all row by row.
  ///
  /// ```swift
  /// Tensor<Int>([1, 2, 3]).cumsum()  // [1, 3, 6]
  /// ```
  ///
  /// - Parameter axis: The axis; `nil` flattens first, as NumPy does.
  /// - Returns: The shape of the tensor, or `[count]`. Sums of integers are 64 bits wide; those of `Float` are added in
  ///   `Double` along the last axis.
  public func cumsum(axis: Int? = nil) -> Tensor<Scalar.Sum> {
    guard let axis else { return flattened().cumsum(axis: 0) }
    let result: Tensor<Scalar.Sum> = accumulated(.sum, "cumsum", axis: axis)
    guard node != nil && Scalar.dataType.isFloatingPoint else { return result }
    return result.recorded(
      fromOther: self,
      { Tensor($0.flipped(axes: [axis]).cumsum(axis: axis)).flipped(axes: [axis]) })
  }

  /// Returns the products of the elements up to each, along an axis or over all row by row.
  ///
  /// - Parameter axis: The axis; `nil` flattens first.
  /// - Returns: The shape of the tensor, or `[count]`; products of integers are 64 bits wide.
  public func cumprod(axis: Int? = nil) -> Tensor<Scalar.Sum> {
    guard let axis else { return flattened().cumprod(axis: 0) }
    let position = Layout.axis(axis, rank: rank, operation: "cumprod")
    if isRecorded, shape[position] > 0 {
      // Step by step, so that zeros have their gradients too.
      let parts = Tensor<Scalar.Sum>(self).unstacked(axis: position)
      var products = [parts[0]]
      for part in parts.dropFirst() { products.append(products[products.count - 1] * part) }
      return stack(products, axis: position)
    }
    return accumulated(.product, "cumprod", axis: position)
  }

  /// A cumulative operation along an axis.
  fileprivate func accumulated<Result: TensorScalar>(
    _ operation: CumulativeOperation, _ name: String, axis: Int
  ) -> Tensor<Result> {
    let position = Layout.axis(axis, rank: rank, operation: name)
    require(
      !Scalar.dataType.isComplex,
      "\(name): Tensor<\(Scalar.dataType)>; work on its real and imaginary parts")
    if Scalar.dataType.isHalf {
      return Tensor<Result>(
        Tensor<Float>(detached).accumulated(operation, name, axis: axis) as Tensor<Float>)
    }
    let source = detached.contiguous()
    let result = Tensor<Result>(uninitialized: shape)
    Kernels.scan(
      operation, Scalar.dataType.elementType, outer: Layout.count(Array(shape[..<position])),
      count: shape[position], inner: Layout.count(Array(shape[(position + 1)...])),
      source: source.storage, offset: source.layout.offset, out: result.storage)
    return result
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the largest of the elements up to each along an axis; after a NaN all are NaN.
  public func cummax(axis: Int) -> Tensor {
    extremes(.max, "cummax", axis: axis)
  }

  /// Returns the smallest of the elements up to each along an axis; after a NaN all are NaN.
  public func cummin(axis: Int) -> Tensor {
    extremes(.min, "cummin", axis: axis)
  }

  /// The largest or smallest so far; the gradient goes to the last of equal elements that was one.
  private func extremes(_ operation: CumulativeOperation, _ name: String, axis: Int) -> Tensor {
    let result: Tensor = accumulated(operation, name, axis: axis)
    guard isRecorded, !isEmpty else { return result }
    let position = Layout.axis(axis, rank: rank, operation: name)
    var line = [Int](repeating: 1, count: rank)
    line[position] = shape[position]
    let places = Tensor<Int>.arange(shape[position]).reshaped(to: line)
    let isChosen = (detached .== result) .| (detached .!= detached)
    let chosen = select(isChosen, places, Tensor<Int>(0)).cummax(axis: position)
    return takeAlongAxis(chosen, axis: position)
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the differences of neighbours along an axis, `order` times over.
  ///
  /// ```swift
  /// Tensor<Float>([1, 4, 9]).diff()  // [3, 5]
  /// ```
  ///
  /// - Returns: The shape with `order` elements less along the axis, but not less than none.
  /// - Precondition: The tensor is no scalar, and `order` is not negative.
  public func diff(axis: Int = -1, order: Int = 1) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "diff")
    require(order >= 0, "diff: order \(order); it must be 0 or more")
    var result = self
    for _ in 0..<order {
      let length = result.shape[position]
      guard length > 0 else { break }
      result =
        result.sliced(axis: position, from: 1, to: length)
        - result.sliced(axis: position, from: 0, to: length - 1)
    }
    return result
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Returns the integral along an axis by the trapezoidal rule, with samples `spacing` apart.
  public func trapezoid(spacing: Scalar = 1, axis: Int = -1) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "trapezoid")
    let length = shape[position]
    guard length > 1 else { return (self * 0).sum(axis: position) }
    let pairs =
      sliced(axis: position, from: 1, to: length) + sliced(axis: position, from: 0, to: length - 1)
    return pairs.sum(axis: position) * (spacing / 2)
  }
}
