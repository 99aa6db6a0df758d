import Tensors
import Testing

/// The definition, in Double.
private func direct(_ x: [Complex<Double>], sign: Double) -> [Complex<Double>] {
  let n = x.count
  let angles = Tensor<Double>.arange(Double(n)) * (2 * Double.pi / Double(n))
  let (c, s) = (cos(angles).scalars, sin(angles).scalars)
  return (0..<n).map { k in
    var sum = Complex<Double>(0)
    for j in 0..<n { sum += x[j] * Complex(c[j * k % n], sign * s[j * k % n]) }
    return sum
  }
}

private func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor<Complex<Double>> {
  var generator = RandomGenerator(seed: seed)
  return Tensor(real: generator.normal(shape: shape), imaginary: generator.normal(shape: shape))
}

private func distance(_ a: Tensor<Complex<Double>>, _ b: Tensor<Complex<Double>>) -> Double {
  a.shape == b.shape ? (a.isEmpty ? 0 : abs(a - b).max().item()) : .infinity
}

@Suite("Fourier transforms")
struct FourierTests {
  @Test("are the sum they stand for, for every small length and some primes")
  func definition() {
    for n in Array(1...66) + [97, 101, 127, 128, 211] {
      let x = random([n], seed: UInt64(n))
      let forward = direct(x.scalars, sign: -1)
      let scale = 1e-14 * Double(n)
      #expect(distance(fft(x), Tensor(forward)) < scale * 3, "\(n)")
      #expect(distance(ifft(fft(x)), x) < 1e-13, "\(n)")
      let real = x.real
      let half = Tensor(direct(real.scalars.map { Complex($0) }, sign: -1))[0...n / 2]
      #expect(distance(rfft(real), half) < scale * 3, "\(n)")
      #expect(abs(irfft(rfft(real), length: n) - real).max().item() < 1e-13, "\(n)")
    }
  }

  @Test("come back from any length", arguments: [1009, 1024, 2053, 4096, 5040, 6561, 10007, 65536])
  func roundTrip(n: Int) {
    let x = random([n])
    let coefficients = fft(x)
    #expect(distance(ifft(coefficients), x) < 1e-12)
    // Parseval: the transform keeps lengths, but for its scale.
    let (before, after) = (square(abs(x)).sum().item(), square(abs(coefficients)).sum().item())
    #expect(Swift.abs(after / Double(n) - before) < 1e-10 * before)
    let real = x.real
    #expect(distance(rfft(real), fft(Tensor(real: real, imaginary: Tensor(0)))[0...n / 2]) < 1e-10)
    #expect(abs(irfft(rfft(real), length: n) - real).max().item() < 1e-12)
    let narrow = Tensor<Complex<Float>>(
      real: x.real.cast(to: Float.self), imaginary: x.imaginary.cast(to: Float.self))
    #expect(abs(ifft(fft(narrow)) - narrow).max().item() < 2e-5)
  }

  @Test("go along any axis, over several, through views")
  func axes() {
    let x = random([6, 5, 8])
    for axis in 0..<3 {
      let moved = fft(x.swappingAxes(axis, 2)).swappingAxes(axis, 2)
      #expect(distance(fft(x, axis: axis), moved) < 1e-13)
    }
    #expect(distance(fftn(x), fft(fft(fft(x, axis: 0), axis: 1), axis: 2)) < 1e-12)
    #expect(distance(ifftn(fftn(x)), x) < 1e-13)
    #expect(distance(fft2(x), fftn(x, axes: [1, 2])) < 1e-13)
    #expect(distance(fft(x.transposed(), axis: 0), fft(x).transposed()) < 1e-13)
    let real = x.real
    #expect(rfftn(real).shape == [6, 5, 5])
    #expect(abs(irfftn(rfftn(real)) - real).max().item() < 1e-13)
    #expect(abs(irfftn(rfftn(real, axes: [1]), length: 5, axes: [1]) - real).max().item() < 1e-13)
  }

  @Test("cut, fill up and scale as NumPy does")
  func lengths() {
    let x = random([7])
    let zeros = Tensor<Complex<Double>>(real: .zeros(shape: [5]), imaginary: .zeros(shape: [5]))
    #expect(distance(fft(x, length: 12), fft(concatenate([x, zeros]))) < 1e-13)
    #expect(distance(fft(x, length: 4), fft(x[0..<4])) < 1e-14)
    #expect(distance(fft(x, norm: .ortho) * Complex(7.0.squareRoot()), fft(x)) < 1e-13)
    #expect(distance(fft(x, norm: .forward) * Complex(7), fft(x)) < 1e-13)
    #expect(distance(ifft(x, norm: .forward), ifft(x) * Complex(7)) < 1e-13)
    #expect(distance(ifft(fft(x, norm: .ortho), norm: .ortho), x) < 1e-14)
    #expect(irfft(random([4])).shape == [6])
    #expect(fft(random([0, 3])).shape == [0, 3])
    #expect(fftFrequencies(5, spacing: 0.1).scalars == [0, 2, 4, -4, -2])
    #expect(fftFrequencies(4).scalars == [0, 0.25, -0.5, -0.25])
    #expect(rfftFrequencies(5).scalars == [0, 0.2, 0.4])
    #expect(fftShift(Tensor<Int>.arange(5)).scalars == [3, 4, 0, 1, 2])
    #expect(fftShift(Tensor<Int>.arange(4)).scalars == [2, 3, 0, 1])
    #expect(ifftShift(fftShift(Tensor<Int>.arange(5))).scalars == [0, 1, 2, 3, 4])
  }

  @Test("refuse lengths that are none")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      _ = rfft(Tensor<Double>.zeros(shape: [3, 0]))
    }
    await #expect(processExitsWith: .failure) { _ = rfft(Tensor<Double>([1]), axis: 1) }
  }
}
