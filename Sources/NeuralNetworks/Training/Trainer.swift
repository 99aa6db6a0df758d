internal import FitObservation
internal import Gradients
public import Tensors

/// The loop around a model, an optimizer and data.
///
/// ```swift
/// let trainer = Trainer(model, Adam(model)) { model, batch in
///   crossEntropy(model(batch.inputs), batch.labels)
/// }
/// let history = try trainer.fit(training, validation: heldOut, epochs: 20)
/// ```
public final class Trainer<Model: Module, Source: Dataset> {
  /// Gives the loss of a batch, a tensor with one element.
  public typealias Loss = (Model, Source.Batch) -> Tensor<Float>

  private let model: Model
  private let optimizer: any Optimizer
  private let loss: Loss
  /// Further numbers of a validation batch by name, such as accuracy, averaged over the batches.
  public var metrics: [String: (Model, Source.Batch) -> Double] = [:]
  /// Factors of the learning rate by step.
  public var schedule = Schedule.constant
  /// The norm that gradients are clipped to.
  public var clippingNorm: Double?
  /// How many batches make one step.
  public var accumulation = 1
  /// When to end early.
  public var earlyStopping: EarlyStopping?
  /// A file that keeps the training after every epoch; a training goes on from it if it exists.
  public var checkpoint: String?
  /// What keeps the metrics, such as the current run.
  public var log: (any MetricLog)?
  /// Whether every epoch prints a line.
  public var printsProgress = true
  /// What is called at the end of every epoch; `false` ends the training.
  public var onEpochEnd: (EpochReport) throws -> Bool = { _ in true }
  /// What is called when the training ends, by an error too.
  public var onTrainingEnd: (TrainingHistory) -> Void = { _ in }
  /// Fixes the random numbers of layers such as `Dropout`, for each epoch anew.
  public var seed: UInt64 = 0

  /// Creates a trainer.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - optimizer: An optimizer of that model.
  ///   - loss: Gives the loss of a batch.
  public init(_ model: Model, _ optimizer: any Optimizer, loss: @escaping Loss) {
    (self.model, self.optimizer, self.loss) = (model, optimizer, loss)
  }

  /// Trains for some epochs.
  ///
  /// If `checkpoint` names a file that exists, the training goes on after the epoch that it holds, with the same result
  /// as if it had never stopped.
  ///
  /// - Parameters:
  ///   - training: The batches to learn from.
  ///   - validation: Batches that only judge.
  ///   - epochs: How many times the training batches are gone through, with those of the checkpoint.
  /// - Returns: The metrics of all epochs.
  /// - Throws: `TrainingError.notFinite` if the loss is; what the checkpoint's file, the log or a callback throws.
  public func fit(
    _ training: DataLoader<Source>, validation: DataLoader<Source>? = nil, epochs: Int
  ) throws -> TrainingHistory {
    require(accumulation > 0, "Trainer: an accumulation of \(accumulation); give 1 or more")
    var progress = TrainingProgress(learningRate: optimizer.learningRate)
    if let checkpoint {
      progress = try TrainingProgress(resuming: checkpoint, model, optimizer) ?? progress
    }
    let observed = log == nil ? observation() : nil
    var failure: (any Error)?
    defer {
      onTrainingEnd(progress.history)
      observed?.end(after: failure)
    }
    do {
      try run(&progress, training, validation, epochs, observed)
    } catch {
      failure = error
      throw error
    }
    return progress.history
  }

  private func run(
    _ progress: inout TrainingProgress, _ training: DataLoader<Source>,
    _ validation: DataLoader<Source>?, _ epochs: Int, _ observed: (any FitObservation.Training)?
  ) throws {
    while progress.history.epochCount < epochs && !hasStalled(progress) {
      let epoch = progress.history.epochCount
      var values = ["loss": try train(training, epoch, progress.baseRate)]
      if let validation { values.merge(judge(validation)) { $1 } }
      progress.append(values, watching: earlyStopping)
      values["learning_rate"] = optimizer.learningRate
      try log?.log(values, step: epoch)
      observed?.log(values, epoch: epoch)
      let report = EpochReport(epoch: epoch, epochCount: epochs, metrics: values)
      if printsProgress { print(report) }
      if let checkpoint { try progress.save(checkpoint, model, optimizer) }
      if try !onEpochEnd(report) { break }
    }
  }

