internal import Dispatch
internal import Locks
public import Tensors

/// Examples that can be had by number.
public protocol Dataset<Batch>: Sendable {
  /// What some examples make together, such as a tensor of inputs and one of labels.
  associatedtype Batch: Sendable
  /// The number of examples.
  var count: Int { get }
  /// Returns the examples at `indices` together.
  func batch(_ indices: [Int]) -> Batch
}

/// Inputs and labels in two tensors, whose first axis counts the examples.
///
/// ```swift
/// let data = TensorDataset(images, labels)
/// ```
public struct TensorDataset<Input: TensorScalar, Label: TensorScalar>: Dataset {
  /// Shape `[n, ...]`.
  public let inputs: Tensor<Input>
  /// Shape `[n, ...]`.
  public let labels: Tensor<Label>

  /// Creates a data set.
  ///
  /// - Precondition: Both have as many examples.
  public init(_ inputs: Tensor<Input>, _ labels: Tensor<Label>) {
    require(
      inputs.rank > 0 && labels.rank > 0 && inputs.shape[0] == labels.shape[0],
      "TensorDataset: inputs of shape \(inputs.shape) and labels of shape \(labels.shape); "
        + "the first axes count the examples and must agree")
    (self.inputs, self.labels) = (inputs, labels)
  }

  /// The number of examples.
  public var count: Int { inputs.shape[0] }

  /// Returns inputs and labels of some examples.
  public func batch(_ indices: [Int]) -> (inputs: Tensor<Input>, labels: Tensor<Label>) {
    (inputs.take(indices), labels.take(indices))
  }
}

/// Batches of a data set, in a new order for every epoch, prepared on a thread of their own.
///
/// ```swift
/// let loader = DataLoader(TensorDataset(images, labels), batchSize: 64, shuffle: true, seed: 1)
/// for epoch in 0..<10 {
///   for (x, y) in loader.epoch(epoch) { … }
/// }
/// ```
///
/// The order depends on the seed and the epoch's number only, so that a training can be resumed exactly.
public struct DataLoader<Source: Dataset>: Sendable {
  /// What changes a batch after it was loaded, with random numbers of its own.
  public typealias Augmentation = @Sendable (Source.Batch, inout RandomGenerator) -> Source.Batch

  private let source: Source
  private let batchSize: Int
  private let isShuffled: Bool
  private let dropsLast: Bool
  private let seed: UInt64
  private let prefetch: Int
  private let augmentation: Augmentation?

  /// Creates a loader.
  ///
  /// - Parameters:
  ///   - source: The examples.
  ///   - batchSize: Examples in a batch.
  ///   - shuffle: Whether every epoch has an order of its own.
  ///   - dropLast: Whether a last batch that is not full is left out.
  ///   - seed: Fixes orders and augmentations.
  ///   - prefetch: Batches that are prepared ahead; 0 prepares each when it is asked for.
  ///   - augmentation: What changes each batch.
  /// - Precondition: `batchSize` is positive and `prefetch` not negative.
  public init(
    _ source: Source, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false,
    seed: UInt64 = 0, prefetch: Int = 2, augmentation: Augmentation? = nil
  ) {
    require(batchSize > 0, "DataLoader: a batch size of \(batchSize); give a positive number")
    require(prefetch >= 0, "DataLoader: \(prefetch) batches ahead; give 0 or more")
    (self.source, self.batchSize, self.seed) = (source, batchSize, seed)
    (isShuffled, dropsLast, self.prefetch) = (shuffle, dropLast, prefetch)
    self.augmentation = augmentation
  }

  /// The number of batches of an epoch.
  public var batchCount: Int {
    dropsLast ? source.count / batchSize : (source.count + batchSize - 1) / batchSize
  }

  /// The batches of an epoch, in order.
  public func epoch(_ number: Int) -> DataBatches<Source.Batch> {
    var random = RandomGenerator(seed: seed &+ UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9)
    let order = isShuffled ? random.permutation(source.count) : Array(0..<source.count)
    let generators = (0..<batchCount).map { _ in random.split() }
    let (source, size, augmentation) = (source, batchSize, augmentation)
    return DataBatches(count: batchCount, prefetch: prefetch) { index in
      let batch = source.batch(
        Array(order[(index * size)..<Swift.min((index + 1) * size, order.count)]))
      guard let augmentation else { return batch }
      var generator = generators[index]
      return augmentation(batch, &generator)
    }
  }
}

extension DataLoader: Sequence {
  /// The batches of epoch 0.
  public func makeIterator() -> DataBatches<Source.Batch>.Iterator { epoch(0).makeIterator() }
}

/// The batches of one epoch.
public struct DataBatches<Batch: Sendable>: Sequence, Sendable {
  /// How many there are.
  public let count: Int
  private let prefetch: Int
  private let load: @Sendable (Int) -> Batch

  fileprivate init(count: Int, prefetch: Int, load: @escaping @Sendable (Int) -> Batch) {
    (self.count, self.prefetch, self.load) = (count, prefetch, load)
  }

  /// Gives the batches one after the other.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// Gives batches, and has the next ones prepared meanwhile.
  public final class Iterator: IteratorProtocol {
    private let batches: DataBatches
    private var position = 0
    private let pipe: BatchPipe<Batch>?

    fileprivate init(_ batches: DataBatches) {
      self.batches = batches
      pipe = batches.prefetch > 0 && batches.count > 1 ? BatchPipe(batches.prefetch) : nil
      guard let pipe else { return }
      let (count, load) = (batches.count, batches.load)
      DispatchQueue.global(qos: .userInitiated).async {
        for index in 0..<count where !pipe.put(load(index)) { return }
      }
    }

    deinit { pipe?.close() }

    /// Returns the next batch, or `nil` after the last.
    public func next() -> Batch? {
      guard position < batches.count else { return nil }
      defer { position += 1 }
      return pipe.map { $0.take() } ?? batches.load(position)
    }
  }
}

/// Batches between the thread that loads and the one that uses them.
private final class BatchPipe<Batch: Sendable>: Sendable {
  private struct State {
    var ready: [Batch] = []
    var isClosed = false
  }

  private let state = Guarded(State())
  private let free: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)

  init(_ length: Int) {
    // A semaphore may not be released below the value it began with.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<length { free.signal() }
  }

  /// Waits for room; returns whether more batches are wanted.
  func put(_ batch: Batch) -> Bool {
    free.wait()
    let goesOn = state.withLock { state in
      if !state.isClosed { state.ready.append(batch) }
      return !state.isClosed
    }
    filled.signal()
    return goesOn
  }

  func take() -> Batch {
    filled.wait()
    let batch = state.withLock { $0.ready.removeFirst() }
    free.signal()
    return batch
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      state.ready = []
    }
    free.signal()
  }
}
