internal import BLAS

/// Returns the largest element of each window of images; zeros of padding do not count, NaN wins.
///
/// ```swift
/// let half = maxPool2d(x, size: 2)  // [n, c, 32, 32] to [n, c, 16, 16]
/// ```
///
/// - Parameters:
///   - x: Shape `[..., height, width]`.
///   - size: The window.
///   - stride: The step from one window to the next; the window's size by default.
///   - padding: How far windows reach over each side; at most half their size.
///   - dilation: The step from one element of a window to the next.
/// - Returns: Shape `[..., h, w]` with `h = (height + 2 padding - dilation (size - 1) - 1) / stride + 1`.
/// - Precondition: A window fits in the padded image.
public func maxPool2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, size: Size2D, stride: Size2D? = nil, padding: Size2D = 0,
  dilation: Size2D = 1
) -> Tensor<Scalar> {
  let windows = PoolingWindows(
    x.shape, size, stride ?? size, padding, dilation, operation: "maxPool2d")
  return noted(.largest, x, size, stride ?? size, padding, dilation) {
    PoolingOperation(windows: windows, shape: x.shape).largest(x)
  }
}

/// Returns the mean of each window of images.
///
/// - Parameters:
///   - x: Shape `[..., height, width]`.
///   - size: The window.
///   - stride: The step from one window to the next; the window's size by default.
///   - padding: How far windows reach over each side; at most half their size.
///   - countsPadding: Whether the padding's zeros count as elements.
/// - Returns: Shape `[..., h, w]` with `h = (height + 2 padding - size) / stride + 1`.
/// - Precondition: A window fits in the padded image.
public func averagePool2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, size: Size2D, stride: Size2D? = nil, padding: Size2D = 0,
  countsPadding: Bool = true
) -> Tensor<Scalar> {
  var windows = PoolingWindows(
    x.shape, size, stride ?? size, padding, 1, operation: "averagePool2d")
  if countsPadding { windows.divide(byFull: size) }
  return noted(countsPadding ? .meanWithPadding : .mean, x, size, stride ?? size, padding, 1) {
    PoolingOperation(windows: windows, shape: x.shape).mean(x)
  }
}

/// Returns the means of windows that divide images into a given number of rows and columns.
///
/// - Parameters:
///   - x: Shape `[..., height, width]`.
///   - outputSize: How many windows there are.
/// - Returns: Shape `[..., outputSize]`; window `i` of `h` goes from `i height / h` rounded down to
///   `(i + 1) height / h` rounded up.
/// - Precondition: The images are not empty.
public func adaptiveAveragePool2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, outputSize: Size2D
) -> Tensor<Scalar> {
  let windows = PoolingWindows(x.shape, into: outputSize, operation: "adaptiveAveragePool2d")
  return noted(.mean, x, into: outputSize, "adaptiveAveragePool2d") {
    PoolingOperation(windows: windows, shape: x.shape).mean(x)
  }
}

/// Returns the largest elements of windows that divide images into a given number of rows and columns.
///
/// - Parameters:
///   - x: Shape `[..., height, width]`.
///   - outputSize: How many windows there are.
/// - Returns: Shape `[..., outputSize]`.
/// - Precondition: The images are not empty.
public func adaptiveMaxPool2d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, outputSize: Size2D
) -> Tensor<Scalar> {
  let windows = PoolingWindows(x.shape, into: outputSize, operation: "adaptiveMaxPool2d")
  return noted(.largest, x, into: outputSize, "adaptiveMaxPool2d") {
    PoolingOperation(windows: windows, shape: x.shape).largest(x)
  }
}

/// Returns the largest element of each window of sequences.
///
/// - Parameters:
///   - x: Shape `[..., length]`.
///   - size: The window.
///   - stride: The step from one window to the next; the window's size by default.
///   - padding: How far windows reach over each end.
///   - dilation: The step from one element of a window to the next.
/// - Returns: Shape `[..., l]` with `l = (length + 2 padding - dilation (size - 1) - 1) / stride + 1`.
/// - Precondition: A window fits in the padded sequence.
public func maxPool1d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, size: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1
) -> Tensor<Scalar> {
  require(x.rank >= 1, "maxPool1d: a scalar; there must be an axis")
  return maxPool2d(
    x.expandingDims(axis: -2), size: [1, size], stride: [1, stride ?? size],
    padding: [0, padding], dilation: [1, dilation]
  ).squeezed(axis: -2)
}

