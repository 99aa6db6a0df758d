internal import BLAS

/// Returns the first half of the discrete Fourier transform of real numbers; the other half mirrors it.
///
/// ```swift
/// let power = square(abs(rfft(signal)))  // [n] to [n / 2 + 1]
/// ```
///
/// - Parameters:
///   - x: Any shape of rank 1 or more.
///   - length: The length of the transform; the axis is cut or filled up with zeros to it.
///   - axis: The axis that is transformed.
///   - norm: Where the division by the length goes.
/// - Returns: The shape of `x` with `length / 2 + 1` along the axis.
/// - Precondition: The length is 1 or more.
public func rfft<Part: ComplexPart>(
  _ x: Tensor<Part>, length: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  let position = Layout.axis(axis, rank: x.rank, operation: "rfft")
  let length = length ?? x.shape[position]
  let (source, outer, inner) = prepared(x, length, axis, kept: length, "rfft")
  var shape = x.shape
  shape[position] = length / 2 + 1
  let result = Tensor<Complex<Part>>(uninitialized: shape)
  FourierTransform(
    outer: outer, count: source.shape[position], inner: inner, length: length,
    scale: norm.scale(length, isInverse: false)
  ).real(
    isWide: Part.dataType == .float64, source: source.storage, offset: source.layout.offset,
    out: result.storage)
  let count = x.shape[position]
  return result.recorded(
    fromOther: x,
    { gradient in
      ifft(gradient, length: length, axis: position, norm: norm.adjoint).real
        .fitted(to: count, axis: position)
    })
}

/// Returns the real numbers whose transform begins with these coefficients.
///
/// The imaginary part of the first coefficient, and of the last one if the length is even, does not count.
///
/// - Parameters:
///   - x: Any shape of rank 1 or more; the first `length / 2 + 1` coefficients along the axis are used.
///   - length: The number of results; by default an even one, twice the coefficients but one.
///   - axis: The axis that is transformed.
///   - norm: Where the division by the length goes.
/// - Returns: The shape of `x` with `length` along the axis.
/// - Precondition: The length is 1 or more.
public func irfft<Part>(
  _ x: Tensor<Complex<Part>>, length: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward
) -> Tensor<Part> {
  let position = Layout.axis(axis, rank: x.rank, operation: "irfft")
  let length = length ?? 2 * (x.shape[position] - 1)
  let (source, outer, inner) = prepared(x, length, axis, kept: length / 2 + 1, "irfft")
  var shape = x.shape
  shape[position] = length
  let result = Tensor<Part>(uninitialized: shape)
  FourierTransform(
    outer: outer, count: source.shape[position], inner: inner, length: length,
    scale: norm.scale(length, isInverse: true)
  ).inverseReal(
    isWide: Part.dataType == .float64, source: source.storage, offset: source.layout.offset,
    out: result.storage)
  let count = x.shape[position]
  return result.recorded(
    fromOther: x,
    { gradient in
      // All coefficients stand for their mirror images, too, but the first, and the middle one of an even length.
      var weights = [Part](repeating: 2, count: length / 2 + 1)
      weights[0] = 1
      if length % 2 == 0 { weights[length / 2] = 1 }
      var line = [Int](repeating: 1, count: gradient.rank)
      line[position] = weights.count
      let spectrum = rfft(gradient, axis: position, norm: norm.adjoint)
      return (spectrum * Tensor<Complex<Part>>(Tensor<Part>(weights).reshaped(to: line)))
        .fitted(to: count, axis: position)
    })
}

/// Returns the transform of real numbers over several axes; along the last of them only its first half.
///
/// - Parameters:
///   - x: Any shape of rank 1 or more.
///   - axes: The axes; all by default.
///   - norm: Where the division by the lengths goes.
/// - Returns: The shape of `x`, with half the length plus one along the last of the axes.
/// - Precondition: There is an axis.
public func rfftn<Part: ComplexPart>(
  _ x: Tensor<Part>, axes: [Int]? = nil, norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  let axes = axes ?? Array(0..<x.rank)
  guard let last = axes.last else { fail("rfftn: no axes of shape \(x.shape); there must be one") }
  return fftn(rfft(x, axis: last, norm: norm), axes: Array(axes.dropLast()), norm: norm)
}

