public import Tensors
internal import _Differentiation

// Derivatives of functions with more arguments.

/// The derivative of `gelu`.
@derivative(of: gelu, wrt: x)
public func derivativeOfGELU<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, approximate: Bool = false
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { gelu($0, approximate: approximate) } }

/// The derivative of `softmax`.
@derivative(of: softmax, wrt: x)
public func derivativeOfSoftmax<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, axis: Int = -1)
  -> (
    value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
  )
{ derivative(x) { softmax($0, axis: axis) } }

/// The derivative of `logSoftmax`.
@derivative(of: logSoftmax, wrt: x)
public func derivativeOfLogSoftmax<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, axis: Int = -1
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { logSoftmax($0, axis: axis) } }

/// The derivative of `logSumExp`.
@derivative(of: logSumExp, wrt: x)
public func derivativeOfLogSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, axis: Int = -1, keepDims: Bool = false
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { logSumExp($0, axis: axis, keepDims: keepDims) } }

/// The derivative of `leakyReLU`.
@derivative(of: leakyReLU, wrt: x)
public func derivativeOfLeakyReLU<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, slope: Scalar = 0.01
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { leakyReLU($0, slope: slope) } }

/// The derivative of `elu`.
@derivative(of: elu, wrt: x)
public func derivativeOfELU<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, scale: Scalar = 1)
  -> (
    value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
  )
{ derivative(x) { elu($0, scale: scale) } }

/// The derivative of `clip`.
@derivative(of: clip, wrt: x)
public func derivativeOfClip<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ bounds: ClosedRange<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { clip($0, bounds) } }

/// The derivative of `pow` with a number as exponent.
@derivative(of: pow, wrt: base)
public func derivativeOfPow<Scalar: FloatingTensorScalar>(
  _ base: Tensor<Scalar>, _ exponent: Scalar
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(base) { pow($0, exponent) } }

/// The derivative of `pow`.
@derivative(of: pow)
public func derivativeOfPowOfTensors<Scalar: FloatingTensorScalar>(
  _ base: Tensor<Scalar>, _ exponent: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(base, exponent) { pow($0, $1) } }

/// The derivative of `maximum`.
@derivative(of: maximum)
public func derivativeOfMaximum<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(a, b) { maximum($0, $1) } }

/// The derivative of `minimum`.
@derivative(of: minimum)
public func derivativeOfMinimum<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(a, b) { minimum($0, $1) } }

/// The derivative of `matmul`.
@derivative(of: matmul)
public func derivativeOfMatmul<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(a, b) { matmul($0, $1) } }

/// The derivative of `dot`.
@derivative(of: dot)
public func derivativeOfDot<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(a, b) { dot($0, $1) } }

/// The derivative of `select`.
@derivative(of: select, wrt: (a, b))
public func derivativeOfSelect<Scalar: FloatingTensorScalar>(
  _ mask: Tensor<Bool>, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) { derivative(a, b) { select(mask, $0, $1) } }

/// The derivative of `conv2d`.
@derivative(of: conv2d, wrt: (x, weight))
public func derivativeOfConv2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil,
  stride: Size2D = 1, padding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1
) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
) {
  derivative(x, weight) {
    conv2d(
      $0, $1, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
