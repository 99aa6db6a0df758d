public import Tensors

/// `maxPool2d` as a layer: the largest element of each window.
///
/// ```swift
/// MaxPool2d(2)(x)  // [n, c, 32, 32] to [n, c, 16, 16]
/// ```
public struct MaxPool2d: Layer {
  private let size: Size2D
  private let stride: Size2D?
  private let padding: Size2D
  private let dilation: Size2D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The window.
  ///   - stride: The step from one window to the next; the window's size by default.
  ///   - padding: How far windows reach over each side; at most half their size.
  ///   - dilation: The step from one element of a window to the next.
  public init(
    _ size: Size2D, stride: Size2D? = nil, padding: Size2D = 0, dilation: Size2D = 1
  ) {
    (self.size, self.stride, self.padding, self.dilation) = (size, stride, padding, dilation)
  }

  /// Returns shape `[..., h, w]` for shape `[..., height, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    maxPool2d(x, size: size, stride: stride, padding: padding, dilation: dilation)
  }
}

/// `maxPool1d` as a layer: the largest element of each window of sequences.
public struct MaxPool1d: Layer {
  private let size: Int
  private let stride: Int?
  private let padding: Int
  private let dilation: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The window's length.
  ///   - stride: The step from one window to the next; the window's size by default.
  ///   - padding: How far windows reach over each end; at most half their size.
  ///   - dilation: The step from one element of a window to the next.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1) {
    (self.size, self.stride, self.padding, self.dilation) = (size, stride, padding, dilation)
  }

  /// Returns shape `[..., l]` for shape `[..., length]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    maxPool1d(x, size: size, stride: stride, padding: padding, dilation: dilation)
  }
}

/// `averagePool2d` as a layer: the mean of each window.
public struct AvgPool2d: Layer {
  private let size: Size2D
  private let stride: Size2D?
  private let padding: Size2D
  private let countsPadding: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The window.
  ///   - stride: The step from one window to the next; the window's size by default.
  ///   - padding: How far windows reach over each side; at most half their size.
  ///   - countsPadding: Whether the padding's zeros count as elements.
  public init(
    _ size: Size2D, stride: Size2D? = nil, padding: Size2D = 0, countsPadding: Bool = true
  ) {
    (self.size, self.stride, self.padding) = (size, stride, padding)
    self.countsPadding = countsPadding
  }

  /// Returns shape `[..., h, w]` for shape `[..., height, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    averagePool2d(x, size: size, stride: stride, padding: padding, countsPadding: countsPadding)
  }
}

/// `averagePool1d` as a layer: the mean of each window of sequences.
public struct AvgPool1d: Layer {
  private let size: Int
  private let stride: Int?
  private let padding: Int
  private let countsPadding: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The window's length.
  ///   - stride: The step from one window to the next; the window's size by default.
  ///   - padding: How far windows reach over each end; at most half their size.
  ///   - countsPadding: Whether the padding's zeros count as elements.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true) {
    (self.size, self.stride, self.padding) = (size, stride, padding)
    self.countsPadding = countsPadding
  }

  /// Returns shape `[..., l]` for shape `[..., length]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    averagePool1d(x, size: size, stride: stride, padding: padding, countsPadding: countsPadding)
  }
}

/// `adaptiveAveragePool2d` as a layer: means of as many windows as it is told, whatever the images' size.
public struct AdaptiveAvgPool2d: Layer {
  private let outputSize: Size2D

  /// Creates a layer that gives images of a size.
  public init(_ outputSize: Size2D) { self.outputSize = outputSize }

  /// Returns shape `[..., outputSize]` for shape `[..., height, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    adaptiveAveragePool2d(x, outputSize: outputSize)
  }
}

/// `adaptiveMaxPool2d` as a layer: the largest elements of as many windows as it is told.
public struct AdaptiveMaxPool2d: Layer {
  private let outputSize: Size2D

  /// Creates a layer that gives images of a size.
  public init(_ outputSize: Size2D) { self.outputSize = outputSize }

  /// Returns shape `[..., outputSize]` for shape `[..., height, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    adaptiveMaxPool2d(x, outputSize: outputSize)
  }
}

/// The mean of each channel over all its places.
///
/// ```swift
/// GlobalAvgPool()(x)  // [n, c, height, width] to [n, c]
/// ```
public struct GlobalAvgPool: Layer {
  /// Creates the layer.
  public init() {}

  /// Returns shape `[n, c]` for shape `[n, c, ...]`.
  ///
  /// - Precondition: There is an axis after the channels, and no axis is empty.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank >= 3 && !x.isEmpty,
      "GlobalAvgPool: shape \(x.shape); the input has shape [n, channels, ...] and is not empty")
    return x.mean(axes: Array(2..<x.rank))
  }
}
