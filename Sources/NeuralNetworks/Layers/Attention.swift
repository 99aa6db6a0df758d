public import Tensors

/// Returns the mean of values, weighted by how well their keys fit each query.
///
/// - Parameters:
///   - query: Shape `[..., targets, size]`.
///   - key: Shape `[..., sources, size]`.
///   - value: Shape `[..., sources, size]`.
///   - mask: Broadcasts to `[..., targets, sources]`; a target looks only where it is true.
///   - isCausal: Whether a target looks only at sources up to its own position.
/// - Returns: Shape `[..., targets, size]`; zeros for a target that may look nowhere.
/// - SeeAlso: A. Vaswani et al., Attention is all you need, 2017, section 3.2.1.
public func scaledDotProductAttention<Scalar: FloatingTensorScalar>(
  query: Tensor<Scalar>, key: Tensor<Scalar>, value: Tensor<Scalar>, mask: Tensor<Bool>? = nil,
  isCausal: Bool = false
) -> Tensor<Scalar> {
  require(
    query.rank >= 2 && key.rank >= 2 && query.shape.last == key.shape.last
      && key.shape.dropLast() == value.shape.dropLast(),
    "scaledDotProductAttention: query \(query.shape), key \(key.shape) and value \(value.shape) do not fit; "
      + "queries and keys need one size, keys and values one length")
  let lengths = [query.shape[query.rank - 2], key.shape[key.rank - 2]]
  let batch = Array(query.shape.dropLast(2))
  if let mask {
    let scores = (Layout.broadcast(batch, Array(key.shape.dropLast(2))) ?? batch) + lengths
    require(
      Layout.broadcast(mask.shape, scores) == scores,
      "scaledDotProductAttention: a mask of shape \(mask.shape) for scores of shape \(scores); "
        + "it must broadcast to that, [..., targets, sources]")
  }
  let isEasy =
    !Scalar.dataType.isHalf
    && batch == Array(key.shape.dropLast(2)) && !query.shape.contains(0) && !key.shape.contains(0)
  // A single matrix is better shared out in its parts.
  if isEasy && batch.reduce(1, *) > 1 && !OperationTrace.isTracing {
    return FusedAttention(mask: mask, isCausal: isCausal)(query, key, value)
  }
  return matmul(attentionWeights(query, key, mask, isCausal), value)
}

/// The weights `[..., targets, sources]` of attention, by operations that are differentiated.
func attentionWeights<Scalar: FloatingTensorScalar>(
  _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ mask: Tensor<Bool>?, _ isCausal: Bool
) -> Tensor<Scalar> {
  // Queries are smaller than scores.
  let scaled = query * (1 / Scalar(query.shape[query.rank - 1]).squareRoot())
  var scores = matmul(scaled, key.swappingAxes(-2, -1))
  var allowed = mask
  if isCausal {
    let (targets, sources) = (query.shape[query.rank - 2], key.shape[key.rank - 2])
    let rows = Tensor<Int32>((0..<targets).map(Int32.init)).expandingDims(axis: 1)
    let past = Tensor<Int32>((0..<sources).map(Int32.init)) .<= rows
    allowed = allowed.map { $0 .& past } ?? past
  }
  guard let allowed else { return softmax(scores) }
  // A large negative number rather than an infinity, which would be NaN for a line without sources.
  scores = select(allowed, scores, Tensor(-1e9))
  let weights = softmax(scores)
  // Every target of a causal mask sees a source, and the others' weights are 0 already.
  return mask == nil ? weights : weights * Tensor<Scalar>(allowed)
}

/// Attention by several heads, each with its own view of queries, keys and values.
///
/// ```swift
/// let attention = MultiHeadAttention(64, heads: 4)
/// attention(x, x, x, isCausal: true)  // [n, length, 64] to the same shape.
/// ```
///
/// - SeeAlso: A. Vaswani et al., Attention is all you need, 2017, section 3.2.2.
public struct MultiHeadAttention: Module {
  /// Makes queries of the first input.
  public let query: Linear
  /// Makes keys of the second.
  public let key: Linear
  /// Makes values of the third.
  public let value: Linear
  /// Mixes what the heads found.
  public let output: Linear
  private let heads: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: Length of the last axis of inputs and output.
  ///   - heads: How many; a divisor of `size`.
  ///   - bias: Whether the four maps have a bias.
  /// - Precondition: The heads are equally large.
  public init(_ size: Int, heads: Int, bias: Bool = true) {
    require(
      heads > 0 && size > 0 && size % heads == 0,
      "MultiHeadAttention: a size of \(size) cannot be split into \(heads) equal heads")
    let xavier = Initializer.xavierUniform
    query = Linear(size, size, bias: bias, initializer: xavier)
    key = Linear(size, size, bias: bias, initializer: xavier)
    value = Linear(size, size, bias: bias, initializer: xavier)
    output = Linear(size, size, bias: bias)
    self.heads = heads
  }

  /// Returns what each position of the first input finds in the others.
  ///
  /// - Parameters:
  ///   - x: Shape `[n, targets, size]`: who looks.
  ///   - keys: Shape `[n, sources, size]`: by what they are found.
  ///   - values: Shape `[n, sources, size]`: what is found.
  ///   - mask: Broadcasts to `[n, heads, targets, sources]`; true where a target may look.
  ///   - isCausal: Whether a target looks only at sources up to its own position.
  /// - Returns: Shape `[n, targets, size]`.
  public func callAsFunction(
    _ x: Tensor<Float>, _ keys: Tensor<Float>, _ values: Tensor<Float>,
    mask: Tensor<Bool>? = nil, isCausal: Bool = false
  ) -> Tensor<Float> {
    if isOne(x, keys), isOne(x, values), !OperationTrace.isTracing, x.rank == 3,
      x.shape[0] * heads > 1, x.shape[1] > 0
    {
      return output(FusedAttention(mask: mask, isCausal: isCausal)(projected(x), heads: heads))
    }
    let found = scaledDotProductAttention(
      query: split(query(x)), key: split(key(keys)), value: split(value(values)), mask: mask,
      isCausal: isCausal)
    return output(found.swappingAxes(1, 2).reshaped(to: x.shape))
  }

  /// Whether two tensors are the same, not only equal.
  private func isOne(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Bool {
    a.storage === b.storage && a.layout == b.layout && a.node === b.node
  }

  /// Queries, keys and values of one input beside one another, by one product.
  private func projected(_ x: Tensor<Float>) -> Tensor<Float> {
    let parts = [query, key, value]
    let biases = parts.compactMap { $0.bias?.value }
    return linear(
      x, concatenate(parts.map(\.weight.value)),
      bias: biases.count == parts.count ? concatenate(biases) : nil)
  }

  /// Shape `[n, length, size]` to `[n, heads, length, size / heads]`.
  private func split(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank == 3, "MultiHeadAttention: shape \(x.shape); inputs have shape [n, length, size]")
    return x.reshaped(to: [x.shape[0], x.shape[1], heads, -1]).swappingAxes(1, 2)
  }
}
