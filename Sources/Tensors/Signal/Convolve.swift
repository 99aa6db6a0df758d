/// Which part of a convolution of vectors is kept.
public enum ConvolutionMode: Sendable {
  /// Every place where the vectors overlap: `m + n - 1`.
  case full
  /// As many as the longer vector has, from the middle.
  case same
  /// Where the shorter one lies whole within the longer.
  case valid
}

/// Returns the convolution of two vectors: polynomials with these coefficients, multiplied.
///
/// ```swift
/// convolve(Tensor<Double>([1, 2]), Tensor<Double>([1, 3]))  // [1, 5, 6]
/// ```
///
/// - Parameters:
///   - a: Shape `[m]`.
///   - b: Shape `[n]`.
///   - mode: Which part is kept.
/// - Returns: Shape `[m + n - 1]`, or what the mode keeps of it.
/// - Precondition: Both are vectors that are not empty.
/// - Complexity: O(*m*·*n*) where one is short, else O((*m* + *n*) log(*m* + *n*)) by Fourier transforms.
public func convolve<Scalar: ComplexPart>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, mode: ConvolutionMode = .full
) -> Tensor<Scalar> {
  require(
    a.rank == 1 && b.rank == 1 && !a.isEmpty && !b.isEmpty,
    "convolve: shapes \(a.shape) and \(b.shape); both must be vectors that are not empty")
  let (long, short) = a.count >= b.count ? (a, b) : (b, a)
  let (m, n) = (long.count, short.count)
  let (start, count): (Int, Int)
  switch mode {
  case .full: (start, count) = (0, m + n - 1)
  case .same: (start, count) = ((n - 1) / 2, m)
  case .valid: (start, count) = (n - 1, m - n + 1)
  }
  // Transforms round in proportion to the largest element; products do not.
  if n > 256 && !a.isRecorded && !b.isRecorded {
    let length = fastLength(m + n - 1)
    let product = rfft(long, length: length) * rfft(short, length: length)
    return irfft(product, length: length)[start..<start + count].copied()
  }
  let full = conv1d(
    long.reshaped(to: [1, 1, m]), mirrored(short).reshaped(to: [1, 1, n]), padding: n - 1)
  return full.reshaped(to: [m + n - 1])[start..<start + count]
}

/// Returns the correlation of two vectors: sums of products at every shift of `b` along `a`.
///
/// - Parameters:
///   - a: Shape `[m]`.
///   - b: Shape `[n]`.
///   - mode: Which part is kept; NumPy's default is `valid`.
/// - Returns: What `convolve` returns for `b` mirrored.
/// - Precondition: Both are vectors that are not empty.
public func correlate<Scalar: ComplexPart>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, mode: ConvolutionMode = .valid
) -> Tensor<Scalar> {
  require(
    a.rank == 1 && b.rank == 1 && !a.isEmpty && !b.isEmpty,
    "correlate: shapes \(a.shape) and \(b.shape); both must be vectors that are not empty")
  // With a shorter first operand the even length of `same` is cut from the other side.
  if a.count < b.count { return mirrored(correlate(b, a, mode: mode)) }
  return convolve(a, mirrored(b), mode: mode)
}

private func mirrored<Scalar: TensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x[stride(from: x.count - 1, through: 0, by: -1)]
}

/// A length from `n` up whose transform is fast: only 2, 3 and 5 divide it.
func fastLength(_ n: Int) -> Int {
  var best = 1
  while best < n { best *= 2 }
  var fives = 1
  while fives < best {
    var threes = fives
    while threes < best {
      var length = threes
      while length < n { length *= 2 }
      best = Swift.min(best, length)
      threes *= 3
    }
    fives *= 5
  }
  return best
}
