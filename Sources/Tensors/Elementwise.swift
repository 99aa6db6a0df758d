package import BLAS

// Everything elementwise goes through these two functions.

extension Tensor {
  /// Applies a kernel of one operand.
  package func mapped(_ operation: UnaryOperation) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Kernels.unary(operation, shape: shape, out: result.view, a: view)
    if OperationTrace.isActive { OperationTrace.note(.unary(operation), [self], result) }
    return result
  }

  /// Applies a kernel of two operands, broadcasting them.
  package func combined<Result: TensorScalar>(
    _ operation: BinaryOperation, with other: Tensor, _ name: @autoclosure () -> String,
    as type: Result.Type = Scalar.self
  ) -> Tensor<Result> {
    guard let shape = Layout.broadcast(self.shape, other.shape) else {
      fail(
        "\(name()): shapes \(self.shape) and \(other.shape) do not broadcast; "
          + "each axis, counted from the last, must be equal or 1")
    }
    let result = Tensor<Result>(uninitialized: shape)
    Kernels.binary(
      operation, shape: shape, out: result.view, a: view(over: shape, operation: name()),
      b: other.view(over: shape, operation: name()))
    if OperationTrace.isActive { OperationTrace.note(.binary(operation), [self, other], result) }
    return result
  }

  /// Applies a kernel of two operands in place.
  ///
  /// `recording` is the same operation as one that is recorded, for operands that are being differentiated.
  package mutating func combine(
    _ operation: BinaryOperation, with other: Tensor, _ name: @autoclosure () -> String,
    recording: (Tensor, Tensor) -> Tensor
  ) {
    guard other.layout.strides(broadcastTo: shape) != nil else {
      fail(
        "\(name()): shape \(other.shape) does not broadcast to \(shape), which must stay as it is; "
          + "each axis, counted from the last, must be equal or 1")
    }
    if node != nil || other.node != nil {
      if isRecorded || other.isRecorded {
        self = recording(self, other)
        return
      }
      node = nil
    }
    if OperationTrace.isActive {
      self = combined(operation, with: other, name())
      return
    }
    makeWritable(for: other)
    Kernels.binary(
      operation, shape: shape, out: view, a: view,
      b: other.view(over: shape, operation: name()))
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// The part of a gradient that goes to an operand: 1 where it was chosen, half at a tie.
  func share(of chosen: Tensor<Bool>, tie: Tensor<Bool>) -> Tensor {
    let half = Tensor<Double>(tie) * 0.5 + Tensor<Double>(chosen)
    return Tensor(half)
  }
}

/// Returns e raised to each element.
public func exp<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.exp, x) }
  return x.mapped(.exp).recorded(from: x, savingResult: { $0 * $1 })
}

/// Returns e raised to each element, less 1, accurate near 0.
public func expm1<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.expm1, x) }
  return x.mapped(.expm1).recorded(from: x, savingResult: { $0 * ($1 + 1) })
}

/// Returns the natural logarithm of each element; NaN below 0, minus infinity at 0.
public func log<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.log, x) }
  return x.mapped(.log).recorded(from: x, { $0 / x })
}

/// Returns the natural logarithm of 1 plus each element, accurate near 0.
public func log1p<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.log1p).recorded(from: x, { $0 / (x + 1) })
}

/// Returns the square root of each element; NaN below 0.
public func sqrt<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.sqrt, x) }
  return x.mapped(.sqrt).recorded(from: x, savingResult: { $0 / ($1 * 2) })
}

/// Returns the sine of each element, in radians.
public func sin<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.sin, x) }
  return x.mapped(.sin).recorded(from: x, { $0 * cos(x) })
}

/// Returns the cosine of each element, in radians.
public func cos<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.cos, x) }
  return x.mapped(.cos).recorded(from: x, { -$0 * sin(x) })
}

/// Returns the hyperbolic tangent of each element.
public func tanh<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.tanh, x) }
  return x.mapped(.tanh).recorded(from: x, savingResult: { $0 * (1 - square($1)) })
}

/// Returns the logistic function 1 / (1 + e^-x) of each element.
public func sigmoid<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.sigmoid, x) }
  return x.mapped(.sigmoid).recorded(from: x, savingResult: { $0 * ($1 * (1 - $1)) })
}

/// Returns the largest whole number not above each element; no gradient flows through.
public func floor<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.floor)
}

/// Returns the smallest whole number not below each element; no gradient flows through.
public func ceil<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.ceil)
}

/// Returns the whole number nearest to each element; halves go to the even one; no gradient flows through.
public func round<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.round)
}

/// Returns where elements are NaN.
public func isNaN<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Bool> {
  let result = Tensor<Bool>(uninitialized: x.shape)
  Kernels.unary(.isNaN, shape: x.shape, out: result.view, a: x.view)
  if OperationTrace.isActive { OperationTrace.note(.unary(.isNaN), [x], result) }
  return result
}

/// Returns the magnitude of each element; the gradient at 0 is 0.
public func abs<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Scalar.dataType.elementType.isUnsigned
    ? x : x.mapped(.abs).recorded(from: x, { $0 * sign(x) })
}

