internal import BLAS

// Functions of one number, by NumPy's names. Where the C library's vector functions compute them, results are at most
// four units in the last place off.

/// Returns the tangent of each element, in radians.
public func tan<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.tan).recorded(from: x, savingResult: { g, y in g * (1 + square(y)) })
}

/// Returns the angle, from -π/2 to π/2, whose sine each element is; NaN outside -1...1.
public func asin<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.asin).recorded(from: x, { $0 / sqrt(1 - square(x)) })
}

/// Returns the angle, from 0 to π, whose cosine each element is; NaN outside -1...1.
public func acos<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.acos).recorded(from: x, { -$0 / sqrt(1 - square(x)) })
}

/// Returns the angle, from -π/2 to π/2, whose tangent each element is.
public func atan<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.atan).recorded(from: x, { $0 / (1 + square(x)) })
}

/// Returns the hyperbolic sine of each element.
public func sinh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.sinh).recorded(from: x, { $0 * cosh(x) })
}

/// Returns the hyperbolic cosine of each element.
public func cosh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.cosh).recorded(from: x, { $0 * sinh(x) })
}

/// Returns the number whose hyperbolic sine each element is.
public func asinh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.asinh).recorded(from: x, { $0 / sqrt(square(x) + 1) })
}

/// Returns the number, 0 or more, whose hyperbolic cosine each element is; NaN below 1.
public func acosh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.acosh).recorded(from: x, { $0 / sqrt(square(x) - 1) })
}

/// Returns the number whose hyperbolic tangent each element is; NaN outside -1...1.
public func atanh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.atanh).recorded(from: x, { $0 / (1 - square(x)) })
}

/// Returns 2 raised to each element.
public func exp2<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.exp2).recorded(
    from: x, savingResult: { g, y in g * y * Scalar(0.693147180559945309417) })
}

/// Returns the logarithm to base 2 of each element; NaN below 0, minus infinity at 0.
public func log2<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.log2).recorded(from: x, { $0 / (x * Scalar(0.693147180559945309417)) })
}

/// Returns the logarithm to base 10 of each element; NaN below 0, minus infinity at 0.
public func log10<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.log10).recorded(from: x, { $0 / (x * Scalar(2.302585092994045684018)) })
}

/// Returns the cube root of each element.
public func cbrt<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.cbrt).recorded(from: x, savingResult: { g, y in g / (3 * square(y)) })
}

/// Returns 1 over each element; infinite at 0.
public func reciprocal<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.reciprocal).recorded(from: x, savingResult: { g, y in -g * square(y) })
}

/// Returns the error function of each element, 2/√π times the integral of e^-t² from 0.
public func erf<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.erf).recorded(from: x, { $0 * exp(-square(x)) * Scalar(1.128379167095512573896) })
}

/// Returns 1 minus the error function of each element, accurate where that is tiny.
public func erfc<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.erfc).recorded(from: x, { $0 * exp(-square(x)) * Scalar(-1.128379167095512573896) })
}

/// Returns the natural logarithm of the magnitude of the gamma function of each element.
public func lgamma<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.lgamma).recorded(from: x, { $0 * digamma(x) })
}

/// Returns the slope of `lgamma` at each element; NaN at negative whole numbers.
///
/// - SeeAlso: NIST Digital Library of Mathematical Functions, 5.4 and 5.11.
public func digamma<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.digamma).recorded(from: x, { $0 * trigamma(x) })
}

/// Returns the slope of `digamma` at each element; infinity at whole numbers that are not positive.
///
/// - Precondition: `x` is not being differentiated: there is no further polygamma function.
/// - SeeAlso: NIST Digital Library of Mathematical Functions, 5.15.
public func trigamma<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.refuseRecording("trigamma")
  return x.mapped(.trigamma)
}

/// Returns each element, an angle in degrees, in radians.
public func radians<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x * (Scalar.pi / 180)
}

/// Returns each element, an angle in radians, in degrees.
public func degrees<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x * (180 / Scalar.pi)
}

/// Returns sin(πx) / (πx) for each element; 1 at 0.
public func sinc<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  let isZero = x .== 0
  let angle = x.replacing(with: 1, where: isZero) * Scalar.pi
  return (sin(angle) / angle).replacing(with: 1, where: isZero)
}
