public import Tensors

/// A fully connected layer: `x` times the transposed weight, plus a bias.
///
/// ```swift
/// let layer = Linear(64, 128)
/// layer(x)  // [n, 64] to [n, 128]
/// ```
///
/// Weight and bias start uniformly between ±1/√in, as PyTorch's.
public struct Linear: Layer {
  /// Shape `[out, in]`.
  public let weight: Parameter<Float>
  /// Shape `[out]`.
  public let bias: Parameter<Float>?
  private let activation: LinearActivation

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Length of the input's last axis.
  ///   - outputs: Length of the output's last axis.
  ///   - bias: Whether there is a bias.
  ///   - activation: What follows in the same pass.
  ///   - initializer: How the weight starts; as PyTorch's by default.
  /// - Precondition: Both lengths are positive.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, activation: LinearActivation = .none,
    initializer: Initializer = .torchLinear
  ) {
    require(
      inputs > 0 && outputs > 0,
      "Linear: \(inputs) inputs and \(outputs) outputs; give positive numbers")
    weight = Parameter(initializer(shape: [outputs, inputs]))
    self.bias =
      bias ? Parameter(Initializer.uniformFan(inputs)(shape: [outputs])) : nil
    self.activation = activation
  }

  /// Returns the output, shape `[..., out]`, for an input of shape `[..., in]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    linear(x, weight.value, bias: bias?.value, activation: activation)
  }
}
