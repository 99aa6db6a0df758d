import NeuralNetworks
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite("Training")
struct TrainingTests {
  typealias Data = TensorDataset<Float, Int32>

  private func data(seed: UInt64 = 1) -> Data {
    let x = Tensor<Float>.randomNormal(shape: [70, 4], seed: seed)
    let y = Tensor<Int32>((x[0..., 0] .> x[0..., 1]))
    return TensorDataset(x, y)
  }

  private func model() -> Sequential {
    withParameterSeed(4) {
      Sequential {
        Linear(4, 16, activation: .relu)
        Dropout(0.1)
        Linear(16, 2)
      }
    }
  }

  private func trainer(_ model: Sequential) -> Trainer<Sequential, Data> {
    let trainer = Trainer<Sequential, Data>(model, Adam(model, learningRate: 0.01)) {
      crossEntropy($0($1.inputs), $1.labels)
    }
    trainer.printsProgress = false
    trainer.schedule = Schedule.cosine(steps: 50).warmedUp(steps: 5)
    trainer.metrics["accuracy"] = { model, batch in
      (model(batch.inputs).argmax(axis: 1) .== batch.labels).mean().item()
    }
    return trainer
  }

  private func loader(seed: UInt64 = 1) -> DataLoader<Data> {
    DataLoader(data(seed: seed), batchSize: 16, shuffle: true, seed: 3)
  }

  @Test("learns, logs and stops early")
  func learns() throws {
    final class Log: MetricLog {
      let lines = Mutex<[[String: Double]]>([])
      func log(_ metrics: [String: Double], step: Int) throws {
        lines.withLock { $0.append(metrics) }
      }
    }
    let (trainer, log) = (trainer(model()), Log())
    trainer.log = log
    trainer.schedule = .constant
    trainer.earlyStopping = EarlyStopping(
      "accuracy", patience: 3, minimumImprovement: 0.001, maximized: true)
    let history = try trainer.fit(loader(), validation: loader(seed: 2), epochs: 60)
    #expect((history["accuracy"].max() ?? 0) > 0.85)
    #expect((history["loss"].last ?? 1) < (history["loss"].first ?? 0))
    #expect(history.epochCount < 60)
    let lines = log.lines.withLock { $0 }
    #expect(lines.count == history.epochCount)
    #expect(lines.first?["learning_rate"] == 0.01)
    #expect(lines.map { $0["loss"] } == history["loss"])
  }

  @Test("goes on from a checkpoint with the very numbers of a training that was not interrupted")
  func resumes() throws {
    let folder = try TemporaryDirectory()
    let whole = model()
    let expected = try trainer(whole).fit(loader(), validation: loader(seed: 2), epochs: 6)
    let (first, second) = (model(), model())
    let begun = trainer(first)
    begun.checkpoint = folder.path("training.safetensors")
    _ = try begun.fit(loader(), validation: loader(seed: 2), epochs: 3)
    let resumed = trainer(second)
    resumed.checkpoint = begun.checkpoint
    let found = try resumed.fit(loader(), validation: loader(seed: 2), epochs: 6)
    #expect(found == expected)
    #expect(second.tensors == whole.tensors)
  }

  @Test("adds up batches as if they were one")
  func accumulation() throws {
    let data = data()
    func train(_ batchSize: Int, _ accumulation: Int) throws -> [String: Tensor<Float>] {
      let model = withParameterSeed(4) { Sequential { Linear(4, 2) } }
      let trainer = Trainer<Sequential, Data>(model, SGD(model, learningRate: 0.1)) {
        crossEntropy($0($1.inputs), $1.labels)
      }
      trainer.printsProgress = false
      trainer.accumulation = accumulation
      _ = try trainer.fit(DataLoader(data, batchSize: batchSize), epochs: 2)
      return model.tensors
    }
    // With 5 batches of 14, the last group has one batch only.
    for (large, small) in [
      (try train(70, 1), try train(35, 2)), (try train(28, 1), try train(14, 2)),
    ] {
      for (name, tensor) in large {
        #expect(abs(tensor - (small[name] ?? tensor * 0)).max().item() < 1e-6, "\(name)")
      }
    }
  }

