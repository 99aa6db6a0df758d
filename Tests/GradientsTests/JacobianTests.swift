import Gradients
import Tensors
import Testing

@Suite("Jacobians, Hessians and products with them")
struct JacobianTests {
  @Test("have all partial derivatives")
  func jacobians() {
    let x = Tensor<Double>([1, 2])
    expectEqual(jacobian { (x: Tensor<Double>) in x * x }(x), [[2, 0], [0, 4]])
    expectEqual(
      jacobian { (x: Tensor<Double>) in stack([x, x * 3]).transposed() }(x),
      [[[1, 0], [3, 0]], [[0, 1], [0, 3]]])
    expectEqual(jacobian { (x: Tensor<Double>) in x.sum() }(x), [1, 1])
    #expect(jacobian { (x: Tensor<Double>) in x[1..<1] }(x).shape == [0, 2])
  }

  @Test("of second order are Hessians")
  func hessians() {
    let f: (Tensor<Double>) -> Tensor<Double> = { x in (x * x * x).sum() + x[0] * x[1] }
    expectEqual(hessian(f)(Tensor([1, 2])), [[6, 1], [1, 12]])
    #expect(hessian { (x: Tensor<Double>) in x * x * x }(Tensor(2)).item() == 12)
  }

  @Test("multiply vectors from both sides, and are differentiated in turn")
  func products() {
    let (x, v) = (Tensor<Double>([1, 2, 3]), Tensor<Double>([1, 0, -2]))
    let f: (Tensor<Double>) -> Tensor<Double> = { x in x * x.sum() }
    let (value, tangent) = jvp(f, at: x, tangent: v)
    expectEqual(value, x * 6)
    expectEqual(tangent, v * 6 - x)
    let (_, pullback) = vjp(f)(x)
    expectEqual(pullback(v), v * 6 - 5)
    expectEqual(pullback(v), v * 6 - 5)
    // Of sum(J v) = 6 sum v + sum x sum v, by x: sum v each.
    let second = grad { (x: Tensor<Double>) in jvp(f, at: x, tangent: v).tangent.sum() }
    expectEqual(second(x), [-2, -2, -2])
  }

  @Test("pull back gradients that are being differentiated themselves")
  func pullbackOfRecorded() {
    let (_, pullback) = vjp { (x: Tensor<Double>) in x * x }(Tensor(3))
    #expect(grad { (g: Tensor<Double>) in pullback(g) * g }(Tensor(2)).item() == 24)
  }

  @Test("are taken of arrays, dictionaries and types of one's own")
  func trees() {
    struct Line: TensorTree {
      var slope: Tensor<Double>
      var offset: Tensor<Float>?
      func mappingTensors(_ transform: some TensorTransform) -> Line {
        Line(
          slope: slope.mappingTensors(transform), offset: offset.mappingTensors(transform))
      }
    }
    let gradient = grad { (line: Line) in
      square(line.slope).sum() + Tensor<Double>(line.offset ?? Tensor(0))
    }(Line(slope: [1, 2], offset: Tensor(1)))
    expectEqual(gradient.slope, [2, 4])
    #expect(gradient.offset?.item() == 1)
    let named = grad { (w: [String: Tensor<Double>]) in
      w.values.reduce(Tensor(0)) { $0 + square($1).sum() }
    }(["a": [1], "b": [2, 3]])
    expectEqual(named["a"] ?? [], [2])
    expectEqual(named["b"] ?? [], [4, 6])
    let three = grad { (a: Tensor<Double>, b: [Tensor<Double>], c: Tensor<Double>) in
      (a * b[0] * b[1] * c).sum()
    }(Tensor(2), [Tensor(3), Tensor(5)], Tensor(7))
    #expect(three.0.item() == 105)
    #expect(three.1.map { $0.item() } == [70, 42])
    #expect(three.2.item() == 30)
  }
}
