import Gradients
import NeuralNetworks
import Tensors
import Testing

/// Compares fused operations, their gradients and second derivatives with the plain ones, in `Double`.
@Suite("Fused operations")
struct FunctionGradientTests {
  typealias Function = @Sendable ([Tensor<Double>]) -> Tensor<Double>

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let shapes: [[Int]]
    let fused: Function
    let plain: Function
  }

  static let labels = Tensor<Int32>([2, -100, 0, 1])

  static let cases: [Case] = [
    Case(
      testDescription: "linear with relu", shapes: [[4, 3], [5, 3], [5]],
      fused: { linear($0[0], $0[1], bias: $0[2], activation: .relu) },
      plain: { relu(matmul($0[0], $0[1].transposed()) + $0[2]) }),
    Case(
      testDescription: "linear of batches", shapes: [[2, 4, 3], [5, 3]],
      fused: { linear($0[0], $0[1]) }, plain: { matmul($0[0], $0[1].transposed()) }),
    Case(
      testDescription: "linear of a vector", shapes: [[3], [5, 3], [5]],
      fused: { linear($0[0], $0[1], bias: $0[2]) },
      plain: { matmul($0[1], $0[0]) + $0[2] }),
    Case(
      testDescription: "linear of nothing", shapes: [[0, 3], [5, 3], [5]],
      fused: { linear($0[0], $0[1], bias: $0[2], activation: .relu) },
      plain: { relu(matmul($0[0], $0[1].transposed()) + $0[2]) }),
    Case(
      testDescription: "linear of a transposed view", shapes: [[3, 4], [5, 3], [5]],
      fused: { linear($0[0].transposed(), $0[1], bias: $0[2]) },
      plain: { matmul($0[0].transposed(), $0[1].transposed()) + $0[2] }),
    Case(
      testDescription: "cross-entropy", shapes: [[4, 3]],
      fused: { crossEntropy($0[0], labels, reduction: .none) },
      plain: { input in
        let target = Tensor<Double>([[0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0]] as [[Double]])
        return -(logSoftmax(input[0]) * target).sum(axis: 1)
      }),
    Case(
      testDescription: "smoothed cross-entropy", shapes: [[4, 3]],
      fused: { crossEntropy($0[0], labels, labelSmoothing: 0.3) },
      plain: { input in
        let target = Tensor<Double>([[0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0]] as [[Double]])
        let counted = Tensor<Double>([[1], [0], [1], [1]] as [[Double]])
        return -(logSoftmax(input[0]) * (target * 0.7 + 0.1) * counted).sum() / 3
      }),
    Case(
      testDescription: "layerNorm", shapes: [[2, 3, 4], [4], [4]],
      fused: { layerNorm($0[0], weight: $0[1], bias: $0[2]) },
      plain: { input in
        let x = input[0] - input[0].mean(axis: -1, keepDims: true)
        let scale = sqrt(input[0].variance(axis: -1, keepDims: true) + 1e-5)
        return x / scale * input[1] + input[2]
      }),
    Case(
      testDescription: "rmsNorm", shapes: [[3, 4], [4]],
      fused: { rmsNorm($0[0], weight: $0[1]) },
      plain: { input in
        input[0] / sqrt(square(input[0]).mean(axis: -1, keepDims: true) + 1e-5) * input[1]
      }),
  ]

  @Test("agree with the plain ones up to second derivatives", arguments: cases)
  func agree(_ example: Case) {
    let inputs = example.shapes.enumerated().map { number, shape in
      Tensor<Double>.randomNormal(shape: shape, seed: UInt64(number) + 3)
    }
    compare(example.fused(inputs), example.plain(inputs), "value")
    let weights = Tensor<Double>.randomNormal(shape: example.plain(inputs).shape, seed: 9)
    func first(_ f: @escaping Function) -> ([Tensor<Double>]) -> [Tensor<Double>] {
      grad { (x: [Tensor<Double>]) in (f(x) * weights).sum() }
    }
    let directions = inputs.enumerated().map { number, x in
      Tensor<Double>.randomNormal(shape: x.shape, seed: UInt64(number) + 30)
    }
    func second(_ f: @escaping Function) -> [Tensor<Double>] {
      grad { (x: [Tensor<Double>]) in
        zip(first(f)(x), directions).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
      }(inputs)
    }
    for (a, b) in zip(first(example.fused)(inputs), first(example.plain)(inputs)) {
      compare(a, b, "gradient")
    }
    for (a, b) in zip(second(example.fused), second(example.plain)) {
      compare(a, b, "second derivative")
    }
  }

  private func compare(_ a: Tensor<Double>, _ b: Tensor<Double>, _ what: String) {
    guard a.shape == b.shape else {
      Issue.record("\(what) of shape \(a.shape), not \(b.shape)")
      return
    }
    #expect((abs(a - b) .<= abs(b) * 1e-9 + 1e-9).all().item(), "\(what) \(a), not \(b)")
  }

  @Test("stop at labels and shapes that do not fit")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      _ = crossEntropy(Tensor<Float>.zeros(shape: [2, 3]), Tensor<Int32>([0, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = linear(Tensor<Float>.zeros(shape: [2, 3]), Tensor<Float>.zeros(shape: [4, 2]))
    }
  }
}
