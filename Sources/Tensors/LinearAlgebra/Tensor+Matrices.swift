internal import BLAS

/// The element types that LAPACK has routines for: `Float` and `Double`.
public typealias LAPACKScalar = ComplexPart

// What the operations of linear algebra share: the last two axes as matrices, the others as a batch.

extension Tensor {
  /// The axes before the last two.
  var batchShape: [Int] { Array(shape.dropLast(2)) }

  /// The number of matrices.
  var batchCount: Int { Layout.count(batchShape) }

  /// The place in the batch of matrix `number`.
  func batchIndex(_ number: Int) -> [Int] {
    var (index, rest) = ([Int](), number)
    for length in batchShape.reversed() {
      index.append(rest % length)
      rest /= length
    }
    return index.reversed()
  }

  /// Rows and columns, after checking that there are any.
  func matrixShape(_ operation: String) throws(LinearAlgebraError) -> (rows: Int, columns: Int) {
    guard rank >= 2 else { throw .notMatrix(operation: operation, shape: shape) }
    return (shape[rank - 2], shape[rank - 1])
  }

  /// The order of square matrices.
  func squareOrder(_ operation: String) throws(LinearAlgebraError) -> Int {
    let (rows, columns) = try matrixShape(operation)
    guard rows == columns else { throw .notSquare(operation: operation, shape: shape) }
    return rows
  }

  /// This contiguous tensor's matrices, as LAPACK's routines take them.
  var matrices: Matrices {
    Matrices(
      storage, offset: layout.offset, size: shape[rank - 2] * shape[rank - 1], batch: batchCount,
      type: Scalar.dataType.elementType)
  }

  /// This contiguous tensor's last axis, as vectors for LAPACK's routines.
  var vectors: Matrices {
    Matrices(
      storage, offset: layout.offset, size: shape[rank - 1],
      batch: Layout.count(Array(shape.dropLast())), type: Scalar.dataType.elementType)
  }

  /// A view of each matrix's first rows and columns.
  func leading(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor(storage: storage, layout: layout.with(shape: batchShape + [rows, columns]))
  }

  /// The last two axes exchanged.
  var matrixTransposed: Tensor { swappingAxes(-2, -1) }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Throws if an element is NaN or infinite; iterations might never end with one.
  func checkFinite(_ operation: String) throws(LinearAlgebraError) {
    // Zero times either is NaN.
    if isNaN(self * 0).any().item() { throw .notFinite(operation: operation, shape: shape) }
  }

  /// A view of each matrix's diagonal.
  var diagonals: Tensor {
    let length = Swift.min(shape[rank - 2], shape[rank - 1])
    return Tensor(
      storage: storage,
      layout: layout.with(
        shape: batchShape + [length],
        strides: strides.dropLast(2) + [strides[rank - 2] + strides[rank - 1]]))
  }

  /// The matrices with zeros above the diagonal, or below it if `keepsUpper`.
  func triangle(keepsUpper: Bool) -> Tensor {
    let rows = Tensor<Int>.arange(shape[rank - 2]).expandingDims(axis: 1)
    let columns = Tensor<Int>.arange(shape[rank - 1]).expandingDims(axis: 0)
    return select(keepsUpper ? columns .>= rows : columns .<= rows, self, Tensor(0))
  }
}
