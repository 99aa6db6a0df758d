internal import Gradients
import Tensors

/// A value and what Swift needs to go back from it.
typealias Derivative1<Scalar: FloatingTensorScalar> = (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>
)

/// The same for two arguments.
typealias Derivative2<Scalar: FloatingTensorScalar> = (
  value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)
)

/// The derivative of an operation of one tensor, from the recording that `grad` uses.
func derivative<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
) -> (value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> Tensor<Scalar>) {
  let (value, pullback) = vjp(function)(x)
  return (value, { pullback($0.spread(over: value.shape)) })
}

/// The derivative of an operation of two tensors.
func derivative<Scalar: FloatingTensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  _ function: @escaping (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
) -> (value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (Tensor<Scalar>, Tensor<Scalar>)) {
  let (value, pullback) = vjp(function)(a, b)
  return (value, { pullback($0.spread(over: value.shape)) })
}

extension Tensor {
  /// A gradient of a value of `shape`; Swift's zero is a scalar.
  func spread(over shape: [Int]) -> Tensor { self.shape == shape ? self : broadcast(to: shape) }
}