/// Returns -1, 0 or 1 for each element; NaN for NaN; no gradient flows through.
public func sign<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.sign)
}

/// Returns the square of each element.
public func square<Scalar: NumericTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.square, x) }
  return x.mapped(.square).recorded(from: x, { $0 * (x.adjoint * 2) })
}

/// Returns each element, or 0 where it is negative; NaN stays; the gradient at 0 is 0.
public func relu<Scalar: RealTensorScalar>(_ x: __owned Tensor<Scalar>) -> Tensor<Scalar> {
  guard x.node != nil else { return .mapping(.relu, x) }
  return x.mapped(.relu).recorded(from: x, savingResult: { $0 * Tensor($1 .> 0) })
}

/// Returns the larger element of each pair; NaN if either is; equal elements share the gradient.
public func maximum<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.maximum, with: b, "maximum").recorded(
    from: a, b, { $0 * a.share(of: a .> b, tie: a .== b) },
    { $0 * a.share(of: a .< b, tie: a .== b) })
}

/// Returns each element, or `b` where that is larger.
public func maximum<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Scalar)
  -> Tensor<Scalar>
{
  maximum(a, Tensor(b))
}

/// Returns the smaller element of each pair; NaN if either is; equal elements share the gradient.
public func minimum<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  a.combined(.minimum, with: b, "minimum").recorded(
    from: a, b, { $0 * a.share(of: a .< b, tie: a .== b) },
    { $0 * a.share(of: a .> b, tie: a .== b) })
}

/// Returns each element, or `b` where that is smaller.
public func minimum<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Scalar)
  -> Tensor<Scalar>
{
  minimum(a, Tensor(b))
}

/// Returns each element moved into `bounds`; NaN stays.
///
/// ```swift
/// clip(Tensor<Float>([-1, 0.5, 2]), 0...1)  // [0, 0.5, 1]
/// ```
///
/// The gradient flows through where `x` lies inside the bounds or on them.
public func clip<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>, _ bounds: ClosedRange<Scalar>)
  -> Tensor<Scalar>
{
  x.combined(.maximum, with: Tensor(bounds.lowerBound), "clip", as: Scalar.self)
    .combined(.minimum, with: Tensor(bounds.upperBound), "clip")
    .recorded(
      from: x, { $0 * Tensor((x .>= bounds.lowerBound) .& (x .<= bounds.upperBound)) })
}

/// Returns each element of `base` to the power of the element of `exponent`.
public func pow<Scalar: FloatingTensorScalar>(_ base: Tensor<Scalar>, _ exponent: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  base.combined(.power, with: exponent, "pow").recorded(
    from: base, exponent,
    { gradient in
      // 0 to the power 0 is constant in its base, where the formula says 0 times infinity.
      let slope = exponent * pow(base, exponent - 1)
      return gradient * select((base .== 0) .& (exponent .== 0), Tensor(0), slope)
    },
    { gradient in
      let slope = pow(base, exponent) * log(base)
      return gradient * select((base .== 0) .& (exponent .>= 0), Tensor(0), slope)
    })
}

/// Returns each element of `base` to the power `exponent`.
public func pow<Scalar: FloatingTensorScalar>(_ base: Tensor<Scalar>, _ exponent: Scalar)
  -> Tensor<Scalar>
{
  if exponent == 2 { return square(base) }
  return base.combined(.power, with: Tensor(exponent), "pow").recorded(
    from: base, { exponent == 0 ? $0 * 0 : $0 * (pow(base, exponent - 1) * exponent) })
}

/// Returns `a` where `mask` is true and `b` elsewhere, as NumPy's `where`.
///
/// ```swift
/// select(x .> 0, x, x * 0.01)
/// ```
///
/// - Parameters:
///   - mask: Any shape; the three broadcast.
///   - a: Elements where the mask is true.
///   - b: Elements where it is false.
/// - Returns: The shape all three broadcast to.
public func select<Scalar: TensorScalar>(
  _ mask: Tensor<Bool>, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  guard let pair = Layout.broadcast(a.shape, b.shape),
    let shape = Layout.broadcast(pair, mask.shape)
  else {
    fail(
      "select: shapes \(mask.shape), \(a.shape) and \(b.shape) do not broadcast; "
        + "each axis, counted from the last, must be equal or 1")
  }
  let result = Tensor<Scalar>(uninitialized: shape)
  Kernels.select(
    shape: shape, out: result.view, mask: mask.view(over: shape, operation: "select"),
    a: a.view(over: shape, operation: "select"), b: b.view(over: shape, operation: "select"))
  if OperationTrace.isActive { OperationTrace.note(.select, [mask, a, b], result) }
  return result.recorded(
    from: a, b, { select(mask, $0, .cleared(shape: [])) }, { select(mask, .cleared(shape: []), $0) }
  )
}

extension Tensor {
  /// Returns the tensor with `value` where `mask` is true.
  ///
  /// ```swift
  /// x.replacing(with: 0, where: isNaN(x))
  /// ```
  public func replacing(with value: Scalar, where mask: Tensor<Bool>) -> Tensor {
    select(mask, Tensor(value), self)
  }
}
