internal import CKernels

/// The windows of a pooling of `planes` images: each output row and column has its range of the input's.
package struct Pooling2D: Sendable {
  package let planes: Int
  package let input: (height: Int, width: Int)
  package let rows: [Range<Int>]
  package let columns: [Range<Int>]
  package let step: (height: Int, width: Int)

  /// Describes windows.
  ///
  /// - Precondition: None is empty, and all lie in the image.
  package init(
    planes: Int, input: (height: Int, width: Int), rows: [Range<Int>], columns: [Range<Int>],
    step: (height: Int, width: Int) = (1, 1)
  ) {
    precondition(
      rows.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= input.height }
        && columns.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= input.width }
        && step.height >= 1 && step.width >= 1, "a pooling with windows outside its images")
    (self.planes, self.input, self.rows, self.columns, self.step) = (
      planes, input, rows, columns, step
    )
  }

  private var inputCount: Int { planes * input.height * input.width }
  private var outputCount: Int { planes * rows.count * columns.count }

  private func with(_ body: (UnsafePointer<ck_pool>) -> Void) {
    let rowBounds = rows.flatMap { [Int64($0.lowerBound), Int64($0.upperBound)] }
    let columnBounds = columns.flatMap { [Int64($0.lowerBound), Int64($0.upperBound)] }
    unsafe rowBounds.withUnsafeBufferPointer { rowBounds in
      unsafe columnBounds.withUnsafeBufferPointer { columnBounds in
        var pool = unsafe ck_pool(
          planes: planes, height: input.height, width: input.width, out_h: rows.count,
          out_w: columns.count, step_h: step.height, step_w: step.width,
          rows: rowBounds.baseAddress, columns: columnBounds.baseAddress)
        unsafe body(&pool)
      }
    }
  }

  private func check(_ view: FloatView, _ count: Int) {
    precondition(
      (view.offset + count) * view.type.byteCount <= view.storage.byteCount,
      "a pooling leaves its storage")
  }

  /// Writes the largest element of each window.
  package func largest(of x: FloatView, out: FloatView) {
    check(x, inputCount)
    check(out, outputCount)
    unsafe with { unsafe ck_pool_max(x.type.rawValue, $0, x.address(0), out.address(0)) }
  }

  /// The positions, in its image, of the largest element of each window, as `Int32`.
  package func positions(of x: FloatView) -> Storage {
    check(x, inputCount)
    let found = Storage(byteCount: outputCount * 4)
    unsafe with {
      unsafe ck_pool_positions(
        x.type.rawValue, $0, x.address(0), found.base.assumingMemoryBound(to: Int32.self))
    }
    return found
  }

  /// Adds each element of `out` to the zeros of `x` at its position.
  package func scatter(_ out: FloatView, to x: FloatView, positions: Storage) {
    check(x, inputCount)
    check(out, outputCount)
    precondition(
      positions.byteCount >= outputCount * 4, "a pooling needs a position for each output")
    unsafe with {
      unsafe ck_pool_scatter(
        x.type.rawValue, $0, positions.base.assumingMemoryBound(to: Int32.self), out.address(0),
        x.address(0))
    }
  }

  /// Writes the element of `x` at each position.
  package func gather(_ x: FloatView, out: FloatView, positions: Storage) {
    check(x, inputCount)
    check(out, outputCount)
    precondition(
      positions.byteCount >= outputCount * 4, "a pooling needs a position for each output")
    unsafe with {
      unsafe ck_pool_gather(
        x.type.rawValue, $0, positions.base.assumingMemoryBound(to: Int32.self), x.address(0),
        out.address(0))
    }
  }

  /// Writes the sum of each window times the weight of its row and of its column.
  package func sums(
    of x: FloatView, rowWeights: [Double], columnWeights: [Double], out: FloatView
  ) {
    check(x, inputCount)
    check(out, outputCount)
    precondition(rowWeights.count == rows.count && columnWeights.count == columns.count, "weights")
    unsafe with {
      unsafe ck_pool_sum(
        x.type.rawValue, $0, rowWeights, columnWeights, x.address(0), out.address(0))
    }
  }

  /// Adds each element of `out`, weighted, to all of its window in the zeros of `x`.
  package func spread(
    _ out: FloatView, rowWeights: [Double], columnWeights: [Double], to x: FloatView
  ) {
    check(x, inputCount)
    check(out, outputCount)
    precondition(rowWeights.count == rows.count && columnWeights.count == columns.count, "weights")
    unsafe with {
      unsafe ck_pool_spread(
        x.type.rawValue, $0, rowWeights, columnWeights, out.address(0), x.address(0))
    }
  }
}