  /// Tells whoever wants to know that the training begins.
  private func observation() -> (any FitObservation.Training)? {
    guard let observer = FitObservation.observer else { return nil }
    var parameters = FitObservation.settings(of: optimizer, except: ["state"])
    parameters["optimizer"] = "\(type(of: optimizer))"
    parameters["learningRate"] = "\(optimizer.learningRate)"
    parameters["parameterCount"] = "\(model.parameterCount())"
    parameters["accumulation"] = "\(accumulation)"
    parameters["seed"] = "\(seed)"
    if let clippingNorm { parameters["clippingNorm"] = "\(clippingNorm)" }
    return observer.training(kind: "\(Model.self)", parameters: parameters)
  }

  private func hasStalled(_ progress: TrainingProgress) -> Bool {
    earlyStopping.map { progress.epochsWithoutImprovement >= $0.patience } ?? false
  }

  /// Goes once through the batches; returns the mean loss.
  private func train(_ loader: DataLoader<Source>, _ epoch: Int, _ baseRate: Double) throws
    -> Double
  {
    model.train()
    for (index, entry) in model.contents.streams.enumerated() {
      var random = RandomGenerator(seed: seed &+ UInt64(epoch) &* 1_000_003 &+ UInt64(index))
      entry.stream.state = random.split()
    }
    var (total, count) = (0.0, 0)
    var gathered: (sum: ModuleGradients, batches: Int)?
    for batch in loader.epoch(epoch) {
      let (value, gradients) = optimizer.state.parameters.valueAndGradients {
        loss(model, batch)
      }
      let number = Double(value.item())
      guard number.isFinite else {
        throw TrainingError.notFinite(epoch: epoch, batch: count, loss: number)
      }
      total += number
      count += 1
      gathered = gathered.map { ($0 + gradients, $1 + 1) } ?? (gradients, 1)
      // The epoch's last group may be smaller.
      if count.isMultiple(of: accumulation) || count == loader.batchCount {
        if let (sum, batches) = gathered { step(sum, of: batches, baseRate) }
        gathered = nil
      }
    }
    return total / Double(Swift.max(count, 1))
  }

  private func step(_ sum: ModuleGradients, of batches: Int, _ baseRate: Double) {
    var gradients = batches == 1 ? sum : sum.scaled(by: 1 / Double(batches))
    if let clippingNorm { gradients = gradients.clipped(norm: clippingNorm) }
    optimizer.learningRate = baseRate * schedule(optimizer.stepCount)
    optimizer.update(gradients)
  }

  /// The mean loss and metrics of batches, without learning from them.
  private func judge(_ loader: DataLoader<Source>) -> [String: Double] {
    model.evaluate()
    defer { model.train() }
    var (sums, count) = ([String: Double](), 0)
    withoutGradients {
      for batch in loader.epoch(0) {
        count += 1
        sums["validation_loss", default: 0] += Double(loss(model, batch).item())
        for (name, metric) in metrics { sums[name, default: 0] += metric(model, batch) }
      }
    }
    return sums.mapValues { $0 / Double(Swift.max(count, 1)) }
  }
}

/// A training that cannot go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A batch's loss is NaN or infinite.
  case notFinite(epoch: Int, batch: Int, loss: Double)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notFinite(let epoch, let batch, let loss):
      "the loss of batch \(batch) in epoch \(epoch) is \(loss). Lower the learning rate, clip the gradients, "
        + "or look for such numbers in the data."
    }
  }
}
