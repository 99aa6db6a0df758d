import Foundation
import NeuralNetworks
import Tensors
import Testing

/// What PyTorch computed; `.ci/reference/networks.py` writes the file.
struct Reference {
  let archive: TensorArchive

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    archive = try Safetensors.read(folder.path + "/Fixtures/pytorch.safetensors")
  }

  func callAsFunction(_ name: String) throws -> Tensor<Float> { try archive.tensor(name) }

  /// The tensors below a name, by the rest of theirs.
  func all(below prefix: String) throws -> [String: Tensor<Float>] {
    var result: [String: Tensor<Float>] = [:]
    for name in archive.names where name.hasPrefix(prefix + "/") {
      result[String(name.dropFirst(prefix.count + 1))] = try archive.tensor(name)
    }
    return result
  }
}

/// Checks shapes, then values.
func expectClose(
  _ actual: Tensor<Float>?, _ expected: Tensor<Float>?, _ what: String, tolerance: Float = 2e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let actual, let expected, actual.shape == expected.shape else {
    Issue.record(
      "\(what): shape \(actual?.shape ?? []), not \(expected?.shape ?? [])",
      sourceLocation: sourceLocation)
    return
  }
  let bound = abs(expected) * tolerance + tolerance
  if !(abs(actual - expected) .<= bound).all().item() {
    Issue.record("\(what): \(actual), not \(expected)", sourceLocation: sourceLocation)
  }
}

/// A model and its inputs, to have gradients of both.
struct WithInputs: Module {
  let inputs: [Parameter<Float>]
  let model: any Module
}

@Suite("Layers, losses and training agree with PyTorch")
struct PyTorchTests {
  /// Compares a layer whose parameters have PyTorch's names, or those that `rename` makes of them.
  func compare(
    _ name: String, _ model: some Module,
    rename: ([String: Tensor<Float>]) -> [String: Tensor<Float>] = { $0 },
    _ function: ([Tensor<Float>]) -> Tensor<Float>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let reference = try Reference()
    let inputs = try reference.all(below: "\(name)/input").sorted { $0.key < $1.key }.map {
      Parameter($0.value)
    }
    for (parameter, value) in rename(try reference.all(below: "\(name)/parameter")) {
      let found = try #require(model.parameter(parameter), "no parameter \(parameter)")
      found.value = value
    }
    var output: Tensor<Float>?
    let seed = try reference("\(name)/gradient")
    let (_, gradients) = valueAndGrad(of: WithInputs(inputs: inputs, model: model)) {
      let y = function(inputs.map(\.value))
      output = y
      return (y * seed).sum()
    }
    expectClose(output, try reference("\(name)/output"), "output", sourceLocation: sourceLocation)
    for (number, gradient) in try reference.all(below: "\(name)/inputgradient") {
      expectClose(
        gradients["inputs.\(number)"], gradient, "input \(number)", sourceLocation: sourceLocation)
    }
    let expected = rename(try reference.all(below: "\(name)/parametergradient"))
    #expect(Set(expected.keys) == Set(model.parameterNames), sourceLocation: sourceLocation)
    for (parameter, gradient) in expected {
      expectClose(
        gradients["model.\(parameter)"], gradient, parameter, sourceLocation: sourceLocation)
    }
  }

  @Test("for linear layers, plain and fused")
  func linearLayer() throws {
    let layer = Linear(5, 3)
    try compare("linear", layer) { layer($0[0]) }
  }

  @Test("for normalisations")
  func normalisations() throws {
    let layerNorm = LayerNorm(6)
    try compare("layernorm", layerNorm) { layerNorm($0[0]) }
    let rms = RMSNorm(6)
    try compare("rmsnorm", rms) { rms($0[0]) }
    let group = GroupNorm(2, 4)
    try compare("groupnorm", group) { group($0[0]) }
    let batch = BatchNorm(3)
    try compare("batchnorm", batch) { batch($0[0]) }
    let reference = try Reference()
    expectClose(batch.runningMean.value, try reference("batchnorm/mean"), "mean")
    expectClose(batch.runningVariance.value, try reference("batchnorm/variance"), "variance")
  }

  @Test("for recurrent layers")
  func recurrent() throws {
    func rename(_ tensors: [String: Tensor<Float>]) -> [String: Tensor<Float>] {
      let names = [
        "weight_ih_l0": "weightInput", "weight_hh_l0": "weightHidden", "bias_ih_l0": "biasInput",
        "bias_hh_l0": "biasHidden",
      ]
      return Dictionary(uniqueKeysWithValues: tensors.map { (names[$0.key] ?? $0.key, $0.value) })
    }
    let lstm = LSTM(3, 4)
    try compare("lstm", lstm, rename: rename) { lstm($0[0]) }
    let gru = GRU(3, 4)
    try compare("gru", gru, rename: rename) { gru($0[0]) }
  }

