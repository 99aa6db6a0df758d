import Gradients
import NeuralNetworks
import Tensors
import Testing

@Suite("Connectionist temporal classification")
struct CTCTests {
  private static let inputLengths = [6, 4, 5, 6]
  private static let targetLengths = [3, 0, 3, 5]

  @Test(
    "agrees with PyTorch, empty and impossible targets included",
    arguments: ["none", "sum", "mean"])
  func pyTorch(_ name: String) throws {
    let reference = try Reference()
    let x = try reference("ctc/x")
    let targets: Tensor<Int32> = try reference.archive.tensor("ctc/targets")
    let reduction: LossReduction = name == "none" ? .none : name == "sum" ? .sum : .mean
    func loss(_ x: Tensor<Float>) -> Tensor<Float> {
      ctcLoss(
        logSoftmax(x), targets: targets, inputLengths: Self.inputLengths,
        targetLengths: Self.targetLengths, reduction: reduction, zeroInfinity: true)
    }
    expectClose(loss(x), try reference("ctc/\(name)1/value"), "value")
    expectClose(
      grad { loss($0).sum() }(x), try reference("ctc/\(name)1/gradient"), "gradient")
  }

  @Test("costs infinity where no path reads the target")
  func impossible() throws {
    let reference = try Reference()
    let targets: Tensor<Int32> = try reference.archive.tensor("ctc/targets")
    let losses = ctcLoss(
      logSoftmax(try reference("ctc/x")), targets: targets, inputLengths: Self.inputLengths,
      targetLengths: Self.targetLengths, reduction: .none)
    #expect(losses.scalars[3] == .infinity)
    expectClose(losses[0..<3], try reference("ctc/none0/value")[0..<3], "the others")
  }

  @Test("has gradients, and gradients of gradients, that agree with differences")
  func differences() {
    let x = Tensor<Double>.randomNormal(shape: [5, 3, 4], seed: 2)
    let targets = Tensor<Int32>([[1, 2, 2], [0, 0, 0], [2, 0, 0]])
    func loss(_ x: Tensor<Double>) -> Tensor<Double> {
      ctcLoss(
        logSoftmax(x), targets: targets, inputLengths: [5, 2, 4], targetLengths: [3, 0, 1], blank: 3
      )
    }
    let direction = Tensor<Double>.randomNormal(shape: x.shape, seed: 3)
    let step = 1e-5
    let slope = (grad(loss)(x) * direction).sum().item()
    let change = (loss(x + direction * step) - loss(x - direction * step)).item() / (2 * step)
    #expect(Swift.abs(slope - change) < 1e-7)
    let second = grad { (grad(loss)($0) * direction).sum() }(x)
    let expected =
      (grad(loss)(x + direction * step) - grad(loss)(x - direction * step)) / (2 * step)
    #expect(abs(second - expected).max().item() < 1e-6)
  }

  @Test("stops at labels and lengths that do not fit")
  func wrong() async {
    await #expect(processExitsWith: .failure) {
      _ = ctcLoss(
        Tensor<Float>.zeros(shape: [5, 1, 3]), targets: Tensor<Int32>([[3]]), inputLengths: [5],
        targetLengths: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = ctcLoss(
        Tensor<Float>.zeros(shape: [5, 1, 3]), targets: Tensor<Int32>([[1]]), inputLengths: [6],
        targetLengths: [1])
    }
  }
}
