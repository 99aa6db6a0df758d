internal import BLAS

extension Tensor {
  /// Returns the same elements row by row in another shape.
  ///
  /// ```swift
  /// let images = rows.reshaped(to: [-1, 8, 8])
  /// ```
  ///
  /// It shares memory if the tensor is contiguous and copies otherwise.
  ///
  /// - Parameter shape: One length may be -1 and is worked out from the others.
  /// - Returns: The given shape.
  /// - Precondition: The number of elements stays the same.
  public func reshaped(to shape: [Int]) -> Tensor {
    let (shape, oldShape) = (inferred(shape), self.shape)
    let source = contiguous()
    return Tensor(
      storage: source.storage,
      layout: Layout(
        shape: shape, strides: Layout.rowMajorStrides(shape), offset: source.layout.offset)
    ).recorded(from: self, { $0.reshaped(to: oldShape) })
  }

  private func inferred(_ shape: [Int]) -> [Int] {
    // A function, as most calls need no message.
    func message() -> String {
      "reshaped: \(count) elements of shape \(self.shape) do not fit shape \(shape); the counts must agree"
    }
    guard let unknown = shape.firstIndex(of: -1) else {
      Layout.check(shape, operation: "reshaped")
      require(Layout.count(shape) == count, message())
      return shape
    }
    var known = shape
    known[unknown] = 1
    require(
      !known.contains(-1), "reshaped: shape \(shape) has more than one -1; one can be worked out")
    Layout.check(known, operation: "reshaped")
    let product = Layout.count(known)
    require(product > 0 && count % product == 0, message())
    known[unknown] = count / product
    return known
  }

  /// Returns all elements as a vector, row by row.
  public func flattened() -> Tensor { reshaped(to: [count]) }

  /// Returns a view with the axes in reverse order; a matrix transposed.
  public func transposed() -> Tensor {
    Tensor(
      storage: storage,
      layout: layout.with(shape: shape.reversed(), strides: layout.strides.reversed())
    ).recorded(from: self, { $0.transposed() })
  }

  /// Returns a view with the axes in another order.
  ///
  /// ```swift
  /// images.permuted(0, 2, 3, 1)  // [n, channels, h, w] to [n, h, w, channels]
  /// ```
  ///
  /// - Precondition: `axes` names each axis once.
  public func permuted(_ axes: Int...) -> Tensor { permuted(axes: axes) }

  /// Returns a view with the axes in the order of the array `axes`.
  ///
  /// - Precondition: `axes` names each axis once.
  public func permuted(axes: [Int]) -> Tensor {
    let order = axes.map { Layout.axis($0, rank: rank, operation: "permuted") }
    require(
      Set(order).count == rank && order.count == rank,
      "permuted: axes \(axes) do not name each axis of shape \(shape) once")
    return Tensor(
      storage: storage,
      layout: layout.with(shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    ).recorded(
      from: self,
      { gradient in gradient.permuted(axes: order.indices.sorted { order[$0] < order[$1] }) })
  }

  /// Returns a view with two axes exchanged.
  public func swappingAxes(_ first: Int, _ second: Int) -> Tensor {
    let one = Layout.axis(first, rank: rank, operation: "swappingAxes")
    let other = Layout.axis(second, rank: rank, operation: "swappingAxes")
    var order = Array(0..<rank)
    order.swapAt(one, other)
    return permuted(axes: order)
  }

  /// Returns a view with one more axis of length 1, before which `axis` axes stand.
  ///
  /// ```swift
  /// v.expandingDims(axis: 1)  // [n] to [n, 1]
  /// ```
  public func expandingDims(axis: Int) -> Tensor {
    let position = Layout.axis(axis, rank: rank + 1, operation: "expandingDims")
    var (shape, strides) = (shape, strides)
    shape.insert(1, at: position)
    strides.insert(0, at: position)
    return Tensor(storage: storage, layout: layout.with(shape: shape, strides: strides))
      .recorded(from: self, { $0.squeezed(axis: position) })
  }

  /// Returns a view without axes of length 1.
  ///
  /// - Parameter axis: The axis to drop; all of length 1 by default.
  /// - Returns: The shape without the dropped axes.
  /// - Precondition: A named axis has length 1.
  public func squeezed(axis: Int? = nil) -> Tensor {
    var dropped = Set(shape.indices.filter { shape[$0] == 1 })
    if let axis {
      let position = Layout.axis(axis, rank: rank, operation: "squeezed")
      require(
        shape[position] == 1,
        "squeezed: axis \(axis) of shape \(shape) has length \(shape[position]); only 1 can go")
      dropped = [position]
    }
    let kept = shape.indices.filter { !dropped.contains($0) }
    let oldShape = shape
    return Tensor(
      storage: storage,
      layout: layout.with(shape: kept.map { oldShape[$0] }, strides: kept.map { strides[$0] })
    ).recorded(from: self, { $0.reshaped(to: oldShape) })
  }

  /// Returns a view that repeats axes of length 1, or new ones in front, to fill `shape`.
  ///
  /// - Precondition: Each axis, counted from the last, is equal or 1.
  public func broadcast(to shape: [Int]) -> Tensor {
    Layout.check(shape, operation: "broadcast")
    guard let strides = layout.strides(broadcastTo: shape) else {
      fail(
        "broadcast: shape \(self.shape) does not broadcast to \(shape); "
          + "each axis, counted from the last, must be equal or 1")
    }
    // The gradient is summed back to this shape wherever it arrives.
    return Tensor(storage: storage, layout: layout.with(shape: shape, strides: strides))
      .recorded(from: self, { $0 })
  }
}
