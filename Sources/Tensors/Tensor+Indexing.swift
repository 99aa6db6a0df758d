internal import BLAS

extension Tensor {
  /// The part that indices select, one for each leading axis; axes without an index stay whole.
  ///
  /// ```swift
  /// let x = data[0..., 0..<64]  // The first 64 columns.
  /// x[0, 1...3] = Tensor([7, 8, 9])
  /// ```
  ///
  /// Reading gives a view that shares memory. Assigning broadcasts the new elements.
  ///
  /// - Precondition: There are at most `rank` indices, and each is in range.
  public subscript(_ indices: any TensorIndex...) -> Tensor {
    get { part(at: indices) }
    set { assign(newValue, to: indices) }
  }

  /// The part that indices select, as a literal: it lets a number in source fill a part.
  ///
  /// ```swift
  /// x[0..., 1] = 0  // Fills a column.
  /// ```
  ///
  /// It is a type without operators, so that `x[0] += 1` and the like can only mean the tensor.
  @_disfavoredOverload
  public subscript(_ indices: any TensorIndex...) -> TensorLiteral<Scalar> {
    get { TensorLiteral(part(at: indices)) }
    set { assign(Tensor(describedBy: newValue), to: indices) }
  }

  /// One element as a plain number; assigning fills everything the indices select.
  ///
  /// ```swift
  /// let corner = x[scalar: 0, 0]  // A Float.
  /// x[scalar: row, column] = corner / 2
  /// ```
  ///
  /// - Precondition: Reading selects exactly one element.
  public subscript(scalar indices: any TensorIndex...) -> Scalar {
    get { part(at: indices).item() }
    set { assign(Tensor(newValue), to: indices) }
  }

  /// The part that indices select of the last axes; axes before them stay whole.
  ///
  /// ```swift
  /// a[..., 0]  // Position 0 of the last axis, whatever the rank.
  /// ```
  ///
  /// - Precondition: There are at most `rank` indices, and each is in range.
  public subscript(_ all: UnboundedRange, _ indices: any TensorIndex...) -> Tensor {
    get { part(at: padded(indices)) }
    set { assign(newValue, to: padded(indices)) }
  }

  /// The part that indices select of the last axes, as a literal: it lets a number in source fill a part.
  ///
  /// ```swift
  /// a[..., 0] = 1
  /// ```
  @_disfavoredOverload
  public subscript(_ all: UnboundedRange, _ indices: any TensorIndex...) -> TensorLiteral<Scalar> {
    get { TensorLiteral(part(at: padded(indices))) }
    set { assign(Tensor(describedBy: newValue), to: padded(indices)) }
  }

  private func padded(_ indices: [any TensorIndex]) -> [any TensorIndex] {
    let used = indices.reduce(0) { count, index in
      switch index.selection {
      case .newAxis: count
      case .mask(let mask): count + mask.rank
      default: count + 1
      }
    }
    return [any TensorIndex](repeating: 0..., count: Swift.max(rank - used, 0)) + indices
  }

  /// A view of the selected part.
  private func part(at indices: [any TensorIndex]) -> Tensor {
    if indices.haveArrays { return taking(indices) }
    return viewing(layout.selecting(indices), { $0.selecting(indices) })
  }

  private mutating func assign(_ value: Tensor, to indices: [any TensorIndex]) {
    if indices.haveArrays {
      put(value, to: indices)
      return
    }
    let part = layout.selecting(indices)
    guard value.layout.strides(broadcastTo: part.shape) != nil else {
      fail(
        "subscript: shape \(value.shape) cannot be assigned to a part of shape \(part.shape); "
          + "each axis, counted from the last, must be equal or 1")
    }
    assign(value, { $0.selecting(indices) })
  }

  // MARK: Index arrays