/// Returns the real numbers whose transform over several axes begins with these coefficients.
///
/// - Parameters:
///   - x: Any shape of rank 1 or more.
///   - length: The number of results along the last of the axes; by default twice the coefficients but one.
///   - axes: The axes; all by default.
///   - norm: Where the division by the lengths goes.
/// - Returns: The shape of `x`, with `length` along the last of the axes.
/// - Precondition: There is an axis.
public func irfftn<Part>(
  _ x: Tensor<Complex<Part>>, length: Int? = nil, axes: [Int]? = nil,
  norm: FourierNorm = .backward
) -> Tensor<Part> {
  let axes = axes ?? Array(0..<x.rank)
  guard let last = axes.last else { fail("irfftn: no axes of shape \(x.shape); there must be one") }
  return irfft(
    ifftn(x, axes: Array(axes.dropLast()), norm: norm), length: length, axis: last, norm: norm)
}

/// Returns the frequencies of the coefficients of a transform: 0, positive ones, then negative ones.
///
/// ```swift
/// fftFrequencies(5, spacing: 0.1)  // [0, 2, 4, -4, -2]
/// ```
///
/// - Parameters:
///   - length: The length of the transform.
///   - spacing: The time between two samples.
/// - Returns: Shape `[length]`, in cycles per unit of time.
/// - Precondition: The length is 1 or more, the spacing not 0.
public func fftFrequencies(_ length: Int, spacing: Double = 1) -> Tensor<Double> {
  require(
    length >= 1 && spacing != 0,
    "fftFrequencies: length \(length) and spacing \(spacing); 1 or more, and not 0")
  let positions = (0..<length).map { $0 < (length + 1) / 2 ? $0 : $0 - length }
  return Tensor(positions.map { Double($0) / (Double(length) * spacing) })
}

/// Returns the frequencies of the coefficients of `rfft`.
///
/// - Parameters:
///   - length: The length of the transform.
///   - spacing: The time between two samples.
/// - Returns: Shape `[length / 2 + 1]`, in cycles per unit of time.
/// - Precondition: The length is 1 or more, the spacing not 0.
public func rfftFrequencies(_ length: Int, spacing: Double = 1) -> Tensor<Double> {
  require(
    length >= 1 && spacing != 0,
    "rfftFrequencies: length \(length) and spacing \(spacing); 1 or more, and not 0")
  return Tensor((0...length / 2).map { Double($0) / (Double(length) * spacing) })
}

/// Returns the coefficients with that of frequency 0 in the middle.
///
/// - Parameters:
///   - x: Any shape.
///   - axes: The axes that are turned; all by default.
/// - Returns: The shape of `x`.
public func fftShift<Scalar: TensorScalar>(_ x: Tensor<Scalar>, axes: [Int]? = nil) -> Tensor<
  Scalar
> {
  turned(x, axes, "fftShift") { $0 - $0 / 2 }
}

/// Returns the coefficients as they were before `fftShift`.
///
/// - Parameters:
///   - x: Any shape.
///   - axes: The axes that are turned back; all by default.
/// - Returns: The shape of `x`.
public func ifftShift<Scalar: TensorScalar>(_ x: Tensor<Scalar>, axes: [Int]? = nil) -> Tensor<
  Scalar
> {
  turned(x, axes, "ifftShift") { $0 / 2 }
}

private func turned<Scalar: TensorScalar>(
  _ x: Tensor<Scalar>, _ axes: [Int]?, _ operation: String, _ start: (Int) -> Int
) -> Tensor<Scalar> {
  var result = x
  for axis in axes ?? Array(0..<x.rank) {
    let position = Layout.axis(axis, rank: x.rank, operation: operation)
    let length = x.shape[position]
    if length < 2 { continue }
    let first = start(length)
    result = result.take(Array(first..<length) + Array(0..<first), axis: position)
  }
  return result
}
