import NeuralNetworks
import Tensors
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
  private func network(_ reference: Reference) throws -> Sequential {
    let model = Sequential {
      Linear(6, 8)
      Tanh()
      Linear(8, 3)
    }
    for (parameter, value) in try reference.all(below: "training/start") {
      try #require(model.parameter(parameter)).value = value
    }
    return model
  }

  @Test("takes PyTorch's steps")
  func pyTorch() throws {
    let reference = try Reference()
    let (x, y) = (
      try reference("training/x"), try reference.archive.tensor("training/y") as Tensor<Int32>
    )
    let model = try network(reference)
    let optimizer = LBFGS(model, learningRate: 0.2, maxIterations: 5, historySize: 6)
    let losses = stack((0..<6).map { _ in optimizer.step { crossEntropy(model(x), y) } })
    expectClose(losses, try reference("training/lbfgs/losses")[0..<6], "losses", tolerance: 2e-3)
  }

  @Test("with a line search gets as far as PyTorch does")
  func lineSearch() throws {
    let reference = try Reference()
    let (x, y) = (
      try reference("training/x"), try reference.archive.tensor("training/y") as Tensor<Int32>
    )
    let model = try network(reference)
    let optimizer = LBFGS(
      model, maxIterations: 5, historySize: 6, lineSearch: .strongWolfe)
    let losses = (0..<8).map { _ in optimizer.step { crossEntropy(model(x), y) }.item() }
    let expected = try reference("training/lbfgswolfe/losses").scalars
    #expect(losses[0] == expected[0] || Swift.abs(losses[0] - expected[0]) < 1e-5)
    #expect(losses == losses.sorted(by: >), "\(losses)")
    #expect(losses[7] < 0.03, "\(losses), PyTorch: \(expected)")
  }

  @Test("finds the lowest point of Rosenbrock's valley, and leaves frozen parameters alone")
  func valley() {
    struct Point: Module {
      let x = Parameter<Double>(Tensor([-1.2, 1]))
      let fixed = Parameter<Float>(Tensor([100]))
    }
    let point = Point()
    point.freeze("fixed")
    let optimizer = LBFGS(point, changeTolerance: 1e-15, lineSearch: .strongWolfe)
    for _ in 0..<8 {
      optimizer.step {
        let (x, y) = (point.x.value[0], point.x.value[1])
        return square(1 - x) + square(y - square(x)) * Tensor<Double>(point.fixed.value[0])
      }
    }
    let end = point.x.value.scalars
    #expect(Swift.abs(end[0] - 1) < 1e-4 && Swift.abs(end[1] - 1) < 1e-4, "\(end)")
    #expect(point.fixed.value.item() == 100)
  }

  @Test("ends where the loss is no number, and where there is nothing to gain")
  func ends() {
    let model = withParameterSeed(1) { Linear(2, 1) }
    let before = model.tensors
    for strategy in [LineSearch.none, .strongWolfe] {
      let optimizer = LBFGS(model, lineSearch: strategy)
      #expect(optimizer.step { Tensor<Float>(.nan) }.item().isNaN)
      optimizer.step { (model(Tensor([[0, 0]])) * 0).sum() }
      #expect(model.tensors == before)
    }
  }
}
