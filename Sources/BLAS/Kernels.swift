internal import CKernels

/// The CPU level whose kernels run: 0 any machine, 1 AVX2, 2 AVX-512.
package var kernelLevel: Int { Int(ck_level()) }

/// Elements of a storage, seen with strides; every kernel call is checked against the storage's size.
@safe package struct StridedView {
  let storage: Storage
  let offset: Int
  let strides: [Int]
  let type: ElementType

  /// Makes a view from element `offset`; `strides` count elements, and zero repeats one.
  package init(_ storage: Storage, offset: Int, strides: [Int], type: ElementType) {
    self.storage = storage
    self.offset = offset
    self.strides = strides
    self.type = type
  }

  /// The address of the first element, after checking that all of `shape` lies in the storage.
  func address(for shape: [Int]) -> UnsafeMutableRawPointer {
    precondition(
      shape.count == strides.count && shape.count <= Int(CK_MAX_RANK),
      "a kernel got shape \(shape) with strides \(strides)")
    var (low, high, isEmpty) = (offset, offset, false)
    for axis in shape.indices {
      if shape[axis] == 0 { isEmpty = true }
      let reach = (shape[axis] - 1) * strides[axis]
      if reach < 0 { low += reach } else { high += reach }
    }
    precondition(
      isEmpty || (low >= 0 && (high + 1) * type.byteCount <= storage.byteCount),
      "a kernel got a view that leaves its storage: shape \(shape), strides \(strides)")
    return unsafe storage.base + (isEmpty ? 0 : offset * type.byteCount)
  }
}

