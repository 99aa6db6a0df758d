public import Tensors
public import _Differentiation

// Swift's own differentiation for tensors. The module is not part of what `import Martlet` brings, as the overloads that it
// adds to common operations cost every cell compile time.

extension Tensor: AdditiveArithmetic where Scalar: FloatingTensorScalar {
  /// 0, which broadcasts to any shape.
  public static var zero: Tensor { Tensor(0) }

  /// Adds gradients: unlike `+=`, which keeps the shape of `a`, as the sums that Swift makes begin with `zero`.
  @_implements(AdditiveArithmetic,+=(_:_:))
  public static func addGradient(_ a: inout Tensor, _ b: Tensor) { a = a + b }

  /// Subtracts gradients, whichever has no shape yet.
  @_implements(AdditiveArithmetic,-=(_:_:))
  public static func subtractGradient(_ a: inout Tensor, _ b: Tensor) { a = a - b }
}

/// Tensors are differentiated by Swift's compiler, too; derivatives are those of `grad`.
///
/// ```swift
/// import Martlet
/// import TensorDifferentiation
/// import _Differentiation
///
/// struct Line: Differentiable {
///   var slope: Tensor<Float>
///   var offset: Tensor<Float>
///   @differentiable(reverse)
///   func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x * slope + offset }
/// }
/// let (slope, offset) = (Tensor<Float>([1, 2]), Tensor<Float>([0, 1]))
/// let gradient = gradient(at: Line(slope: slope, offset: offset)) { $0(Tensor([3, 4])).sum() }
/// gradient.slope  // [3, 4]
/// ```
///
/// The gradient of a tensor that a function does not depend on is `zero`, a scalar.
extension Tensor: Differentiable where Scalar: FloatingTensorScalar {
  /// Gradients are tensors of the same elements.
  public typealias TangentVector = Tensor

  /// Adds a gradient, or any step.
  public mutating func move(by offset: Tensor) { self = self + offset }
}

/// Returns the gradient of a function that gives a tensor with one element.
///
/// - Precondition: The function's result has one element.
public func gradient<T: Differentiable, Scalar: FloatingTensorScalar>(
  at x: T, of function: @differentiable(reverse) (T) -> Tensor<Scalar>
) -> T.TangentVector {
  valueWithGradient(at: x, of: function).gradient
}

/// Returns the value and the gradient of a function that gives a tensor with one element.
///
/// - Precondition: The function's result has one element.
public func valueWithGradient<T: Differentiable, Scalar: FloatingTensorScalar>(
  at x: T, of function: @differentiable(reverse) (T) -> Tensor<Scalar>
) -> (value: Tensor<Scalar>, gradient: T.TangentVector) {
  let (value, pullback) = valueWithPullback(at: x, of: function)
  checkScalar(value)
  return (value, pullback(.ones(shape: value.shape)))
}

/// Returns the gradients of a function of two arguments that gives a tensor with one element.
///
/// - Precondition: The function's result has one element.
public func gradient<T: Differentiable, U: Differentiable, Scalar: FloatingTensorScalar>(
  at x: T, _ y: U, of function: @differentiable(reverse) (T, U) -> Tensor<Scalar>
) -> (T.TangentVector, U.TangentVector) {
  let (value, pullback) = valueWithPullback(at: x, y, of: function)
  checkScalar(value)
  return pullback(.ones(shape: value.shape))
}

/// Returns a function of tensors, of whatever it is made, as one that Swift differentiates.
///
/// ```swift
/// let logDeterminant = differentiable { (x: Tensor<Double>) in log(determinant(x)) }
/// gradient(at: x) { (logDeterminant($0) * $0).sum() }
/// ```
public func differentiable<Scalar: FloatingTensorScalar>(
  _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
) -> @differentiable(reverse) (Tensor<Scalar>) -> Tensor<Scalar> {
  let wrapped = Wrapped(function: function)
  return { x in wrapped.apply(x) }
}

/// A function with the derivative that `vjp` finds.
private struct Wrapped<Scalar: FloatingTensorScalar> {
  let function: (Tensor<Scalar>) -> Tensor<Scalar>

  func apply(_ x: Tensor<Scalar>) -> Tensor<Scalar> { function(x) }

  @derivative(of: apply, wrt: x)
  func derivativeOfApply(_ x: Tensor<Scalar>) -> (
    value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
  ) { derivative(x, function) }
}

private func checkScalar<Scalar: FloatingTensorScalar>(_ value: Tensor<Scalar>) {
  require(
    value.count == 1,
    "gradient: the function's value has shape \(value.shape); a gradient needs a scalar")
}
