import Gradients
import Tensors
import Testing

@Suite("Gradients of elementwise operations")
struct ElementwiseGradientTests {
  static let arithmetic: [GradientCase] = [
    GradientCase("a + b", [2, 3], [2, 3]) { $0[0] + $0[1] },
    GradientCase("a + row", [2, 3], [3]) { $0[0] + $0[1] },
    GradientCase("column - a", [2, 1], [2, 3]) { $0[0] - $0[1] },
    GradientCase("a * scalar tensor", [2, 3], []) { $0[0] * $0[1] },
    GradientCase("column * row", [3, 1], [2]) { $0[0] * $0[1] },
    GradientCase("a * a", [2, 2]) { $0[0] * $0[0] },
    GradientCase("a / b", [2, 3], [1, 3], positive: true) { $0[0] / $0[1] },
    GradientCase("1 / a", [4], positive: true) { 1 / $0[0] },
    GradientCase("3 - a * 2 + 1", [4]) { 3 - $0[0] * 2 + 1 },
    GradientCase("-a", [2, 1, 2]) { -$0[0] },
    GradientCase("nothing + row", [0, 3], [3]) { $0[0] + $0[1] },
    GradientCase("nothing * one", [2, 0], [1]) { $0[0] * $0[1] },
    GradientCase("0-d", [], []) { $0[0] * $0[1] + $0[0] },
    GradientCase("in place", [2, 3], [3]) { input in
      var y = input[0]
      y += input[1]
      y *= input[0]
      y -= 1
      y /= input[1] * input[1] + 1
      return y + input[0]
    },
    GradientCase("of transposed operands", [2, 3], [3, 2]) { $0[0].transposed() * $0[1] },
  ]

  static let functions: [GradientCase] = [
    GradientCase("exp", [2, 3]) { exp($0[0]) },
    GradientCase("expm1", [5]) { expm1($0[0]) },
    GradientCase("log", [5], positive: true) { log($0[0]) },
    GradientCase("log1p", [5], positive: true) { log1p($0[0]) },
    GradientCase("sqrt", [5], positive: true) { sqrt($0[0]) },
    GradientCase("sin", [5]) { sin($0[0]) },
    GradientCase("cos", [5]) { cos($0[0]) },
    GradientCase("tanh", [5]) { tanh($0[0]) },
    GradientCase("sigmoid", [5]) { sigmoid($0[0]) },
    GradientCase("relu", [7]) { relu($0[0]) },
    GradientCase("abs", [7]) { abs($0[0]) },
    GradientCase("square", [7]) { square($0[0]) },
    GradientCase("pow of tensors", [2, 3], [3], positive: true) { pow($0[0], $0[1]) },
    GradientCase("pow 3", [5]) { pow($0[0], 3) },
    GradientCase("pow 1", at: [[0, -1, 2]]) { pow($0[0], 1) },
    GradientCase("pow 2", at: [[0, -1, 2]]) { pow($0[0], 2) },
    GradientCase("pow 0", at: [[0, -1, 2]]) { pow($0[0], 0) },
    GradientCase("pow 0.5", [5], positive: true) { pow($0[0], 0.5) },
    GradientCase("maximum", [2, 3], [3]) { maximum($0[0], $0[1]) },
    GradientCase("minimum", [2, 3], [2, 1]) { minimum($0[0], $0[1]) },
    GradientCase("maximum of a number", [7]) { maximum($0[0], 0.25) },
    GradientCase("clip", [9]) { clip($0[0], -0.5...0.5) },
    GradientCase("select", [2, 3], [3]) { select($0[0] .> 0, $0[0] * 2, $0[1]) },
    GradientCase("replacing", [5]) { $0[0].replacing(with: 1, where: $0[0] .< 0) },
    GradientCase("floor, ceil, round and sign are steps", [5]) {
      floor($0[0]) + ceil($0[0]) + round($0[0]) + sign($0[0]) + $0[0]
    },
    GradientCase("exp of nothing", [0]) { exp($0[0]) },
    GradientCase("a chain", [3, 2]) { tanh(exp($0[0] * 0.5) - 1) * sigmoid($0[0]) },
  ]

  @Test("agree with differences", arguments: arithmetic + functions)
  func differences(_ example: GradientCase) { example.check() }

  @Test("share ties, as PyTorch and JAX do")
  func ties() {
    let a = Tensor<Double>([1, 2, 3])
    let b = Tensor<Double>([1, 5, 0])
    let (da, db) = grad { (a: Tensor<Double>, b: Tensor<Double>) in maximum(a, b).sum() }(a, b)
    expectEqual(da, [0.5, 0, 1])
    expectEqual(db, [0.5, 1, 0])
    let (ea, eb) = grad { (a: Tensor<Double>, b: Tensor<Double>) in minimum(a, b).sum() }(a, b)
    expectEqual(ea, [0.5, 1, 0])
    expectEqual(eb, [0.5, 0, 1])
  }

  @Test("have the usual values where there is a corner")
  func corners() {
    let zero = Tensor<Double>([0])
    expectEqual(grad { (x: Tensor<Double>) in relu(x).sum() }(zero), [0])
    expectEqual(grad { (x: Tensor<Double>) in abs(x).sum() }(zero), [0])
    expectEqual(
      grad { (x: Tensor<Double>) in clip(x, 0...1).sum() }(Tensor([-1, 0, 0.5, 1, 2])),
      [0, 1, 1, 1, 0])
    let (db, de) = grad { (b: Tensor<Double>, e: Tensor<Double>) in pow(b, e).sum() }(
      Tensor([0, 0]), Tensor([0, 2]))
    expectEqual(db, [0, 0])
    expectEqual(de, [0, 0])
  }

  @Test("go through conversions of floating-point numbers and stop at whole ones")
  func conversions() {
    let x = Tensor<Float>([1.5, -2])
    let slope = grad { (x: Tensor<Float>) in square(Tensor<Double>(x)).sum() }
    expectEqual(slope(x), [3, -4])
    let stopped = grad { (x: Tensor<Float>) in (Tensor<Float>(Tensor<Int>(x)) * x).sum() }
    expectEqual(stopped(x), [1, -2])
  }

  @Test("flow only to the arguments that the value depends on")
  func independent() {
    let (da, db) = grad { (a: Tensor<Double>, b: Tensor<Double>) in (a * 2).sum() }(
      Tensor([1, 2]), Tensor([[3]]))
    expectEqual(da, [2, 2])
    expectEqual(db, [[0]])
  }
}
