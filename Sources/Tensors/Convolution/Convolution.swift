internal import BLAS

/// Returns the convolution of images with kernels, as neural networks use the word: kernels are not mirrored.
///
/// ```swift
/// let y = conv2d(x, weight, bias: bias, padding: 1)  // [n, 3, 32, 32] and [16, 3, 3, 3] give [n, 16, 32, 32]
/// ```
///
/// - Parameters:
///   - x: Shape `[n, c, height, width]`.
///   - weight: Shape `[out, c / groups, kernel height, kernel width]`.
///   - bias: Shape `[out]`; added to each channel.
///   - stride: The step from one window to the next.
///   - padding: Rows and columns of zeros on each side.
///   - dilation: The step from one element of a window to the next.
///   - groups: Into how many groups channels are divided; each sees only its own.
/// - Returns: Shape `[n, out, h, w]` with `h = (height + 2 padding - dilation (kernel - 1) - 1) / stride + 1`.
/// - Precondition: Channels fit, and a window fits in the padded image.
/// - Complexity: One matrix product for each image and group.
/// - SeeAlso: Chellapilla, Puri and Simard 2006, "High performance convolutional neural networks for document processing".
public func conv2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, stride: Size2D = 1,
  padding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1
) -> Tensor<Scalar> {
  let shapes = convolution(
    x.shape, weight.shape, stride, padding, dilation, groups, output: nil,
    "conv2d: shapes \(x.shape) and \(weight.shape)")
  check(bias, channels: weight.shape[0], "conv2d")
  return ConvolutionOperation(shapes: shapes).forward(x, weight, bias: bias)
}

/// Returns the convolution of sequences with kernels.
///
/// - Parameters:
///   - x: Shape `[n, c, length]`.
///   - weight: Shape `[out, c / groups, kernel length]`.
///   - bias: Shape `[out]`.
///   - stride: The step from one window to the next.
///   - padding: Zeros on each side.
///   - dilation: The step from one element of a window to the next.
///   - groups: Into how many groups channels are divided.
/// - Returns: Shape `[n, out, l]` with `l = (length + 2 padding - dilation (kernel - 1) - 1) / stride + 1`.
/// - Precondition: Channels fit, and a window fits in the padded sequence.
public func conv1d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, stride: Int = 1,
  padding: Int = 0, dilation: Int = 1, groups: Int = 1
) -> Tensor<Scalar> {
  require(
    x.rank == 3 && weight.rank == 3,
    "conv1d: shapes \(x.shape) and \(weight.shape); both must have 3 axes, [n, c, length] and [out, c / groups, length]"
  )
  let (image, kernel) = (x.expandingDims(axis: 2), weight.expandingDims(axis: 2))
  let shapes = convolution(
    image.shape, kernel.shape, [1, stride], [0, padding], [1, dilation], groups, output: nil,
    "conv1d: shapes \(x.shape) and \(weight.shape)")
  check(bias, channels: weight.shape[0], "conv1d")
  return ConvolutionOperation(shapes: shapes).forward(image, kernel, bias: bias).squeezed(axis: 2)
}

