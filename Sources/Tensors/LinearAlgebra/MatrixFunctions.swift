internal import Glibc

/// Returns each matrix multiplied by itself `exponent` times.
///
/// - Parameters:
///   - a: Shape `[..., n, n]`.
///   - exponent: 0 gives the identity; a negative one powers of the inverse.
/// - Returns: Shape `[..., n, n]`.
/// - Throws: `LinearAlgebraError` if a matrix is not square, or is singular and the exponent negative.
/// - Complexity: O(log *exponent*) products.
public func matrixPower<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ exponent: Int)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let order = try a.squareOrder("matrixPower")
  if exponent == 0 { return Tensor<Scalar>.eye(order).broadcast(to: a.shape).copied() }
  var square = exponent < 0 ? try inverse(a) : a
  var rest = exponent.magnitude
  var result: Tensor<Scalar>?
  while true {
    if rest & 1 == 1 { result = result.map { matmul($0, square) } ?? square }
    rest >>= 1
    guard rest > 0 else { return result ?? square }
    square = matmul(square, square)
  }
}

/// Returns e raised to each matrix: the sum of its powers, each divided by the factorial.
///
/// ```swift
/// let state = matmul(try matrixExponential(rates * time), initial)
/// ```
///
/// The matrix is halved until a rational approximation is exact to the last digit, and the result squared as often.
///
/// - Parameter a: Shape `[..., n, n]`.
/// - Returns: Shape `[..., n, n]`.
/// - Throws: `LinearAlgebraError` if a matrix is not square or an element is not finite.
/// - SeeAlso: Al-Mohy and Higham 2009, "A new scaling and squaring algorithm for the matrix exponential",
///   doi:10.1137/09074721X; Higham 2005, doi:10.1137/04061101X.
public func matrixExponential<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let order = try a.squareOrder("matrixExponential")
  try a.checkFinite("matrixExponential")
  if a.isEmpty { return a }
  if a.rank == 2 { return try exponential(a, order) }
  // Matrices of one batch need different degrees and scalings.
  let flat = a.reshaped(to: [a.batchCount, order, order])
  var results: [Tensor<Scalar>] = []
  for number in 0..<a.batchCount { results.append(try exponential(flat[number], order)) }
  return stack(results).reshaped(to: a.shape)
}

/// Padé coefficients of degree 3, 5, 7, 9 and 13, and up to which 1-norm each is exact in `Double`.
private let approximants: [(limit: Double, coefficients: [Double])] = [
  (1.495585217958292e-2, [120, 60, 12, 1]),
  (2.539398330063230e-1, [30240, 15120, 3360, 420, 30, 1]),
  (9.504178996162932e-1, [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1512, 56, 1]),
  (
    2.097847961257068,
    [
      17_643_225_600, 8_821_612_800, 2_075_673_600, 302_702_400, 30_270_240, 2_162_160, 110_880,
      3960, 90, 1,
    ]
  ),
]

private let highest: [Double] = [
  64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800,
  129_060_195_264_000, 10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920,
  40_840_800, 960_960, 16_380, 182, 1,
]

