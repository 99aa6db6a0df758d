internal import BLAS

/// Returns e raised to each element over the sum of these along an axis.
///
/// ```swift
/// let p = softmax(logits, axis: 1)  // Rows sum to 1.
/// ```
///
/// - Precondition: The axis exists and is not empty.
/// - Returns: The shape of `x`; a NaN or plus infinity makes its whole line NaN.
public func softmax<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, axis: Int = -1)
  -> Tensor<Scalar>
{
  x.alongRows(.softmax, "softmax", axis: axis).recorded(
    from: x,
    savingResult: { gradient, y in
      if !gradient.isRecorded && !y.isRecorded && y.isContiguous && axis == -1 {
        return gradient.softmaxBackward(y)
      }
      let weighted = gradient * y
      return weighted - y * weighted.sum(axis: axis, keepDims: true)
    })
}

/// Returns the logarithm of `softmax`, accurate where that is tiny.
///
/// - Precondition: The axis exists and is not empty.
/// - Returns: The shape of `x`.
public func logSoftmax<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, axis: Int = -1)
  -> Tensor<Scalar>
{
  x.alongRows(.logSoftmax, "logSoftmax", axis: axis).recorded(
    from: x,
    savingResult: { gradient, y in
      gradient - exp(y) * gradient.sum(axis: axis, keepDims: true)
    })
}

/// Returns the logarithm of the sum of e raised to each element along an axis, without overflow.
///
/// - Precondition: The axis exists.
/// - Returns: The shape of `x` without the axis, or with length 1 there if `keepDims`; minus infinity where the axis is
///   empty, as for a sum of 0.
public func logSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, axis: Int = -1, keepDims: Bool = false
) -> Tensor<Scalar> {
  let result = x.alongRows(.logSumExp, "logSumExp", axis: axis)
    .recorded(from: x, { $0 * softmax(x, axis: axis) })
  return keepDims ? result : result.squeezed(axis: axis)
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// The gradient of a softmax along the last axis from this gradient of its contiguous result `y`, by one kernel.
  fileprivate func softmaxBackward(_ y: Tensor) -> Tensor {
    let (dense, out) = (contiguous(), Tensor(uninitialized: shape))
    let columns = shape[rank - 1]
    NetworkKernels.softmaxBackward(
      Scalar.dataType.elementType, rows: count / Swift.max(columns, 1), columns: columns,
      result: DenseView(y.storage, offset: y.layout.offset),
      gradient: DenseView(dense.storage, offset: dense.layout.offset), out: DenseView(out.storage))
    return out
  }

  /// Works on each line along an axis: moves the axis last, runs the kernel and moves it back.
  fileprivate func alongRows(_ operation: RowOperation, _ name: String, axis: Int) -> Tensor {
    let position = Layout.axis(axis, rank: rank, operation: name)
    let length = shape[position]
    if OperationTrace.isTracing {
      return OperationTrace.noting(.rows(operation, axis: position), [self]) {
        alongRows(operation, name, axis: axis)
      }
    }
    if Scalar.dataType.isHalf {
      return Tensor(Tensor<Float>(detached).alongRows(operation, name, axis: axis))
    }
    let source = detached.swappingAxes(position, rank - 1).contiguous()
    var resultShape = source.shape
    if operation == .logSumExp { resultShape[rank - 1] = 1 }
    if length == 0 {
      // Of nothing: an empty result, or the logarithms of sums that are 0.
      return Tensor.full(shape: resultShape, -.infinity).swappingAxes(position, rank - 1)
    }
    let result = Tensor(uninitialized: resultShape)
    if count > 0 {
      Kernels.rows(
        operation, Scalar.dataType.elementType, rows: count / length, count: length,
        source: source.storage, offset: source.layout.offset, out: result.storage)
    }
    return result.swappingAxes(position, rank - 1)
  }
}
