public import Tensors
internal import _Differentiation

// Derivatives of functions of one tensor; each is the one that `grad` has.

/// The derivative of `exp`.
@derivative(of: exp)
public func derivativeOfExp<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { exp($0) } }

/// The derivative of `expm1`.
@derivative(of: expm1)
public func derivativeOfExpm1<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { expm1($0) } }

/// The derivative of `log`.
@derivative(of: log)
public func derivativeOfLog<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { log($0) } }

/// The derivative of `log1p`.
@derivative(of: log1p)
public func derivativeOfLog1p<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { log1p($0) } }

/// The derivative of `sqrt`.
@derivative(of: sqrt)
public func derivativeOfSqrt<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { sqrt($0) } }

/// The derivative of `sin`.
@derivative(of: sin)
public func derivativeOfSin<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { sin($0) } }

/// The derivative of `cos`.
@derivative(of: cos)
public func derivativeOfCos<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { cos($0) } }

/// The derivative of `tan`.
@derivative(of: tan)
public func derivativeOfTan<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { tan($0) } }

/// The derivative of `asin`.
@derivative(of: asin)
public func derivativeOfAsin<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { asin($0) } }

/// The derivative of `acos`.
@derivative(of: acos)
public func derivativeOfAcos<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { acos($0) } }

/// The derivative of `atan`.
@derivative(of: atan)
public func derivativeOfAtan<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { atan($0) } }

/// The derivative of `sinh`.
@derivative(of: sinh)
public func derivativeOfSinh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { sinh($0) } }

/// The derivative of `cosh`.
@derivative(of: cosh)
public func derivativeOfCosh<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { cosh($0) } }

/// The derivative of `tanh`.
@derivative(of: tanh)
public func derivativeOfTanh<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { tanh($0) } }

/// The derivative of `sigmoid`.
@derivative(of: sigmoid)
public func derivativeOfSigmoid<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { sigmoid($0) } }

/// The derivative of `square`.
@derivative(of: square)
public func derivativeOfSquare<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { square($0) } }

/// The derivative of `relu`.
@derivative(of: relu)
public func derivativeOfRelu<Scalar: FloatingTensorScalar>(_ x: __owned Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { relu($0) } }

/// The derivative of `abs`.
@derivative(of: abs)
public func derivativeOfAbs<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { abs($0) } }

/// The derivative of `erf`.
@derivative(of: erf)
public func derivativeOfErf<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { erf($0) } }

/// The derivative of `reciprocal`.
@derivative(of: reciprocal)
public func derivativeOfReciprocal<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { reciprocal($0) } }

/// The derivative of `silu`.
@derivative(of: silu)
public func derivativeOfSilu<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { silu($0) } }

/// The derivative of `softplus`.
@derivative(of: softplus)
public func derivativeOfSoftplus<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
) { derivative(x) { softplus($0) } }
