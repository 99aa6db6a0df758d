"""Swift's own differentiation of tensors in cells, beside `grad`."""

SETUP = """
import Martlet
import TensorDifferentiation
import _Differentiation

struct Line: Differentiable {
  var slope: Tensor<Float>
  var offset: Tensor<Float>

  @differentiable(reverse)
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { tanh(x * slope + offset) * x }
}

@differentiable(reverse)
func iterated(_ x: Tensor<Double>) -> Tensor<Double> {
  var y = x
  for step in 0..<3 { y += sin(y) * x * Double(step) }
  return (y * y).mean()
}
"""


def test_cells_get_the_gradients_of_grad(shared_kernel):
    shared_kernel.ok(SETUP)
    result = shared_kernel.ok("""
        let x = Tensor<Double>([[0.3, -1.2], [2, 0.7]])
        let (ours, swifts) = (grad(iterated)(x), gradient(at: x, of: iterated))
        print(swifts.shape, allClose(ours, swifts))
        let line = Line(slope: Tensor([1, 2]), offset: Tensor([0, 1]))
        let input = Tensor<Float>([[0.3, -0.4], [0.1, 0.2]])
        let found = gradient(at: line) { $0(input).sum() }
        let expected = grad { (slope: Tensor<Float>, offset: Tensor<Float>) in
          (tanh(input * slope + offset) * input).sum()
        }(line.slope, line.offset)
        print(allClose(found.slope, expected.0), allClose(found.offset, expected.1))
        """)
    assert result.stream() == "[2, 2] true\ntrue true\n"


def test_a_step_along_the_gradient_goes_down(shared_kernel):
    result = shared_kernel.ok(SETUP.replace("Line", "Curve").replace("iterated", "again") + """
        var curve = Curve(slope: Tensor([1, 2]), offset: Tensor([0.5, 1]))
        func loss(_ curve: Curve) -> Float { square(curve(Tensor([0.5, -0.25])) - 0.2).sum().item() }
        let before = loss(curve)
        for _ in 0..<50 {
          var step = gradient(at: curve) { square($0(Tensor([0.5, -0.25])) - 0.2).sum() }
          step.slope = step.slope * -0.5
          step.offset = step.offset * -0.5
          curve.move(by: step)
        }
        print(loss(curve) < before * 0.1)
        """)
    assert result.stream() == "true\n"


def test_adding_in_place_keeps_numpys_rule(shared_kernel):
    shared_kernel.ok(SETUP.replace("Line", "Other").replace("iterated", "third"))
    result = shared_kernel.run("var small = Tensor<Float>(0)\nsmall += Tensor<Float>([1, 2])")
    assert result.status == "error"
    assert "shape [2] does not broadcast to []" in result.trace
