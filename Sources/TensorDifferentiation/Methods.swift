public import Tensors
public import _Differentiation

// Derivatives of reductions and of changes of shape.

extension Tensor where Scalar: FloatingTensorScalar {
  /// The derivative of `sum(keepDims:)`.
  @derivative(of: sum(keepDims:))
  public func derivativeOfSum(keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.sum(keepDims: keepDims) } }

  /// The derivative of `sum(axis:keepDims:)`.
  @derivative(of: sum(axis:keepDims:))
  public func derivativeOfSum(axis: Int, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.sum(axis: axis, keepDims: keepDims) } }

  /// The derivative of `sum(axes:keepDims:)`.
  @derivative(of: sum(axes:keepDims:))
  public func derivativeOfSum(axes: [Int], keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.sum(axes: axes, keepDims: keepDims) } }

  /// The derivative of `mean(keepDims:)`.
  @derivative(of: mean(keepDims:))
  public func derivativeOfMean(keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.mean(keepDims: keepDims) } }

  /// The derivative of `mean(axis:keepDims:)`.
  @derivative(of: mean(axis:keepDims:))
  public func derivativeOfMean(axis: Int, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.mean(axis: axis, keepDims: keepDims) } }

  /// The derivative of `mean(axes:keepDims:)`.
  @derivative(of: mean(axes:keepDims:))
  public func derivativeOfMean(axes: [Int], keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.mean(axes: axes, keepDims: keepDims) } }

  /// The derivative of `max(keepDims:)`.
  @derivative(of: max(keepDims:))
  public func derivativeOfMax(keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.max(keepDims: keepDims) } }

  /// The derivative of `max(axis:keepDims:)`.
  @derivative(of: max(axis:keepDims:))
  public func derivativeOfMax(axis: Int, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.max(axis: axis, keepDims: keepDims) } }

  /// The derivative of `max(axes:keepDims:)`.
  @derivative(of: max(axes:keepDims:))
  public func derivativeOfMax(axes: [Int], keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.max(axes: axes, keepDims: keepDims) } }

  /// The derivative of `min(keepDims:)`.
  @derivative(of: min(keepDims:))
  public func derivativeOfMin(keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.min(keepDims: keepDims) } }

  /// The derivative of `min(axis:keepDims:)`.
  @derivative(of: min(axis:keepDims:))
  public func derivativeOfMin(axis: Int, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.min(axis: axis, keepDims: keepDims) } }

  /// The derivative of `min(axes:keepDims:)`.
  @derivative(of: min(axes:keepDims:))
  public func derivativeOfMin(axes: [Int], keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.min(axes: axes, keepDims: keepDims) } }

  /// The derivative of `variance(correction:keepDims:)`.
  @derivative(of: variance(correction:keepDims:))
  public func derivativeOfVariance(correction: Int = 0, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.variance(correction: correction, keepDims: keepDims) } }

  /// The derivative of `variance(axis:correction:keepDims:)`.
  @derivative(of: variance(axis:correction:keepDims:))
  public func derivativeOfVariance(axis: Int, correction: Int = 0, keepDims: Bool = false) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.variance(axis: axis, correction: correction, keepDims: keepDims) } }

  /// The derivative of `reshaped(to:)`.
  @derivative(of: reshaped(to:))
  public func derivativeOfReshaped(to shape: [Int]) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.reshaped(to: shape) } }

  /// The derivative of `flattened()`.
  @derivative(of: flattened())
  public func derivativeOfFlattened() -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.flattened() } }

  /// The derivative of `transposed()`.
  @derivative(of: transposed())
  public func derivativeOfTransposed() -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.transposed() } }

  /// The derivative of `permuted(axes:)`.
  @derivative(of: permuted(axes:))
  public func derivativeOfPermuted(axes: [Int]) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.permuted(axes: axes) } }

  /// The derivative of `swappingAxes(_:_:)`.
  @derivative(of: swappingAxes(_:_:))
  public func derivativeOfSwappingAxes(_ first: Int, _ second: Int) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.swappingAxes(first, second) } }

  /// The derivative of `expandingDims(axis:)`.
  @derivative(of: expandingDims(axis:))
  public func derivativeOfExpandingDims(axis: Int) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.expandingDims(axis: axis) } }

  /// The derivative of `squeezed(axis:)`.
  @derivative(of: squeezed(axis:))
  public func derivativeOfSqueezed(axis: Int? = nil) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.squeezed(axis: axis) } }

  /// The derivative of `broadcast(to:)`.
  @derivative(of: broadcast(to:))
  public func derivativeOfBroadcast(to shape: [Int]) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(self) { $0.broadcast(to: shape) } }
}

extension Tensor
where Scalar: FloatingTensorScalar & Differentiable, Scalar.TangentVector == Scalar {
  /// The derivative of `item`.
  @derivative(of: item)
  public func derivativeOfItem() -> (value: Scalar, pullback: (Scalar) -> Tensor) {
    let shape = shape
    return (item(), { .full(shape: shape, $0) })
  }
}
