internal import BLAS

extension Tensor {
  /// Returns a view with axes in reverse, all of them by default.
  ///
  /// ```swift
  /// image.flipped(axes: [1])  // Left and right exchanged.
  /// ```
  public func flipped(axes: [Int]? = nil) -> Tensor {
    let axes = axes.map { Set($0.map { Layout.axis($0, rank: rank, operation: "flipped") }) }
    let selection: @Sendable (Layout) -> Layout = { layout in
      var (strides, offset) = (layout.strides, layout.offset)
      for axis in layout.shape.indices where axes?.contains(axis) ?? true {
        offset += Swift.max(layout.shape[axis] - 1, 0) * strides[axis]
        strides[axis] = -strides[axis]
      }
      return layout.with(strides: strides, offset: offset)
    }
    return viewing(selection(layout), selection)
  }

  /// Returns the elements moved `shift` places along an axis, those from the end to the front.
  ///
  /// ```swift
  /// Tensor<Int>([1, 2, 3]).rolled(1)  // [3, 1, 2]
  /// ```
  ///
  /// - Parameters:
  ///   - shift: How far; negative ones go the other way.
  ///   - axis: The axis; `nil` moves all elements row by row.
  /// - Returns: The shape of the tensor.
  public func rolled(_ shift: Int, axis: Int? = nil) -> Tensor {
    guard let axis else { return flattened().rolled(shift, axis: 0).reshaped(to: shape) }
    let position = Layout.axis(axis, rank: rank, operation: "rolled")
    let length = shape[position]
    guard length > 0 else { return self }
    let start = (shift % length + length) % length
    guard start != 0 else { return self }
    return concatenate(
      [
        sliced(axis: position, from: length - start, to: length),
        sliced(axis: position, from: 0, to: length - start),
      ], axis: position)
  }

  /// Returns a view turned by 90 degrees `times` over, from the first of two axes to the second.
  public func rotated90(_ times: Int = 1, axes: (Int, Int) = (0, 1)) -> Tensor {
    let first = Layout.axis(axes.0, rank: rank, operation: "rotated90")
    let second = Layout.axis(axes.1, rank: rank, operation: "rotated90")
    require(first != second, "rotated90: axes \(axes); they must differ")
    switch (times % 4 + 4) % 4 {
    case 1: return flipped(axes: [second]).swappingAxes(first, second)
    case 2: return flipped(axes: [first, second])
    case 3: return swappingAxes(first, second).flipped(axes: [second])
    default: return self
    }
  }

  /// Returns a view with one axis moved to another place, the others in their order.
  public func movingAxis(_ source: Int, to destination: Int) -> Tensor {
    let from = Layout.axis(source, rank: rank, operation: "movingAxis")
    let to = Layout.axis(destination, rank: rank, operation: "movingAxis")
    var order = Array(0..<rank)
    order.remove(at: from)
    order.insert(from, at: to)
    return permuted(axes: order)
  }

  /// Returns a view of the elements whose indices on two axes differ by `offset`, as a new last axis.
  ///
  /// ```swift
  /// m.diagonal()  // m[0, 0], m[1, 1], …
  /// ```
  public func diagonal(offset: Int = 0, axes: (Int, Int) = (0, 1)) -> Tensor {
    let first = Layout.axis(axes.0, rank: rank, operation: "diagonal")
    let second = Layout.axis(axes.1, rank: rank, operation: "diagonal")
    require(first != second, "diagonal: axes \(axes) of shape \(shape); they must differ")
    let selection: @Sendable (Layout) -> Layout = { layout in
      let rows = layout.shape[first] - Swift.max(-offset, 0)
      let columns = layout.shape[second] - Swift.max(offset, 0)
      let length = Swift.max(Swift.min(rows, columns), 0)
      let kept = layout.shape.indices.filter { $0 != first && $0 != second }
      let start =
        length == 0
        ? 0
        : Swift.max(-offset, 0) * layout.strides[first]
          + Swift.max(offset, 0) * layout.strides[second]
      return Layout(
        shape: kept.map { layout.shape[$0] } + [length],
        strides: kept.map { layout.strides[$0] } + [layout.strides[first] + layout.strides[second]],
        offset: layout.offset + start)
    }
    return viewing(selection(layout), selection)
  }

  /// Returns every run of `size` neighbours along an axis, `step` apart, as a new last axis.
  ///
  /// ```swift
  /// prices.slidingWindows(7).mean(axis: -1)  // The mean of each seven days.
  /// ```
  ///
  /// It is a view; writing to it copies it first.
  public func slidingWindows(_ size: Int, axis: Int = -1, step: Int = 1) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "slidingWindows")
    require(
      size > 0 && size <= shape[position] && step > 0,
      "slidingWindows: \(size) of axis \(axis) of shape \(shape), \(step) apart; "
        + "the size must be 1 or more and at most the axis's \(shape[position]), the step 1 or more"
    )
    let windows = (shape[position] - size) / step + 1
    if isRecorded {
      // Neighbours share elements, whose gradients add up where elements are taken.
      let taken = take(
        (0..<windows * size).map { $0 / size * step + $0 % size }, axis: position)
      let shape = Array(self.shape[..<position]) + [windows, size] + self.shape[(position + 1)...]
      return taken.reshaped(to: shape).movingAxis(position + 1, to: -1)
    }
    var (shape, strides) = (shape, strides)
    shape[position] = windows
    shape.append(size)
    strides.append(strides[position])
    strides[position] *= step
    return Tensor(storage: storage, layout: layout.with(shape: shape, strides: strides))
  }

  /// Where a row's number plus `offset` is at least the column's.
  private func triangle(_ offset: Int, _ name: String) -> Tensor<Bool> {
    require(rank >= 2, "\(name): shape \(shape); it must have two axes or more")
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    return Tensor<Int>.arange(rows).reshaped(to: [rows, 1]) + offset
      .>= Tensor<Int>.arange(columns)
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the elements on and below a diagonal of the last two axes, 0 elsewhere.
  public func tril(_ offset: Int = 0) -> Tensor {
    select(triangle(offset, "tril"), self, Tensor(0))
  }

  /// Returns the elements on and above a diagonal of the last two axes, 0 elsewhere.
  public func triu(_ offset: Int = 0) -> Tensor {
    select(triangle(offset - 1, "triu"), Tensor(0), self)
  }

  /// Creates a square matrix with a vector on a diagonal and 0 elsewhere.
  public static func diag(_ vector: Tensor, offset: Int = 0) -> Tensor {
    require(vector.rank == 1, "diag: shape \(vector.shape); it must be a vector")
    let size = vector.count + Swift.abs(offset)
    let line = Tensor<Int>.arange(vector.count)
    let positions =
      (line + Swift.max(-offset, 0)) * size + line + Swift.max(offset, 0)
    return vector.scattered(to: positions.scalars, count: size * size).reshaped(to: [size, size])
  }

  /// Zeros, `count` of them, with this vector's elements at `positions`, which differ.
  private func scattered(to positions: [Int], count: Int) -> Tensor {
    var result = Tensor.zeros(shape: [count])
    result[rows: positions] = self
    return result
  }
}
