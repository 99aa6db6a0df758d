import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite("Modules")
struct ModuleTests {
  struct Classifier: Layer {
    let body = Sequential {
      Linear(4, 3, activation: .relu)
      BatchNorm(3)
      Dropout(0.5, seed: 1)
    }
    let heads = [Linear(3, 2), Linear(3, 2, bias: false)]
    let byName = ["b": LayerNorm(2), "a": LayerNorm(2)]
    let none: Linear? = nil

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let hidden = body(x)
      return heads.reduce(Tensor<Float>(0)) { $0 + $1(hidden) }
    }
  }

  @Test("name their parameters by path, and count them")
  func names() {
    let model = Classifier()
    #expect(
      model.parameterNames == [
        "body.0.weight", "body.0.bias", "body.1.weight", "body.1.bias", "heads.0.weight",
        "heads.0.bias", "heads.1.weight", "byName.a.weight", "byName.a.bias", "byName.b.weight",
        "byName.b.bias",
      ])
    #expect(model.parameterCount() == 15 + 6 + 8 + 6 + 8)
    #expect(
      Linear(2, 1).summary() == """
        parameter  shape   elements  trained
        weight     [1, 2]         2  yes
        bias       [1]            1  yes
        all                       3  3
        """)
  }

  @Test("train what is not frozen")
  func freezing() {
    let model = Classifier()
    model.freeze("body")
    #expect(model.parameterCount(trainable: true) == model.parameterCount() - 21)
    let x = Tensor<Float>.randomNormal(shape: [5, 4], seed: 1)
    let before = model.tensors
    let optimizer = SGD(model, learningRate: 0.1)
    optimizer.step { square(model(x)).mean() }
    let after = model.tensors
    #expect(before["body.0.weight"] == after["body.0.weight"])
    #expect(before["heads.0.weight"] != after["heads.0.weight"])
    let (_, gradients) = valueAndGrad(of: model) { square(model(x)).mean() }
    #expect(gradients["body.0.weight"] == nil)
    #expect(gradients["byName.a.weight"] == nil)
    #expect(gradients["heads.1.weight"] != nil)
    model.unfreeze()
    #expect(model.parameterCount(trainable: true) == model.parameterCount())
  }

  @Test("are saved and loaded with their buffers")
  func files() throws {
    let folder = try TemporaryDirectory()
    let (model, other) = (Classifier(), Classifier())
    let x = Tensor<Float>.randomNormal(shape: [6, 4], seed: 2)
    _ = model(x)
    try model.save(folder.path("model.safetensors"))
    try other.load(folder.path("model.safetensors"))
    #expect(model.tensors.keys.contains("body.1.runningMean"))
    for mode in [model, other] { mode.evaluate() }
    #expect(model(x) == other(x))
    #expect(model(x) == model(x))
    try Linear(3, 2).save(folder.path("linear.safetensors"))
    #expect(throws: ModuleError.self) { try model.load(folder.path("linear.safetensors")) }
    do {
      try Linear(2, 2).load(folder.path("linear.safetensors"))
      Issue.record("a file of other shapes was loaded")
    } catch {
      #expect("\(error)".contains("weight has shape [2, 3], the model's [2, 2]"), "\(error)")
    }
  }

  @Test("drop elements only in training, and keep the mean")
  func dropout() {
    let layer = Dropout(0.25, seed: 3)
    let x = Tensor<Float>.ones(shape: [10_000])
    let y = layer(x)
    #expect(Swift.abs(y.mean().item() - 1) < 0.02)
    #expect(Swift.abs((y .== 0).mean().item() - 0.25) < 0.02)
    layer.evaluate()
    #expect(layer(x) == x)
  }

  @Test("start as their initializers say")
  func initializers() {
    var random = RandomGenerator(seed: 5)
    func draw(_ initializer: Initializer, _ shape: [Int] = [200, 300]) -> Tensor<Double> {
      initializer(shape: shape, using: &random)
    }
    func expectDeviation(_ initializer: Initializer, _ expected: Double) {
      let x = draw(initializer)
      #expect(Swift.abs(x.standardDeviation().item() / expected - 1) < 0.02)
      #expect(Swift.abs(x.mean().item()) < expected / 20)
    }
    expectDeviation(.xavierNormal, (2.0 / 500).squareRoot())
    expectDeviation(.xavierUniform, (2.0 / 500).squareRoot())
    expectDeviation(.kaimingNormal, (2.0 / 300).squareRoot())
    expectDeviation(.kaimingUniform, (2.0 / 300).squareRoot())
    expectDeviation(.torchLinear, (1.0 / 900).squareRoot())
    #expect(abs(draw(.truncatedNormal(standardDeviation: 0.5))).max().item() <= 1)
    let q = draw(.orthogonal(gain: 2), [6, 4])
    let product = matmul(q.transposed(), q)
    #expect(abs(product - Tensor<Double>.eye(4) * 4).max().item() < 1e-9)
    let first = withParameterSeed(11) { Linear(3, 3) }
    let second = withParameterSeed(11) { Linear(3, 3) }
    #expect(first.weight.value == second.weight.value)
    #expect(first.weight.value != Linear(3, 3).weight.value)
  }
}
