internal import BLAS

// Gathering and scattering along an axis, with an index for each element.

extension Tensor {
  /// Returns for each index the element at that position along an axis, in the index's own line.
  ///
  /// ```swift
  /// let best = scores.takeAlongAxis(scores.argmax(axis: 1, keepDims: true), axis: 1)
  /// ```
  ///
  /// - Parameters:
  ///   - indices: The tensor's rank; its other axes broadcast to the tensor's.
  ///   - axis: The axis.
  /// - Returns: The shape of `indices`, its other axes as long as the tensor's.
  /// - SeeAlso: NumPy's `take_along_axis`, PyTorch's `gather`.
  public func takeAlongAxis<Index: IntegerTensorScalar>(_ indices: Tensor<Index>, axis: Int)
    -> Tensor
  {
    let places = flatPositions(of: indices, axis: axis, operation: "takeAlongAxis")
    return flattened().take(places.scalars).reshaped(to: places.shape)
  }

  /// Returns the tensor with elements replaced: for each index the one at that position along an axis.
  ///
  /// Of indices that are equal the last wins.
  ///
  /// - Parameters:
  ///   - values: They broadcast to the shape of the indices.
  ///   - indices: As in `takeAlongAxis`.
  ///   - axis: The axis.
  /// - Returns: The shape of the tensor.
  /// - SeeAlso: NumPy's `put_along_axis`, PyTorch's `scatter`.
  public func scattering<Index: IntegerTensorScalar>(
    _ values: Tensor, at indices: Tensor<Index>, axis: Int
  ) -> Tensor {
    let places = flatPositions(of: indices, axis: axis, operation: "scattering")
    var flat = flattened()
    flat[rows: places.scalars] = fitted(values, to: places.shape, "scattering").flattened()
    return flat.reshaped(to: shape)
  }

  /// The values, broadcast to the shape of what they go to.
  fileprivate func fitted(_ values: Tensor, to target: [Int], _ operation: String) -> Tensor {
    require(
      values.layout.strides(broadcastTo: target) != nil,
      "\(operation): values of shape \(values.shape) for items of shape \(target); "
        + "each axis, counted from the last, must be equal or 1")
    return values.broadcast(to: target)
  }

  /// The row-major positions of the elements that indices along an axis mean.
  private func flatPositions<Index: IntegerTensorScalar>(
    of indices: Tensor<Index>, axis: Int, operation: String
  ) -> Tensor<Int> {
    let axis = Layout.axis(axis, rank: rank, operation: operation)
    var target = shape
    target[axis] = indices.rank == rank ? indices.shape[axis] : 0
    require(
      indices.rank == rank && indices.layout.strides(broadcastTo: target) != nil,
      "\(operation): indices of shape \(indices.shape) for shape \(shape); they must have as many axes, "
        + "and broadcast on all but axis \(axis)")
    let length = shape[axis]
    var places = Tensor<Int>(indices.broadcast(to: target))
    if !places.isEmpty {
      let (least, largest) = (places.min().item(), places.max().item())
      require(
        least >= -length && largest < length,
        "\(operation): index \(least < -length ? least : largest) is out of range on axis \(axis) "
          + "of shape \(shape); it may be \(-length)...\(length - 1)")
      if least < 0 { places = select(places .< 0, places + length, places) }
    }
    let strides = Layout.rowMajorStrides(shape)
    places *= strides[axis]
    for other in 0..<rank where other != axis {
      var line = [Int](repeating: 1, count: rank)
      line[other] = shape[other]
      places += Tensor<Int>.arange(shape[other]).reshaped(to: line) * strides[other]
    }
    return places
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the tensor with values added: for each index at that position along an axis, equal indices all.
  ///
  /// - SeeAlso: PyTorch's `scatter_add`.
  public func scatterAdding<Index: IntegerTensorScalar>(
    _ values: Tensor, at indices: Tensor<Index>, axis: Int
  ) -> Tensor {
    let places = flatPositions(of: indices, axis: axis, operation: "scatterAdding")
    let added = fitted(values, to: places.shape, "scatterAdding").flattened()
      .addedUp(at: places.scalars, axis: 0, length: count)
    return self + added.reshaped(to: shape)
  }

  /// Returns the tensor with the items of `values` added along an axis at `indices`, equal indices all.
  ///
  /// - SeeAlso: PyTorch's `index_add`.
  public func indexAdding(_ values: Tensor, at indices: [Int], axis: Int = 0) -> Tensor {
    let axis = Layout.axis(axis, rank: rank, operation: "indexAdding")
    let length = shape[axis]
    let positions = indices.map { index in
      require(
        index >= -length && index < length,
        "indexAdding: index \(index) is out of range on axis \(axis) of shape \(shape)")
      return index < 0 ? index + length : index
    }
    var target = shape
    target[axis] = indices.count
    return self
      + fitted(values, to: target, "indexAdding")
      .addedUp(at: positions, axis: axis, length: length)
  }
}
