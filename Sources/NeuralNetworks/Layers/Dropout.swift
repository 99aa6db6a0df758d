internal import Gradients
public import Tensors

/// Sets elements to 0 at random while training, and makes the others larger so that the mean stays.
///
/// When evaluating it does nothing.
///
/// - SeeAlso: N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.
public struct Dropout: Layer {
  private let mode = TrainingMode()
  private let stream: RandomStream
  private let probability: Float

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - probability: Of an element to become 0; from 0 to below 1.
  ///   - seed: Fixes the numbers; as `seedParameters` says by default.
  /// - Precondition: The probability is in range.
  public init(_ probability: Double = 0.5, seed: UInt64? = nil) {
    require(
      (0..<1).contains(probability),
      "Dropout: a probability of \(probability); it must be from 0 to below 1")
    self.probability = Float(probability)
    stream = seed.map { RandomStream(seed: $0) } ?? RandomStream(Initializer.nextGenerator())
  }

  /// Returns the input with some elements set to 0, of its shape.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    guard mode.isTraining && probability > 0 else { return x }
    var random = stream.next()
    let kept = (random.uniform(shape: x.shape) as Tensor<Float>) .>= probability
    return x * (Tensor<Float>(kept) * (1 / (1 - probability)))
  }
}
