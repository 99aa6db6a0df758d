internal import BLAS

// Questions to each element, and what takes the place of elements that are no numbers.

/// Returns where elements are infinite, of either sign.
public func isInf<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Bool> {
  x.tested(.isInf)
}

/// Returns where elements are neither infinite nor NaN.
public func isFinite<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Bool> {
  x.tested(.isFinite)
}

/// Returns where elements have a minus sign, that of -0 and of NaN included.
public func signBit<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Bool> {
  x.tested(.signBit)
}

/// Returns each element rounded toward 0.
public func trunc<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.trunc).recorded(from: x, { $0 * 0 })
}

extension Tensor where Scalar: FloatingTensorScalar {
  fileprivate func tested(_ operation: UnaryOperation) -> Tensor<Bool> {
    let result = Tensor<Bool>(uninitialized: shape)
    Kernels.unary(operation, shape: shape, out: result.view, a: view)
    return result
  }
}

/// Returns `x` with numbers in the place of NaN and infinities.
///
/// - Parameters:
///   - x: Any shape.
///   - nan: Takes the place of NaN.
///   - positiveInfinity: Takes the place of infinity; the largest finite number by default.
///   - negativeInfinity: Takes the place of minus infinity; the least finite number by default.
/// - Returns: The shape of `x`.
public func nanToNum<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, nan: Scalar = 0, positiveInfinity: Scalar = .greatestFiniteMagnitude,
  negativeInfinity: Scalar = -.greatestFiniteMagnitude
) -> Tensor<Scalar> {
  x.replacing(with: nan, where: isNaN(x))
    .replacing(with: positiveInfinity, where: x .== .infinity)
    .replacing(with: negativeInfinity, where: x .== -.infinity)
}

/// Returns each element of `x` moved into the range from that of `low` to that of `high`; shapes broadcast.
///
/// NaN in any of the three gives NaN; where `low` is above `high`, the result is `high`.
public func clip<Scalar: RealTensorScalar>(
  _ x: Tensor<Scalar>, _ low: Tensor<Scalar>, _ high: Tensor<Scalar>
) -> Tensor<Scalar> {
  minimum(maximum(x, low), high)
}

/// Returns `a * b + c` for each triple of elements, in one pass where nothing is being differentiated.
///
/// Products are rounded once where the CPU has fused instructions; shapes broadcast.
public func mulAdd<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ c: Tensor<Scalar>
) -> Tensor<Scalar> {
  guard !a.isRecorded && !b.isRecorded && !c.isRecorded,
    let pair = Layout.broadcast(a.shape, b.shape), let shape = Layout.broadcast(pair, c.shape)
  else { return a * b + c }
  let result = Tensor<Scalar>(uninitialized: shape)
  Kernels.ternary(
    .multiplyAdd, shape: shape, out: result.view, a: a.view(over: shape, operation: "mulAdd"),
    b: b.view(over: shape, operation: "mulAdd"), c: c.view(over: shape, operation: "mulAdd"))
  return result
}

// MARK: Closeness

/// Returns where elements agree within `absolute` plus `relative` times the magnitude of `b`'s.
///
/// Infinities agree with themselves; NaN agrees with NaN only if `equalNaN`.
public func isClose<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, relative: Scalar = 1e-5, absolute: Scalar = 1e-8,
  equalNaN: Bool = false
) -> Tensor<Bool> {
  let distance = abs(a - b)
  let close = (distance .<= abs(b) * relative + absolute) .& isFinite(b) .| (a .== b)
  return equalNaN ? close .| (isNaN(a) .& isNaN(b)) : close
}

/// Returns whether all elements agree as `isClose` has it.
///
/// ```swift
/// allClose(matmul(inverse(a), a), .eye(3), absolute: 1e-6)
/// ```
public func allClose<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, relative: Scalar = 1e-5, absolute: Scalar = 1e-8,
  equalNaN: Bool = false
) -> Bool {
  isClose(a, b, relative: relative, absolute: absolute, equalNaN: equalNaN).all().item()
}
