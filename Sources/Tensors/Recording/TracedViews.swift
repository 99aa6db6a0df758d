// Views of traced results: what leads from a tensor that fills its memory row by row to a layout over that memory.

extension Layout {
  /// The axes from the slowest in memory to the fastest, if the elements lie without gaps from the start.
  var memoryOrder: [Int]? {
    if isContiguous { return Array(0..<rank) }
    let long = shape.indices.filter { shape[$0] > 1 }.sorted { strides[$0] > strides[$1] }
    var step = 1
    for axis in long.reversed() {
      guard strides[axis] == step else { return nil }
      step *= shape[axis]
    }
    return shape.indices.filter { shape[$0] <= 1 } + long
  }

  /// Whether both lead to the same elements in the same order.
  func isSame(_ other: Layout) -> Bool {
    shape == other.shape && offset == other.offset
      && shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == other.strides[$0] }
  }
}

extension OperationTrace.State {
  /// The place of the view `layout` of a value that fills its memory row by row; `nil` if it cannot be said.
  mutating func view(of whole: Int, _ layout: Layout) -> Int? {
    let shape = values[whole].shape
    guard layout.count > 0 else { return nil }
    if layout.isContiguous && layout.offset == 0 && layout.count == Layout.count(shape) {
      return step(.reshape, whole, shape: layout.shape)
    }
    // The axes that move through memory, slowest first; the others have length 1 or repeat.
    let moving = layout.shape.indices.filter { layout.shape[$0] > 1 && layout.strides[$0] != 0 }
      .sorted { abs(layout.strides[$0]) > abs(layout.strides[$1]) }
    var value = whole
    let lengths = moving.map { layout.shape[$0] }
    let steps = moving.map { layout.strides[$0] }
    if layout.offset == 0 && Layout.count(lengths) == Layout.count(shape)
      && steps == Layout.rowMajorStrides(lengths)
    {
      value = step(.reshape, value, shape: lengths)
    } else {
      let part =
        slice(of: whole, lengths, steps, layout.offset)
        ?? elements(of: whole, lengths, steps, layout.offset)
      value = step(.reshape, part, shape: lengths)
    }
    let order = moving.sorted().compactMap { moving.firstIndex(of: $0) }
    if order != Array(order.indices) {
      value = step(.transpose(order), value, shape: order.map { lengths[$0] })
    }
    let kept = Set(moving)
    value = step(
      .reshape, value, shape: layout.shape.indices.map { kept.contains($0) ? layout.shape[$0] : 1 })
    return values[value].shape == layout.shape
      ? value : step(.expand, value, shape: layout.shape)
  }

  /// A part of a value, in steps along its axes, whose axes longer than 1 have `lengths` and `strides` in memory.
  private mutating func slice(of whole: Int, _ lengths: [Int], _ strides: [Int], _ offset: Int)
    -> Int?
  {
    let shape = values[whole].shape
    // Neighbouring axes may be seen as one, and one may be seen as several: try the shape as it is, and as a vector.
    for base in [shape, [Layout.count(shape)]] {
      let wholeStrides = Layout.rowMajorStrides(base)
      let starts = base.indices.map { offset / wholeStrides[$0] % base[$0] }
      guard zip(starts, wholeStrides).reduce(0, { $0 + $1.0 * $1.1 }) == offset else { continue }
      var counts = [Int](repeating: 1, count: base.count)
      var (steps, axis, isPossible) = (counts, 0, true)
      for (length, stride) in zip(lengths, strides) {
        let found = (axis..<base.count).first { axis in
          let step = stride / wholeStrides[axis]
          let last = starts[axis] + step * (length - 1)
          return stride % wholeStrides[axis] == 0 && step != 0 && last >= 0 && last < base[axis]
        }
        guard let found else {
          isPossible = false
          break
        }
        (counts[found], steps[found]) = (length, stride / wholeStrides[found])
        axis = found + 1
      }
      guard isPossible else { continue }
      return slice(of: whole, as: base, starts, counts, steps)
    }
    return nil
  }

  /// A part of a value that is seen in the shape `base`.
  private mutating func slice(
    of whole: Int, as base: [Int], _ starts: [Int], _ counts: [Int], _ steps: [Int]
  ) -> Int {
    var (shape, first, lengths, strides) = ([Int](), [Int](), [Int](), [Int]())
    for axis in base.indices {
      let (length, start, count, step) = (base[axis], starts[axis], counts[axis], steps[axis])
      if step > 1 && start < step && count * step == length {
        // One of each `step` elements, such as a time of sequences that lie one after the other: an axis of its own,
        // so that the number of sequences does not matter.
        shape += [count, step]
        first += [0, start]
        lengths += [count, 1]
        strides += [1, 1]
      } else {
        shape.append(length)
        first.append(start)
        lengths.append(count)
        strides.append(step)
      }
    }
    let source = step(.reshape, whole, shape: shape)
    return step(.slice(starts: first, counts: lengths, steps: strides), source, shape: lengths)
  }

  /// The elements of a value one by one, for parts that no slice is.
  private mutating func elements(of whole: Int, _ lengths: [Int], _ strides: [Int], _ offset: Int)
    -> Int
  {
    var places = [offset]
    for (length, stride) in zip(lengths, strides) {
      places = places.flatMap { place in (0..<length).map { place + $0 * stride } }
    }
    let flat = step(.reshape, whole, shape: [Layout.count(values[whole].shape)])
    let index = constant(Tensor<Int>(places))
    values.append(
      .init(shape: [places.count], type: values[whole].type, constant: nil, storage: nil))
    steps.append(
      OperationTrace.Step(
        operation: .take(axis: 0), operands: [flat, index], result: values.count - 1))
    return values.count - 1
  }
}
