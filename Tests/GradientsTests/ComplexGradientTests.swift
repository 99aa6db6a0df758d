import Gradients
import Tensors
import Testing

@Suite("Gradients through complex numbers")
struct ComplexGradientTests {
  /// The complex numbers with these parts.
  private static func complex(_ parts: [Tensor<Double>]) -> Tensor<Complex<Double>> {
    Tensor(real: parts[0], imaginary: parts[1])
  }

  /// Both parts, side by side, so that a check sees each.
  private static func parts(_ z: Tensor<Complex<Double>>) -> Tensor<Double> {
    stack([z.real, z.imaginary])
  }

  static let arithmetic: [GradientCase] = [
    GradientCase("parts", [2, 3], [3]) { parts(complex($0)) },
    GradientCase("product", [3], [3]) { parts(complex($0) * complex([$0[1], $0[0]])) },
    GradientCase("quotient", [3], [3], positive: true) {
      parts(complex($0) / complex([$0[1], -$0[0]]))
    },
    GradientCase("square", [4], [4]) { parts(square(complex($0))) },
    GradientCase("conjugate", [4], [4]) { parts(complex($0).conjugate() * complex($0)) },
    GradientCase("abs", [4], [4]) { abs(complex($0)) },
    GradientCase("angle", [4], [4], positive: true) { angle(complex($0)) },
    GradientCase("exp", [4], [4]) { parts(exp(complex($0))) },
    GradientCase("log", [4], [4], positive: true) { parts(log(complex($0))) },
    GradientCase("sqrt", [4], [4], positive: true) { parts(sqrt(complex($0))) },
    GradientCase("sum", [2, 3], [2, 3]) { parts(complex($0).sum(axis: 0)) },
    GradientCase("mean", [2, 3], [2, 3]) { parts(complex($0).mean(axis: 1)) },
    GradientCase("from real numbers", [4]) {
      parts(Tensor<Complex<Double>>($0[0]) * Complex(1, 2))
    },
  ]

  static let transforms: [GradientCase] = [
    GradientCase("fft", [2, 5], [2, 5]) { parts(fft(complex($0))) },
    GradientCase("fft of axis 0, cut", [5, 2], [5, 2]) {
      parts(fft(complex($0), length: 3, axis: 0))
    },
    GradientCase("fft filled up, ortho", [3], [3]) {
      parts(fft(complex($0), length: 8, norm: .ortho))
    },
    GradientCase("ifft", [2, 6], [2, 6]) { parts(ifft(complex($0))) },
    GradientCase("ifft, forward", [4], [4]) { parts(ifft(complex($0), length: 7, norm: .forward)) },
    GradientCase("fft2", [3, 4], [3, 4]) { parts(fft2(complex($0))) },
    GradientCase("ifft2", [3, 4], [3, 4]) { parts(ifft2(complex($0))) },
    GradientCase("rfft, even", [2, 6]) { parts(rfft($0[0])) },
    GradientCase("rfft, odd, along axis 0", [5, 2]) { parts(rfft($0[0], axis: 0, norm: .ortho)) },
    GradientCase("rfft, cut", [7]) { parts(rfft($0[0], length: 4)) },
    GradientCase("rfft, filled up", [3]) { parts(rfft($0[0], length: 8, norm: .forward)) },
    GradientCase("irfft, even", [2, 4], [2, 4]) { irfft(complex($0)) },
    GradientCase("irfft, odd", [4], [4]) { irfft(complex($0), length: 7, norm: .ortho) },
    GradientCase("irfft of more coefficients", [6], [6]) { irfft(complex($0), length: 6) },
    GradientCase("irfft of fewer coefficients", [2, 2], [2, 2]) {
      irfft(complex($0), length: 6, axis: 0)
    },
    GradientCase("rfftn and irfftn", [3, 4]) { x in
      let spectrum = rfftn(x[0])
      return irfftn(spectrum * spectrum)
    },
    GradientCase("fftn, ifftn and shifts", [2, 3], [2, 3]) {
      parts(ifftn(ifftShift(fftShift(fftn(complex($0))) * Complex(0.5, 1))))
    },
    GradientCase("power spectrum", [8]) { square(abs(rfft($0[0]))) },
  ]

  @Test("of arithmetic and functions agree with differences", arguments: arithmetic)
  func numbers(_ check: GradientCase) { check.check() }

  @Test("of Fourier transforms agree with differences", arguments: transforms)
  func fourier(_ check: GradientCase) { check.check() }

  @Test("of the distance from 0 is 0 at 0")
  func zero() {
    let slope = grad { (x: Tensor<Double>) in abs(Tensor<Complex<Double>>(x)).sum() }(
      Tensor<Double>([0, 2]))
    expectEqual(slope, Tensor([0, 1]))
  }
}
