internal import BLAS

extension RandomGenerator {
  /// Returns integers of `range`, all equally likely.
  ///
  /// - Precondition: The range is not empty.
  public mutating func integers<Scalar: IntegerTensorScalar>(
    shape: [Int], in range: Range<Scalar>
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "integers")
    require(!range.isEmpty, "integers: the range \(range) is empty; it must hold a number")
    let width = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound)
    return drawIntegers(
      shape, low: Int64(truncatingIfNeeded: range.lowerBound),
      // Of a narrow type the difference may look negative.
      width: Scalar.bitWidth == 64 ? width : width & (1 << UInt64(Scalar.bitWidth) - 1))
  }

  /// Returns integers of `range`, its last included, all equally likely.
  public mutating func integers<Scalar: IntegerTensorScalar>(
    shape: [Int], in range: ClosedRange<Scalar>
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "integers")
    let last = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound)
    let span = Scalar.bitWidth == 64 ? last : last & (1 << UInt64(Scalar.bitWidth) - 1)
    return drawIntegers(
      shape, low: Int64(truncatingIfNeeded: range.lowerBound), width: span &+ 1)
  }

  private mutating func drawIntegers<Scalar: IntegerTensorScalar>(
    _ shape: [Int], low: Int64, width: UInt64
  ) -> Tensor<Scalar> {
    let drawn = freshStream().integers(Layout.count(shape), low: low, width: width)
    return Tensor<Int>(storage: drawn, shape: shape).cast(to: Scalar.self)
  }

  /// Returns Booleans that are true with `probability`.
  ///
  /// - Precondition: The probability lies in 0...1.
  public mutating func bernoulli(shape: [Int], probability: Double = 0.5) -> Tensor<Bool> {
    require(
      probability >= 0 && probability <= 1,
      "bernoulli: probability \(probability); it must lie in 0...1")
    let drawn: Tensor<Double> = uniform(shape: shape)
    return drawn .< probability
  }

  /// Returns Booleans, each true with the probability at its place.
  ///
  /// - Precondition: All probabilities lie in 0...1.
  public mutating func bernoulli<Scalar: FloatingTensorScalar>(probabilities: Tensor<Scalar>)
    -> Tensor<Bool>
  {
    check(probabilities, "bernoulli: probabilities must lie in 0...1") { $0 >= 0 && $0 <= 1 }
    let drawn: Tensor<Double> = uniform(shape: probabilities.shape)
    return drawn .< probabilities.cast(to: Double.self)
  }

  /// Returns the numbers of successes in `trials` trials that succeed with `probability` each.
  ///
  /// - Precondition: The trials are 0 or more, the probability lies in 0...1.
  /// - SeeAlso: Hörmann 1993, doi:10.1080/00949659308811496.
  public mutating func binomial(shape: [Int], trials: Int, probability: Double) -> Tensor<Int> {
    Layout.check(shape, operation: "binomial")
    require(
      trials >= 0 && trials <= 1 << 53 && probability >= 0 && probability <= 1,
      "binomial: \(trials) trials with probability \(probability); "
        + "trials must be 0 to 2^53, the probability must lie in 0...1")
    let drawn = freshStream().binomial(
      Layout.count(shape), trials: DistributionParameter(trials),
      probability: DistributionParameter(probability))
    return Tensor(storage: drawn, shape: shape)
  }

  /// Returns the numbers of successes, with the probability at each place.
  ///
  /// - Precondition: The trials are 0 or more, all probabilities lie in 0...1.
  public mutating func binomial<Scalar: FloatingTensorScalar>(
    trials: Int, probabilities: Tensor<Scalar>
  ) -> Tensor<Int> {
    require(
      trials >= 0 && trials <= 1 << 53, "binomial: \(trials) trials; there must be 0 to 2^53")
    check(probabilities, "binomial: probabilities must lie in 0...1") { $0 >= 0 && $0 <= 1 }
    let drawn = freshStream().binomial(
      probabilities.count, trials: DistributionParameter(trials),
      probability: parameter(probabilities))
    return Tensor(storage: drawn, shape: probabilities.shape)
  }

  /// Returns the numbers of events in a unit of time in which `rate` are expected.
  ///
  /// - Precondition: The rate is 0 to 10^15.
  /// - SeeAlso: Hörmann 1993, doi:10.1016/0167-6687(93)90997-4.
  public mutating func poisson(shape: [Int], rate: Double) -> Tensor<Int> {
    Layout.check(shape, operation: "poisson")
    require(rate >= 0 && rate <= 1e15, "poisson: rate \(rate); it must be 0 to 1e15")
    let drawn = freshStream().poisson(Layout.count(shape), rate: DistributionParameter(rate))
    return Tensor(storage: drawn, shape: shape)
  }

  /// Returns the numbers of events, with the rate at each place.
  ///
  /// - Precondition: All rates are 0 to 10^15.
  public mutating func poisson<Scalar: FloatingTensorScalar>(rates: Tensor<Scalar>) -> Tensor<Int> {
    check(rates, "poisson: rates must be 0 to 1e15") { $0 >= 0 && $0 <= 1e15 }
    let drawn = freshStream().poisson(rates.count, rate: parameter(rates))
    return Tensor(storage: drawn, shape: rates.shape)
  }

  /// Returns the numbers of trials up to and including the first success.
  ///
  /// - Precondition: The probability is positive and at most 1.
  public mutating func geometric(shape: [Int], probability: Double) -> Tensor<Int> {
    require(
      probability > 0 && probability <= 1,
      "geometric: probability \(probability); it must be positive and at most 1")
    if probability == 1 { return .ones(shape: shape) }
    let waits: Tensor<Double> = exponential(shape: shape)
    let scale = log1p(Tensor<Double>(-probability)).item()
    // At least one trial, even where the wait rounds to nothing; no more than an integer can hold.
    return minimum(maximum(ceil(waits / -scale), 1), 9.2e18).cast(to: Int.self)
  }

  /// Returns the numbers of failures before `successes` successes.
  ///
  /// - Precondition: The successes are positive, the probability is positive and at most 1.
  public mutating func negativeBinomial(shape: [Int], successes: Double, probability: Double)
    -> Tensor<Int>
  {
    require(
      successes > 0 && probability > 0 && probability <= 1,
      "negativeBinomial: \(successes) successes with probability \(probability); "
        + "both must be positive, the probability at most 1")
    let rates: Tensor<Double> = gamma(
      shape: shape, concentration: successes, scale: (1 - probability) / probability)
    return poisson(rates: rates)
  }

  /// Returns how often each of several outcomes comes up in `trials` trials.
  ///
  /// - Parameters:
  ///   - shape: How many experiments.
  ///   - trials: Trials in each.
  ///   - probabilities: The probability of each outcome, or any weights in proportion to them.
  /// - Returns: `shape` and one more axis, of the outcomes.
  /// - Precondition: There is a weight that is positive, none is negative.
  public mutating func multinomial(shape: [Int], trials: Int, probabilities: [Double])
    -> Tensor<Int>
  {
    checkWeights(probabilities, "multinomial")
    var remaining = Tensor<Int>.full(shape: shape, trials)
    var left = probabilities.reduce(0, +)
    var counts: [Tensor<Int>] = []
    for (place, weight) in probabilities.enumerated() {
      let isLast = !probabilities[(place + 1)...].contains { $0 > 0 }
      let part = isLast ? 1 : Swift.min(weight / left, 1)
      let drawn = freshStream().binomial(
        remaining.count,
        trials: DistributionParameter(
          remaining.contiguous().storage, offset: 0, count: remaining.count),
        probability: DistributionParameter(weight > 0 ? part : 0))
      let count = Tensor<Int>(storage: drawn, shape: shape)
      counts.append(count)
      remaining = remaining - count
      left -= weight
    }
    return stack(counts, axis: -1)
  }

  /// Stops the program unless all elements satisfy `holds`.
  func check<Scalar: FloatingTensorScalar>(
    _ values: Tensor<Scalar>, _ rule: String, _ holds: (Scalar) -> Bool
  ) {
    if let bad = values.scalars.first(where: { !holds($0) }) { fail("\(rule), not \(bad)") }
  }

  /// Stops the program unless the weights make a distribution.
  func checkWeights(_ weights: [Double], _ operation: String) {
    require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
      "\(operation): weights \(weights.prefix(20)); none may be negative or infinite, one must be positive"
    )
  }

  /// A tensor as the parameters of a distribution.
  func parameter<Scalar: FloatingTensorScalar>(_ values: Tensor<Scalar>) -> DistributionParameter {
    let wide = values.cast(to: Double.self).contiguous()
    return DistributionParameter(wide.storage, offset: wide.layout.offset, count: wide.count)
  }
}
