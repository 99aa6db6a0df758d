/// Matrices at regular distances in one storage, each as BLAS sees it.
@safe package struct MatrixBatch {
  let first: MatrixView
  /// Lengths of the batch's axes.
  let batch: [Int]
  /// Elements from one matrix to the next along each of them.
  let steps: [Int]
  let rows: Int
  let columns: Int

  /// Describes elements with the batch's axes first, rows and columns last.
  ///
  /// - Returns: `nil` when neither rows nor columns are contiguous; copy the elements then.
  package init?(_ storage: Storage, offset: Int, shape: [Int], strides: [Int]) {
    let rank = shape.count
    precondition(rank >= 2 && strides.count == rank, "a batch of matrices of shape \(shape)")
    (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let first = MatrixView(
      storage, offset: offset, rows: rows, columns: columns, rowStride: strides[rank - 2],
      columnStride: strides[rank - 1])
    guard let first else { return nil }
    self.first = first
    (batch, steps) = (Array(shape.dropLast(2)), Array(strides.dropLast(2)))
  }

  /// How many matrices there are.
  var count: Int { batch.reduce(1, *) }

  /// The address of the first matrix, after checking that all lie in the storage.
  func address(_ type: ElementType) -> UnsafeMutableRawPointer {
    var (least, most) = (0, 0)
    for (length, step) in zip(batch, steps) {
      least += Swift.min((length - 1) * step, 0)
      most += Swift.max((length - 1) * step, 0)
    }
    for end in [least, most] {
      _ = unsafe first.moved(by: end).address(
        rows: rows, columns: columns, byteCount: type.byteCount)
    }
    return unsafe first.storage.base + first.offset * type.byteCount
  }

  /// How many elements after the first matrix another one starts.
  func distance(to number: Int) -> Int {
    var (rest, distance) = (number, 0)
    for axis in batch.indices.reversed() {
      distance += rest % batch[axis] * steps[axis]
      rest /= batch[axis]
    }
    return distance
  }
}
