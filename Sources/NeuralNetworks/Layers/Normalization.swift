internal import BLAS
public import Tensors

/// Returns each line along the last axis less its mean and over its standard deviation, then scaled and shifted.
///
/// - Parameters:
///   - x: Shape `[..., n]`.
///   - weight: Shape `[n]`, or none.
///   - bias: Shape `[n]`, or none.
///   - epsilon: Added to the variance.
/// - Returns: The shape of `x`.
/// - Precondition: The lengths agree, and `n` is not 0.
/// - SeeAlso: Ba, Kiros and Hinton, Layer normalization, 2016.
public func layerNorm<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, weight: Tensor<Scalar>? = nil, bias: Tensor<Scalar>? = nil,
  epsilon: Double = 1e-5
) -> Tensor<Scalar> {
  LineNorm(name: "layerNorm", isCentred: true, epsilon: epsilon)(x, weight, bias)
}

/// Returns each line along the last axis over the root of its mean square, then scaled.
///
/// - Parameters:
///   - x: Shape `[..., n]`.
///   - weight: Shape `[n]`, or none.
///   - epsilon: Added to the mean square.
/// - Returns: The shape of `x`.
/// - Precondition: The lengths agree, and `n` is not 0.
/// - SeeAlso: Zhang and Sennrich, Root mean square layer normalization, 2019.
public func rmsNorm<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, weight: Tensor<Scalar>? = nil, epsilon: Double = 1e-5
) -> Tensor<Scalar> {
  LineNorm(name: "rmsNorm", isCentred: false, epsilon: epsilon)(x, weight, nil)
}

/// Both normalisations, by one kernel forwards and one backwards.
private struct LineNorm: Sendable {
  let name: String
  let isCentred: Bool
  let epsilon: Double

  func callAsFunction<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>?, _ bias: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    let columns = x.shape.last ?? 0
    require(columns > 0, "\(name): shape \(x.shape) has nothing along its last axis")
    for other in [weight, bias].compactMap({ $0 }) {
      require(
        other.shape == [columns],
        "\(name): a weight or bias of shape \(other.shape) for shape \(x.shape); it must be [\(columns)]"
      )
    }
    let rows = x.count / columns
    let type = Scalar.dataType.elementType
    let dense = stopGradient(x).contiguous()
    let (out, means, scales) = (
      Tensor<Scalar>(uninitialized: x.shape), Tensor<Scalar>(uninitialized: [rows]),
      Tensor<Scalar>(uninitialized: [rows])
    )
    NetworkKernels.layerNorm(
      type, rows: rows, columns: columns, isCentred: isCentred, epsilon: epsilon, x: dense.dense,
      weight: weight?.contiguous().dense, bias: bias?.contiguous().dense, out: out.dense,
      means: means.dense, scales: scales.dense)
    if OperationTrace.isActive {
      OperationTrace.note(
        .lineNorm(
          isCentred: isCentred, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil),
        [x] + [weight, bias].compactMap { $0 }, out)
    }
    return out.recorded(
      from: [x.recordedOperand, weight?.recordedOperand, bias?.recordedOperand]
    ) { gradient in
      if gradient.isRecorded || x.isRecorded || (weight?.isRecorded ?? false) {
        return slowGradients(gradient, x, weight)
      }
      let (dx, dweight, dbias) = (
        Tensor<Scalar>(uninitialized: x.shape), Tensor<Scalar>(uninitialized: [columns]),
        Tensor<Scalar>(uninitialized: [columns])
      )
      NetworkKernels.layerNormBackward(
        type, rows: rows, columns: columns, isCentred: isCentred, x: dense.dense,
        weight: weight?.contiguous().dense, means: means.dense, scales: scales.dense,
        gradient: gradient.contiguous().dense, out: dx.dense, weightOut: dweight.dense,
        biasOut: dbias.dense)
      return [dx, dweight, dbias]
    }
  }

  /// The same of operations that are differentiated in turn.
  private func slowGradients<Scalar: FloatingTensorScalar>(
    _ gradient: Tensor<Scalar>, _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>?
  ) -> [Tensor<Scalar>] {
    let centred = isCentred ? x - x.mean(axis: -1, keepDims: true) : x
    let scale = 1 / sqrt(square(centred).mean(axis: -1, keepDims: true) + Scalar(epsilon))
    let normal = centred * scale
    let inner = weight.map { gradient * $0 } ?? gradient
    let product = (inner * normal).mean(axis: -1, keepDims: true)
    let rest = isCentred ? inner - inner.mean(axis: -1, keepDims: true) : inner
    let lines = Array(0..<(x.rank - 1))
    return [
      scale * (rest - normal * product), (gradient * normal).sum(axes: lines),
      gradient.sum(axes: lines),
    ]
  }
}