  /// PyTorch keeps the maps of queries, keys and values in one tensor.
  private func renamed(_ tensors: [String: Tensor<Float>], _ names: [String: String])
    -> [String: Tensor<Float>]
  {
    var result: [String: Tensor<Float>] = [:]
    for (key, value) in tensors {
      var name = key
      for (old, new) in names { name = name.replacingOccurrences(of: old, with: new) }
      name = name.replacingOccurrences(of: "out_proj", with: "output")
      let prefix = name.components(separatedBy: "in_proj_")
      guard prefix.count == 2 else {
        result[name] = value
        continue
      }
      let size = value.shape[0] / 3
      for (number, part) in ["query", "key", "value"].enumerated() {
        result["\(prefix[0])\(part).\(prefix[1])"] =
          value[
            (number * size)..<((number + 1) * size)]
      }
    }
    return result
  }

  @Test("for attention and transformer blocks")
  func attention() throws {
    let attention = MultiHeadAttention(8, heads: 2)
    try compare("attention", attention, rename: { renamed($0, [:]) }) {
      attention($0[0], $0[1], $0[1], isCausal: true)
    }
    for first in [true, false] {
      let encoder = TransformerEncoderLayer(
        8, heads: 2, hidden: 16, dropout: 0, normalizesFirst: first)
      try compare(
        first ? "encoder1" : "encoder0", encoder,
        rename: { renamed($0, ["self_attn": "attention"]) }
      ) { encoder($0[0]) }
    }
    let decoder = TransformerDecoderLayer(
      8, heads: 2, hidden: 16, dropout: 0, normalizesFirst: false)
    try compare(
      "decoder", decoder,
      rename: {
        renamed($0, ["self_attn": "selfAttention", "multihead_attn": "crossAttention"])
      }
    ) { decoder($0[0], memory: $0[1]) }
  }

  @Test("for losses and their gradients")
  func losses() throws {
    let reference = try Reference()
    let (a, b) = (try reference("loss/a"), try reference("loss/b"))
    let (third, signs) = (try reference("loss/third"), try reference("loss/signs"))
    let logits = try reference("loss/logits")
    let labels: Tensor<Int32> = try reference.archive.tensor("loss/labels")
    let cases: [(String, Tensor<Float>, (Tensor<Float>) -> Tensor<Float>)] = [
      ("crossentropy", logits, { crossEntropy($0, labels) }),
      ("smoothed", logits, { crossEntropy($0, labels, labelSmoothing: 0.1) }),
      ("summed", logits, { crossEntropy($0, labels, reduction: .sum) }),
      ("probabilities", logits, { crossEntropy($0, probabilities: softmax(b)) }),
      ("mse", a, { mseLoss($0, b) }), ("l1", a, { l1Loss($0, b) }),
      ("huber", a, { huberLoss($0, b, delta: 0.7) }),
      ("bce", a, { binaryCrossEntropy(logits: $0, sigmoid(b), positiveWeight: 2) }),
      ("kl", a, { klDivergence(logSoftmax($0), softmax(b)) }),
      ("cosine", a, { cosineEmbeddingLoss($0, b, labels: signs, margin: 0.1) }),
      ("triplet", a, { tripletLoss(anchor: $0, positive: b, negative: third, margin: 1.5) }),
    ]
    for (name, x, loss) in cases {
      struct Input: Module { let x: Parameter<Float> }
      let input = Input(x: Parameter(x))
      let (value, gradients) = valueAndGrad(of: input) { loss(input.x.value) }
      expectClose(value, try reference("loss/\(name)/value"), name)
      expectClose(gradients["x"], try reference("loss/\(name)/gradient"), "gradient of \(name)")
    }
  }

  @Test(
    "for training runs, step by step",
    arguments: ["sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad"])
  func training(_ name: String) throws {
    let reference = try Reference()
    let x = try reference("training/x")
    let y: Tensor<Int32> = try reference.archive.tensor("training/y")
    let model = Sequential {
      Linear(6, 8)
      ReLU()
      Linear(8, 3)
    }
    for (parameter, value) in try reference.all(below: "training/start") {
      try #require(model.parameter(parameter)).value = value
    }
    let optimizer: any Optimizer =
      switch name {
      case "sgd": SGD(model, learningRate: 0.1)
      case "momentum":
        SGD(model, learningRate: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01)
      case "nesterov": SGD(model, learningRate: 0.1, momentum: 0.9, nesterov: true)
      case "adam": Adam(model, learningRate: 0.01, weightDecay: 0.01)
      case "adamw": AdamW(model, learningRate: 0.01, weightDecay: 0.1)
      case "rmsprop": RMSprop(model, learningRate: 0.01, momentum: 0.5)
      default: Adagrad(model, learningRate: 0.05, learningRateDecay: 0.1)
      }
    let losses = (0..<10).map { _ in
      optimizer.step(clippingNorm: 0.5) { crossEntropy(model(x), y) }
    }
    expectClose(stack(losses), try reference("training/\(name)/losses"), "losses")
    for (parameter, value) in try reference.all(below: "training/\(name)/end") {
      expectClose(model.parameter(parameter)?.value, value, parameter, tolerance: 1e-4)
    }
  }
}
