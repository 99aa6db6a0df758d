import Foundation
import Gradients
import Tensors
import Testing

@Suite("Recording")
struct RecordingTests {
  @Test("differentiates a polynomial three times")
  func thirdDerivative() {
    let f: (Tensor<Double>) -> Tensor<Double> = { x in x * x * x * x }
    let x = Tensor<Double>(2)
    #expect(grad(f)(x).item() == 32)
    #expect(grad(grad(f))(x).item() == 48)
    #expect(grad(grad(grad(f)))(x).item() == 48)
  }

  @Test("keeps an outer variable apart from an inner one")
  func perturbations() {
    // d/dx (x * d/dy (x + y)) = 1; a tape that confuses the two gives 2.
    let slope = grad { (x: Tensor<Double>) in
      x * grad { (y: Tensor<Double>) in x + y }(Tensor(1))
    }
    #expect(slope(Tensor(3)).item() == 1)
  }

  @Test("releases a chain of 300,000 operations without overflowing the stack")
  func longChain() {
    let one = Tensor<Float>(1)
    let (value, slope) = valueAndGrad { (x: Tensor<Float>) in
      var y = x
      for _ in 0..<300_000 { y = y + one }
      return y
    }(Tensor(0))
    #expect(value.item() == 300_000)
    #expect(slope.item() == 1)
  }

  @Test("keeps values when a recorded tensor is changed in place")
  func inPlace() {
    let x = Tensor<Double>(3)
    let slope = grad { (x: Tensor<Double>) in
      var y = x * x
      let z = y * y
      y += x
      y *= y
      return z + y
    }
    #expect(slope(x).item() == 276)  // Of x^4 + (x^2 + x)^2: 4 * 27 + 2 * 12 * 7.
    #expect(x.item() == 3)
  }

  @Test("counts what is computed without gradients as constant")
  func constants() {
    let x = Tensor<Double>(3)
    #expect(grad { (x: Tensor<Double>) in stopGradient(x) * x }(x).item() == 3)
    #expect(grad { (x: Tensor<Double>) in withoutGradients { x * x } * x }(x).item() == 9)
  }
}

@Suite("Memory of recording")
struct RecordingMemoryTests {
  @Test("does not grow over ten thousand steps, even when a step's values are kept or added up")
  func leaks() async {
    // In a process of its own, as other tests take memory meanwhile.
    await #expect(processExitsWith: .success) {
      let x = Tensor<Float>.randomNormal(shape: [8, 4], seed: 1)
      var (w, total, kept) = (
        Tensor<Float>.randomNormal(shape: [4, 3], seed: 2), Tensor<Float>(0), Tensor<Float>(0)
      )
      var inUse = 0
      for step in 0..<11_000 {
        if step == 1_000 { inUse = residentPages() }
        let (loss, gradient) = valueAndGrad { (w: Tensor<Float>) in
          let y = tanh(matmul(x, w))
          kept = y
          return checkpoint { softmax(y)[0..., 0] }.sum()
        }(w)
        total += loss + kept.sum()
        w -= gradient * 0.01
      }
      let growth = residentPages() - inUse
      precondition(total.item().isFinite && growth < 2_000, "\(growth) pages")
    }
  }
}

/// The pages of this process that are in memory.
private func residentPages() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
}
