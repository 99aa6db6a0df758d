import Gradients
import TensorDifferentiation
import Tensors
import Testing
import _Differentiation

private struct Line: Differentiable {
  var slope: Tensor<Float>
  var offset: Tensor<Float>

  @differentiable(reverse)
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { tanh(x * slope + offset) }
}

@differentiable(reverse)
private func iterated(_ x: Tensor<Double>) -> Tensor<Double> {
  var y = x
  for step in 0..<3 {
    y += sin(y) * Double(step)
    if withoutDerivative(at: y.sum().item()) > 1 { y = y / 2 } else { y *= x }
  }
  return y.sum()
}

@Suite("Swift's own differentiation of tensors")
struct TensorDifferentiationTests {
  private let x = Tensor<Double>.randomNormal(shape: [3, 4], seed: 1)

  private func expectSame(
    _ found: Tensor<Double>, _ expected: Tensor<Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
    #expect(abs(found - expected).max().item() < 1e-12, sourceLocation: sourceLocation)
  }

  @Test("gives the gradients of grad, through loops and conditions")
  func control() {
    expectSame(gradient(at: x, of: iterated), grad(iterated)(x))
  }

  @Test("differentiates structures")
  func structures() {
    let line = Line(slope: Tensor([1, 2]), offset: Tensor([0, 1]))
    let input = Tensor<Float>([[0.3, -0.4], [0.1, 0.2]])
    let found = gradient(at: line) { line in line(input).sum() }
    let (slope, offset) = grad { (slope: Tensor<Float>, offset: Tensor<Float>) in
      tanh(input * slope + offset).sum()
    }(line.slope, line.offset)
    #expect(found.slope == slope && found.offset == offset)
    var moved = line
    moved.move(by: found)
    #expect(moved.slope == line.slope + slope)
  }

  @Test("knows operators and functions")
  func functions() {
    expectSame(
      gradient(at: x) { x in
        (exp(-square(x)) * sigmoid(x) + relu(x) / (2 - tanh(x)) - 3 * gelu(x) + softplus(x) * 0.5)
          .sum()
      },
      grad { x in
        (exp(-square(x)) * sigmoid(x) + relu(x) / (2 - tanh(x)) - 3 * gelu(x) + softplus(x) * 0.5)
          .sum()
      }(x))
    expectSame(
      gradient(at: x) { x in
        (softmax(x) * logSoftmax(x, axis: 0) + pow(abs(x) + 1, 1.5) + maximum(x, x * x)).mean()
      },
      grad { x in
        (softmax(x) * logSoftmax(x, axis: 0) + pow(abs(x) + 1, 1.5) + maximum(x, x * x)).mean()
      }(x))
  }

  @Test("knows products, reductions and changes of shape; numbers come out as numbers")
  func shapes() {
    let y = Tensor<Double>.randomNormal(shape: [4, 2], seed: 2)
    let (a, b) = gradient(at: x, y) { x, y in
      let z = matmul(x, y).transposed().reshaped(to: [3, 2]).max(axis: 1, keepDims: true)
      return (z * x.sum(axis: 1, keepDims: true)).sum() + y.variance()
    }
    let (c, d) = grad { (x: Tensor<Double>, y: Tensor<Double>) in
      let z = matmul(x, y).transposed().reshaped(to: [3, 2]).max(axis: 1, keepDims: true)
      return (z * x.sum(axis: 1, keepDims: true)).sum() + y.variance()
    }(x, y)
    expectSame(a, c)
    expectSame(b, d)
    let slope: Tensor<Double> = gradient(at: x) { x in (x * x).sum().item() * 2 }
    expectSame(slope, x * 4)
  }

  @Test(
    "takes any function of tensors as one that it knows, and parts that the result does not need")
  func any() {
    let cumulative = differentiable { (x: Tensor<Double>) in x.cumsum(axis: 1) }
    expectSame(
      gradient(at: x) { x in (cumulative(x) * x).sum() },
      grad { ($0.cumsum(axis: 1) * $0).sum() }(x))
    let (first, second) = gradient(at: x, x) { first, _ in first.sum() }
    expectSame(first, .ones(shape: [3, 4]))
    #expect(second == .zero)
  }

  @Test("agrees with differences")
  func differences() {
    let direction = Tensor<Double>.randomNormal(shape: [3, 4], seed: 3)
    let slope = (gradient(at: x, of: iterated) * direction).sum().item()
    let change = (iterated(x + direction * 1e-6) - iterated(x - direction * 1e-6)).item() / 2e-6
    #expect(Swift.abs(slope - change) < 1e-6 * Swift.max(1, Swift.abs(change)))
  }
}
