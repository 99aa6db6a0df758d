extension Kernels {
  /// Writes the products of matrices `a` `[m, k]` and `b` `[k, n]`, one by one, into `out` `[m, n]`.
  ///
  /// Small products are shared out to the kernels' threads whole.
  ///
  /// - Precondition: The batches have the same axes, and the result's rows are contiguous and do not overlap.
  package static func matmul(
    _ type: ElementType, _ a: MatrixBatch, _ b: MatrixBatch, out: MatrixBatch
  ) {
    let (m, k, n, count) = (a.rows, a.columns, b.columns, out.count)
    guard count > 0, m > 0, n > 0 else { return }
    precondition(!out.first.isTransposed, "products whose rows are not contiguous")
    let (aFirst, bFirst, outFirst) = unsafe (a.address(type), b.address(type), out.address(type))
    let first = unsafe Gemm(
      type, m: m, n: n, k: k, a: aFirst, turnsA: a.first.isTransposed,
      lda: a.first.leadingDimension, b: bFirst, turnsB: b.first.isTransposed,
      ldb: b.first.leadingDimension, out: outFirst, ldc: out.first.leadingDimension, adds: false)
    let products = BatchedGemm(first: first, a: a, b: b, out: out)
    let work = Double(m) * Double(n) * Double(k)
    // Products that keep both cores busy one by one need no sharing out.
    guard count > 1, work < 1.7e7, work * Double(count) > 1e5 else {
      for number in 0..<count { products.product(number).run() }
      return
    }
    let parts = Swift.min(count, 16)
    OneThread.scope {
      Parallel.each(parts) { part in
        for number in part * count / parts..<(part + 1) * count / parts {
          products.product(number).call()
        }
      }
    }
  }
}

/// Products whose operands lie at regular distances.
@safe private struct BatchedGemm {
  let first: Gemm
  let a: MatrixBatch
  let b: MatrixBatch
  let out: MatrixBatch

  init(first: Gemm, a: MatrixBatch, b: MatrixBatch, out: MatrixBatch) {
    (self.first, self.a, self.b, self.out) = (first, a, b, out)
  }

  /// One of the products.
  func product(_ number: Int) -> Gemm {
    var product = first
    let size = first.type.byteCount
    unsafe product.a += a.distance(to: number) * size
    unsafe product.b += b.distance(to: number) * size
    unsafe product.out += out.distance(to: number) * size
    return product
  }
}