  @Test("ends at a loss that is not a number, and says where")
  func notFinite() throws {
    let model = Sequential { Linear(4, 2) }
    let trainer = Trainer<Sequential, Data>(model, SGD(model, learningRate: 0.1)) { _, _ in
      Tensor(.nan)
    }
    trainer.printsProgress = false
    #expect {
      try trainer.fit(loader(), epochs: 1)
    } throws: {
      "\($0)".contains("the loss of batch 0 in epoch 0 is nan")
    }
  }

  @Test("gets every example once an epoch, in orders that depend on seed and epoch only")
  func loaders() {
    let numbers = Tensor<Int32>((0..<10).map(Int32.init))
    func order(_ loader: DataLoader<TensorDataset<Int32, Int32>>, _ epoch: Int) -> [Int32] {
      loader.epoch(epoch).flatMap { $0.labels.scalars }
    }
    let data = TensorDataset(numbers, numbers)
    #expect(order(DataLoader(data, batchSize: 3), 0) == numbers.scalars)
    #expect(order(DataLoader(data, batchSize: 3, dropLast: true), 0).count == 9)
    for prefetch in [0, 1, 5] {
      let loader = DataLoader(data, batchSize: 4, shuffle: true, seed: 8, prefetch: prefetch)
      let orders = (0..<3).map { order(loader, $0) }
      #expect(Set(orders).count == 3)
      #expect(orders.allSatisfy { $0.sorted() == numbers.scalars })
      #expect(
        orders[1] == order(DataLoader(data, batchSize: 2, shuffle: true, seed: 8), 1))
      #expect(loader.batchCount == 3)
      // An epoch that is left early must not keep its thread waiting.
      for _ in loader.epoch(0) { break }
    }
    let noisy = DataLoader(
      TensorDataset(Tensor<Float>.zeros(shape: [6, 1]), Tensor<Float>.zeros(shape: [6])),
      batchSize: 2, seed: 2
    ) { batch, random in
      (batch.inputs + random.normal(shape: batch.inputs.shape), batch.labels)
    }
    let draws = noisy.flatMap { $0.inputs.scalars }
    #expect(Set(draws).count == 6)
    #expect(draws == noisy.flatMap { $0.inputs.scalars })
  }

  @Test("follows schedules and averages models")
  func schedules() throws {
    let step = Schedule.step(every: 2, gamma: 0.5)
    #expect((0..<5).map { step($0) } == [1, 1, 0.5, 0.5, 0.25])
    #expect(Schedule.multiStep(at: [1, 3])(3) == 0.1 * 0.1)
    #expect(Schedule.linear(to: 0, steps: 4)(1) == 0.75)
    let cosine = Schedule.cosine(steps: 10, to: 0.1)
    #expect(cosine(0) == 1 && Swift.abs(cosine(5) - 0.55) < 1e-12 && cosine(10) == 0.1)
    #expect(Schedule.constant.warmedUp(steps: 4)(1) == 0.5)
    let cycle = Schedule.oneCycle(steps: 100)
    #expect(Swift.abs(cycle(0) - 0.04) < 1e-12 && Swift.abs(cycle(29) - 1) < 1e-12)
    #expect(Swift.abs(cycle(99) - 4e-6) < 1e-12)
    let model = Linear(1, 1, bias: false, initializer: .ones)
    let average = MovingAverage(of: model, decay: 0.75)
    model.weight.value = Tensor([[5]])
    average.update()
    try average.apply()
    #expect(model.weight.value.item() == 2)
  }

  @Test("goes down with every optimizer")
  func optimizers() {
    let x = Tensor<Float>.randomNormal(shape: [20, 3], seed: 1)
    let y = matmul(x, Tensor<Float>([[1], [-2], [0.5]]))
    for make: (Linear) -> any Optimizer in [
      { Lion($0, learningRate: 0.01) }, { LAMB($0, learningRate: 0.02) },
      { RMSprop($0, learningRate: 0.02) }, { Adagrad($0, learningRate: 0.3) },
    ] {
      let model = withParameterSeed(2) { Linear(3, 1) }
      let optimizer = make(model)
      let losses = (0..<200).map { _ in optimizer.step { mseLoss(model(x), y) }.item() }
      #expect(losses[199] < losses[0] / 10, "\(type(of: optimizer)): \(losses[0]) \(losses[199])")
      #expect(optimizer.stepCount == 200)
    }
  }

  @Test("differentiates a model on two threads at once")
  func threads() async {
    let model = Linear(4, 2)
    let x = Tensor<Float>.randomNormal(shape: [8, 4], seed: 1)
    let (_, expected) = valueAndGrad(of: model) { square(model(x)).sum() }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<50).allSatisfy { _ in
            let (_, found) = valueAndGrad(of: model) { square(model(x)).sum() }
            return found["weight"] == expected["weight"]
          }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test("gives gradients of gradients of parameters")
  func twice() {
    struct Cubic: Module { let x = Parameter<Double>(Tensor(3)) }
    let model = Cubic()
    let (value, gradients) = valueAndGrad(of: model) {
      let (_, inner) = valueAndGrad(of: model) { model.x.value * model.x.value * model.x.value }
      return inner["x", as: Double.self] ?? Tensor(0)
    }
    #expect(value.item() == 27)
    #expect(gradients["x", as: Double.self]?.item() == 18)
  }
}
