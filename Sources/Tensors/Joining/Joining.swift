internal import BLAS

/// Returns the tensors side by side: along axis 1, or end to end if they are vectors.
public func hstack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>]) -> Tensor<Scalar> {
  let parts = tensors.map { $0.rank == 0 ? $0.reshaped(to: [1]) : $0 }
  return joined("hstack", parts, axis: parts.first?.rank == 1 ? 0 : 1)
}

/// Returns the tensors one below the other, vectors as rows.
public func vstack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>]) -> Tensor<Scalar> {
  joined("vstack", tensors.map { $0.rank < 2 ? $0.reshaped(to: [1, $0.count]) : $0 }, axis: 0)
}

/// Returns the tensors joined along axis 2; matrices become layers, vectors `[1, n, 1]`.
public func dstack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>]) -> Tensor<Scalar> {
  joined(
    "dstack",
    tensors.map { tensor in
      switch tensor.rank {
      case 0, 1: tensor.reshaped(to: [1, tensor.count, 1])
      case 2: tensor.expandingDims(axis: 2)
      default: tensor
      }
    }, axis: 2)
}

/// Returns vectors as the columns of a matrix, beside matrices as they are.
public func columnStack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>]) -> Tensor<Scalar> {
  joined("columnStack", tensors.map { $0.rank < 2 ? $0.reshaped(to: [$0.count, 1]) : $0 }, axis: 1)
}

/// Returns for each vector a grid of its elements, so that together they name all points.
///
/// ```swift
/// let grids = meshgrid([x, y])  // [n] and [m] to twice [m, n]
/// ```
///
/// - Parameters:
///   - vectors: Vectors of lengths n, m, …
///   - matrixOrder: Whether the first vector runs down the rows (`indexing='ij'` in NumPy) rather than along them.
/// - Returns: As many views as vectors, each of shape `[m, n, …]`, or `[n, m, …]` in matrix order.
public func meshgrid<Scalar: TensorScalar>(_ vectors: [Tensor<Scalar>], matrixOrder: Bool = false)
  -> [Tensor<Scalar>]
{
  for vector in vectors {
    require(
      vector.rank <= 1, "meshgrid: shape \(vector.shape); all must be vectors")
  }
  var axes = Array(vectors.indices)
  if !matrixOrder && axes.count > 1 { axes.swapAt(0, 1) }
  var shape = [Int](repeating: 1, count: vectors.count)
  for (number, axis) in axes.enumerated() { shape[axis] = vectors[number].count }
  return vectors.enumerated().map { number, vector in
    var line = [Int](repeating: 1, count: vectors.count)
    line[axes[number]] = vector.count
    return vector.reshaped(to: line).broadcast(to: shape)
  }
}

extension Tensor {
  /// The positions from `start` up to `end` of an axis, as a view.
  func sliced(axis: Int, from start: Int, to end: Int) -> Tensor { part(start..<end, axis: axis) }

  /// Returns the parts along an axis that end before each of `positions`, and the rest, as views.
  ///
  /// ```swift
  /// let parts = x.split(at: [3, 5])  // x[0..<3], x[3..<5] and x[5...]
  /// ```
  ///
  /// - Precondition: The positions rise and lie in the axis.
  public func split(at positions: [Int], axis: Int = 0) -> [Tensor] {
    let axis = Layout.axis(axis, rank: rank, operation: "split")
    let bounds = [0] + positions + [shape[axis]]
    return zip(bounds, bounds.dropFirst()).map { start, end in
      require(
        start >= 0 && start <= end && end <= shape[axis],
        "split: positions \(positions) on axis \(axis) of shape \(shape); "
          + "they must rise within 0...\(shape[axis])")
      return sliced(axis: axis, from: start, to: end)
    }
  }

  /// Returns `count` parts of an axis, as views.
  ///
  /// - Parameters:
  ///   - count: The number of parts, 1 or more.
  ///   - axis: The axis.
  ///   - allowingUnequal: Whether the first parts may be one longer than the others, as `array_split` has it.
  /// - Returns: The parts in their order.
  public func split(into count: Int, axis: Int = 0, allowingUnequal: Bool = false) -> [Tensor] {
    let axis = Layout.axis(axis, rank: rank, operation: "split")
    let length = shape[axis]
    require(count > 0, "split: into \(count) parts; there must be at least one")
    require(
      allowingUnequal || length % count == 0,
      "split: axis \(axis) of shape \(shape) into \(count) equal parts; the length must be a multiple, "
        + "or pass allowingUnequal: true")
    let (least, longer) = length.quotientAndRemainder(dividingBy: count)
    let positions = (1..<Swift.max(count, 1)).map { $0 * least + Swift.min($0, longer) }
    return split(at: positions, axis: axis)
  }

  /// Returns the items along an axis, which goes, as views.
  public func unstacked(axis: Int = 0) -> [Tensor] {
    let axis = Layout.axis(axis, rank: rank, operation: "unstacked")
    return (0..<shape[axis]).map {
      sliced(axis: axis, from: $0, to: $0 + 1).squeezed(axis: axis)
    }
  }

  /// Returns the tensor `counts` times over along each axis, as NumPy's `tile`.
  ///
  /// ```swift
  /// Tensor<Int>([1, 2]).tiled([2, 2])  // [[1, 2, 1, 2], [1, 2, 1, 2]]
  /// ```
  public func tiled(_ counts: [Int]) -> Tensor {
    require(
      counts.allSatisfy { $0 >= 0 }, "tiled: counts \(counts); each must be 0 or more")
    let rank = Swift.max(rank, counts.count)
    let lengths = [Int](repeating: 1, count: rank - self.rank) + shape
    let counts = [Int](repeating: 1, count: rank - counts.count) + counts
    var result = reshaped(to: lengths)
    for (axis, count) in counts.enumerated() where count != 1 {
      result =
        count == 0
        ? result.sliced(axis: axis, from: 0, to: 0)
        : concatenate([Tensor](repeating: result, count: count), axis: axis)
    }
    return result
  }

  /// Returns each item along an axis `count` times, as NumPy's `repeat`.
  public func repeating(_ count: Int, axis: Int) -> Tensor {
    let axis = Layout.axis(axis, rank: rank, operation: "repeating")
    require(count >= 0, "repeating: \(count) times; it must be 0 or more")
    return take((0..<shape[axis] * count).map { $0 / count }, axis: axis)
  }

  /// Returns each item along an axis as often as `counts` says.
  public func repeating(_ counts: [Int], axis: Int) -> Tensor {
    let axis = Layout.axis(axis, rank: rank, operation: "repeating")
    require(
      counts.count == shape[axis] && counts.allSatisfy { $0 >= 0 },
      "repeating: counts \(counts) for axis \(axis) of shape \(shape); there must be one, 0 or more, "
        + "for each item")
    return take(
      counts.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }, axis: axis)
  }
}
