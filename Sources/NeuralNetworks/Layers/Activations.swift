public import Tensors

/// `relu` as a layer.
public struct ReLU: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns each element, or 0 where it is negative.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { relu(x) }
}

/// `tanh` as a layer.
public struct Tanh: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns the hyperbolic tangents.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { tanh(x) }
}

/// `sigmoid` as a layer.
public struct Sigmoid: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns the logistic function of each element.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { sigmoid(x) }
}

/// `gelu` as a layer.
public struct GELU: Layer {
  private let isApproximate: Bool
  /// Creates the layer; `approximate` uses tanh rather than the error function.
  public init(approximate: Bool = false) { isApproximate = approximate }
  /// Returns each element times the normal distribution's function of it.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    gelu(x, approximate: isApproximate)
  }
}

/// `silu` as a layer.
public struct SiLU: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns each element times its logistic function.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { silu(x) }
}

/// `leakyReLU` as a layer.
public struct LeakyReLU: Layer {
  private let slope: Float
  /// Creates the layer with a slope for negative elements.
  public init(slope: Float = 0.01) { self.slope = slope }
  /// Returns each element, times the slope where it is negative.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { leakyReLU(x, slope: slope) }
}

/// `elu` as a layer.
public struct ELU: Layer {
  private let scale: Float
  /// Creates the layer; negative elements do not go below `-scale`.
  public init(scale: Float = 1) { self.scale = scale }
  /// Returns each element `x`, or `scale (eˣ - 1)` where it is negative.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { elu(x, scale: scale) }
}

/// `softplus` as a layer.
public struct Softplus: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns log(1 + eˣ) of each element `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { softplus(x) }
}

/// `softmax` as a layer.
public struct Softmax: Layer {
  private let axis: Int
  /// Creates the layer for lines along an axis.
  public init(axis: Int = -1) { self.axis = axis }
  /// Returns probabilities that add up to 1 along the axis.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { softmax(x, axis: axis) }
}