/// The C kernels, checked.
package enum Kernels {
  /// Writes `operation` of `a` into `out`.
  package static func unary(
    _ operation: UnaryOperation, shape: [Int], out: StridedView, a: StridedView
  ) {
    precondition(
      ck_has_unary(operation.rawValue, a.type.rawValue), "no \(operation) of \(a.type)")
    precondition(out.type == operation.resultType(a.type), "\(operation) of \(a.type)")
    unsafe ck_unary(
      operation.rawValue, a.type.rawValue, Int32(shape.count), shape, out.address(for: shape),
      out.strides, a.address(for: shape), a.strides)
  }

  /// Writes `operation` of `a` and `b` into `out`.
  package static func binary(
    _ operation: BinaryOperation, shape: [Int], out: StridedView, a: StridedView, b: StridedView
  ) {
    precondition(
      a.type == b.type && ck_has_binary(operation.rawValue, a.type.rawValue),
      "no \(operation) of \(a.type) and \(b.type)")
    precondition(out.type == (operation.isComparison ? .bool : a.type), "\(operation) of \(a.type)")
    unsafe ck_binary(
      operation.rawValue, a.type.rawValue, Int32(shape.count), shape, out.address(for: shape),
      out.strides, a.address(for: shape), a.strides, b.address(for: shape), b.strides)
  }

  /// Writes `operation` of `count` elements without gaps into `out`, which may be `a`.
  package static func unaryFlat(
    _ operation: UnaryOperation, _ type: ElementType, count: Int, out: Storage, outOffset: Int,
    a: Storage, aOffset: Int
  ) {
    precondition(ck_has_unary(operation.rawValue, type.rawValue), "no \(operation) of \(type)")
    check(out, outOffset, count, operation.resultType(type))
    check(a, aOffset, count, type)
    unsafe ck_unary_flat(
      operation.rawValue, type.rawValue, count,
      out.base + outOffset * operation.resultType(type).byteCount,
      a.base + aOffset * type.byteCount)
  }

  /// Writes `operation` of `count` elements without gaps into `out`, which may be an operand; steps are 1, or 0 to repeat.
  package static func binaryFlat(
    _ operation: BinaryOperation, _ type: ElementType, count: Int, out: Storage, outOffset: Int,
    a: Storage, aOffset: Int, aStep: Int, b: Storage, bOffset: Int, bStep: Int
  ) {
    precondition(ck_has_binary(operation.rawValue, type.rawValue), "no \(operation) of \(type)")
    let size = type.byteCount
    let outSize = operation.isComparison ? 1 : size
    check(out, outOffset, count, operation.isComparison ? .bool : type)
    check(a, aOffset, aStep == 0 ? 1 : count, type)
    check(b, bOffset, bStep == 0 ? 1 : count, type)
    unsafe ck_binary_flat(
      operation.rawValue, type.rawValue, count, out.base + outOffset * outSize,
      a.base + aOffset * size, aStep, b.base + bOffset * size, bStep)
  }

  /// Writes `operation` of `a`, `b` and `c` into `out`.
  package static func ternary(
    _ operation: TernaryOperation, shape: [Int], out: StridedView, a: StridedView, b: StridedView,
    c: StridedView
  ) {
    precondition(
      a.type == b.type && a.type == c.type && a.type == out.type
        && ck_has_ternary(operation.rawValue, a.type.rawValue), "no \(operation) of \(a.type)")
    unsafe ck_ternary(
      operation.rawValue, a.type.rawValue, Int32(shape.count), shape, out.address(for: shape),
      out.strides, a.address(for: shape), a.strides, b.address(for: shape), b.strides,
      c.address(for: shape), c.strides)
  }

  /// Copies `a` into `out`, converting between their element types as C does.
  package static func copy(shape: [Int], out: StridedView, a: StridedView) {
    unsafe ck_cast(
      a.type.rawValue, out.type.rawValue, Int32(shape.count), shape, out.address(for: shape),
      out.strides, a.address(for: shape), a.strides)
  }

  /// Writes `a` where `mask` is true and `b` elsewhere.
  package static func select(
    shape: [Int], out: StridedView, mask: StridedView, a: StridedView, b: StridedView
  ) {
    precondition(
      mask.type == .bool && a.type == b.type && a.type == out.type, "select of mixed types")
    unsafe ck_select(
      a.type.rawValue, Int32(shape.count), shape, out.address(for: shape), out.strides,
      mask.address(for: shape), mask.strides, a.address(for: shape), a.strides,
      b.address(for: shape), b.strides)
  }

  /// The element type of a reduction's result.
  package static func resultType(of reduction: Reduction, _ type: ElementType) -> ElementType {
    switch reduction {
    case .sum, .product: type.isFullFloat ? type : type.isUnsigned ? .uint64 : .int64
    case .argmax, .argmin: .int32
    case .max, .min, .variance: type
    }
  }

  /// Reduces the middle axis of `[outer, count, inner]`, contiguous from element `offset` of `source`.
  ///
  /// - Precondition: `count` is positive unless the reduction is a sum, a product or a variance.
  package static func reduce(
    _ reduction: Reduction, _ type: ElementType, outer: Int, count: Int, inner: Int,
    source: Storage, offset: Int, out: Storage, correction: Double = 0
  ) {
    precondition(
      count > 0 || reduction == .sum || reduction == .variance || reduction == .product,
      "\(reduction) of nothing")
    precondition(ck_has_reduction(reduction.rawValue, type.rawValue), "\(reduction) of \(type)")
    check(source, offset, outer * count * inner, type)
    check(out, 0, outer * inner, resultType(of: reduction, type))
    unsafe ck_reduce(
      reduction.rawValue, type.rawValue, outer, count, inner,
      source.base + offset * type.byteCount, out.base, correction)
  }

  /// Works on each of `rows` rows of `count` elements, contiguous from element `offset` of `source`.
  package static func rows(
    _ operation: RowOperation, _ type: ElementType, rows: Int, count: Int, source: Storage,
    offset: Int, out: Storage
  ) {
    precondition(type == .float32 || type == .float64, "\(operation) of \(type)")
    precondition(count > 0, "\(operation) of nothing")
    check(source, offset, rows * count, type)
    check(out, 0, operation == .logSumExp ? rows : rows * count, type)
    unsafe ck_rows(
      operation.rawValue, type.rawValue, rows, count, source.base + offset * type.byteCount,
      out.base)
  }

  /// Copies items `indices` of each of `outer` blocks of `count` items, `inner` elements each.
  ///
  /// - Precondition: Every index lies in `0..<count`.
  package static func take(
    _ indices: [Int], _ type: ElementType, outer: Int, count: Int, inner: Int, source: Storage,
    offset: Int, out: Storage
  ) {
    precondition(
      indices.allSatisfy { $0 >= 0 && $0 < count }, "take of an index outside 0..<\(count)")
    check(source, offset, outer * count * inner, type)
    check(out, 0, outer * indices.count * inner, type)
    let positions = indices.map(Int64.init)
    unsafe ck_take(
      inner * type.byteCount, outer, count, positions, positions.count,
      source.base + offset * type.byteCount, out.base)
  }

  /// Copies the items of `source`, `inner` elements each, over items `indices` of `out` from element `outOffset`.
  ///
  /// If it `repeats`, `source` is one item that goes everywhere.
  ///
  /// - Precondition: Every index lies in `0..<count`.
  package static func put(
    _ indices: [Int], _ type: ElementType, count: Int, inner: Int, source: Storage, offset: Int,
    repeats: Bool, out: Storage, outOffset: Int
  ) {
    precondition(
      indices.allSatisfy { $0 >= 0 && $0 < count }, "put at an index outside 0..<\(count)")
    check(source, offset, repeats ? inner : indices.count * inner, type)
    check(out, outOffset, count * inner, type)
    let positions = indices.map(Int64.init)
    unsafe ck_put(
      inner * type.byteCount, positions, positions.count, repeats ? 0 : 1,
      source.base + offset * type.byteCount, out.base + outOffset * type.byteCount)
  }

  /// Adds the items of `outer` blocks of `source`, `inner` elements each, to items `indices` of each block of `out`.
  ///
  /// - Precondition: Every index lies in `0..<count`.
  package static func addUp(
    _ indices: [Int], _ type: ElementType, outer: Int, count: Int, inner: Int, source: Storage,
    offset: Int, out: Storage
  ) {
    precondition(
      indices.allSatisfy { $0 >= 0 && $0 < count }, "addUp at an index outside 0..<\(count)")
    precondition(
      type != .float16 && type != .bfloat16 && type != .bool, "addUp has no kernel for \(type)")
    check(source, offset, outer * indices.count * inner, type)
    check(out, 0, outer * count * inner, type)
    let positions = indices.map(Int64.init)
    // Complex numbers are added as pairs.
    let part: ElementType = type == .complex64 ? .float32 : type == .complex128 ? .float64 : type
    unsafe ck_add_up(
      part.rawValue, outer, count, part == type ? inner : inner * 2, positions, positions.count,
      source.base + offset * type.byteCount, out.base)
  }

  /// The positions of the true elements among `count`, contiguous from element `offset` of `mask`.
  package static func positions(_ mask: Storage, offset: Int, count: Int) -> [Int] {
    check(mask, offset, count, .bool)
    // One spare place: the branch-free kernel writes each position before it knows whether it stays.
    return unsafe Array(unsafeUninitializedCapacity: count + 1) { buffer, initialized in
      guard let target = buffer.baseAddress else { return }
      initialized = unsafe ck_positions(
        UnsafePointer(
          (mask.base + offset).assumingMemoryBound(to: UInt8.self)), count,
        UnsafeMutableRawPointer(target).assumingMemoryBound(to: Int64.self))
    }
  }

  static func check(_ storage: Storage, _ offset: Int, _ count: Int, _ type: ElementType) {
    precondition(
      offset >= 0 && count >= 0 && (offset + count) * type.byteCount <= storage.byteCount,
      "a kernel got \(count) elements from \(offset) of a storage of \(storage.byteCount) bytes")
  }
}
