public import Tensors

/// Attention to itself and a small network, each added to its input.
///
/// ```swift
/// let block = TransformerEncoderLayer(64, heads: 4, hidden: 256)
/// block(x, isCausal: true)  // As in a language model that only decodes.
/// ```
///
/// - SeeAlso: A. Vaswani et al., Attention is all you need, 2017, section 3.1; R. Xiong et al., On layer normalization in
///   the transformer architecture, 2020 (normalising first).
public struct TransformerEncoderLayer: Layer {
  /// Attention to itself.
  public let attention: MultiHeadAttention
  /// The small network's first layer.
  public let linear1: Linear
  /// The small network's second layer.
  public let linear2: Linear
  /// Normalises at the attention.
  public let norm1: LayerNorm
  /// Normalises at the small network.
  public let norm2: LayerNorm
  private let dropout: Dropout
  private let normalizesFirst: Bool

  /// Creates a block.
  ///
  /// - Parameters:
  ///   - size: Length of the last axis.
  ///   - heads: How many; a divisor of `size`.
  ///   - hidden: Width of the small network; four times the size by default.
  ///   - dropout: Probability of an element to be dropped before it is added.
  ///   - normalizesFirst: Whether the parts get normalised inputs, rather than their sums being normalised.
  public init(
    _ size: Int, heads: Int, hidden: Int? = nil, dropout: Double = 0.1,
    normalizesFirst: Bool = true
  ) {
    attention = MultiHeadAttention(size, heads: heads)
    linear1 = Linear(size, hidden ?? 4 * size, activation: .relu)
    linear2 = Linear(hidden ?? 4 * size, size)
    (norm1, norm2) = (LayerNorm(size), LayerNorm(size))
    self.dropout = Dropout(dropout)
    self.normalizesFirst = normalizesFirst
  }

  /// Returns the output, of the input's shape `[n, length, size]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, mask: nil) }

  /// Returns the output where a position sees only some others.
  ///
  /// - Parameters:
  ///   - x: Shape `[n, length, size]`.
  ///   - mask: Broadcasts to `[n, heads, length, length]`; true where a position may look.
  ///   - isCausal: Whether a position looks only at itself and those before.
  /// - Returns: The shape of `x`.
  public func callAsFunction(_ x: Tensor<Float>, mask: Tensor<Bool>?, isCausal: Bool = false)
    -> Tensor<Float>
  {
    if normalizesFirst {
      let normal = norm1(x)
      let seen = x + dropout(attention(normal, normal, normal, mask: mask, isCausal: isCausal))
      return seen + dropout(linear2(dropout(linear1(norm2(seen)))))
    }
    let seen = norm1(x + dropout(attention(x, x, x, mask: mask, isCausal: isCausal)))
    return norm2(seen + dropout(linear2(dropout(linear1(seen)))))
  }
}

/// Attention to itself, attention to an encoder's output, and a small network, each added to its input.
///
/// - SeeAlso: A. Vaswani et al., Attention is all you need, 2017, section 3.1.
public struct TransformerDecoderLayer: Module {
  /// Attention to itself, only backwards.
  public let selfAttention: MultiHeadAttention
  /// Attention to the encoder's output.
  public let crossAttention: MultiHeadAttention
  /// The small network's first layer.
  public let linear1: Linear
  /// The small network's second layer.
  public let linear2: Linear
  /// Normalises at the attention to itself.
  public let norm1: LayerNorm
  /// Normalises at the attention to the encoder.
  public let norm2: LayerNorm
  /// Normalises at the small network.
  public let norm3: LayerNorm
  private let dropout: Dropout
  private let normalizesFirst: Bool

  /// Creates a block.
  ///
  /// - Parameters:
  ///   - size: Length of the last axis.
  ///   - heads: How many; a divisor of `size`.
  ///   - hidden: Width of the small network; four times the size by default.
  ///   - dropout: Probability of an element to be dropped before it is added.
  ///   - normalizesFirst: Whether the parts get normalised inputs, rather than their sums being normalised.
  public init(
    _ size: Int, heads: Int, hidden: Int? = nil, dropout: Double = 0.1,
    normalizesFirst: Bool = true
  ) {
    selfAttention = MultiHeadAttention(size, heads: heads)
    crossAttention = MultiHeadAttention(size, heads: heads)
    linear1 = Linear(size, hidden ?? 4 * size, activation: .relu)
    linear2 = Linear(hidden ?? 4 * size, size)
    (norm1, norm2, norm3) = (LayerNorm(size), LayerNorm(size), LayerNorm(size))
    self.dropout = Dropout(dropout)
    self.normalizesFirst = normalizesFirst
  }

  /// Returns the output, of the first input's shape.
  ///
  /// - Parameters:
  ///   - x: Shape `[n, targets, size]`.
  ///   - memory: The encoder's output, shape `[n, sources, size]`.
  ///   - memoryMask: Broadcasts to `[n, heads, targets, sources]`; true where a target may look.
  ///   - isCausal: Whether a target looks only at itself and those before.
  /// - Returns: The shape of `x`.
  public func callAsFunction(
    _ x: Tensor<Float>, memory: Tensor<Float>, memoryMask: Tensor<Bool>? = nil,
    isCausal: Bool = true
  ) -> Tensor<Float> {
    func look(_ x: Tensor<Float>) -> Tensor<Float> {
      dropout(selfAttention(x, x, x, isCausal: isCausal))
    }
    func lookAtMemory(_ x: Tensor<Float>) -> Tensor<Float> {
      dropout(crossAttention(x, memory, memory, mask: memoryMask))
    }
    func think(_ x: Tensor<Float>) -> Tensor<Float> { dropout(linear2(dropout(linear1(x)))) }
    if normalizesFirst {
      var y = x + look(norm1(x))
      y = y + lookAtMemory(norm2(y))
      return y + think(norm3(y))
    }
    var y = norm1(x + look(x))
    y = norm2(y + lookAtMemory(y))
    return norm3(y + think(y))
  }
}
