public import Tensors

/// A convolution of images.
///
/// ```swift
/// let layer = Conv2d(3, 16, kernelSize: 3, padding: 1)
/// layer(x)  // [n, 3, 32, 32] to [n, 16, 32, 32]
/// ```
///
/// Its parameters are shaped and started as PyTorch's.
public struct Conv2d: Layer {
  /// Shape `[out, in / groups, kernel height, kernel width]`.
  public let weight: Parameter<Float>
  /// Shape `[out]`.
  public let bias: Parameter<Float>?
  private let stride: Size2D
  private let padding: Size2D
  private let dilation: Size2D
  private let groups: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernelSize: The window.
  ///   - stride: The step from one window to the next.
  ///   - padding: Rows and columns of zeros on each side.
  ///   - dilation: The step from one element of a window to the next.
  ///   - groups: Into how many groups channels are divided; each sees only its own.
  ///   - bias: Whether there is a bias.
  ///   - initializer: How the weight starts; as PyTorch's by default.
  /// - Precondition: Channels are positive multiples of `groups`; padding is 0 or more, the other sizes 1 or more.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Size2D, stride: Size2D = 1, padding: Size2D = 0,
    dilation: Size2D = 1, groups: Int = 1, bias: Bool = true,
    initializer: Initializer = .torchLinear
  ) {
    checkChannels("Conv2d", inputs, outputs, groups)
    for (about, size, least) in [
      ("kernelSize", kernelSize, 1), ("stride", stride, 1), ("padding", padding, 0),
      ("dilation", dilation, 1),
    ] { checkSize("Conv2d", about, size, least: least) }
    let shape = [outputs, inputs / groups, kernelSize.height, kernelSize.width]
    weight = Parameter(initializer(shape: shape))
    self.bias = bias ? convolutionBias(outputs, weightShape: shape) : nil
    (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
  }

  /// Returns shape `[n, out, h, w]` for shape `[n, in, height, width]`, as `conv2d` does.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    conv2d(
      x, weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }
}

/// A convolution of sequences.
///
/// ```swift
/// let layer = Conv1d(8, 16, kernelSize: 5, padding: 2)
/// layer(x)  // [n, 8, length] to [n, 16, length]
/// ```
///
/// Its parameters are shaped and started as PyTorch's.
public struct Conv1d: Layer {
  /// Shape `[out, in / groups, kernel]`.
  public let weight: Parameter<Float>
  /// Shape `[out]`.
  public let bias: Parameter<Float>?
  private let stride: Int
  private let padding: Int
  private let dilation: Int
  private let groups: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernelSize: Length of the window.
  ///   - stride: The step from one window to the next.
  ///   - padding: Zeros on each side.
  ///   - dilation: The step from one element of a window to the next.
  ///   - groups: Into how many groups channels are divided.
  ///   - bias: Whether there is a bias.
  ///   - initializer: How the weight starts; as PyTorch's by default.
  /// - Precondition: Channels are positive multiples of `groups`; padding is 0 or more, the other sizes 1 or more.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer = .torchLinear
  ) {
    checkChannels("Conv1d", inputs, outputs, groups)
    require(
      kernelSize >= 1 && stride >= 1 && padding >= 0 && dilation >= 1,
      "Conv1d: kernelSize \(kernelSize), stride \(stride), padding \(padding), dilation \(dilation); "
        + "padding must be 0 or more, the others 1 or more")
    let shape = [outputs, inputs / groups, kernelSize]
    weight = Parameter(initializer(shape: shape))
    self.bias = bias ? convolutionBias(outputs, weightShape: shape) : nil
    (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
  }

  /// Returns shape `[n, out, l]` for shape `[n, in, length]`, as `conv1d` does.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    conv1d(
      x, weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }
}

/// A transposed convolution of images, which makes them larger where its stride is above 1.
///
/// ```swift
/// let layer = ConvTranspose2d(16, 3, kernelSize: 4, stride: 2, padding: 1)
/// layer(x)  // [n, 16, 16, 16] to [n, 3, 32, 32]
/// ```
///
/// Its parameters are shaped and started as PyTorch's.
public struct ConvTranspose2d: Layer {
  /// Shape `[in, out / groups, kernel height, kernel width]`.
  public let weight: Parameter<Float>
  /// Shape `[out]`.
  public let bias: Parameter<Float>?
  private let stride: Size2D
  private let padding: Size2D
  private let outputPadding: Size2D
  private let dilation: Size2D
  private let groups: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernelSize: The window.
  ///   - stride: The step from one window of the output to the next.
  ///   - padding: Rows and columns that are cut from each side.
  ///   - outputPadding: Rows and columns more at the end.
  ///   - dilation: The step from one element of a window to the next.
  ///   - groups: Into how many groups channels are divided.
  ///   - bias: Whether there is a bias.
  ///   - initializer: How the weight starts; as PyTorch's by default.
  /// - Precondition: Channels are positive multiples of `groups`; paddings are 0 or more, the other sizes 1 or more.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Size2D, stride: Size2D = 1, padding: Size2D = 0,
    outputPadding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1, bias: Bool = true,
    initializer: Initializer = .torchLinear
  ) {
    checkChannels("ConvTranspose2d", inputs, outputs, groups)
    for (about, size, least) in [
      ("kernelSize", kernelSize, 1), ("stride", stride, 1), ("padding", padding, 0),
      ("outputPadding", outputPadding, 0), ("dilation", dilation, 1),
    ] { checkSize("ConvTranspose2d", about, size, least: least) }
    let shape = [inputs, outputs / groups, kernelSize.height, kernelSize.width]
    weight = Parameter(initializer(shape: shape))
    self.bias = bias ? convolutionBias(outputs, weightShape: shape) : nil
    (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
    (self.dilation, self.groups) = (dilation, groups)
  }

  /// Returns shape `[n, out, h, w]` for shape `[n, in, height, width]`, as `convTranspose2d` does.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    convTranspose2d(
      x, weight.value, bias: bias?.value, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups)
  }
}

/// Uniform between ±1/√(fan in of the weight), as PyTorch starts it.
private func convolutionBias(_ outputs: Int, weightShape: [Int]) -> Parameter<Float> {
  let fan = weightShape.dropFirst().reduce(1, *)
  return Parameter(Initializer.uniformFan(fan)(shape: [outputs]))
}

private func checkChannels(_ layer: String, _ inputs: Int, _ outputs: Int, _ groups: Int) {
  require(
    groups >= 1 && inputs >= 1 && outputs >= 1 && inputs % groups == 0 && outputs % groups == 0,
    "\(layer): \(inputs) and \(outputs) channels in \(groups) groups; "
      + "give positive numbers of channels that the groups divide")
}

private func checkSize(_ layer: String, _ what: String, _ size: Size2D, least: Int) {
  require(
    size.height >= least && size.width >= least,
    "\(layer): a \(what) of \(size); both sides must be \(least) or more")
}
