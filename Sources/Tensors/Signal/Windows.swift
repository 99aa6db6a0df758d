internal import Glibc

/// A weighting of samples that fades out at both ends.
public enum SignalWindow: Sendable, Equatable {
  /// A raised cosine, 0 at the ends.
  case hann
  /// A raised cosine on a step, which damps the nearest side lobe most.
  case hamming
  /// A cosine and its double, with lower side lobes.
  case blackman
  /// A triangle.
  case bartlett
  /// Kaiser's, of which `beta` trades the width of the main lobe for the height of the others.
  case kaiser(beta: Double)

  /// Returns the weights.
  ///
  /// ```swift
  /// let spectrum = rfft(signal * SignalWindow.hann.weights(signal.count))
  /// ```
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - isPeriodic: Whether the window is one period, as spectra want it, or symmetric, as filters do.
  ///   - type: The element type.
  /// - Returns: Shape `[count]`.
  /// - Precondition: The count is 0 or more.
  /// - SeeAlso: Harris 1978, "On the use of windows for harmonic analysis", doi:10.1109/PROC.1978.10837.
  public func weights<Scalar: FloatingTensorScalar>(
    _ count: Int, isPeriodic: Bool = false, as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    require(count >= 0, "weights: \(count) weights of a window; the count must be 0 or more")
    Layout.check([count], operation: "weights")
    if count < 2 { return .ones(shape: [count]) }
    let last = Double(isPeriodic ? count : count - 1)
    return Tensor((0..<count).map { Scalar(weight(Double($0) / last)) })
  }

  /// The weight at a place in 0...1.
  private func weight(_ t: Double) -> Double {
    switch self {
    case .hann: 0.5 - 0.5 * cos(2 * .pi * t)
    case .hamming: 0.54 - 0.46 * cos(2 * .pi * t)
    case .blackman: Swift.max(0, 0.42 - 0.5 * cos(2 * .pi * t) + 0.08 * cos(4 * .pi * t))
    case .bartlett: t <= 0.5 ? 2 * t : 2 - 2 * t
    case .kaiser(let beta):
      Self.bessel(beta * Swift.max(0, 1 - (2 * t - 1) * (2 * t - 1)).squareRoot())
        / Self.bessel(beta)
    }
  }

  /// The modified Bessel function of order 0, by its power series.
  private static func bessel(_ x: Double) -> Double {
    var (term, sum, k) = (1.0, 1.0, 1.0)
    let quarter = x * x / 4
    while term > sum * 1e-17 && k < 1000 {
      term *= quarter / (k * k)
      sum += term
      k += 1
    }
    return sum
  }
}
