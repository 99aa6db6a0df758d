/// Where the elements of a tensor lie in its storage: shape, strides and offset, counted in elements.
package struct Layout: Equatable, Sendable {
  /// The length of each axis.
  package let shape: [Int]
  /// The step from one element to the next along each axis; 0 repeats an element, a negative one goes backwards.
  package let strides: [Int]
  /// The position of the first element.
  package let offset: Int
  /// Whether the elements lie row by row without gaps.
  package let isContiguous: Bool
  /// The number of elements.
  package let count: Int

  /// A row-major layout from the start of a storage.
  package init(_ shape: [Int]) {
    self.shape = shape
    strides = Layout.rowMajorStrides(shape)
    offset = 0
    isContiguous = true
    count = Layout.count(shape)
  }

  /// A view's layout.
  package init(shape: [Int], strides: [Int], offset: Int) {
    self.shape = shape
    self.strides = strides
    count = Layout.count(shape)
    // A part without elements may lie beyond the end.
    self.offset = count == 0 ? 0 : offset
    isContiguous = Layout.isRowMajor(shape, strides)
  }

  /// The same contiguous layout at the start of a storage.
  package var atStart: Layout { offset == 0 ? self : Layout(shape) }

  /// The same layout elsewhere, or with axes renamed.
  package func with(shape: [Int]? = nil, strides: [Int]? = nil, offset: Int? = nil) -> Layout {
    Layout(
      shape: shape ?? self.shape, strides: strides ?? self.strides, offset: offset ?? self.offset)
  }

  /// The number of axes.
  package var rank: Int { shape.count }

  /// Whether two index tuples may mean the same element, as in a broadcast view or in sliding windows.
  package var repeats: Bool {
    if isContiguous { return false }
    var reach = 0
    let axes = shape.indices.filter { shape[$0] > 1 }.sorted { abs(strides[$0]) < abs(strides[$1]) }
    for axis in axes {
      if abs(strides[axis]) <= reach { return true }
      if strides[axis] == 0 { return true }
      reach += abs(strides[axis]) * (shape[axis] - 1)
    }
    return false
  }

  /// The strides of this layout spread over the larger `shape`, or `nil` if the shapes do not broadcast to it.
  package func strides(broadcastTo target: [Int]) -> [Int]? {
    if target == shape { return strides }
    guard target.count >= rank else { return nil }
    let lead = target.count - rank
    var spread = [Int](repeating: 0, count: target.count)
    for axis in 0..<rank {
      if shape[axis] == target[lead + axis] {
        spread[lead + axis] = strides[axis]
      } else if shape[axis] != 1 {
        return nil
      }
    }
    return spread
  }

  /// The product of the lengths, 1 for a scalar.
  package static func count(_ shape: [Int]) -> Int {
    var count = 1
    for length in shape { count *= length }
    return count
  }

  /// The strides of a contiguous row-major array.
  package static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    if shape.count == 1 { return [1] }
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step *= Swift.max(shape[axis], 1)
    }
    return strides
  }

  private static func isRowMajor(_ shape: [Int], _ strides: [Int]) -> Bool {
    var step = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if shape[axis] == 0 { return true }
      if strides[axis] != step { return false }
      step *= shape[axis]
    }
    return true
  }

  /// The shape that both operands broadcast to, or `nil`.
  package static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    if a == b { return a }
    let (long, short) = a.count >= b.count ? (a, b) : (b, a)
    var shape = long
    let lead = long.count - short.count
    for axis in short.indices {
      let (x, y) = (long[lead + axis], short[axis])
      if x == y || y == 1 { continue }
      guard x == 1 else { return nil }
      shape[lead + axis] = y
    }
    return shape
  }

  /// The axis counted from the front, for an axis that may count from the back.
  package static func axis(_ axis: Int, rank: Int, operation: String) -> Int {
    require(
      axis >= -rank && axis < rank,
      rank == 0
        ? "\(operation): axis \(axis) of a scalar; a tensor of rank 0 has no axes"
        : "\(operation): axis \(axis) is out of range; a tensor of rank \(rank) has axes \(-rank)...\(rank - 1)"
    )
    return axis < 0 ? axis + rank : axis
  }

  /// Checks a shape that a caller asks for.
  package static func check(_ shape: [Int], operation: String) {
    require(
      shape.allSatisfy { $0 >= 0 },
      "\(operation): shape \(shape) has a negative length; every length must be 0 or more")
    require(
      shape.count <= 32, "\(operation): shape \(shape) has \(shape.count) axes; 32 is the most")
    var count = 1
    for length in shape where length > 0 {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      require(
        !overflows && product < 1 << 48,
        "\(operation): shape \(shape) has more elements than memory can hold")
      count = product
    }
  }
}
