internal import BLAS

// Functions of two numbers, by NumPy's names; shapes broadcast.

/// Returns the angle of each point (x, y) to the positive x axis, from -π to π.
public func atan2<Scalar: FloatingTensorScalar>(_ y: Tensor<Scalar>, _ x: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  y.combined(.atan2, with: x, "atan2").recorded(
    from: y, x, { $0 * x / (square(x) + square(y)) }, { -$0 * y / (square(x) + square(y)) })
}

/// Returns √(a² + b²) for each pair, without overflow on the way.
public func hypot<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.hypot, with: b, "hypot").recorded(
    from: a, b, { $0 * a / hypot(a, b) }, { $0 * b / hypot(a, b) })
}

/// Returns the logarithm of e^a + e^b for each pair, without overflow on the way.
public func logAddExp<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.logAddExp, with: b, "logAddExp").recorded(
    from: a, b, { $0 * sigmoid(a - b) }, { $0 * sigmoid(b - a) })
}

/// Returns the magnitude of each `a` with the sign of `b`.
public func copySign<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.copySign, with: b, "copySign").recorded(
    from: a, b, { $0 * copySign(Tensor(1), a) * copySign(Tensor(1), b) }, { $0 * 0 })
}

/// Returns the number next to each `a` in the direction of `b`.
public func nextAfter<Scalar: FloatingTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  require(
    Scalar.dataType.elementType.isFullFloat,
    "nextAfter: Tensor<\(Scalar.dataType)>; the elements must be Float or Double")
  a.refuseRecording("nextAfter")
  b.refuseRecording("nextAfter")
  return a.combined(.nextAfter, with: b, "nextAfter")
}

/// Returns the larger element of each pair, or the other one where one is NaN.
public func fmax<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.fmax, with: b, "fmax").recorded(
    from: a, b, { $0 * a.share(of: (a .> b) .| (b .!= b), tie: a .== b) },
    { $0 * a.share(of: (a .< b) .| ((a .!= a) .& (b .== b)), tie: a .== b) })
}

/// Returns the smaller element of each pair, or the other one where one is NaN.
public func fmin<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.fmin, with: b, "fmin").recorded(
    from: a, b, { $0 * a.share(of: (a .< b) .| (b .!= b), tie: a .== b) },
    { $0 * a.share(of: (a .> b) .| ((a .!= a) .& (b .== b)), tie: a .== b) })
}

// MARK: Division

/// Returns each quotient rounded down, as `//` in Python.
///
/// ```swift
/// floorDivide(Tensor<Int>([7, -7]), Tensor(2))  // [3, -4]
/// ```
///
/// An integer divided by 0 gives 0.
public func floorDivide<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  // The quotient is flat wherever it has a slope.
  a.combined(.floorDivide, with: b, "floorDivide").recorded(from: a, b, { $0 * 0 }, { $0 * 0 })
}

/// Returns what is left of each `a` after `floorDivide` by `b`, with the sign of `b`; as `%` in Python.
///
/// ```swift
/// remainder(Tensor<Int>([7, -7]), Tensor(3))  // [1, 2]
/// ```
///
/// An integer divided by 0 leaves 0.
public func remainder<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.remainder, with: b, "remainder").recorded(
    from: a, b, { $0 }, { -$0 * floorDivide(a, b) })
}

/// Returns what is left of each `a` after division by `b` rounded toward 0, with the sign of `a`; as `%` in C.
///
/// An integer divided by 0 leaves 0.
public func fmod<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.fmod, with: b, "fmod").recorded(
    from: a, b, { $0 }, { g in -g * floorDivide(abs(a), abs(b)) * sign(a) * sign(b) })
}

// MARK: Integers

/// Returns the greatest common divisor of each pair, never negative.
public func gcd<Scalar: IntegerTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.gcd, with: b, "gcd")
}

/// Returns the least common multiple of each pair, never negative; it wraps around.
public func lcm<Scalar: IntegerTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.lcm, with: b, "lcm")
}

/// Returns each integer of `base` to the power of that of `exponent`; it wraps around.
///
/// - Precondition: No exponent is negative, as the power would be no integer.
public func pow<Scalar: IntegerTensorScalar>(_ base: Tensor<Scalar>, _ exponent: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  if Scalar.isSigned && !exponent.isEmpty {
    let least = exponent.min().item()
    require(
      least >= 0,
      "pow: exponent \(least) of integers; it must not be negative, or convert the base to Double")
  }
  return base.combined(.power, with: exponent, "pow")
}
