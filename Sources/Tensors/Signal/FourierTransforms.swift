internal import BLAS

/// Which way of a Fourier transform is divided by its length.
public enum FourierNorm: Sendable {
  /// The inverse one.
  case backward
  /// Both, by the root of the length.
  case ortho
  /// The forward one.
  case forward

  /// What a transform of this length is multiplied by.
  func scale(_ length: Int, isInverse: Bool) -> Double {
    switch self {
    case .backward: isInverse ? 1 / Double(length) : 1
    case .ortho: 1 / Double(length).squareRoot()
    case .forward: isInverse ? 1 : 1 / Double(length)
    }
  }

  /// With which the other transform has the same scale: so it is the gradient of this one.
  var adjoint: FourierNorm {
    switch self {
    case .backward: .forward
    case .ortho: .ortho
    case .forward: .backward
    }
  }
}

/// Returns the discrete Fourier transform along an axis.
///
/// ```swift
/// let spectrum = fft(Tensor<Complex<Float>>(signal))
/// ```
///
/// - Parameters:
///   - x: Any shape of rank 1 or more.
///   - length: The number of coefficients; the axis is cut or filled up with zeros to it.
///   - axis: The axis that is transformed.
///   - norm: Where the division by the length goes.
/// - Returns: The shape of `x` with `length` along the axis: element `k` sums `x[j] exp(-2πi jk / length)` over `j`.
/// - Precondition: The length is 1 or more.
/// - Complexity: O(*n* log *n*) for every length; lengths with small factors only are the fastest.
/// - SeeAlso: Stockham 1966, doi:10.1145/1464182.1464209; Bluestein 1970, doi:10.1109/TAU.1970.1162132.
public func fft<Part>(
  _ x: Tensor<Complex<Part>>, length: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  transformed(x, length, axis, norm, isInverse: false, "fft")
}

/// Returns the inverse discrete Fourier transform along an axis.
///
/// - Parameters:
///   - x: Any shape of rank 1 or more.
///   - length: The number of results; the axis is cut or filled up with zeros to it.
///   - axis: The axis that is transformed.
///   - norm: Where the division by the length goes.
/// - Returns: The shape of `x` with `length` along the axis.
/// - Precondition: The length is 1 or more.
public func ifft<Part>(
  _ x: Tensor<Complex<Part>>, length: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  transformed(x, length, axis, norm, isInverse: true, "ifft")
}

/// Returns the discrete Fourier transform over several axes, one after the other.
///
/// - Parameters:
///   - x: Any shape.
///   - lengths: The number of coefficients along each axis.
///   - axes: The axes; all by default.
///   - norm: Where the division by the lengths goes.
/// - Returns: The shape of `x` with `lengths` along the axes.
/// - Precondition: There is a length for each axis, if there are any.
public func fftn<Part>(
  _ x: Tensor<Complex<Part>>, lengths: [Int]? = nil, axes: [Int]? = nil,
  norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  overAxes(x, lengths, axes, "fftn") { transformed($0, $1, $2, norm, isInverse: false, "fftn") }
}

/// Returns the inverse discrete Fourier transform over several axes.
///
/// - Parameters:
///   - x: Any shape.
///   - lengths: The number of results along each axis.
///   - axes: The axes; all by default.
///   - norm: Where the division by the lengths goes.
/// - Returns: The shape of `x` with `lengths` along the axes.
/// - Precondition: There is a length for each axis, if there are any.
public func ifftn<Part>(
  _ x: Tensor<Complex<Part>>, lengths: [Int]? = nil, axes: [Int]? = nil,
  norm: FourierNorm = .backward
) -> Tensor<Complex<Part>> {
  overAxes(x, lengths, axes, "ifftn") { transformed($0, $1, $2, norm, isInverse: true, "ifftn") }
}

/// Returns the discrete Fourier transform over the last two axes.
public func fft2<Part>(_ x: Tensor<Complex<Part>>, norm: FourierNorm = .backward) -> Tensor<
  Complex<Part>
> {
  fftn(x, axes: [-2, -1], norm: norm)
}

/// Returns the inverse discrete Fourier transform over the last two axes.
public func ifft2<Part>(_ x: Tensor<Complex<Part>>, norm: FourierNorm = .backward) -> Tensor<
  Complex<Part>
> {
  ifftn(x, axes: [-2, -1], norm: norm)
}

/// Applies `body` along each axis, the last one first as the other coefficients may then be fewer.
func overAxes<Scalar: TensorScalar>(
  _ x: Tensor<Scalar>, _ lengths: [Int]?, _ axes: [Int]?, _ operation: String,
  _ body: (Tensor<Scalar>, Int?, Int) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let axes = axes ?? (lengths.map { Array(x.rank - $0.count..<x.rank) } ?? Array(0..<x.rank))
  require(
    lengths == nil || lengths?.count == axes.count,
    "\(operation): lengths \(lengths ?? []) for axes \(axes); each axis needs one")
  var result = x
  for (position, axis) in axes.enumerated().reversed() {
    result = body(result, lengths?[position], axis)
  }
  return result
}

/// The axis, the length and the operand cut to it, contiguous.
func prepared<Scalar: TensorScalar>(
  _ x: Tensor<Scalar>, _ length: Int, _ axis: Int, kept: Int, _ operation: String
) -> (source: Tensor<Scalar>, outer: Int, inner: Int) {
  require(
    length >= 1,
    "\(operation): length \(length) along axis \(axis) of shape \(x.shape); it must be 1 or more")
  var (shape, position) = (x.shape, Layout.axis(axis, rank: x.rank, operation: operation))
  shape[position] = Swift.min(shape[position], kept)
  let cut = Tensor<Scalar>(storage: x.storage, layout: x.layout.with(shape: shape))
  return (
    cut.contiguous(), Layout.count(Array(shape[..<position])),
    Layout.count(Array(shape[(position + 1)...]))
  )
}

private func transformed<Part>(
  _ x: Tensor<Complex<Part>>, _ length: Int?, _ axis: Int, _ norm: FourierNorm, isInverse: Bool,
  _ operation: String
) -> Tensor<Complex<Part>> {
  let position = Layout.axis(axis, rank: x.rank, operation: operation)
  let length = length ?? x.shape[position]
  let (source, outer, inner) = prepared(x, length, axis, kept: length, operation)
  var shape = x.shape
  shape[position] = length
  let result = Tensor<Complex<Part>>(uninitialized: shape)
  FourierTransform(
    outer: outer, count: source.shape[position], inner: inner, length: length,
    scale: norm.scale(length, isInverse: isInverse)
  ).complex(
    isInverse: isInverse, isWide: Part.dataType == .float64, source: source.storage,
    offset: source.layout.offset, out: result.storage)
  let count = x.shape[position]
  return result.recorded(
    from: x,
    { gradient in
      transformed(gradient, nil, position, norm.adjoint, isInverse: !isInverse, operation)
        .fitted(to: count, axis: position)
    })
}

extension Tensor {
  /// The tensor cut, or filled up with zeros, to `length` along an axis: the gradient of doing so the other way.
  func fitted(to length: Int, axis: Int) -> Tensor {
    let count = shape[axis]
    if count > length { return part(0..<length, axis: axis) }
    if count == length { return self }
    var missing = shape
    missing[axis] = length - count
    return joined("fft", [self, .cleared(shape: missing)], axis: axis)
  }
}
