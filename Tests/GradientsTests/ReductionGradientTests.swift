import Gradients
import Tensors
import Testing

@Suite("Gradients of reductions and products")
struct ReductionGradientTests {
  static let reductions: [GradientCase] = [
    GradientCase("sum", [2, 3]) { square($0[0].sum()) },
    GradientCase("sum of 0-d", []) { square($0[0].sum()) },
    GradientCase("sum of nothing", [0, 2]) { $0[0].sum(axis: 0) },
    GradientCase("sum axis", [2, 3]) { square($0[0].sum(axis: 0)) },
    GradientCase("sum last axis kept", [2, 3]) { $0[0] / exp($0[0]).sum(axis: -1, keepDims: true) },
    GradientCase("sum axes", [2, 3, 2]) { square($0[0].sum(axes: [0, -1])) },
    GradientCase("sum of a view", [3, 4]) { square($0[0].transposed()[1...2].sum(axis: 0)) },
    GradientCase("mean", [2, 3]) { square($0[0].mean()) },
    GradientCase("mean axis", [2, 3]) { square($0[0] - $0[0].mean(axis: 1, keepDims: true)) },
    GradientCase("max", [2, 3]) { square($0[0].max()) },
    GradientCase("max axis", [2, 3]) { square($0[0].max(axis: 1)) },
    GradientCase("min axis kept", [2, 3]) { square($0[0] - $0[0].min(axis: 0, keepDims: true)) },
    GradientCase("max axes", [2, 3, 2]) { square($0[0].max(axes: [1, 2])) },
    GradientCase("variance", [5]) { square($0[0].variance()) },
    GradientCase("variance axis", [3, 4]) { square($0[0].variance(axis: 0, correction: 1)) },
    GradientCase("variance kept", [3, 4]) {
      $0[0] / sqrt($0[0].variance(axis: -1, keepDims: true) + 0.1)
    },
    GradientCase("standardDeviation", [3, 4]) { $0[0].standardDeviation(axes: [0, 1]) },
    GradientCase("softmax", [2, 3]) { softmax($0[0]) },
    GradientCase("softmax of columns", [3, 2]) { softmax($0[0], axis: 0) },
    GradientCase("logSoftmax", [2, 3]) { logSoftmax($0[0]) },
    GradientCase("logSoftmax in the middle", [2, 3, 2]) { logSoftmax($0[0], axis: 1) },
    GradientCase("logSumExp", [2, 3]) { logSumExp($0[0]) },
    GradientCase("logSumExp kept", [2, 3]) { $0[0] - logSumExp($0[0], axis: 0, keepDims: true) },
  ]

  static let products: [GradientCase] = [
    GradientCase("matmul", [2, 3], [3, 4]) { square(matmul($0[0], $0[1])) },
    GradientCase("matmul of itself", [2, 2]) { matmul($0[0], $0[0].transposed()) },
    GradientCase("matrix by vector", [2, 3], [3]) { square(matmul($0[0], $0[1])) },
    GradientCase("vector by matrix", [3], [3, 2]) { square(matmul($0[0], $0[1])) },
    GradientCase("vector by vector", [3], [3]) { square(matmul($0[0], $0[1])) },
    GradientCase("batches", [2, 2, 3], [2, 3, 2]) { square(matmul($0[0], $0[1])) },
    GradientCase("broadcast batches", [2, 1, 2, 3], [3, 3, 1]) { square(matmul($0[0], $0[1])) },
    GradientCase("batches by a matrix", [2, 2, 3], [3, 2]) { square(matmul($0[0], $0[1])) },
    GradientCase("batches by a vector", [2, 2, 3], [3]) { square(matmul($0[0], $0[1])) },
    GradientCase("of nothing", [2, 0], [0, 2]) { square(matmul($0[0], $0[1])) },
    GradientCase("of parts", [3, 4], [4, 3]) {
      square(matmul($0[0][0..., 1...2], $0[1][1...2].transposed().transposed()))
    },
    GradientCase("dot", [3], [3]) { square(dot($0[0], $0[1])) },
    GradientCase("outer", [3], [2]) { square(outer($0[0], $0[1])) },
  ]

  @Test("agree with differences", arguments: reductions + products)
  func differences(_ example: GradientCase) { example.check() }

  @Test("share the largest and smallest among equals")
  func ties() {
    let x: Tensor<Double> = [[1, 3, 3, 0], [2, 2, 2, 2]]
    expectEqual(
      grad { (x: Tensor<Double>) in x.max(axis: 1).sum() }(x),
      [[0, 0.5, 0.5, 0], [0.25, 0.25, 0.25, 0.25]])
    expectEqual(grad { (x: Tensor<Double>) in x.max() }(x), [[0, 0.5, 0.5, 0], [0, 0, 0, 0]])
    expectEqual(grad { (x: Tensor<Double>) in x.min() }(x), [[0, 0, 0, 1], [0, 0, 0, 0]])
  }
}
