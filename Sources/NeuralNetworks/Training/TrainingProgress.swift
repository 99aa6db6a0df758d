internal import Tensors

/// How far a training is: what a checkpoint holds besides the model and the optimizer.
struct TrainingProgress {
  private(set) var history = TrainingHistory()
  private(set) var epochsWithoutImprovement = 0
  private var best: Double?
  /// The learning rate that the schedule multiplies.
  let baseRate: Double

  init(learningRate: Double) { baseRate = learningRate }

  mutating func append(_ values: [String: Double], watching rule: EarlyStopping?) {
    history.epochCount += 1
    for (name, value) in values { history.metrics[name, default: []].append(value) }
    guard let rule, let value = values[rule.metric] else { return }
    let improvement = best.map { rule.isMaximized ? value - $0 : $0 - value }
    if improvement.map({ $0 > rule.minimumImprovement }) ?? !value.isNaN {
      best = value
      epochsWithoutImprovement = 0
    } else {
      epochsWithoutImprovement += 1
    }
  }

  // MARK: Files

  /// Writes model, optimizer and progress; the file is replaced only once the new one is complete.
  func save(_ path: String, _ model: some Module, _ optimizer: any Optimizer) throws {
    var tensors: [String: Tensor<Float>] = [:]
    for (name, tensor) in model.tensors { tensors["model.\(name)"] = tensor }
    optimizer.state.saved(into: &tensors)
    var all: [String: any AnyTensor] = tensors
    for (name, values) in history.metrics { all["history.\(name)"] = Tensor<Double>(values) }
    all["progress"] = Tensor<Double>([
      Double(history.epochCount), Double(epochsWithoutImprovement), best ?? .nan, baseRate,
      optimizer.learningRate, Double(optimizer.stepCount),
    ])
    try Safetensors.write(all, to: path)
  }

  /// Reads what `save` wrote into the model and the optimizer; `nil` if there is no file.
  init?(resuming path: String, _ model: some Module, _ optimizer: any Optimizer) throws {
    let archive: TensorArchive
    do { archive = try Safetensors.read(path) } catch {
      if case .cannotRead(_, let reason) = error, reason.contains("No such file") { return nil }
      throw error
    }
    let progress: Tensor<Double> = try archive.tensor("progress")
    let numbers = progress.scalars
    guard numbers.count == 6, numbers[0] >= 0, numbers[0] < 1e9, numbers[5] >= 0, numbers[5] < 1e15,
      numbers[1] >= 0, numbers[1] < 1e9, numbers[3] >= 0, numbers[4] >= 0
    else {
      throw ModuleError.malformed(file: path, reason: "its progress is \(numbers)")
    }
    var (weights, memory) = ([String: Tensor<Float>](), [String: Tensor<Float>]())
    for name in archive.names {
      if name.hasPrefix("model.") {
        weights[String(name.dropFirst(6))] = try archive.tensor(name)
      } else if name.hasPrefix("optimizer.") {
        memory[name] = try archive.tensor(name)
      } else if name.hasPrefix("history.") {
        let values: Tensor<Double> = try archive.tensor(name)
        history.metrics[String(name.dropFirst(8))] = values.scalars
      }
    }
    try model.assign(weights, file: path)
    history.epochCount = Int(numbers[0])
    epochsWithoutImprovement = Int(numbers[1])
    best = numbers[2].isNaN ? nil : numbers[2]
    baseRate = numbers[3]
    optimizer.state.restore(from: memory, steps: Int(numbers[5]), learningRate: numbers[4])
  }
}
