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

/// Returns the tensors one after the other along an axis they have.
///
/// ```swift
/// concatenate([a, b], axis: 1)  // [n, p] and [n, q] to [n, p + q]
/// ```
///
/// - Precondition: There is at least one tensor, and all lengths but that of `axis` agree.
public func concatenate<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>], axis: Int = 0)
  -> Tensor<Scalar>
{
  guard let first = tensors.first else {
    fail("concatenate: no tensors; give at least one")
  }
  let position = Layout.axis(axis, rank: first.rank, operation: "concatenate")
  var shape = first.shape
  for tensor in tensors.dropFirst() {
    var (expected, found) = (first.shape, tensor.shape)
    if tensor.rank == first.rank { (expected[position], found[position]) = (0, 0) }
    require(
      expected == found,
      "concatenate: shapes \(first.shape) and \(tensor.shape) differ outside axis \(axis); "
        + "all other lengths must agree")
    shape[position] += tensor.shape[position]
  }
  let result = Tensor<Scalar>(uninitialized: shape)
  var start = 0
  for tensor in tensors where !tensor.isEmpty {
    let part = Layout(
      shape: tensor.shape, strides: result.strides, offset: start * result.strides[position])
    Kernels.copy(
      shape: tensor.shape, out: Tensor<Scalar>(storage: result.storage, layout: part).view,
      a: tensor.view)
    start += tensor.shape[position]
  }
  return result.recorded(
    from: tensors,
    { gradient in
      var start = 0
      return tensors.map { tensor in
        let length = tensor.shape[position]
        defer { start += length }
        return gradient.part(start..<start + length, axis: position)
      }
    })
}

/// Returns the tensors side by side along a new axis.
///
/// ```swift
/// stack([a, b], axis: 0)  // twice [n] to [2, n]
/// ```
///
/// - Precondition: There is at least one tensor, and all have the same shape.
public func stack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>], axis: Int = 0)
  -> Tensor<Scalar>
{
  for tensor in tensors {
    require(
      tensor.shape == tensors[0].shape,
      "stack: shapes \(tensors[0].shape) and \(tensor.shape) differ; all must be the same")
  }
  return concatenate(tensors.map { $0.expandingDims(axis: axis) }, axis: axis)
}
