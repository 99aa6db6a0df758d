internal import BLAS

extension RandomGenerator {
  /// Returns waiting times between events that happen `rate` times in a unit of time.
  ///
  /// - Precondition: The rate is positive.
  public mutating func exponential<Scalar: FloatingTensorScalar>(shape: [Int], rate: Scalar = 1)
    -> Tensor<Scalar>
  {
    require(rate > 0, "exponential: rate \(rate); it must be positive")
    return -log(openUniform(shape)) / rate
  }

  /// Returns gamma numbers, whose mean is `concentration` times `scale`.
  ///
  /// - Precondition: The concentration is 0 or more, the scale positive.
  /// - SeeAlso: Marsaglia and Tsang 2000, doi:10.1145/358407.358414.
  public mutating func gamma<Scalar: FloatingTensorScalar>(
    shape: [Int], concentration: Double, scale: Double = 1
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "gamma")
    require(
      concentration >= 0 && concentration.isFinite && scale > 0,
      "gamma: concentration \(concentration) and scale \(scale); 0 or more and positive")
    let drawn = freshStream().gamma(
      Layout.count(shape), shape: DistributionParameter(concentration))
    return (Tensor<Double>(storage: drawn, shape: shape) * scale).cast(to: Scalar.self)
  }

  /// Returns gamma numbers of scale 1, with the concentration at each place.
  ///
  /// - Precondition: All concentrations are 0 or more and finite.
  public mutating func gamma<Scalar: FloatingTensorScalar>(concentrations: Tensor<Scalar>)
    -> Tensor<Scalar>
  {
    check(concentrations, "gamma: concentrations must be finite and 0 or more") {
      $0 >= 0 && $0.isFinite
    }
    let drawn = freshStream().gamma(concentrations.count, shape: parameter(concentrations))
    return Tensor<Double>(storage: drawn, shape: concentrations.shape).cast(to: Scalar.self)
  }

  /// Returns beta numbers, between 0 and 1 with mean `a` / (`a` + `b`).
  ///
  /// - Precondition: Both parameters are positive.
  public mutating func beta<Scalar: FloatingTensorScalar>(shape: [Int], a: Double, b: Double)
    -> Tensor<Scalar>
  {
    Layout.check(shape, operation: "beta")
    require(
      a > 0 && b > 0 && a.isFinite && b.isFinite,
      "beta: parameters \(a) and \(b); both must be positive and finite")
    let drawn = freshStream().beta(
      Layout.count(shape), a: DistributionParameter(a), b: DistributionParameter(b))
    return Tensor<Double>(storage: drawn, shape: shape).cast(to: Scalar.self)
  }

  /// Returns sums of the squares of `degrees` standard normal numbers.
  ///
  /// - Precondition: The degrees of freedom are positive.
  public mutating func chiSquare<Scalar: FloatingTensorScalar>(shape: [Int], degrees: Double)
    -> Tensor<Scalar>
  {
    require(
      degrees > 0, "chiSquare: \(degrees) degrees of freedom; there must be a positive number")
    return gamma(shape: shape, concentration: degrees / 2, scale: 2)
  }

  /// Returns Student's t numbers.
  ///
  /// - Precondition: The degrees of freedom are positive.
  public mutating func studentT<Scalar: FloatingTensorScalar>(shape: [Int], degrees: Double)
    -> Tensor<Scalar>
  {
    require(degrees > 0, "studentT: \(degrees) degrees of freedom; there must be a positive number")
    let numerator: Tensor<Double> = normal(shape: shape)
    let square: Tensor<Double> = chiSquare(shape: shape, degrees: degrees)
    return (numerator / sqrt(square / degrees)).cast(to: Scalar.self)
  }

  /// Returns Laplace's numbers, exponential to both sides of `location`.
  ///
  /// - Precondition: The scale is positive.
  public mutating func laplace<Scalar: FloatingTensorScalar>(
    shape: [Int], location: Scalar = 0, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    require(scale > 0, "laplace: scale \(scale); it must be positive")
    let size: Tensor<Scalar> = exponential(shape: shape)
    let side = bernoulli(shape: shape)
    return select(side, size, -size) * scale + location
  }

  /// Returns logistic numbers, whose distribution function is the sigmoid.
  ///
  /// - Precondition: The scale is positive.
  public mutating func logistic<Scalar: FloatingTensorScalar>(
    shape: [Int], location: Scalar = 0, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    require(scale > 0, "logistic: scale \(scale); it must be positive")
    let u: Tensor<Scalar> = openUniform(shape)
    // A number of 1 would be infinite; rounding makes one in 2^24 of them.
    let inside = minimum(u, Scalar(1).nextDown)
    return (log(inside) - log1p(-inside)) * scale + location
  }

  /// Returns Gumbel's numbers, the largest of many.
  ///
  /// - Precondition: The scale is positive.
  public mutating func gumbel<Scalar: FloatingTensorScalar>(
    shape: [Int], location: Scalar = 0, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    require(scale > 0, "gumbel: scale \(scale); it must be positive")
    let wait: Tensor<Scalar> = exponential(shape: shape)
    return -log(maximum(wait, Scalar.leastNormalMagnitude)) * scale + location
  }

  /// Returns Cauchy's numbers, quotients of normal ones.
  ///
  /// - Precondition: The scale is positive.
  public mutating func cauchy<Scalar: FloatingTensorScalar>(
    shape: [Int], location: Scalar = 0, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    require(scale > 0, "cauchy: scale \(scale); it must be positive")
    let a: Tensor<Double> = normal(shape: shape)
    let b: Tensor<Double> = normal(shape: shape)
    return (a / b).cast(to: Scalar.self) * scale + location
  }

  /// Returns numbers whose logarithms are normally distributed.
  ///
  /// - Precondition: The standard deviation is 0 or more.
  public mutating func logNormal<Scalar: FloatingTensorScalar>(
    shape: [Int], mean: Scalar = 0, standardDeviation: Scalar = 1
  ) -> Tensor<Scalar> {
    require(
      standardDeviation >= 0,
      "logNormal: standard deviation \(standardDeviation); it must be 0 or more")
    return exp(normal(shape: shape, mean: mean, standardDeviation: standardDeviation))
  }

  /// Returns Weibull's numbers.
  ///
  /// - Precondition: Concentration and scale are positive.
  public mutating func weibull<Scalar: FloatingTensorScalar>(
    shape: [Int], concentration: Scalar, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    require(
      concentration > 0 && scale > 0,
      "weibull: concentration \(concentration) and scale \(scale); both must be positive")
    return pow(exponential(shape: shape), 1 / concentration) * scale
  }

  /// Returns normally distributed numbers that lie in a range.
  ///
  /// - Parameters:
  ///   - shape: How many.
  ///   - range: Where they lie; either bound may be infinite.
  ///   - mean: The mean before truncation.
  ///   - standardDeviation: The standard deviation before truncation.
  /// - Returns: `shape`.
  /// - Precondition: The standard deviation is positive, and the range longer than a point.
  /// - SeeAlso: Robert 1995, "Simulation of truncated normal variables", doi:10.1007/BF00143942.
  public mutating func truncatedNormal<Scalar: FloatingTensorScalar>(
    shape: [Int], in range: ClosedRange<Scalar> = -2...2, mean: Scalar = 0,
    standardDeviation: Scalar = 1
  ) -> Tensor<Scalar> {
    Layout.check(shape, operation: "truncatedNormal")
    let (low, high) = (
      (range.lowerBound - mean) / standardDeviation, (range.upperBound - mean) / standardDeviation
    )
    require(
      standardDeviation > 0 && low < high && low < .infinity && high > -.infinity,
      "truncatedNormal: range \(range), mean \(mean) and standard deviation \(standardDeviation); "
        + "the range must have a length and the standard deviation be positive")
    let drawn = freshStream().truncatedNormal(
      Layout.count(shape), low: Double(low), high: Double(high))
    let standard = Tensor<Double>(storage: drawn, shape: shape).cast(to: Scalar.self)
    return clip(standard * standardDeviation + mean, range)
  }

  /// Returns Dirichlet's numbers: shares that add up to 1.
  ///
  /// - Parameters:
  ///   - shape: How many sets of shares.
  ///   - concentrations: One for each share.
  /// - Returns: `shape` and one more axis, of the shares.
  /// - Precondition: All concentrations are positive.
  public mutating func dirichlet<Scalar: FloatingTensorScalar>(
    shape: [Int], concentrations: [Double]
  ) -> Tensor<Scalar> {
    require(
      !concentrations.isEmpty && concentrations.allSatisfy { $0 > 0 && $0.isFinite },
      "dirichlet: concentrations \(concentrations); there must be one, and all must be positive")
    let parameters = Tensor(concentrations).broadcast(to: shape + [concentrations.count])
    let drawn = gamma(concentrations: parameters)
    let total = drawn.sum(axis: -1, keepDims: true)
    return (drawn / maximum(total, Double.leastNormalMagnitude)).cast(to: Scalar.self)
  }

  /// Returns normally distributed vectors.
  ///
  /// - Parameters:
  ///   - shape: How many.
  ///   - mean: Shape `[d]`.
  ///   - covariance: Shape `[d, d]`, symmetric; it may be singular.
  /// - Returns: `shape` and one more axis, of length `d`.
  /// - Throws: `LinearAlgebraError` if the covariance is not square, does not fit the mean, or has a negative eigenvalue
  ///   beyond rounding.
  public mutating func multivariateNormal<Scalar: LAPACKScalar>(
    shape: [Int], mean: Tensor<Scalar>, covariance: Tensor<Scalar>
  ) throws(LinearAlgebraError) -> Tensor<Scalar> {
    let order = try covariance.squareOrder("multivariateNormal")
    guard mean.shape == [order], covariance.rank == 2 else {
      throw .shapeMismatch(
        operation: "multivariateNormal", shapes: [mean.shape, covariance.shape],
        rule: "a mean [d] needs a covariance [d, d]")
    }
    let parts = try eigenSymmetric(covariance)
    let values = parts.values.scalars
    let largest = values.map { abs($0) }.max() ?? 0
    let slack = largest * Scalar(order) * Scalar.ulpOfOne * 10
    if let negative = values.firstIndex(where: { $0 < -slack }) {
      throw .notPositiveDefinite(
        operation: "multivariateNormal", shape: covariance.shape, index: [], order: negative + 1)
    }
    let factor = parts.vectors * sqrt(maximum(parts.values, 0)).expandingDims(axis: 0)
    let standard: Tensor<Scalar> = normal(shape: [Layout.count(shape), order])
    return (matmul(standard, factor.transposed()) + mean).reshaped(to: shape + [order])
  }

  /// Uniform numbers in (0, 1], whose logarithm is finite.
  private mutating func openUniform<Scalar: FloatingTensorScalar>(_ shape: [Int]) -> Tensor<Scalar>
  {
    1 - uniform(shape: shape)
  }
}
