package import BLAS

/// Returns the matrix product of `a` and `b`.
///
/// ```swift
/// let c = matmul(a, b)  // [2, 3] by [3, 4] gives [2, 4]
/// ```
///
/// Transposed and row-sliced views are not copied. A vector on the left is a row, one on the right a column, and that
/// axis does not appear in the result; axes before the last two are batches and broadcast.
///
/// - Parameters:
///   - a: Shape `[..., m, k]` or `[k]`.
///   - b: Shape `[..., k, n]` or `[k]`.
/// - Returns: Shape `[..., m, n]`; element `[i, j]` sums `a[i, p] * b[p, j]` over `p`.
/// - Precondition: Neither is a scalar, and `k` agrees.
/// - Complexity: O(*m*·*k*·*n*), on OpenBLAS's threads.
/// - SeeAlso: BLAS level 3 `sgemm`; Dongarra et al. 1990, doi:10.1145/77626.79170.
public func matmul<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  require(
    a.rank > 0 && b.rank > 0,
    "matmul: shapes \(a.shape) and \(b.shape) include a scalar; multiply by scalars with *")
  let depth = b.shape[Swift.max(b.rank - 2, 0)]
  require(
    a.shape[a.rank - 1] == depth,
    "matmul: shapes \(a.shape) and \(b.shape) do not chain; the columns of a must equal the rows of b"
  )
  checkBLASCounts(a, b)
  if Scalar.dataType.isHalf {
    return Tensor(matmul(Tensor<Float>(a), Tensor<Float>(b)))
  }
  if OperationTrace.isTracing {
    return OperationTrace.noting(.matmul, [a, b]) { matmul(a, b) }
  }
  if a.rank == 2 && b.rank == 1 {
    return matvec(a, b).recorded(
      from: a, b, { $0.expandingDims(axis: 1) * b }, { matmul($0, a) })
  }
  let left = a.rank == 1 ? a.expandingDims(axis: 0) : a
  let right = b.rank == 1 ? b.expandingDims(axis: 1) : b
  let product = (left.rank == 2 && right.rank == 2 ? gemm(left, right) : batched(left, right))
    .recorded(
      from: left, right, { matmul($0, right.swappingAxes(-2, -1)) },
      { matmul(left.swappingAxes(-2, -1), $0) })
  if a.rank == 1 && b.rank == 1 { return product.reshaped(to: []) }
  if a.rank == 1 { return product.squeezed(axis: -2) }
  return b.rank == 1 ? product.squeezed(axis: -1) : product
}

/// Stops where an axis of a matrix is longer than BLAS can count.
private func checkBLASCounts<Scalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) {
  let most = Int(Int32.max)
  let rows = a.rank > 1 ? a.shape[a.rank - 2] : 1
  let columns = b.rank > 1 ? b.shape[b.rank - 1] : 1
  require(
    a.shape[a.rank - 1] <= most && rows <= most && columns <= most,
    "matmul: shapes \(a.shape) and \(b.shape) have an axis of more than \(most), which BLAS cannot count; multiply parts"
  )
}

/// Returns the sum of the products of two vectors' elements, as a scalar tensor.
///
/// - Precondition: Both have rank 1 and the same length.
public func dot<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  require(
    a.rank == 1 && a.shape == b.shape,
    "dot: shapes \(a.shape) and \(b.shape); both must be vectors of one length")
  return (a * b).sum()
}

/// Returns the matrix of all products of an element of `a` and one of `b`, each row by row if it is no vector.
public func outer<Scalar: NumericTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.flattened().expandingDims(axis: 1) * b.flattened()
}

extension Tensor {
  /// The matrix at `offset` as BLAS sees it, or `nil` if it must be copied first.
  fileprivate func matrix(offset: Int) -> MatrixView? {
    MatrixView(
      storage, offset: offset, rows: shape[rank - 2], columns: shape[rank - 1],
      rowStride: strides[rank - 2], columnStride: strides[rank - 1])
  }
}

private func gemm<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  guard let left = a.matrix(offset: a.layout.offset) else { return gemm(a.copied(), b) }
  guard let right = b.matrix(offset: b.layout.offset) else { return gemm(a, b.copied()) }
  let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
  let result = Tensor<Scalar>(uninitialized: [m, n])
  Kernels.matmul(
    Scalar.dataType.elementType, m: m, k: k, n: n, a: left, b: right, out: result.storage,
    outOffset: 0)
  return result
}

private func matvec<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ x: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  guard let matrix = a.matrix(offset: a.layout.offset) else { return matvec(a.copied(), x) }
  guard x.strides[0] > 0 else { return matvec(a, x.copied()) }
  let result = Tensor<Scalar>(uninitialized: [a.shape[0]])
  Kernels.matvec(
    Scalar.dataType.elementType, m: a.shape[0], k: a.shape[1], a: matrix, x: x.view,
    out: result.storage)
  return result
}

/// Multiplies matrix by matrix along the leading axes.
private func batched<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  guard let batch = Layout.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))) else {
    fail(
      "matmul: the batches of shapes \(a.shape) and \(b.shape) do not broadcast; "
        + "each axis before the last two must be equal or 1")
  }
  guard a.matrixBatch != nil else { return batched(a.copied(), b) }
  guard b.matrixBatch != nil else { return batched(a, b.copied()) }
  let (m, k, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  if b.rank == 2 && a.isContiguous {
    return gemm(a.detached.reshaped(to: [Layout.count(batch) * m, k]), b).reshaped(
      to: batch + [m, n])
  }
  let result = Tensor<Scalar>(uninitialized: batch + [m, n])
  guard let left = a.broadcast(to: batch + [m, k]).matrixBatch,
    let right = b.broadcast(to: batch + [k, n]).matrixBatch, let out = result.matrixBatch
  else { return result }
  Kernels.matmul(Scalar.dataType.elementType, left, right, out: out)
  return result
}

extension Tensor {
  /// The matrices of the last two axes as BLAS sees them, or `nil` if they must be copied first.
  package var matrixBatch: MatrixBatch? {
    MatrixBatch(storage, offset: layout.offset, shape: shape, strides: strides)
  }
}