/// Returns the mean of each window of sequences.
///
/// - Parameters:
///   - x: Shape `[..., length]`.
///   - size: The window.
///   - stride: The step from one window to the next; the window's size by default.
///   - padding: How far windows reach over each end.
///   - countsPadding: Whether the padding's zeros count as elements.
/// - Returns: Shape `[..., l]` with `l = (length + 2 padding - size) / stride + 1`.
/// - Precondition: A window fits in the padded sequence.
public func averagePool1d<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, size: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true
) -> Tensor<Scalar> {
  require(x.rank >= 1, "averagePool1d: a scalar; there must be an axis")
  return averagePool2d(
    x.expandingDims(axis: -2), size: [1, size], stride: [1, stride ?? size],
    padding: [0, padding], countsPadding: countsPadding
  ).squeezed(axis: -2)
}

/// Runs a pooling, as one operation of a trace if there is one.
private func noted<Scalar: FloatingTensorScalar>(
  _ kind: TracedOperation.PoolKind, _ x: Tensor<Scalar>, _ size: Size2D, _ stride: Size2D,
  _ padding: Size2D, _ dilation: Size2D, _ body: () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  guard OperationTrace.isTracing else { return body() }
  let operation = TracedOperation.pool(
    kind, size: size, stride: stride, padding: padding, dilation: dilation)
  return OperationTrace.noting(operation, [x], body)
}

/// Runs a pooling into windows that divide an image; only equal ones are a pooling with a stride.
private func noted<Scalar: FloatingTensorScalar>(
  _ kind: TracedOperation.PoolKind, _ x: Tensor<Scalar>, into output: Size2D, _ name: String,
  _ body: () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  guard OperationTrace.isTracing else { return body() }
  let (height, width) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
  guard height % output.height == 0 && width % output.width == 0 else {
    return OperationTrace.noting(
      .other("\(name) of \(height) by \(width) to \(output), which are unequal windows"), [x], body)
  }
  let size = Size2D(height: height / output.height, width: width / output.width)
  return noted(kind, x, size, size, 0, 1, body)
}

/// A pooling and its gradients.
struct PoolingOperation: Sendable {
  let windows: PoolingWindows
  /// The images'.
  let shape: [Int]

  private var pooling: Pooling2D { windows.pooling(planes: Layout.count(Array(shape.dropLast(2)))) }
  private var outputShape: [Int] {
    shape.dropLast(2) + [windows.rows.count, windows.columns.count]
  }

  func largest<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    apply(x, to: outputShape) { pooling.largest(of: $0, out: $1) }
      .recorded(
        from: x,
        { g in
          let found = Positions(storage: wide(x.detached) { pooling.positions(of: $0) })
          return scattered(g, found)
        })
  }

  /// Where the largest elements were.
  struct Positions: Sendable {
    let storage: Storage
  }

  private func scattered<Scalar: FloatingTensorScalar>(_ g: Tensor<Scalar>, _ places: Positions)
    -> Tensor<Scalar>
  {
    apply(g, to: shape) { pooling.scatter($0, to: $1, positions: places.storage) }
      .recorded(from: g, { gathered($0, places) })
  }

  private func gathered<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, _ places: Positions)
    -> Tensor<Scalar>
  {
    apply(x, to: outputShape) { pooling.gather($0, out: $1, positions: places.storage) }
      .recorded(from: x, { scattered($0, places) })
  }

  func mean<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    apply(x, to: outputShape) {
      pooling.sums(
        of: $0, rowWeights: windows.rowWeights, columnWeights: windows.columnWeights, out: $1)
    }.recorded(from: x, { spread($0) })
  }

  private func spread<Scalar: FloatingTensorScalar>(_ g: Tensor<Scalar>) -> Tensor<Scalar> {
    apply(g, to: shape) {
      pooling.spread(
        $0, rowWeights: windows.rowWeights, columnWeights: windows.columnWeights, to: $1)
    }.recorded(from: g, { mean($0) })
  }

  /// Runs a kernel from `x` into zeros of `shape`.
  private func apply<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, to shape: [Int], _ body: (FloatView, FloatView) -> Void
  ) -> Tensor<Scalar> {
    if Scalar.dataType.byteCount == 2 {
      let result = Tensor<Float>.zeros(shape: shape)
      wide(x.detached) { body($0, result.floatView) }
      return result.cast(to: Scalar.self)
    }
    let result = Tensor<Scalar>.zeros(shape: shape)
    body(x.contiguous().floatView, result.floatView)
    return result
  }

  private func wide<Scalar: FloatingTensorScalar, Result>(
    _ x: Tensor<Scalar>, _ body: (FloatView) -> Result
  ) -> Result {
    Scalar.dataType.byteCount == 2
      ? body(x.cast(to: Float.self).contiguous().floatView) : body(x.contiguous().floatView)
  }
}
