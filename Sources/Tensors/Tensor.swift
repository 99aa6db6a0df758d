package import BLAS

/// An n-dimensional array of numbers or Booleans.
///
/// A tensor is a value: changing a copy never changes the original. Slices, transposes and broadcasts share memory with
/// the tensor they come from until one of them is written to.
///
/// ```swift
/// let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
/// let y = x[0..., 1...2] * 10 + 1  // [[21, 31], [51, 61]]
/// let total = y.sum(axis: 0)  // [72, 92]
/// ```
///
/// Mistakes such as shapes that do not broadcast stop the program with a message that names the operation, the
/// shapes and the rule, as an index out of range stops `Array`.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The shared memory.
  package var storage: Storage
  /// Where in it the elements lie.
  package var layout: Layout
  /// How the elements were computed, while a function of them is being differentiated; see `Recording`.
  package var node: Node<Scalar>?

  /// Views `storage` through `layout`.
  package init(storage: Storage, layout: Layout) {
    self.storage = storage
    self.layout = layout
  }

  /// A fresh row-major tensor over a storage that holds exactly its elements.
  package init(storage: Storage, shape: [Int]) {
    self.init(storage: storage, layout: Layout(shape))
  }

  /// The length of each axis; `[]` for a scalar.
  public var shape: [Int] { layout.shape }

  /// The number of axes.
  public var rank: Int { layout.rank }

  /// The number of elements; 1 for a scalar.
  public var count: Int { layout.count }

  /// Whether there are no elements.
  public var isEmpty: Bool { layout.count == 0 }

  /// The step, in elements, from one element to the next along each axis.
  public var strides: [Int] { layout.strides }

  /// Whether the elements lie row by row without gaps.
  public var isContiguous: Bool { layout.isContiguous }

  /// The element type's run-time name.
  public var dataType: DataType { Scalar.dataType }

  /// The elements row by row.
  ///
  /// ```swift
  /// Tensor<Int>([[1, 2], [3, 4]]).transposed().scalars  // [1, 3, 2, 4]
  /// ```
  ///
  /// - Complexity: O(*n*); it copies.
  public var scalars: [Scalar] {
    let source = contiguous()
    return source.storage.array(from: source.layout.offset, count: count, as: Scalar.self)
  }

  /// Returns the only element of a tensor that has one.
  ///
  /// ```swift
  /// let accuracy = (predicted .== labels).mean().item()  // A Double.
  /// ```
  ///
  /// - Precondition: The tensor has exactly one element, whatever its rank.
  public func item() -> Scalar {
    require(
      count == 1, "item: shape \(shape) has \(count) elements; item() needs exactly one")
    return storage.load(layout.offset, as: Scalar.self)
  }

  /// Returns the tensor itself if its elements lie row by row, otherwise a copy whose do.
  public func contiguous() -> Tensor {
    layout.isContiguous ? self : copied()
  }

  /// A row-major copy in memory of its own.
  package func copied() -> Tensor {
    var result = Tensor(uninitialized: shape)
    result.assignAll(from: self)
    result.node = node
    return result
  }

  /// A row-major tensor whose elements are undefined until a kernel writes them.
  package init(uninitialized shape: [Int]) {
    let layout = Layout(shape)
    let bytes = layout.count * Scalar.dataType.elementType.byteCount
    self.init(storage: Storage(byteCount: bytes), layout: layout)
  }

  /// Makes sure that writing through this value reaches nobody else.
  package mutating func makeWritable() {
    if !isKnownUniquelyReferenced(&storage) || layout.repeats { self = copied() }
    if OperationTrace.isActive { OperationTrace.willWrite(self) }
  }

  /// Makes sure that writing `value` through this one reaches nobody else.
  package mutating func makeWritable(for value: Tensor) {
    value.evaluated()  // What was put off may hold this memory, which would then be copied.
    makeWritable()
  }

  /// What a kernel sees of this tensor.
  package var view: StridedView {
    StridedView(
      storage, offset: layout.offset, strides: layout.strides, type: Scalar.dataType.elementType)
  }

  /// What a kernel sees of this tensor spread over `shape`, to which it must broadcast.
  package func view(over shape: [Int], operation: @autoclosure () -> String) -> StridedView {
    guard let strides = layout.strides(broadcastTo: shape) else {
      fail(
        "\(operation()): shape \(self.shape) does not broadcast to \(shape); "
          + "each axis, counted from the last, must be equal or 1")
    }
    return StridedView(
      storage, offset: layout.offset, strides: strides, type: Scalar.dataType.elementType)
  }

  /// Writes `source`, of the same or a broadcastable shape, over every element; `self` must be writable.
  package mutating func assignAll<Other: TensorScalar>(from source: Tensor<Other>) {
    Kernels.copy(
      shape: shape, out: view, a: source.view(over: shape, operation: "assignment"))
    if OperationTrace.isActive { OperationTrace.note(.copy, [source], self) }
  }
}

extension Tensor: Equatable {
  /// Returns whether shapes and all elements are equal; a NaN equals nothing.
  ///
  /// For a Boolean tensor of comparisons use `.==`.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    return (a .== b).all().item()
  }
}
