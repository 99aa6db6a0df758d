/// What an index selects of one axis.
public enum AxisSelection: Equatable, Sendable {
  /// One position, and the axis goes; negative positions count from the end.
  case position(Int)
  /// Positions from `start` up to, not including, `end`; negative bounds count from the end, `nil` is the end.
  case range(start: Int, end: Int?)
  /// `count` positions from `start`, `step` apart.
  case steps(start: Int, step: Int, count: Int)
  /// Nothing of the tensor: a new axis of length 1.
  case newAxis
  /// The positions that an array holds; its axes take the place of the axis.
  case positions(Tensor<Int>)
  /// The positions where a mask of one or more axes is true.
  case mask(Tensor<Bool>)
}

/// Something that selects a part of an axis: an integer, a range or a stride.
///
/// ```swift
/// a[0]  // The first row.
/// a[-1, 1...3]  // Columns 1 to 3 of the last row.
/// a[0..., 2]  // Column 2.
/// a[(-2)...]  // The last two rows.
/// a[stride(from: 0, to: 10, by: 2)]  // Every other of ten rows.
/// a[..., 0]  // Position 0 of the last axis.
/// a[0..., newAxis]  // A column.
/// a[[2, 0], 1...]  // Rows 2 and 0.
/// ```
public protocol TensorIndex: Sendable {
  /// What it selects.
  var selection: AxisSelection { get }
}

extension Int: TensorIndex {
  /// One position; the axis goes.
  public var selection: AxisSelection { .position(self) }
}

extension Range: TensorIndex where Bound == Int {
  /// The positions of the range.
  public var selection: AxisSelection { .range(start: lowerBound, end: upperBound) }
}

extension ClosedRange: TensorIndex where Bound == Int {
  /// The positions of the range, the last included.
  public var selection: AxisSelection {
    .range(start: lowerBound, end: upperBound == -1 ? nil : upperBound + 1)
  }
}

extension PartialRangeFrom: TensorIndex where Bound == Int {
  /// The positions from the lower bound; `0...` is the whole axis.
  public var selection: AxisSelection { .range(start: lowerBound, end: nil) }
}

extension PartialRangeUpTo: TensorIndex where Bound == Int {
  /// The positions before the upper bound.
  public var selection: AxisSelection { .range(start: 0, end: upperBound) }
}

extension PartialRangeThrough: TensorIndex where Bound == Int {
  /// The positions up to the upper bound, which is included.
  public var selection: AxisSelection {
    .range(start: 0, end: upperBound == -1 ? nil : upperBound + 1)
  }
}

extension StrideTo: TensorIndex where Element == Int {
  /// The positions of the stride, which may go down.
  public var selection: AxisSelection { .stepping(through: Array(self)) }
}

extension StrideThrough: TensorIndex where Element == Int {
  /// The positions of the stride, which may go down.
  public var selection: AxisSelection { .stepping(through: Array(self)) }
}

extension AxisSelection {
  fileprivate static func stepping(through positions: [Int]) -> AxisSelection {
    let step = positions.count > 1 ? positions[1] - positions[0] : 1
    return .steps(start: positions.first ?? 0, step: step, count: positions.count)
  }

  /// The first position, the step and the number of positions on an axis; `count` is `nil` if the axis goes.
  func resolved(axis: Int, shape: [Int]) -> (start: Int, step: Int, count: Int?) {
    let length = shape[axis]
    switch self {
    case .position(let index):
      require(
        index >= -length && index < length,
        "subscript: index \(index) is out of range on axis \(axis) of shape \(shape); "
          + (length == 0 ? "that axis is empty" : "it may be \(-length)...\(length - 1)"))
      return (index < 0 ? index + length : index, 1, nil)
    case .range(let start, let end):
      let first = start < 0 ? start + length : start
      let past = end.map { $0 < 0 ? $0 + length : $0 } ?? length
      require(
        first >= 0 && first <= past && past <= length,
        "subscript: range \(start)..<\(end.map { "\($0)" } ?? "end") leaves axis \(axis) of shape \(shape); "
          + "bounds may be \(-length)...\(length), in order")
      return (first, 1, past - first)
    case .steps(let start, let step, let count):
      let last = start + (count - 1) * step
      require(
        count == 0 || (Swift.min(start, last) >= 0 && Swift.max(start, last) < length),
        "subscript: a stride from \(start) to \(last) leaves axis \(axis) of shape \(shape); "
          + "positions may be 0..<\(length)")
      return (count == 0 ? 0 : start, step, count)
    case .newAxis, .positions, .mask: fail("subscript: an index of arrays has no single step")
    }
  }
}
