internal import BLAS

/// A seeded source of random numbers, the same for a seed for ever and on every machine.
///
/// ```swift
/// var random = RandomGenerator(seed: 42)
/// let w: Tensor<Float> = random.normal(shape: [64, 10], standardDeviation: 0.1)
/// let order = random.permutation(1797)
/// ```
///
/// It is counter-based: a number depends on the seed, the stream and its position only, so `split()` gives
/// independent generators for workers. Do not use it for secrets.
///
/// - SeeAlso: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
public struct RandomGenerator: Sendable, Equatable {
  private let key: UInt64
  private let stream: UInt64
  /// The next block of four words.
  private var counter: UInt64 = 0
  /// How many streams were split off.
  private var children: UInt64 = 0

  /// Creates the generator of a seed.
  public init(seed: UInt64) {
    key = seed
    stream = 0
  }

  private init(key: UInt64, stream: UInt64) {
    self.key = key
    self.stream = stream
  }

  /// Returns a generator whose numbers are independent of this one's and of other splits'.
  public mutating func split() -> RandomGenerator {
    children += 1
    // The child's stream is drawn from a counter range that numbers never reach.
    let words = RandomBlocks.block(key: key, stream: stream, counter: UInt64.max - children)
    return RandomGenerator(
      key: key, stream: UInt64(words[1]) << 32 | UInt64(words[0]) | 1)
  }

  /// A stream that nothing else draws from, for numbers that may take several tries.
  mutating func freshStream() -> RandomStream {
    RandomStream(key: key, stream: split().stream)
  }

  /// Takes `blocks` blocks; returns the first.
  private mutating func advance(_ blocks: Int) -> UInt64 {
    defer { counter &+= UInt64(blocks) }
    return counter
  }

  /// Returns uniform numbers from `range.lowerBound` up to, not including, `range.upperBound`.
  ///
  /// - Precondition: The bounds are finite.
  public mutating func uniform<Scalar: FloatingTensorScalar>(
    shape: [Int], in range: Range<Scalar> = 0..<1
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "uniform")
    if Scalar.dataType.byteCount == 2 {
      let drawn: Tensor<Float> = uniform(
        shape: shape, in: Float(range.lowerBound)..<Float(range.upperBound))
      return minimum(drawn.cast(to: Scalar.self), range.upperBound.nextDown)
    }
    let count = Layout.count(shape)
    let perBlock = Scalar.dataType == .float32 ? 4 : 2
    let start = advance((count + perBlock - 1) / perBlock)
    let unit = Tensor<Scalar>(
      storage: RandomBlocks.uniform(
        Scalar.dataType.elementType, count: count, key: key, stream: stream, counter: start),
      shape: shape)
    guard range != 0..<1 else { return unit }
    let width = range.upperBound - range.lowerBound
    require(width.isFinite, "uniform: the range \(range) is too wide")
    // Rounding may reach the upper bound, which is not part of the range.
    return minimum(unit * width + range.lowerBound, range.upperBound.nextDown)
  }

  /// Returns normally distributed numbers.
  public mutating func normal<Scalar: FloatingTensorScalar>(
    shape: [Int], mean: Scalar = 0, standardDeviation: Scalar = 1
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "normal")
    if Scalar.dataType.byteCount == 2 {
      let drawn: Tensor<Float> = normal(
        shape: shape, mean: Float(mean), standardDeviation: Float(standardDeviation))
      return drawn.cast(to: Scalar.self)
    }
    let count = Layout.count(shape)
    let start = advance((count + 1) / 2)
    let standard = Tensor<Scalar>(
      storage: RandomBlocks.normal(
        Scalar.dataType.elementType, count: count, key: key, stream: stream, counter: start),
      shape: shape)
    return mean == 0 && standardDeviation == 1 ? standard : standard * standardDeviation + mean
  }

  /// Returns the numbers `0..<count` in random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    require(count >= 0, "permutation: \(count) numbers; the count must be 0 or more")
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements of an array in random order.
  public mutating func shuffle<Element>(_ values: inout [Element]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, Int(below(UInt64(last) + 1)))
    }
  }

  /// A number below `bound`, without bias: the upper half of a product, drawn again in the rare unfair case.
  mutating func below(_ bound: UInt64) -> UInt64 {
    let unfair = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= unfair { return product.high }
    }
  }
}

extension RandomGenerator: RandomNumberGenerator {
  /// Returns 64 random bits.
  public mutating func next() -> UInt64 {
    let words = RandomBlocks.block(key: key, stream: stream, counter: advance(1))
    return UInt64(words[1]) << 32 | UInt64(words[0])
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Creates uniform numbers in `0..<1`, the same for a seed for ever.
  public static func random(shape: [Int], seed: UInt64) -> Tensor {
    var generator = RandomGenerator(seed: seed)
    return generator.uniform(shape: shape)
  }

  /// Creates standard normal numbers, the same for a seed for ever.
  public static func randomNormal(shape: [Int], seed: UInt64) -> Tensor {
    var generator = RandomGenerator(seed: seed)
    return generator.normal(shape: shape)
  }
}
