internal import BLAS
public import Tensors

/// What `linear` does after its bias, in the same pass over memory.
public enum LinearActivation: Sendable {
  /// Nothing.
  case none
  /// `relu`.
  case relu

  fileprivate var fused: FusedActivation { self == .relu ? .relu : .none }
}

/// Returns `x` times the transposed `weight`, plus `bias`, and then perhaps `relu`.
///
/// ```swift
/// let h = linear(x, weight, bias: b, activation: .relu)  // [n, in], [out, in], [out] to [n, out]
/// ```
///
/// - Parameters:
///   - x: Shape `[..., in]`.
///   - weight: Shape `[out, in]`, as PyTorch has it.
///   - bias: Shape `[out]`, or none.
///   - activation: What follows.
/// - Returns: Shape `[..., out]`.
/// - Precondition: The lengths `in` and `out` agree.
@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
public func linear<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil,
  activation: LinearActivation = .none
) -> Tensor<Scalar> {
  let (inputs, outputs) = (weight.shape.last ?? 0, weight.shape.first ?? 0)
  require(
    x.rank > 0 && weight.rank == 2 && x.shape.last == inputs,
    "linear: shapes \(x.shape) and \(weight.shape) do not chain; the last axis of x must equal that of the weight"
  )
  require(
    bias.map { $0.shape == [outputs] } ?? true,
    "linear: a bias of shape \(bias?.shape ?? []) for a weight of shape \(weight.shape); it must be [\(outputs)]"
  )
  if x.rank != 2 {
    let rows = x.reshaped(to: [x.count / Swift.max(inputs, 1), inputs])
    return linear(rows, weight, bias: bias, activation: activation)
      .reshaped(to: Array(x.shape.dropLast()) + [outputs])
  }
  let y = matmul(stopGradient(x), stopGradient(weight).transposed())
  NetworkKernels.biasActivation(
    Scalar.dataType.elementType, rows: y.shape[0], columns: outputs, out: DenseView(y.storage),
    bias: bias.map { $0.contiguous().dense }, activation: activation.fused)
  if OperationTrace.isActive {
    OperationTrace.note(
      .linear(hasRelu: activation == .relu), [x, weight] + (bias.map { [$0] } ?? []), y)
  }
  if x.node == nil && weight.node == nil && bias?.node == nil { return y }
  return recordedLinear(y, x, weight, bias, activation)
}

/// Records `y` with the fused way back.
private func recordedLinear<Scalar: FloatingTensorScalar>(
  _ y: Tensor<Scalar>, _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, _ bias: Tensor<Scalar>?,
  _ activation: LinearActivation
) -> Tensor<Scalar> {
  let (xOperand, weightOperand) = (x.recordedOperand, weight.recordedOperand)
  let result = activation == .relu ? y : nil
  return y.recorded(from: [xOperand, weightOperand, bias?.recordedOperand]) { gradient in
    let isTwice = gradient.isRecorded || x.isRecorded || weight.isRecorded
    var (inner, biasGradient): (Tensor<Scalar>, Tensor<Scalar>)
    if isTwice {
      inner = result.map { gradient * Tensor<Scalar>($0 .> 0) } ?? gradient
      biasGradient = bias == nil ? gradient : inner.sum(axis: 0)
    } else {
      (inner, biasGradient) = linearBackward(gradient, result, hasBias: bias != nil)
    }
    return [
      xOperand == nil ? gradient : matmul(inner, weight),
      weightOperand == nil ? gradient : matmul(inner.transposed(), x), biasGradient,
    ]
  }
}

/// The gradient before bias and activation, and that of the bias, by one kernel.
private func linearBackward<Scalar: FloatingTensorScalar>(
  _ gradient: Tensor<Scalar>, _ result: Tensor<Scalar>?, hasBias: Bool
) -> (inner: Tensor<Scalar>, bias: Tensor<Scalar>) {
  if result == nil && !hasBias { return (gradient, gradient) }
  let dense = gradient.contiguous()
  let (rows, columns) = (dense.shape[0], dense.shape[1])
  let inner = result == nil ? dense : Tensor<Scalar>(uninitialized: dense.shape)
  let bias = hasBias ? Tensor<Scalar>(uninitialized: [columns]) : gradient
  NetworkKernels.biasActivationBackward(
    Scalar.dataType.elementType, rows: rows, columns: columns, result: (result ?? dense).dense,
    gradient: dense.dense, activation: result == nil ? .none : .relu, out: inner.dense,
    bias: hasBias ? bias.dense : nil)
  return (inner, bias)
}

extension Tensor {
  /// What a fused kernel sees of a contiguous tensor.
  var dense: DenseView { DenseView(storage, offset: layout.offset) }
}
