internal import Locks
public import Tensors

/// A source of random generators that threads may share, such as that of a dropout layer.
///
/// ```swift
/// let stream = RandomStream(seed: 7)
/// var random = stream.next()
/// let noise: Tensor<Float> = random.normal(shape: [3])
/// ```
///
/// Inside `checkpoint`, the second run gets the generators of the first.
public final class RandomStream: Sendable {
  private let generator: Guarded<RandomGenerator>

  /// Creates a stream of its own for a seed.
  public convenience init(seed: UInt64) { self.init(RandomGenerator(seed: seed)) }

  /// Creates a stream that goes on as `generator` would by splitting.
  public init(_ generator: RandomGenerator) { self.generator = Guarded(generator) }

  /// Returns a generator that is independent of all others of the stream.
  public func next() -> RandomGenerator {
    guard let draws = RandomDraws.current else { return fresh() }
    return draws.next(from: self)
  }

  fileprivate func fresh() -> RandomGenerator { generator.withLock { $0.split() } }

  /// What the stream goes on with, to be saved and put back.
  public var state: RandomGenerator {
    get { generator.withLock { $0 } }
    set { generator.withLock { $0 = newValue } }
  }
}

/// The generators that a checkpoint's body drew, in order.
final class RandomDraws: Sendable {
  @TaskLocal static var current: RandomDraws?

  private struct State {
    var drawn: [RandomGenerator] = []
    var replayed: ArraySlice<RandomGenerator> = []
  }

  private let state: Guarded<State>
  /// Checkpoints may stand within each other: the outer one keeps what the inner one draws.
  private let outer: RandomDraws?

  init(replaying generators: [RandomGenerator] = []) {
    state = Guarded(State(replayed: generators[...]))
    outer = RandomDraws.current
  }

  /// The first run's generator at this place, or a new one.
  func next(from stream: RandomStream) -> RandomGenerator {
    let replayed = state.withLock { $0.replayed.popFirst() }
    let generator = replayed ?? outer?.next(from: stream) ?? stream.fresh()
    state.withLock { $0.drawn.append(generator) }
    return generator
  }

  /// The generators drawn so far.
  func finished() -> [RandomGenerator] { state.withLock { $0.drawn } }
}
