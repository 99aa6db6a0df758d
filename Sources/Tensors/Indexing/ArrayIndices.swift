internal import BLAS

/// An axis of length 1 that an index puts in, as `None` does in NumPy.
///
/// ```swift
/// let column = v[0..., newAxis]  // [n] to [n, 1]
/// ```
public struct NewAxis: TensorIndex {
  /// A new axis.
  public var selection: AxisSelection { .newAxis }
}

/// An axis of length 1 for subscripts.
public let newAxis = NewAxis()

extension Array: TensorIndex where Element == Int {
  /// The positions in the array's order.
  public var selection: AxisSelection { .positions(Tensor<Int>(self)) }
}

extension Tensor: TensorIndex where Scalar: ArrayIndexScalar {
  /// The positions it holds, or those where it is true.
  public var selection: AxisSelection { Scalar.selection(self) }
}

/// The element types of tensors that index others: `Int`, `Int32` and `Bool`.
public protocol ArrayIndexScalar: TensorScalar {
  /// What a tensor of such elements selects.
  static func selection(_ tensor: Tensor<Self>) -> AxisSelection
}

extension Int: ArrayIndexScalar {
  /// Positions.
  public static func selection(_ tensor: Tensor<Int>) -> AxisSelection { .positions(tensor) }
}

extension Int32: ArrayIndexScalar {
  /// Positions.
  public static func selection(_ tensor: Tensor<Int32>) -> AxisSelection {
    .positions(Tensor<Int>(tensor))
  }
}

extension Bool: ArrayIndexScalar {
  /// The positions of true elements, of as many axes as the mask has.
  public static func selection(_ tensor: Tensor<Bool>) -> AxisSelection { .mask(tensor) }
}

/// Indices with arrays among them, worked out as NumPy does.
struct ArrayIndexing {
  /// What the others select, with the arrays' axes whole.
  var basic: [any TensorIndex] = []
  /// The arrays' axes in what `basic` gives, and the arrays, broadcast to one shape.
  var axes: [Int] = []
  var arrays: [Tensor<Int>] = []
  /// Where the arrays' own axes stand in the result.
  var place = 0

  init(_ indices: [any TensorIndex], shape: [Int]) {
    var (axis, resultAxis, ends) = (0, 0, [Int]())
    func whole() -> any TensorIndex { 0... }
    for (number, index) in indices.enumerated() {
      func add(_ array: Tensor<Int>) {
        basic.append(whole())
        axes.append(resultAxis)
        arrays.append(ArrayIndexing.checked(array, axis: axis, shape: shape))
        ends.append(number)
        axis += 1
        resultAxis += 1
      }
      switch index.selection {
      case .newAxis:
        basic.append(index)
        resultAxis += 1
      case .position(let position): add(Tensor<Int>(position))
      case .positions(let array): add(array)
      case .mask(let mask):
        require(
          axis + mask.rank <= shape.count
            && Array(shape[axis..<axis + mask.rank]) == mask.shape,
          "subscript: a mask of shape \(mask.shape) does not fit shape \(shape) at axis \(axis)")
        for positions in nonzero(mask) { add(positions) }
      case .range, .steps:
        basic.append(index)
        axis += 1
        resultAxis += 1
      }
    }
    var common: [Int] = []
    for array in arrays {
      guard let shape = Layout.broadcast(common, array.shape) else {
        fail(
          "subscript: index arrays of shapes \(arrays.map(\.shape)) do not broadcast; "
            + "each axis, counted from the last, must be equal or 1")
      }
      common = shape
    }
    arrays = arrays.map { $0.broadcast(to: common) }
    // Arrays side by side leave their axes where they were; otherwise these come first.
    let areNeighbours = zip(ends, ends.dropFirst()).allSatisfy { $1 - $0 <= 1 }
    place = areNeighbours ? axes.first ?? 0 : 0
  }

  private static func checked(_ array: Tensor<Int>, axis: Int, shape: [Int]) -> Tensor<Int> {
    require(
      axis < shape.count, "subscript: too many indices for shape \(shape)")
    guard !array.isEmpty else { return array }
    let length = shape[axis]
    let (least, largest) = (array.min().item(), array.max().item())
    require(
      least >= -length && largest < length,
      "subscript: index \(least < -length ? least : largest) is out of range on axis \(axis) of shape "
        + "\(shape); "
        + (length == 0 ? "that axis is empty" : "it may be \(-length)...\(length - 1)"))
    return least < 0 ? select(array .< 0, array + length, array) : array
  }

  /// Takes the selected elements.
  func taken<Scalar: TensorScalar>(from part: Tensor<Scalar>) -> Tensor<Scalar> {
    let others = part.shape.indices.filter { !axes.contains($0) }
    let lengths = axes.map { part.shape[$0] }
    var places = Tensor<Int>.zeros(shape: arrays.first?.shape ?? [])
    for (array, length) in zip(arrays, lengths) { places = places * length + array }
    let rest = others.map { part.shape[$0] }
    let lines = part.permuted(axes: axes + others).reshaped(to: [Layout.count(lengths)] + rest)
    let taken = lines.take(places.scalars).reshaped(to: places.shape + rest)
    guard place > 0 else { return taken }
    let own = Array(0..<places.rank)
    let before = (0..<place).map { places.rank + $0 }
    let after = (place..<rest.count).map { places.rank + $0 }
    return taken.permuted(axes: before + own + after)
  }
}

extension Array where Element == any TensorIndex {
  /// Whether there is an array or a mask among the indices.
  var haveArrays: Bool {
    contains {
      switch $0.selection {
      case .positions, .mask: true
      case .position, .range, .steps, .newAxis: false
      }
    }
  }
}

extension Tensor {
  /// The elements that indices with arrays among them select.
  func taking(_ indices: [any TensorIndex]) -> Tensor {
    let indexing = ArrayIndexing(indices, shape: shape)
    let part = viewing(layout.selecting(indexing.basic), { $0.selecting(indexing.basic) })
    return indexing.taken(from: part)
  }

  /// Writes over the elements that indices with arrays among them select.
  mutating func put(_ value: Tensor, to indices: [any TensorIndex]) {
    let shape = shape
    let places = Tensor<Int>.arange(count).reshaped(to: shape).taking(indices)
    require(
      value.layout.strides(broadcastTo: places.shape) != nil,
      "subscript: shape \(value.shape) cannot be assigned to a part of shape \(places.shape); "
        + "each axis, counted from the last, must be equal or 1")
    self = flattened()
    self[rows: places.scalars] = value.broadcast(to: places.shape).flattened()
    self = reshaped(to: shape)
  }
}
