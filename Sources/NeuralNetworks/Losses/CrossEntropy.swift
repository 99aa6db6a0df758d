internal import BLAS
public import Tensors

/// How the losses of a batch become one number.
public enum LossReduction: Sendable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
  /// Not at all: one loss for each example, or each element.
  case none

  func callAsFunction<Scalar: FloatingTensorScalar>(_ losses: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .mean: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

/// Returns the cross-entropy between the softmax of logits and class labels.
///
/// ```swift
/// let loss = crossEntropy(model(x), labels)  // [n, classes] and [n] to a scalar.
/// ```
///
/// - Parameters:
///   - logits: Shape `[..., classes]`, not normalised.
///   - labels: Shape `[...]`; each in `0..<classes`, or `ignoring`.
///   - labelSmoothing: The part of each label that is spread evenly over all classes, from 0 to 1.
///   - ignoring: A label whose examples do not count, also not in the mean.
///   - reduction: What becomes of the examples' losses.
/// - Returns: A scalar, or the shape of `labels` without reduction.
/// - Precondition: The shapes agree and the labels are in range.
/// - SeeAlso: C. Szegedy et al., Rethinking the Inception architecture, 2016, section 7 (label smoothing).
@_specialize(where Scalar == Float, Label == Int32)
public func crossEntropy<Scalar: FloatingTensorScalar, Label: IntegerTensorScalar>(
  _ logits: Tensor<Scalar>, _ labels: Tensor<Label>, labelSmoothing: Double = 0,
  ignoring: Int = -100, reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  require(
    logits.rank > 0 && Array(logits.shape.dropLast()) == labels.shape,
    "crossEntropy: logits of shape \(logits.shape) and labels of shape \(labels.shape); "
      + "the logits need one more axis at the end, for the classes")
  require(
    labelSmoothing >= 0 && labelSmoothing <= 1,
    "crossEntropy: a label smoothing of \(labelSmoothing); it must be from 0 to 1")
  let classes = logits.shape[logits.rank - 1]
  require(classes > 0, "crossEntropy: logits of shape \(logits.shape) have no classes")
  let classLabels = labels.positions.map(Int64.init)
  var counted = 0
  for label in classLabels where label != Int64(ignoring) {
    counted += 1
    require(
      label >= 0 && label < classes,
      "crossEntropy: label \(label) is outside 0..<\(classes); check the labels or the last layer")
  }
  let example = CrossEntropyLabels(
    labels: classLabels, classes: classes, ignored: Int64(ignoring), smoothing: labelSmoothing)
  let losses = example.losses(logits.reshaped(to: [classLabels.count, classes]))
  switch reduction {
  case .mean: return losses.sum() / Scalar(counted)
  case .sum: return losses.sum()
  case .none: return losses.reshaped(to: labels.shape)
  }
}

/// Returns the cross-entropy between the softmax of logits and probabilities.
///
/// - Parameters:
///   - logits: Shape `[..., classes]`, not normalised.
///   - probabilities: The same shape; each line adds up to 1.
///   - reduction: What becomes of the examples' losses.
/// - Returns: A scalar, or the shape without the last axis if there is no reduction.
public func crossEntropy<Scalar: FloatingTensorScalar>(
  _ logits: Tensor<Scalar>, probabilities: Tensor<Scalar>, reduction: LossReduction = .mean
) -> Tensor<Scalar> {
  require(
    logits.shape == probabilities.shape && logits.rank > 0,
    "crossEntropy: logits of shape \(logits.shape) and probabilities of shape \(probabilities.shape); they must agree"
  )
  return reduction(-(logSoftmax(logits) * probabilities).sum(axis: -1))
}

private struct CrossEntropyLabels: Sendable {
  let labels: [Int64]
  let classes: Int
  let ignored: Int64
  let smoothing: Double

  /// Each row's loss, by one kernel forwards and one backwards.
  func losses<Scalar: FloatingTensorScalar>(_ logits: Tensor<Scalar>) -> Tensor<Scalar> {
    let dense = stopGradient(logits).contiguous()
    let losses = Tensor<Scalar>(uninitialized: [labels.count])
    let probabilities = Tensor<Scalar>(uninitialized: dense.shape)
    NetworkKernels.crossEntropy(
      Scalar.dataType.elementType, columns: classes, logits: dense.dense, labels: labels,
      ignored: ignored, smoothing: smoothing, losses: losses.dense,
      probabilities: probabilities.dense)
    return losses.recorded(
      from: logits,
      { gradient in
        if gradient.isRecorded || logits.isRecorded { return slowGradient(gradient, logits) }
        let out = Tensor<Scalar>(uninitialized: dense.shape)
        NetworkKernels.crossEntropyBackward(
          Scalar.dataType.elementType, columns: classes, probabilities: probabilities.dense,
          labels: labels, ignored: ignored, smoothing: smoothing,
          losses: gradient.contiguous().dense, out: out.dense)
        return out
      })
  }

  /// The same of operations that are differentiated in turn.
  private func slowGradient<Scalar: FloatingTensorScalar>(
    _ gradient: Tensor<Scalar>, _ logits: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    var target = Tensor<Scalar>.full(
      shape: logits.shape, Scalar(smoothing / Double(classes)))
    var counts = Tensor<Scalar>.ones(shape: [labels.count, 1])
    for (row, label) in labels.enumerated() {
      if label == ignored {
        counts[row] = Tensor(0)
      } else {
        target[scalar: row, Int(label)] += Scalar(1 - smoothing)
      }
    }
    return gradient.expandingDims(axis: 1) * counts * (softmax(logits) - target)
  }
}
