internal import BLAS

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the elements in order along an axis, NaN last.
  ///
  /// ```swift
  /// x.sorted(axis: 0, descending: true)
  /// ```
  ///
  /// - Complexity: O(*n*): by radix from some hundred elements on.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: "sorted")
    if isRecorded {
      return takeAlongAxis(argsorted(axis: position, descending: descending), axis: position)
    }
    if Scalar.dataType.isHalf {
      return Tensor(Tensor<Float>(self).sorted(axis: axis, descending: descending))
    }
    let source = detached.swappingAxes(position, rank - 1).contiguous()
    let result = Tensor(uninitialized: source.shape)
    let length = shape[position]
    if !isEmpty {
      Kernels.sort(
        Scalar.dataType.elementType, descending: descending, rows: count / length, count: length,
        source: source.storage, offset: source.layout.offset, out: result.storage)
    }
    return result.swappingAxes(position, rank - 1)
  }

  /// Returns the positions that sort the elements along an axis, NaN last; equal elements keep their order.
  ///
  /// ```swift
  /// let order = scores.argsorted(descending: true)
  /// ```
  public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor<Int32> {
    let position = Layout.axis(axis, rank: rank, operation: "argsorted")
    if Scalar.dataType.isHalf {
      return Tensor<Float>(detached).argsorted(axis: axis, descending: descending)
    }
    let length = shape[position]
    require(
      length <= Int(Int32.max),
      "argsorted: axis \(axis) of shape \(shape) is longer than Int32 counts")
    let source = detached.swappingAxes(position, rank - 1).contiguous()
    let result = Tensor<Int32>(uninitialized: source.shape)
    if !isEmpty {
      Kernels.argsort(
        Scalar.dataType.elementType, descending: descending, rows: count / length, count: length,
        source: source.storage, offset: source.layout.offset, positions: result.storage)
    }
    return result.swappingAxes(position, rank - 1)
  }

  /// Returns the `k` largest elements along an axis in falling order, and their positions.
  ///
  /// ```swift
  /// let (scores, classes) = softmax(logits).topK(5)
  /// ```
  ///
  /// - Parameters:
  ///   - k: From 0 to the axis's length.
  ///   - axis: The axis.
  ///   - largest: Whether the largest are meant; otherwise the smallest, in rising order.
  /// - Returns: Both with `k` elements along the axis.
  public func topK(_ k: Int, axis: Int = -1, largest: Bool = true) -> (
    values: Tensor, positions: Tensor<Int32>
  ) {
    let position = Layout.axis(axis, rank: rank, operation: "topK")
    require(
      k >= 0 && k <= shape[position],
      "topK: \(k) of axis \(axis) of shape \(shape); it may be 0...\(shape[position])")
    let positions = argsorted(axis: position, descending: largest)
      .sliced(axis: position, from: 0, to: k)
    return (takeAlongAxis(positions, axis: position), positions)
  }
}

/// Returns where each of `values` belongs in the vector `sorted`, so that the order stays.
///
/// ```swift
/// searchSorted(Tensor<Float>([1, 2, 2, 3]), Tensor<Float>([2]))  // [1], or [3] after its equals
/// ```
///
/// - Parameters:
///   - sorted: A vector in rising order.
///   - values: Any shape.
///   - after: Whether a value comes after its equals rather than before them.
/// - Returns: The shape of `values`; positions from 0 to `sorted.count`.
public func searchSorted<Scalar: RealTensorScalar>(
  _ sorted: Tensor<Scalar>, _ values: Tensor<Scalar>, after: Bool = false
) -> Tensor<Int> {
  require(
    sorted.rank == 1, "searchSorted: shape \(sorted.shape); what is searched must be a vector")
  if Scalar.dataType.isHalf {
    return searchSorted(
      Tensor<Float>(sorted.detached), Tensor<Float>(values.detached), after: after)
  }
  let (line, wanted) = (sorted.contiguous(), values.contiguous())
  let result = Tensor<Int>(uninitialized: values.shape)
  Kernels.searchSorted(
    Scalar.dataType.elementType, count: line.count, sorted: line.storage,
    sortedOffset: line.layout.offset, valueCount: wanted.count, values: wanted.storage,
    valuesOffset: wanted.layout.offset, after: after, out: result.storage)
  return result
}