/// Normalises each line along the last axis, with a weight and a bias for each position.
public struct LayerNorm: Layer {
  /// Shape `[n]`; ones at first.
  public let weight: Parameter<Float>?
  /// Shape `[n]`; zeros at first.
  public let bias: Parameter<Float>?
  private let epsilon: Double

  /// Creates a layer for lines of a length.
  ///
  /// - Parameters:
  ///   - length: Of the last axis.
  ///   - epsilon: Added to the variance.
  ///   - affine: Whether there are weight and bias.
  public init(_ length: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    require(length > 0, "LayerNorm: lines of \(length) numbers; give a positive number")
    weight = affine ? Parameter(.ones(shape: [length])) : nil
    bias = affine ? Parameter(.zeros(shape: [length])) : nil
    self.epsilon = epsilon
  }

  /// Returns the normalised input, of its shape.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    layerNorm(x, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
  }
}

/// Divides each line along the last axis by the root of its mean square, with a weight for each position.
public struct RMSNorm: Layer {
  /// Shape `[n]`; ones at first.
  public let weight: Parameter<Float>
  private let epsilon: Double

  /// Creates a layer for lines of a length.
  public init(_ length: Int, epsilon: Double = 1e-5) {
    require(length > 0, "RMSNorm: lines of \(length) numbers; give a positive number")
    weight = Parameter(.ones(shape: [length]))
    self.epsilon = epsilon
  }

  /// Returns the normalised input, of its shape.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    rmsNorm(x, weight: weight.value, epsilon: epsilon)
  }
}

/// Normalises groups of channels of each example.
///
/// - SeeAlso: Wu and He, Group normalization, 2018.
public struct GroupNorm: Layer {
  /// Shape `[channels]`; ones at first.
  public let weight: Parameter<Float>
  /// Shape `[channels]`; zeros at first.
  public let bias: Parameter<Float>
  private let groups: Int
  private let epsilon: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - groups: How many groups; a divisor of `channels`.
  ///   - channels: Length of axis 1.
  ///   - epsilon: Added to the variance.
  /// - Precondition: The groups are equally large.
  public init(_ groups: Int, _ channels: Int, epsilon: Double = 1e-5) {
    require(
      groups > 0 && channels > 0 && channels % groups == 0,
      "GroupNorm: \(channels) channels cannot be split into \(groups) equal groups")
    weight = Parameter(.ones(shape: [channels]))
    bias = Parameter(.zeros(shape: [channels]))
    (self.groups, self.epsilon) = (groups, epsilon)
  }

  /// Returns the normalised input, shape `[n, channels, ...]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let channels = weight.shape[0]
    require(
      x.rank >= 2 && x.shape[1] == channels,
      "GroupNorm: shape \(x.shape); axis 1 must have \(channels) channels")
    let length = x.shape[1...].reduce(1, *) / groups
    require(length > 0, "GroupNorm: shape \(x.shape) has groups without numbers")
    let lines = x.reshaped(to: [x.shape[0] * groups, length])
    let normal = layerNorm(lines, epsilon: epsilon).reshaped(to: x.shape)
    let perChannel = [channels] + [Int](repeating: 1, count: x.rank - 2)
    return normal * weight.value.reshaped(to: perChannel) + bias.value.reshaped(to: perChannel)
  }
}
