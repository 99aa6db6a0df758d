public import Tensors

/// Normalises each channel over the batch while training, and by running averages when evaluating.
///
/// ```swift
/// let layer = BatchNorm(32)
/// layer(x)  // [n, 32] or [n, 32, height, width] to the same shape.
/// ```
///
/// - SeeAlso: Ioffe and Szegedy, Batch normalization, 2015.
public struct BatchNorm: Layer {
  /// Shape `[channels]`; ones at first.
  public let weight: Parameter<Float>
  /// Shape `[channels]`; zeros at first.
  public let bias: Parameter<Float>
  /// The running mean of the batches' means.
  public let runningMean: Buffer<Float>
  /// The running mean of the batches' variances, which are not biased.
  public let runningVariance: Buffer<Float>
  private let mode = TrainingMode()
  private let epsilon: Float
  private let momentum: Float

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - channels: Length of axis 1.
  ///   - epsilon: Added to the variance.
  ///   - momentum: The part of each batch in the running averages.
  public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
    require(channels > 0, "BatchNorm: \(channels) channels; give a positive number")
    weight = Parameter(.ones(shape: [channels]))
    bias = Parameter(.zeros(shape: [channels]))
    runningMean = Buffer(.zeros(shape: [channels]))
    runningVariance = Buffer(.ones(shape: [channels]))
    (self.epsilon, self.momentum) = (Float(epsilon), Float(momentum))
  }

  /// Returns the normalised input, shape `[n, channels, ...]`.
  ///
  /// - Precondition: While training there is more than one value for each channel.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let channels = weight.shape[0]
    require(
      x.rank >= 2 && x.shape[1] == channels,
      "BatchNorm: shape \(x.shape); axis 1 must have \(channels) channels")
    let perChannel = [channels] + [Int](repeating: 1, count: x.rank - 2)
    var (mean, variance) = (runningMean.value, runningVariance.value)
    if mode.isTraining {
      let count = x.count / channels
      require(
        count > 1,
        "BatchNorm: shape \(x.shape) has \(count) value for each channel; training needs more, or call evaluate()"
      )
      let axes = [0] + Array(2..<x.rank)
      (mean, variance) = (x.mean(axes: axes), x.variance(axes: axes))
      let unbiased = stopGradient(variance) * (Float(count) / Float(count - 1))
      runningMean.value += (stopGradient(mean) - runningMean.value) * momentum
      runningVariance.value += (unbiased - runningVariance.value) * momentum
    }
    let scale = weight.value / sqrt(variance + epsilon)
    return (x - mean.reshaped(to: perChannel)) * scale.reshaped(to: perChannel)
      + bias.value.reshaped(to: perChannel)
  }
}