private func exponential<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ order: Int)
  throws(LinearAlgebraError) -> Tensor<Scalar>
{
  let identity = Tensor<Scalar>.eye(order)
  let a2 = matmul(a, a)
  let a4 = matmul(a2, a2)
  let a6 = matmul(a4, a2)
  // Roots of the norms of powers bound the error more closely than the norm does (Al-Mohy and Higham, section 3).
  let d4 = pow(a4.oneNorm, 1 / 4)
  let d6 = pow(a6.oneNorm, 1 / 6)
  let eta1 = Swift.max(d4, d6)
  for (degree, approximant) in zip([3, 5], approximants)
  where eta1 <= approximant.limit && extraHalvings(a, degree) == 0 {
    return try rational(a, [identity, a2, a4], approximant.coefficients, order)
  }
  let a8 = matmul(a4, a4)
  let d8 = pow(a8.oneNorm, 1 / 8)
  let eta3 = Swift.max(d6, d8)
  for (degree, approximant) in zip([7, 9], approximants[2...])
  where eta3 <= approximant.limit && extraHalvings(a, degree) == 0 {
    return try rational(a, [identity, a2, a4, a6, a8], approximant.coefficients, order)
  }
  let a10 = matmul(a6, a4)
  let d10 = pow(a10.oneNorm, 1 / 10)
  let eta5 = Swift.min(eta3, Swift.max(d8, d10))
  var halvings = eta5 > 0 ? Swift.max(0, Int((log2(eta5 / 4.25)).rounded(.up))) : 0
  halvings += extraHalvings(a * Scalar(exp2(Double(-halvings))), 13)
  let scale = { (power: Int) in Scalar(exp2(Double(-halvings * power))) }
  let (b, b2, b4, b6) = (a * scale(1), a2 * scale(2), a4 * scale(4), a6 * scale(6))
  let c = highest.map { Scalar($0) }
  let high = matmul(b6, b6 * c[13] + b4 * c[11] + b2 * c[9])
  let odd = matmul(b, high + b6 * c[7] + b4 * c[5] + b2 * c[3] + identity * c[1])
  let even =
    matmul(b6, b6 * c[12] + b4 * c[10] + b2 * c[8]) + b6 * c[6] + b4 * c[4] + b2 * c[2]
    + identity * c[0]
  var result = try solve(even - odd, even + odd)
  for _ in 0..<halvings { result = matmul(result, result) }
  return result
}

/// (even + odd) / (even - odd) of the Padé approximant with these coefficients.
private func rational<Scalar: LAPACKScalar>(
  _ a: Tensor<Scalar>, _ evenPowers: [Tensor<Scalar>], _ coefficients: [Double], _ order: Int
) throws(LinearAlgebraError) -> Tensor<Scalar> {
  var (odd, even) = (
    Tensor<Scalar>.zeros(shape: [order, order]), Tensor<Scalar>.zeros(shape: [order, order])
  )
  for half in 0..<coefficients.count / 2 {
    even = even + evenPowers[half] * Scalar(coefficients[2 * half])
    odd = odd + evenPowers[half] * Scalar(coefficients[2 * half + 1])
  }
  odd = matmul(a, odd)
  return try solve(even - odd, even + odd)
}

/// How often the matrix must be halved once more for the first omitted term to be below rounding.
private func extraHalvings<Scalar: LAPACKScalar>(_ a: Tensor<Scalar>, _ degree: Int) -> Int {
  // |c| of the first term of the backward error: (m!)^2 / ((2m)! (2m + 1)!), by its logarithm.
  var logarithm = 0.0
  for k in 1...degree { logarithm += 2 * log2(Double(k)) }
  for k in 1...(2 * degree) { logarithm -= log2(Double(k)) }
  for k in 1...(2 * degree + 1) { logarithm -= log2(Double(k)) }
  let magnitude = abs(a).cast(to: Double.self)
  let norm = magnitude.oneNorm
  guard norm > 0, norm.isFinite else { return 0 }
  // The 1-norm of a power of a matrix without negative elements: row sums of the transposed, again and again.
  var sums = Tensor<Double>.ones(shape: [a.shape[0]])
  let scaled = magnitude.transposed() * (1 / norm)
  for _ in 0..<(2 * degree + 1) { sums = matmul(scaled, sums) }
  let largest = sums.max().item()
  guard largest > 0 else { return 0 }
  let power = log2(largest) + Double(2 * degree) * log2(norm)
  let precision = log2(Double(Scalar.ulpOfOne) / 2)
  return Swift.max(0, Int(((power + logarithm - precision) / Double(2 * degree)).rounded(.up)))
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// The largest column sum of magnitudes.
  fileprivate var oneNorm: Double {
    Double(abs(self).sum(axis: 0).max().item())
  }
}
