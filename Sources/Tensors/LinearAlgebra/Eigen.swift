internal import BLAS

/// Eigenvalues and eigenvectors of general matrices.
public struct Eigen<Part: ComplexPart>: Sendable {
  /// In LAPACK's order, conjugates together, shape `[..., n]`.
  public let values: Tensor<Complex<Part>>
  /// Columns of length 1, one for each value, shape `[..., n, n]`.
  public let vectors: Tensor<Complex<Part>>
}

/// Returns the eigenvalues and right eigenvectors of each matrix, which are complex in general.
///
/// ```swift
/// let e = try eigen(Tensor<Double>([[0, -1], [1, 0]]))  // Values i and -i.
/// ```
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Values and vectors; for symmetric matrices `eigenSymmetric` is faster, and real.
/// - Throws: `LinearAlgebraError` if a matrix is not square, an element is not finite, or the iteration does not
///   converge.
/// - SeeAlso: LAPACK `geev`.
public func eigen<Part: ComplexPart>(_ a: Tensor<Part>) throws(LinearAlgebraError) -> Eigen<Part> {
  let (values, packed, isReal) = try general(a, vectors: true, "eigen")
  let order = a.shape[a.rank - 1]
  // By columns vector j is our row j; a pair takes two rows, the real and the imaginary part of the first.
  let (rows, zeros) = (packed.scalars, [Part](repeating: 0, count: packed.count))
  var (real, imaginary) = (rows, zeros)
  var number = 0
  while number < isReal.count {
    if !isReal[number] {
      for place in 0..<order {
        let (first, second) = (number * order + place, (number + 1) * order + place)
        (real[first], imaginary[first]) = (rows[first], rows[second])
        (real[second], imaginary[second]) = (rows[first], -rows[second])
      }
      number += 1
    }
    number += 1
  }
  let vectors = Tensor<Complex<Part>>(
    real: Tensor(real).reshaped(to: a.shape), imaginary: Tensor(imaginary).reshaped(to: a.shape))
  return Eigen(values: values, vectors: vectors.matrixTransposed)
}

/// Returns the eigenvalues of each matrix.
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Shape `[..., n]`.
/// - Throws: `LinearAlgebraError` as `eigen` does.
public func eigenvalues<Part: ComplexPart>(_ a: Tensor<Part>) throws(LinearAlgebraError) -> Tensor<
  Complex<Part>
> {
  try general(a, vectors: false, "eigenvalues").values
}

private func general<Part: ComplexPart>(
  _ a: Tensor<Part>, vectors: Bool, _ operation: String
) throws(LinearAlgebraError) -> (
  values: Tensor<Complex<Part>>, packed: Tensor<Part>, isReal: [Bool]
) {
  a.refuseRecording(operation)
  let order = try a.squareOrder(operation)
  try a.checkFinite(operation)
  let work = a.matrixTransposed.copied()
  let real = Tensor<Part>(uninitialized: a.batchShape + [order])
  let imaginary = Tensor<Part>(uninitialized: a.batchShape + [order])
  let packed = Tensor<Part>(uninitialized: vectors ? a.shape : a.batchShape + [0, 0])
  do throws(LAPACKFailure) {
    try LAPACK.eigen(
      n: order, vectors: vectors, batch: a.batchCount, a: work.matrices, real: real.vectors,
      imaginary: imaginary.vectors, packed: packed.matrices)
  } catch {
    throw .notConverged(
      operation: operation, shape: a.shape, index: a.batchIndex(error.index),
      unconverged: error.info)
  }
  return (
    Tensor(real: real, imaginary: imaginary), packed, imaginary.scalars.map { $0 == 0 }
  )
}
