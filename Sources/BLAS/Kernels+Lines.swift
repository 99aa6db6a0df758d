internal import CKernels

/// Cumulative operations along an axis.
package enum CumulativeOperation: Int32, Sendable {
  case sum, product, max, min
}

// Kernels that work along whole lines: cumulative operations, sorting, searching and selecting.
extension Kernels {
  /// The element type of a cumulative operation's result.
  package static func resultType(of operation: CumulativeOperation, _ type: ElementType)
    -> ElementType
  {
    let isTotal = operation == .sum || operation == .product
    return resultType(of: isTotal ? Reduction.sum : Reduction.max, type)
  }

  /// Writes for each element the total of those up to it along the middle axis of `[outer, count, inner]`.
  package static func scan(
    _ operation: CumulativeOperation, _ type: ElementType, outer: Int, count: Int, inner: Int,
    source: Storage, offset: Int, out: Storage
  ) {
    precondition(
      ck_has_scan(operation.rawValue, type.rawValue), "cumulative \(operation) of \(type)")
    check(source, offset, outer * count * inner, type)
    check(out, 0, outer * count * inner, resultType(of: operation, type))
    unsafe ck_scan(
      operation.rawValue, type.rawValue, outer, count, inner,
      source.base + offset * type.byteCount, out.base)
  }

  /// Sorts each of `rows` rows of `count` elements, stably and NaN last, into `out`.
  package static func sort(
    _ type: ElementType, descending: Bool, rows: Int, count: Int, source: Storage, offset: Int,
    out: Storage
  ) {
    checkSort(type, rows, count, source, offset)
    check(out, 0, rows * count, type)
    unsafe ck_sort(
      type.rawValue, descending, rows, count, source.base + offset * type.byteCount, out.base, nil)
  }

  /// Writes the positions, as `int32`, that sort each of `rows` rows of `count` elements, stably and NaN last.
  package static func argsort(
    _ type: ElementType, descending: Bool, rows: Int, count: Int, source: Storage, offset: Int,
    positions: Storage
  ) {
    checkSort(type, rows, count, source, offset)
    precondition(count <= Int(Int32.max), "positions in a row of \(count)")
    check(positions, 0, rows * count, .int32)
    unsafe ck_sort(
      type.rawValue, descending, rows, count, source.base + offset * type.byteCount, nil,
      positions.base.assumingMemoryBound(to: Int32.self))
  }

  private static func checkSort(
    _ type: ElementType, _ rows: Int, _ count: Int, _ source: Storage, _ offset: Int
  ) {
    precondition(ck_has_sort(type.rawValue), "sort of \(type)")
    check(source, offset, rows * count, type)
  }

  /// Writes where each of `valueCount` values belongs among `count` sorted elements, as `int64`.
  package static func searchSorted(
    _ type: ElementType, count: Int, sorted: Storage, sortedOffset: Int, valueCount: Int,
    values: Storage, valuesOffset: Int, after: Bool, out: Storage
  ) {
    precondition(ck_has_sort(type.rawValue), "search among \(type)")
    check(sorted, sortedOffset, count, type)
    check(values, valuesOffset, valueCount, type)
    check(out, 0, valueCount, .int64)
    unsafe ck_search_sorted(
      type.rawValue, count, sorted.base + sortedOffset * type.byteCount, valueCount,
      values.base + valuesOffset * type.byteCount, after,
      out.base.assumingMemoryBound(to: Int64.self))
  }

  /// The elements, of 4 or 8 bytes, of `source` where a contiguous mask is true.
  package static func compress(
    _ type: ElementType, mask: Storage, maskOffset: Int, count: Int, source: Storage, offset: Int
  ) -> Storage {
    precondition(type.byteCount == 4 || type.byteCount == 8, "compress of \(type)")
    check(mask, maskOffset, count, .bool)
    check(source, offset, count, type)
    let bytes = unsafe UnsafePointer(
      (mask.base + maskOffset).assumingMemoryBound(to: UInt8.self))
    let result = unsafe Storage(byteCount: Int(ck_count_true(bytes, count)) * type.byteCount)
    unsafe ck_compress(
      type.byteCount, bytes, count, source.base + offset * type.byteCount, result.base)
    return result
  }

  /// The number of threads that work on one call.
  package static var threadCount: Int {
    get { Int(ck_thread_count()) }
    set { ck_set_thread_count(Swift.max(newValue, 1)) }
  }
}