/// Returns the transposed convolution, which takes `conv2d`'s results back to images of its operand's shape.
///
/// - Parameters:
///   - x: Shape `[n, c, height, width]`.
///   - weight: Shape `[c, out / groups, kernel height, kernel width]`.
///   - bias: Shape `[out]`.
///   - stride: The step from one window of the result to the next.
///   - padding: Rows and columns that are cut from each side.
///   - outputPadding: Rows and columns more at the end, which several shapes of a strided convolution share.
///   - dilation: The step from one element of a window to the next.
///   - groups: Into how many groups channels are divided.
/// - Returns: Shape `[n, out, h, w]` with
///   `h = (height - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1`.
/// - Precondition: Channels fit, the result is not empty, and the output padding is smaller than stride or dilation.
public func convTranspose2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, stride: Size2D = 1,
  padding: Size2D = 0, outputPadding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1
) -> Tensor<Scalar> {
  let about = "convTranspose2d: shapes \(x.shape) and \(weight.shape)"
  require(
    x.rank == 4 && weight.rank == 4 && x.shape[1] == weight.shape[0],
    "\(about); both must have 4 axes, [n, c, height, width] and [c, out / groups, height, width]")
  require(
    groups >= 1 && x.shape[1] % groups == 0,
    "\(about) with \(groups) groups; they must be 1 or more and divide the \(x.shape[1]) channels of the images"
  )
  checkSteps(about, x.shape, weight.shape, [stride, padding, outputPadding, dilation])
  require(
    outputPadding.height >= 0 && outputPadding.width >= 0
      && outputPadding.height < Swift.max(stride.height, dilation.height)
      && outputPadding.width < Swift.max(stride.width, dilation.width),
    "\(about): output padding \(outputPadding) with stride \(stride) and dilation \(dilation); "
      + "it must be smaller than one of them")
  let length = { (input: Int, kernel: Int, stride: Int, padding: Int, dilation: Int, extra: Int) in
    (input - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
  }
  let height = length(
    x.shape[2], weight.shape[2], stride.height, padding.height, dilation.height,
    outputPadding.height)
  let width = length(
    x.shape[3], weight.shape[3], stride.width, padding.width, dilation.width, outputPadding.width)
  require(
    height > 0 && width > 0,
    "\(about): the result would be \(height) by \(width); use less padding or larger kernels")
  let shapes = convolution(
    [x.shape[0], weight.shape[1] * groups, height, width], weight.shape, stride, padding,
    dilation, groups, output: (x.shape[2], x.shape[3]), about)
  Layout.check([x.shape[0], shapes.groups, height, width], operation: "convTranspose2d")
  let result = ConvolutionOperation(shapes: shapes).inputGradient(x, weight)
  guard let bias else { return result }
  check(bias, channels: weight.shape[1] * groups, "convTranspose2d")
  return result + bias.reshaped(to: [bias.count, 1, 1])
}

/// Checks the shapes of a convolution from images `x` to images of `output`, or of the size that follows.
private func convolution(
  _ x: [Int], _ weight: [Int], _ stride: Size2D, _ padding: Size2D, _ dilation: Size2D,
  _ groups: Int, output: (height: Int, width: Int)?, _ about: @autoclosure () -> String
) -> Convolution2D {
  require(
    x.count == 4 && weight.count == 4,
    "\(about()); both must have 4 axes, [n, c, height, width] and [out, c / groups, height, width]")
  require(
    groups >= 1 && x[1] % groups == 0 && weight[1] == x[1] / groups && weight[0] % groups == 0,
    "\(about()) with \(groups) groups; weights must have the \(x[1]) channels of the images divided by the groups, "
      + "and as many kernels for each group")
  require(
    stride.height >= 1 && stride.width >= 1 && dilation.height >= 1 && dilation.width >= 1
      && padding.height >= 0 && padding.width >= 0 && weight[2] >= 1 && weight[3] >= 1,
    "\(about()): stride \(stride), padding \(padding), dilation \(dilation); "
      + "padding must be 0 or more, the others and the kernel 1 or more")
  checkSteps(about(), x, weight, [stride, padding, dilation])
  func length(_ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
    let room = input + 2 * padding - dilation * (kernel - 1) - 1
    require(
      room >= 0,
      "\(about()): a window of \(dilation * (kernel - 1) + 1) does not fit in \(input) with padding \(padding); "
        + "it must be no longer")
    return room / stride + 1
  }
  let size =
    output
    ?? (
      length(x[2], weight[2], stride.height, padding.height, dilation.height),
      length(x[3], weight[3], stride.width, padding.width, dilation.width)
    )
  return Convolution2D(
    batch: x[0], groups: groups, inChannels: weight[1], outChannels: weight[0] / groups,
    input: (x[2], x[3]), kernel: (weight[2], weight[3]), stride: stride.pair,
    padding: padding.pair, dilation: dilation.pair, output: size)
}

/// Stops at lengths and steps of which two could not be multiplied.
private func checkSteps(
  _ about: @autoclosure () -> String, _ x: [Int], _ weight: [Int], _ steps: [Size2D]
) {
  let most = 1 << 30
  require(
    x[2] <= most && x[3] <= most && weight[2] <= most && weight[3] <= most
      && steps.allSatisfy {
        (-most...most).contains($0.height) && (-most...most).contains($0.width)
      },
    "\(about()): lengths and steps \(steps.map(\.description)); 2³⁰ is the most that they may be")
}

private func check<Scalar: FloatingTensorScalar>(
  _ bias: Tensor<Scalar>?, channels: Int, _ operation: String
) {
  require(
    bias.map { $0.shape == [channels] } ?? true,
    "\(operation): bias of shape \(bias?.shape ?? []) for \(channels) channels; it needs one number for each"
  )
}

/// A convolution and its two gradients: three operations of two operands each, every one the gradient of the others.
struct ConvolutionOperation: Sendable {
  let shapes: Convolution2D

  private var inputShape: [Int] {
    [shapes.batch, shapes.groups * shapes.inChannels, shapes.input.height, shapes.input.width]
  }
  private var outputShape: [Int] {
    [shapes.batch, shapes.groups * shapes.outChannels, shapes.output.height, shapes.output.width]
  }
  private var weightShape: [Int] {
    [
      shapes.groups * shapes.outChannels, shapes.inChannels, shapes.kernel.height,
      shapes.kernel.width,
    ]
  }

  /// The convolution of images with kernels, and perhaps a number for each channel, which is added in the same pass.
  func forward<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil
  ) -> Tensor<Scalar> {
    let numbers = bias?.scalars.map { Double($0) }
    let y = apply(x, weight, to: .init(uninitialized: outputShape)) {
      shapes.forward(x: $0, weight: $1, bias: numbers, out: $2)
    }
    if OperationTrace.isActive {
      OperationTrace.note(.convolution(shapes), [x, weight] + (bias.map { [$0] } ?? []), y)
    }
    guard let bias, bias.isRecorded else {
      return y.recorded(
        from: x, weight, { inputGradient($0, weight) }, { weightGradient(x, $0) })
    }
    let (hasInput, hasWeight) = (x.isRecorded, weight.isRecorded)
    return y.recorded(
      from: [x, weight, bias],
      { g in
        [
          hasInput ? inputGradient(g, weight) : g, hasWeight ? weightGradient(x, g) : g,
          g.sum(axes: [2, 3]).sum(axis: 0),
        ]
      })
  }

  /// The images' gradient from that of the result.
  func inputGradient<Scalar: FloatingTensorScalar>(
    _ g: Tensor<Scalar>, _ weight: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let x = apply(g, weight, to: .zeros(shape: inputShape)) {
      shapes.inputGradient(out: $0, weight: $1, x: $2)
    }
    if OperationTrace.isActive {
      OperationTrace.note(.transposedConvolution(shapes), [g, weight], x)
    }
    return x.recorded(from: g, weight, { forward($0, weight) }, { weightGradient($0, g) })
  }

  /// The kernels' gradient from that of the result.
  func weightGradient<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, _ g: Tensor<Scalar>)
    -> Tensor<Scalar>
  {
    apply(x, g, to: .zeros(shape: weightShape)) {
      shapes.weightGradient(x: $0, out: $1, weight: $2)
    }.recorded(from: x, g, { inputGradient(g, $0) }, { forward(x, $0) })
  }

  private func apply<Scalar: FloatingTensorScalar>(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, to result: Tensor<Scalar>,
    _ body: (FloatView, FloatView, FloatView) -> Void
  ) -> Tensor<Scalar> {
    if Scalar.dataType.byteCount == 2 {
      // Kernels of 16 bits do not exist; sums of products need the longer type anyway.
      let wide = Tensor<Float>.zeros(shape: result.shape)
      body(
        a.detached.cast(to: Float.self).floatView, b.detached.cast(to: Float.self).floatView,
        wide.floatView)
      return wide.cast(to: Scalar.self)
    }
    body(a.contiguous().floatView, b.contiguous().floatView, result.floatView)
    return result
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// What the kernels of convolution and pooling see of this contiguous tensor.
  var floatView: FloatView {
    FloatView(storage, offset: layout.offset, type: Scalar.dataType.elementType)
  }
}
