import Gradients
import Tensors
import Testing

@Suite("Gradients of NumPy's other functions")
struct NumericGradientTests {
  static let functions: [GradientCase] = [
    GradientCase("tan", [5]) { tan($0[0] * 0.3) },
    GradientCase("asin", at: [[-0.6, 0, 0.4]]) { asin($0[0]) },
    GradientCase("acos", at: [[-0.6, 0, 0.4]]) { acos($0[0]) },
    GradientCase("atan", [5]) { atan($0[0]) },
    GradientCase("sinh", [5]) { sinh($0[0]) },
    GradientCase("cosh", [5]) { cosh($0[0]) },
    GradientCase("asinh", [5]) { asinh($0[0]) },
    GradientCase("acosh", [5], positive: true) { acosh($0[0] + 1) },
    GradientCase("atanh", at: [[-0.6, 0, 0.4]]) { atanh($0[0]) },
    GradientCase("exp2", [5]) { exp2($0[0]) },
    GradientCase("log2", [5], positive: true) { log2($0[0]) },
    GradientCase("log10", [5], positive: true) { log10($0[0]) },
    GradientCase("cbrt", [5], positive: true) { cbrt($0[0]) },
    GradientCase("reciprocal", [5], positive: true) { reciprocal($0[0]) },
    GradientCase("erf", [5]) { erf($0[0]) },
    GradientCase("erfc", [5]) { erfc($0[0]) },
    GradientCase("sinc", [5], positive: true) { sinc($0[0]) },
    GradientCase("gelu", [5]) { gelu($0[0]) },
    GradientCase("gelu with tanh", [5]) { gelu($0[0], approximate: true) },
    GradientCase("silu", [5]) { silu($0[0]) },
    GradientCase("softplus", [5]) { softplus($0[0]) },
    GradientCase("leakyReLU", [5]) { leakyReLU($0[0], slope: 0.1) },
    GradientCase("elu", [5]) { elu($0[0]) },
    GradientCase("atan2", [2, 3], [3], positive: true) { atan2($0[0], $0[1]) },
    GradientCase("hypot", [2, 3], [3], positive: true) { hypot($0[0], $0[1]) },
    GradientCase("logAddExp", [2, 3], [3]) { logAddExp($0[0], $0[1]) },
    GradientCase("copySign", [4], [4]) { copySign($0[0], $0[1]) },
    GradientCase("remainder", at: [[5.3, -2.2], [1.5, 0.9]]) { remainder($0[0], $0[1]) },
    GradientCase("fmod", at: [[5.3, -2.2], [1.5, 0.9]]) { fmod($0[0], $0[1]) },
    GradientCase("mulAdd", [2, 3], [3], [2, 1]) { mulAdd($0[0], $0[1], $0[2]) },
    GradientCase("trunc", [4]) { trunc($0[0]) + $0[0] },
    GradientCase("nanToNum", at: [[1, .nan, 2]], twice: false) { nanToNum($0[0]) * 2 },
  ]

  static let lines: [GradientCase] = [
    GradientCase("cumsum", [2, 4]) { $0[0].cumsum(axis: 1) },
    GradientCase("cumsum of all", [2, 3]) { square($0[0]).cumsum() },
    GradientCase("cumprod", [3, 2]) { $0[0].cumprod(axis: 0) },
    GradientCase("cumprod with a zero", at: [[2, 0, 3]]) { $0[0].cumprod(axis: 0) },
    GradientCase("prod", [2, 3]) { $0[0].prod() },
    GradientCase("prod along an axis, with zeros", at: [[[2, 0], [3, 4]]]) { $0[0].prod(axis: 1) },
    GradientCase("diff", [5]) { square($0[0]).diff(order: 2) },
    GradientCase("trapezoid", [2, 4]) { square($0[0]).trapezoid(axis: 1) },
    GradientCase("sorted", [2, 4]) { square($0[0].sorted(axis: 1)) },
    GradientCase("topK", [6]) { square($0[0].topK(3).values) },
    GradientCase("median", [5]) { square($0[0]).median() },
    GradientCase("quantile", [2, 5]) { $0[0].quantile(0.3, axis: 1) },
    GradientCase("nanMean", at: [[1, .nan, 2]], twice: false) {
      $0[0].replacing(with: 0, where: isNaN($0[0])).nanMean()
    },
    GradientCase("takeAlongAxis", [3, 4]) {
      $0[0].takeAlongAxis(Tensor<Int>([[0, 3], [1, 1], [-1, 2]]), axis: 1)
    },
    GradientCase("scattering", [3, 4], [3, 2]) {
      $0[0].scattering($0[1], at: Tensor<Int>([[0, 3], [1, 2], [3, 2]]), axis: 1)
    },
    GradientCase("scatterAdding", [3, 4], [3, 2]) {
      $0[0].scatterAdding($0[1], at: Tensor<Int>([[0, 3], [1, 1], [3, 2]]), axis: 1)
    },
    GradientCase("indexAdding", [3, 2], [4, 2]) { $0[0].indexAdding($0[1], at: [0, 2, 2, -3]) },
  ]

  static let shapes: [GradientCase] = [
    GradientCase("flipped", [2, 3]) { $0[0].flipped(axes: [1]) * $0[0] },
    GradientCase("rolled", [5]) { $0[0].rolled(2) * $0[0] },
    GradientCase("rotated90", [2, 3]) { square($0[0]).rotated90() },
    GradientCase("movingAxis", [2, 3, 4]) { square($0[0]).movingAxis(0, to: -1) },
    GradientCase("diagonal", [3, 4]) { square($0[0]).diagonal(offset: 1) },
    GradientCase("diag", [3]) { Tensor.diag(square($0[0]), offset: -1) },
    GradientCase("slidingWindows", [6]) { square($0[0].slidingWindows(3)) },
    GradientCase("tril and triu", [3, 3]) { $0[0].tril() * 2 + square($0[0]).triu(1) },
    GradientCase("padded, reflecting", [2, 4]) {
      square($0[0].padded([(1, 0), (2, 3)], .reflect))
    },
    GradientCase("padded, constant", [3]) { square($0[0].padded([(1, 2)], .constant(4))) },
    GradientCase("tiled", [2]) { square($0[0]).tiled([2, 2]) },
    GradientCase("repeating", [3]) { square($0[0]).repeating(2, axis: 0) },
    GradientCase("split", [5]) { $0[0].split(at: [2])[1] * 2 },
    GradientCase("hstack and vstack", [2], [2]) {
      vstack([hstack([$0[0], $0[1]]), hstack([$0[1], square($0[0])])])
    },
    GradientCase("index arrays", [3, 4]) {
      square($0[0])[Tensor<Int>([0, 2, 2]), Tensor<Int>([1, 3, 3])]
    },
    GradientCase("index array beside a range", [3, 4]) { square($0[0])[[2, 0], 1..<3] },
    GradientCase("new axis", [3]) { $0[0][0..., newAxis] * $0[0] },
    GradientCase("assigned at index arrays", [3, 4], [2]) { input in
      var y = input[0]
      y[[0, 2], [1, 3]] = input[1]
      return square(y)
    },
  ]

  @Test("agree with differences", arguments: functions + lines + shapes)
  func check(gradient: GradientCase) { gradient.check() }
}
