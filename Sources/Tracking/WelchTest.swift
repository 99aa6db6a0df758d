import Glibc

/// Values of one metric over the runs of a group: how many, their mean and how they scatter.
package struct Sample: Sendable, Equatable {
  package let count: Int
  /// NaN without values.
  package let mean: Double
  /// The standard deviation with Bessel's correction (n − 1); `nil` for fewer than two values.
  package let deviation: Double?
  package let minimum: Double?
  package let maximum: Double?

  /// Takes those of `values` that are finite.
  package init(_ values: [Double]) {
    let numbers = values.filter(\.isFinite)
    count = numbers.count
    minimum = numbers.min()
    maximum = numbers.max()
    // Scaled, so that neither sums nor squares of large values overflow.
    let scale = numbers.map { abs($0) }.max() ?? 0
    guard scale > 0 else {
      mean = numbers.isEmpty ? .nan : 0
      deviation = numbers.count < 2 ? nil : 0
      return
    }
    let scaled = numbers.map { $0 / scale }
    let center = scaled.reduce(0, +) / Double(count)
    mean = center * scale
    guard numbers.count > 1 else {
      deviation = nil
      return
    }
    if minimum == maximum {
      deviation = 0
      return
    }
    let squares = scaled.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    deviation = (squares / Double(count - 1)).squareRoot() * scale
  }
}

/// Welch's t-test: whether two samples with deviations of their own have different means.
///
/// - SeeAlso: B. L. Welch, "The generalization of Student's problem when several different population variances are
///   involved", Biometrika 34, 1947.
package struct WelchTest: Sendable, Equatable {
  package let statistic: Double
  /// By Satterthwaite's approximation.
  package let degreesOfFreedom: Double
  /// Two-sided.
  package let pValue: Double

  /// Compares two samples; `nil` when one has fewer than two values, or neither scatters.
  package init?(_ a: Sample, _ b: Sample) {
    guard let deviationA = a.deviation, let deviationB = b.deviation else { return nil }
    let scale = max(deviationA, deviationB)
    guard scale > 0 else { return nil }
    let varianceA = (deviationA / scale) * (deviationA / scale) / Double(a.count)
    let varianceB = (deviationB / scale) * (deviationB / scale) / Double(b.count)
    let variance = varianceA + varianceB
    statistic = (a.mean / scale - b.mean / scale) / variance.squareRoot()
    degreesOfFreedom =
      variance * variance
      / (varianceA * varianceA / Double(a.count - 1) + varianceB * varianceB / Double(b.count - 1))
    pValue = Self.twoSided(statistic, degreesOfFreedom: degreesOfFreedom)
  }

  /// The probability of a value of Student's t at least as far from 0 as `t`.
  package static func twoSided(_ t: Double, degreesOfFreedom: Double) -> Double {
    guard !t.isNaN, degreesOfFreedom > 0 else { return .nan }
    guard t.isFinite else { return 0 }
    let sum = degreesOfFreedom + t * t
    return regularizedBeta(degreesOfFreedom / sum, t * t / sum, degreesOfFreedom / 2, 0.5)
  }

  /// The p-values after Holm's correction for as many comparisons as there are values.
  ///
  /// - SeeAlso: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 6, 1979.
  package static func holm(_ values: [Double]) -> [Double] {
    var corrected = values
    var highest = 0.0
    let order = values.indices.sorted { values[$0] < values[$1] }
    for (rank, index) in order.enumerated() {
      highest = max(highest, min(1, values[index] * Double(values.count - rank)))
      corrected[index] = highest
    }
    return corrected
  }

  /// The regularized incomplete beta function I_x(a, b), where a or b is ½, by its continued fraction; `y` is
  /// 1 − x, which would lose digits if it were computed from x.
  ///
  /// - SeeAlso: NIST Digital Library of Mathematical Functions, 8.17.22.
  private static func regularizedBeta(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double
  ) -> Double {
    guard x > 0 else { return 0 }
    guard y > 0 else { return 1 }
    // The fraction converges fast below the mean of the distribution; above it, so does its mirror image.
    if x > (a + 1) / (a + b + 2) { return 1 - regularizedBeta(y, x, b, a) }
    // One of the two is a half.
    let logarithm =
      logGammaRatio(max(a, b)) - 0.5 * Glibc.log(Double.pi) + a * Glibc.log(x) + b * Glibc.log(y)
    return exp(logarithm) * betaFraction(x, a, b) / a
  }

  /// The logarithm of Γ(a + ½) / Γ(a); of large numbers by its series, as the difference of two logarithms loses digits.
  private static func logGammaRatio(_ a: Double) -> Double {
    guard a > 50 else { return lgamma(a + 0.5) - lgamma(a) }
    let square = a * a
    return 0.5 * Glibc.log(a) - (1 / 8 - (1 / 192 - 1 / (640 * square)) / square) / a
  }

  /// Lentz's method, with numerators and denominators that may not become 0.
  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / bounded(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1..<10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / bounded(1 + even * d)
      c = bounded(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / bounded(1 + odd * d)
      c = bounded(1 + odd / c)
      let factor = d * c
      fraction *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return fraction
  }
}
