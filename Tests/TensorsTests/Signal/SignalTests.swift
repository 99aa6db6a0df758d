import Tensors
import Testing

@Suite("signals")
struct SignalTests {
  // From NumPy's functions of these names.
  @Test("have NumPy's windows")
  func windows() {
    let expected: [(SignalWindow, [Double])] = [
      (.hann, [0, 0.5, 1, 0.5, 0]), (.hamming, [0.08, 0.54, 1, 0.54, 0.08]),
      (.blackman, [0, 0.34, 1, 0.34, 0]), (.bartlett, [0, 0.5, 1, 0.5, 0]),
      (
        .kaiser(beta: 14),
        [
          7.72686684e-06, 1.64932188e-01, 1, 1.64932188e-01, 7.72686684e-06,
        ]
      ),
    ]
    for (window, values) in expected {
      expectClose(
        window.weights(5, as: Double.self), Tensor(values), relative: 1e-8, absolute: 1e-15)
      #expect(window.weights(1, as: Float.self).scalars == [1])
      #expect(window.weights(0, as: Float.self).isEmpty)
    }
    expectClose(
      SignalWindow.hann.weights(4, isPeriodic: true, as: Double.self), [0, 0.5, 1, 0.5],
      relative: 1e-15, absolute: 1e-15)
  }

  @Test("convolve as polynomials multiply")
  func convolution() {
    let (a, b): (Tensor<Double>, Tensor<Double>) = ([1, 2, 3], [0, 1, 0.5])
    expectClose(convolve(a, b), [0, 1, 2.5, 4, 1.5], relative: 1e-15)
    expectClose(convolve(a, b, mode: .same), [1, 2.5, 4], relative: 1e-15)
    expectClose(convolve(a, b, mode: .valid), [2.5], relative: 1e-15)
    expectClose(correlate(a, b), [3.5], relative: 1e-15)
    expectClose(correlate(a, b, mode: .full), [0.5, 2, 3.5, 3, 0], relative: 1e-15)
    expectClose(correlate(a, b, mode: .same), [2, 3.5, 3], relative: 1e-15)
    // Long ones go by transforms.
    let x: Tensor<Double> = .randomNormal(shape: [1500], seed: 1)
    let y: Tensor<Double> = .randomNormal(shape: [400], seed: 2)
    let full = convolve(x, y)
    #expect(full.shape == [1899])
    let direct = (x[0..<400] * y[stride(from: 399, through: 0, by: -1)]).sum()
    expectClose(full[399], direct, relative: 1e-10, absolute: 1e-10)
    #expect(convolve(x, y, mode: .same).shape == [1500])
    #expect(convolve(y, x, mode: .valid).shape == [1101])
  }

  @Test("fit and evaluate polynomials")
  func polynomials() throws {
    let x = Tensor<Double>.linspace(-3, 5, count: 20)
    let y = polyEvaluate([1, -2, 0, 0.5], x)
    expectClose(y, 1 - 2 * x + 0.5 * x * x * x, relative: 1e-12, absolute: 1e-12)
    expectClose(
      try polyFit(x, y, degree: 3), [1, -2, 0, 0.5], relative: 1e-10, absolute: 1e-11)
    // Weights of 0 leave points out.
    let weights = select(x .< 0, Tensor<Double>(0), Tensor<Double>(1))
    let bent = select(x .< 0, Tensor<Double>(100), 2 * x + 1)
    expectClose(
      try polyFit(x, bent, degree: 1, weights: weights), [1, 2], relative: 1e-10)
    #expect(throws: LinearAlgebraError.self) { try polyFit(x, [1, 2], degree: 1) }
  }

  @Test("are straight between points, flat outside")
  func interpolation() {
    let (points, values): (Tensor<Double>, Tensor<Double>) = ([0, 1, 3], [10, 20, 0])
    let x: Tensor<Double> = [[-1, 0, 0.5], [1, 2, 3], [9, 2.5, .nan]]
    expectClose(
      interpolate(x, points, values), [[10, 10, 15], [20, 10, 0], [0, 5, .nan]], relative: 1e-14)
    let image = Tensor<Float>([[0, 10], [20, 30]])
    #expect(
      resize(image, to: 4, method: .nearest)
        == Tensor<Float>([[0, 0, 10, 10], [0, 0, 10, 10], [20, 20, 30, 30], [20, 20, 30, 30]]))
    // PyTorch's interpolate(mode="bilinear", align_corners=False).
    expectClose(
      resize(image, to: [2, 4]), [[0, 2.5, 7.5, 10], [20, 22.5, 27.5, 30]], relative: 1e-6)
    expectClose(resize(image, to: 1), [[15]], relative: 1e-6)
  }
}
