internal import CKernels
internal import COpenBLAS

/// A matrix as BLAS sees it: a start, whether it is stored transposed, and the stored rows' distance.
@safe package struct MatrixView {
  let storage: Storage
  private(set) var offset: Int
  let isTransposed: Bool
  let leadingDimension: Int

  /// Describes an element-strided matrix to BLAS without copying, if one of its axes is contiguous.
  ///
  /// - Returns: `nil` when neither axis is contiguous or rows overlap; copy the matrix then.
  package init?(
    _ storage: Storage, offset: Int, rows: Int, columns: Int, rowStride: Int, columnStride: Int
  ) {
    self.storage = storage
    self.offset = offset
    if (columnStride == 1 || columns <= 1) && (rowStride >= max(1, columns) || rows <= 1) {
      isTransposed = false
      leadingDimension = max(rows <= 1 ? columns : rowStride, 1)
    } else if (rowStride == 1 || rows <= 1) && (columnStride >= max(1, rows) || columns <= 1) {
      isTransposed = true
      leadingDimension = max(columns <= 1 ? rows : columnStride, 1)
    } else {
      return nil
    }
  }

  /// The same matrix, some elements further on.
  func moved(by count: Int) -> MatrixView {
    var view = self
    view.offset += count
    return view
  }

  /// The address of the first of `[rows, columns]` elements, after checking that all lie in the storage.
  func address(rows: Int, columns: Int, byteCount: Int) -> UnsafeMutableRawPointer {
    let (outer, inner) = isTransposed ? (columns, rows) : (rows, columns)
    let last = offset + max(outer - 1, 0) * leadingDimension + max(inner, 1)
    precondition(
      offset >= 0 && (outer == 0 || inner == 0 || last * byteCount <= storage.byteCount),
      "a matrix [\(rows), \(columns)] leaves its storage")
    return unsafe storage.base + offset * byteCount
  }
}

extension Kernels {
  /// Writes the product of `a` `[m, k]` and `b` `[k, n]` into row-major `out` from element `outOffset`.
  ///
  /// - SeeAlso: BLAS level 3 `sgemm`, `dgemm`; level 2 `sgemv`, `dgemv`.
  package static func matmul(
    _ type: ElementType, m: Int, k: Int, n: Int, a: MatrixView, b: MatrixView, out: Storage,
    outOffset: Int
  ) {
    guard m > 0, n > 0 else { return }
    precondition(
      outOffset >= 0 && (outOffset + m * n) * type.byteCount <= out.byteCount,
      "a product [\(m), \(n)] leaves its storage")
    let aAddress = unsafe a.address(rows: m, columns: k, byteCount: type.byteCount)
    let bAddress = unsafe b.address(rows: k, columns: n, byteCount: type.byteCount)
    let outAddress = unsafe out.base + outOffset * type.byteCount
    guard k > 0 else {
      unsafe outAddress.initializeMemory(
        as: UInt8.self, repeating: 0, count: m * n * type.byteCount)
      return
    }
    let product = unsafe Gemm(
      type, m: m, n: n, k: k, a: aAddress, turnsA: a.isTransposed, lda: a.leadingDimension,
      b: bAddress, turnsB: b.isTransposed, ldb: b.leadingDimension, out: outAddress, adds: false)
    let panel = panelRows(type, m: m, k: k, n: n)
    for first in stride(from: 0, to: m, by: panel) {
      product.rows(first..<min(first + panel, m)).run()
    }
  }

  /// How many rows of a product one call of BLAS computes: all but those of a product so large that
  /// an interrupt, which waits for the call's end, would be felt.
  private static func panelRows(_ type: ElementType, m: Int, k: Int, n: Int) -> Int {
    // About 30 ms, by that many threads; less makes BLAS pack `b` too often.
    let most = (type == .float64 ? 2e9 : 4e9) * Double(max(2, ck_thread_count()))
    let perRow = 2 * Double(k) * Double(n)
    if Double(m) * perRow < 2 * most { return m }
    return min(m, max(64, Int(most / perRow)))
  }

  /// Multiplies the matrix `a` `[m, k]` by the vector of `k` elements at `x`, `xStride` apart.
  package static func matvec(
    _ type: ElementType, m: Int, k: Int, a: MatrixView, x: StridedView, out: Storage
  ) {
    precondition(m * type.byteCount <= out.byteCount, "a product [\(m)] leaves its storage")
    // Some versions of gemv scale what the result's memory held before, which may be a NaN.
    unsafe out.base.initializeMemory(as: UInt8.self, repeating: 0, count: m * type.byteCount)
    guard m > 0, k > 0 else { return }
    precondition(x.strides[0] > 0, "matvec of a vector with stride \(x.strides[0])")
    let aAddress = unsafe a.address(rows: m, columns: k, byteCount: type.byteCount)
    let xAddress = unsafe x.address(for: [k])
    let flag = a.isTransposed ? CblasTrans : CblasNoTrans
    let (rows, columns) = a.isTransposed ? (Int32(k), Int32(m)) : (Int32(m), Int32(k))
    let (lda, step) = (Int32(a.leadingDimension), Int32(x.strides[0]))
    switch type {
    case .float32:
      unsafe cblas_sgemv(
        CblasRowMajor, flag, rows, columns, 1,
        UnsafePointer(aAddress.assumingMemoryBound(to: Float.self)), lda,
        UnsafePointer(xAddress.assumingMemoryBound(to: Float.self)), step, 0,
        out.base.assumingMemoryBound(to: Float.self), 1)
    case .float64:
      unsafe cblas_dgemv(
        CblasRowMajor, flag, rows, columns, 1,
        UnsafePointer(aAddress.assumingMemoryBound(to: Double.self)), lda,
        UnsafePointer(xAddress.assumingMemoryBound(to: Double.self)), step, 0,
        out.base.assumingMemoryBound(to: Double.self), 1)
    default:
      preconditionFailure("BLAS multiplies floating-point matrices only, not \(type)")
    }
  }
}
