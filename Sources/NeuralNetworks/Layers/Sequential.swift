public import Tensors

/// Layers one after the other.
///
/// ```swift
/// let model = Sequential {
///   Linear(64, 128)
///   ReLU()
///   Linear(128, 10)
/// }
/// ```
///
/// Its parameters have names like `0.weight`, as in PyTorch.
public struct Sequential: Layer {
  /// The layers in order.
  public let layers: [any Layer]

  /// Creates a sequence from an array of layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Creates a sequence from layers that stand below each other.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// Returns what the last layer makes of the input.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    layers.reduce(x) { $1($0) }
  }
}

/// Makes an array of the layers in a block, where `if` and `for` may stand as well.
@resultBuilder
public enum LayerBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// Several blocks.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap(\.self) }
  /// An `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// An `if`.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// An `else`.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  /// A `for`.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap(\.self) }
}

/// A layer made of any function.
public struct Lambda: Layer {
  private let function: @Sendable (Tensor<Float>) -> Tensor<Float>

  /// Creates a layer from a function.
  public init(_ function: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>) {
    self.function = function
  }

  /// Returns the function's result.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { function(x) }
}

/// Makes one axis of all but the first.
public struct Flatten: Layer {
  /// Creates the layer.
  public init() {}
  /// Returns shape `[n, ...]` as `[n, rest]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank > 0, "Flatten: a scalar has no examples along its first axis")
    return x.reshaped(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}