  /// Returns the items at `indices` along an axis, in that order and as often as they appear.
  ///
  /// ```swift
  /// x.take([2, 0, 0])  // Rows 2, 0 and 0.
  /// ```
  ///
  /// - Precondition: Each index is in range; negative ones count from the end.
  public func take(_ indices: [Int], axis: Int = 0) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "take")
    let positions = resolved(indices, axis: position, operation: "take")
    let source = contiguous()
    let outer = Layout.count(Array(shape[..<position]))
    let inner = Layout.count(Array(shape[(position + 1)...]))
    var resultShape = shape
    resultShape[position] = indices.count
    let result = Tensor(uninitialized: resultShape)
    Kernels.take(
      positions, Scalar.dataType.elementType, outer: outer, count: shape[position], inner: inner,
      source: source.storage, offset: source.layout.offset, out: result.storage)
    let length = shape[position]
    if OperationTrace.isActive {
      OperationTrace.note(.take(axis: position), [self, Tensor<Int>(positions)], result)
    }
    return result.recorded(
      from: self, { $0.addedUp(at: positions, axis: position, length: length) })
  }

  /// Returns the items at `indices` along an axis, which the axes of `indices` replace.
  ///
  /// - Precondition: Each index is in range; negative ones count from the end.
  public func take<Index: IntegerTensorScalar>(_ indices: Tensor<Index>, axis: Int = 0) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "take")
    if OperationTrace.isTracing {
      return OperationTrace.noting(.take(axis: position), [self, indices]) {
        take(indices, axis: axis)
      }
    }
    let flat = take(indices.positions, axis: position)
    return flat.reshaped(
      to: Array(shape[..<position]) + indices.shape + Array(shape[(position + 1)...]))
  }

  /// The rows at `rows`; assigning writes them in that order.
  ///
  /// ```swift
  /// let batch = x[rows: order[0..<64]]
  /// ```
  ///
  /// - Precondition: Each index is in range; negative ones count from the end.
  public subscript(rows rows: some Sequence<Int>) -> Tensor {
    get { take(Array(rows)) }
    set {
      let indices = Array(rows)
      let positions = resolved(indices, axis: 0, operation: "subscript(rows:)")
      put(newValue, at: positions, itemShape: Array(shape.dropFirst()), count: shape[0])
    }
  }

  private func resolved(_ indices: [Int], axis: Int, operation: String) -> [Int] {
    require(rank > 0, "\(operation): a scalar has no rows")
    let length = shape[axis]
    return indices.map { index in
      require(
        index >= -length && index < length,
        "\(operation): index \(index) is out of range on axis \(axis) of shape \(shape); "
          + (length == 0 ? "that axis is empty" : "it may be \(-length)...\(length - 1)"))
      return index < 0 ? index + length : index
    }
  }

  // MARK: Masks

  /// The elements, or items along the leading axes, where a mask is true; assigning writes them in order.
  ///
  /// ```swift
  /// x[x .< 0] = 0
  /// let ones = x[labels .== 1]  // The rows with label 1.
  /// ```
  ///
  /// - Precondition: The mask's shape begins the tensor's.
  public subscript(_ mask: Tensor<Bool>) -> Tensor {
    get {
      if let chosen = compressed(mask) { return chosen }
      let (positions, count, itemShape) = located(mask)
      return reshaped(to: [count] + itemShape).take(positions)
    }
    set {
      let (positions, count, itemShape) = located(mask)
      put(newValue, at: positions, itemShape: itemShape, count: count)
    }
  }

  /// The elements where a mask is true, as a literal: it lets a number in source fill them.
  ///
  /// ```swift
  /// x[isNaN(x)] = 0
  /// ```
  ///
  /// - Precondition: The mask's shape begins the tensor's.
  @_disfavoredOverload
  public subscript(_ mask: Tensor<Bool>) -> TensorLiteral<Scalar> {
    get { TensorLiteral(self[mask] as Tensor) }
    set { self[mask] = Tensor(describedBy: newValue) }
  }

  /// The elements of 4 or 8 bytes where a mask of the whole shape is true.
  private func compressed(_ mask: Tensor<Bool>) -> Tensor? {
    let type = Scalar.dataType.elementType
    guard mask.shape == shape, type.byteCount == 4 || type.byteCount == 8, !isRecorded else {
      return nil
    }
    let (dense, source) = (mask.contiguous(), contiguous())
    let chosen = Kernels.compress(
      type, mask: dense.storage, maskOffset: dense.layout.offset, count: count,
      source: source.storage, offset: source.layout.offset)
    return Tensor(storage: chosen, shape: [chosen.byteCount / type.byteCount])
  }

  private func located(_ mask: Tensor<Bool>) -> (positions: [Int], count: Int, itemShape: [Int]) {
    require(
      mask.rank <= rank && Array(shape.prefix(mask.rank)) == mask.shape,
      "subscript: a mask of shape \(mask.shape) does not fit shape \(shape); it must begin it")
    let dense = mask.contiguous()
    let positions = Kernels.positions(
      dense.storage, offset: dense.layout.offset, count: mask.count)
    return (positions, mask.count, Array(shape.dropFirst(mask.rank)))
  }

  /// Writes items over positions of the leading axes.
  private mutating func put(
    _ value: Tensor, at positions: [Int], itemShape: [Int], count: Int
  ) {
    let target = [positions.count] + itemShape
    guard value.layout.strides(broadcastTo: target) != nil else {
      fail(
        "subscript: shape \(value.shape) cannot be assigned to a part of shape \(target); "
          + "each axis, counted from the last, must be equal or 1")
    }
    let result = nodeAfterPutting(value, at: positions, itemShape: itemShape, count: count)
    defer { node = result }
    makeWritable(for: value)
    if !layout.isContiguous { self = copied() }
    let isOne = value.rank <= itemShape.count
    let source = value.broadcast(to: isOne ? itemShape : target).contiguous()
    Kernels.put(
      positions, Scalar.dataType.elementType, count: count, inner: Layout.count(itemShape),
      source: source.storage, offset: source.layout.offset, repeats: isOne, out: storage,
      outOffset: layout.offset)
  }
}
