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

  /// Whose rows are shared out to several threads.
  static let longCases: [Case] = [
    Case(
      testDescription: "linear of many rows", shapes: [[700, 5], [60, 5], [60]],
      fused: { linear($0[0], $0[1], bias: $0[2], activation: .relu) },
      plain: { relu(matmul($0[0], $0[1].transposed()) + $0[2]) }),
    Case(
      testDescription: "layerNorm of many rows", shapes: [[700, 60], [60], [60]],
      fused: { layerNorm($0[0], weight: $0[1], bias: $0[2]) },
      plain: { input in
        let x = input[0] - input[0].mean(axis: -1, keepDims: true)
        let scale = sqrt(input[0].variance(axis: -1, keepDims: true) + 1e-5)
        return x / scale * input[1] + input[2]
      }),
    Case(
      testDescription: "cross-entropy of many rows", shapes: [[700, 60]],
      fused: { crossEntropy($0[0], Tensor<Int32>((0..<700).map { $0 * 7 % 60 })) },
      plain: { input in
        let target = Tensor<Double>.oneHot(
          Tensor<Int32>((0..<700).map { $0 * 7 % 60 }), classes: 60)
        return -(logSoftmax(input[0]) * target).sum() / 700
      }),
  ]

  /// Rows 1 and 2 see something in all batches; row 0 sees nothing in the second.
  static let mask = Tensor<Bool>([
    [[true, false, false, true], [true, true, true, true], [false, true, false, true]],
    [[false, false, false, false], [true, false, true, false], [true, true, true, true]],
  ])

  static func plainAttention(
    _ x: [Tensor<Double>], _ mask: Tensor<Bool>? = nil, causal: Bool = false
  ) -> Tensor<Double> {
    var scores = matmul(x[0], x[1].swappingAxes(-2, -1)) / Double(x[0].shape.last ?? 1).squareRoot()
    let (targets, sources) = (x[0].shape[x[0].rank - 2], x[1].shape[x[1].rank - 2])
    let past = (0..<targets).map { row in (0..<sources).map { !causal || $0 <= row } }
    var seen = Tensor<Bool>(past)
    if let mask { seen = seen .& mask }
    scores = select(seen, scores, Tensor(-1e9))
    return matmul(softmax(scores) * Tensor<Double>(seen), x[2])
  }

  static let attentionCases: [Case] = [
    Case(
      testDescription: "attention", shapes: [[2, 3, 5], [2, 4, 5], [2, 4, 6]],
      fused: { scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2]) },
      plain: { plainAttention($0) }),
    Case(
      testDescription: "causal attention by heads that lie side by side",
      shapes: [[2, 4, 12], [2, 4, 12], [2, 4, 12]],
      fused: { x in
        let heads = x.map { $0.reshaped(to: [2, 4, 3, 4]).swappingAxes(1, 2) }
        return scaledDotProductAttention(
          query: heads[0], key: heads[1], value: heads[2], isCausal: true)
      },
      plain: { x in
        plainAttention(
          x.map { $0.reshaped(to: [2, 4, 3, 4]).swappingAxes(1, 2).contiguous() }, causal: true)
      }),
    Case(
      testDescription: "causal attention to more than the targets, and to fewer",
      shapes: [[2, 3, 2], [2, 5, 2], [2, 2, 2]],
      fused: { x in
        scaledDotProductAttention(query: x[0], key: x[1], value: x[1], isCausal: true)
          + scaledDotProductAttention(query: x[0], key: x[2], value: x[2], isCausal: true)
      },
      plain: { x in
        plainAttention([x[0], x[1], x[1]], causal: true)
          + plainAttention([x[0], x[2], x[2]], causal: true)
      }),
    Case(
      testDescription: "masked attention, causal or not, with a row that sees nothing",
      shapes: [[2, 3, 5], [2, 4, 5], [2, 4, 6]],
      fused: { x in
        scaledDotProductAttention(query: x[0], key: x[1], value: x[2], mask: mask)
          + scaledDotProductAttention(
            query: x[0], key: x[1], value: x[2], mask: mask, isCausal: true)
      },
      plain: { plainAttention($0, mask) + plainAttention($0, mask, causal: true) }),
    Case(
      testDescription: "attention with masks that repeat and are turned over, of transposed views",
      shapes: [[2, 5, 3], [2, 5, 4], [2, 6, 4]],
      fused: { x in
        let (q, k, v) = (x[0].swappingAxes(1, 2), x[1].swappingAxes(1, 2), x[2].swappingAxes(1, 2))
        return scaledDotProductAttention(query: q, key: k, value: v, mask: mask[1])
          + scaledDotProductAttention(
            query: q.flipped(axes: [0]), key: k, value: v, mask: mask.flipped(axes: [0, 2]))
      },
      plain: { x in
        let y = x.map { $0.swappingAxes(1, 2).contiguous() }
        return plainAttention(y, mask[1])
          + plainAttention(
            [y[0].flipped(axes: [0]), y[1], y[2]], mask.flipped(axes: [0, 2]).contiguous())
      }),
    Case(
      testDescription: "attention of one matrix", shapes: [[3, 5], [4, 5], [4, 6]],
      fused: { scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2], isCausal: true) },
      plain: { plainAttention($0, causal: true) }),
  ]

  @Test(
    "agree with the plain ones up to second derivatives",
    arguments: cases + longCases + attentionCases)
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
