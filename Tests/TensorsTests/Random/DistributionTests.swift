import Foundation
import Tensors
import Testing

/// Checks mean and variance within five standard errors of samples from a distribution of normal tails.
private func expectMoments<Scalar: TensorScalar>(
  _ drawn: Tensor<Scalar>, mean: Double, variance: Double, kurtosis: Double = 3,
  at place: SourceLocation = #_sourceLocation
) {
  let x = drawn.cast(to: Double.self)
  let n = Double(x.count)
  let found = x.mean().item()
  #expect(
    Swift.abs(found - mean) <= 5 * (variance / n).squareRoot(), "mean \(found), not \(mean)",
    sourceLocation: place)
  let spread = x.variance().item()
  #expect(
    Swift.abs(spread - variance) <= 5 * variance * ((kurtosis - 1) / n).squareRoot(),
    "variance \(spread), not \(variance)", sourceLocation: place)
}

/// A number that depends on every bit of some thousand random numbers.
private func fingerprint() -> UInt64 {
  var hash: UInt64 = 14_695_981_039_346_656_037
  for value in Tensor<Double>.randomNormal(shape: [5000], seed: 1).scalars {
    hash = (hash ^ value.bitPattern) &* 1_099_511_628_211
  }
  for value in Tensor<Float>.random(shape: [5000], seed: 1).scalars {
    hash = (hash ^ UInt64(value.bitPattern)) &* 1_099_511_628_211
  }
  return hash
}

@Suite("distributions")
struct DistributionTests {
  private let n = 200_000

  @Test("have their mean and variance: continuous ones")
  func continuous() throws {
    var random = RandomGenerator(seed: 2024)
    let shape = [n]
    for a in [0.05, 0.5, 1, 2.5, 50] {
      expectMoments(
        random.gamma(shape: shape, concentration: a, scale: 2) as Tensor<Double>, mean: 2 * a,
        variance: 4 * a, kurtosis: 3 + 6 / a)
    }
    for (a, b) in [(0.1, 0.1), (0.5, 2), (3, 4), (100, 1)] {
      let sum = a + b
      expectMoments(
        random.beta(shape: shape, a: a, b: b) as Tensor<Double>, mean: a / sum,
        variance: a * b / (sum * sum * (sum + 1)), kurtosis: 12)
    }
    expectMoments(
      random.exponential(shape: shape, rate: 4) as Tensor<Float>, mean: 0.25, variance: 0.0625,
      kurtosis: 9)
    expectMoments(
      random.laplace(shape: shape, location: 1, scale: 2) as Tensor<Double>, mean: 1, variance: 8,
      kurtosis: 6)
    expectMoments(
      random.chiSquare(shape: shape, degrees: 3) as Tensor<Double>, mean: 3, variance: 6,
      kurtosis: 7)
    expectMoments(
      random.studentT(shape: shape, degrees: 10) as Tensor<Double>, mean: 0, variance: 1.25,
      kurtosis: 4)
    expectMoments(
      random.logistic(shape: shape) as Tensor<Double>, mean: 0, variance: 3.289868133696453,
      kurtosis: 4.2)
    expectMoments(
      random.gumbel(shape: shape) as Tensor<Double>, mean: 0.5772156649015329,
      variance: 1.6449340668482264, kurtosis: 5.4)
    expectMoments(
      random.weibull(shape: shape, concentration: 2) as Tensor<Double>, mean: 0.886226925452758,
      variance: 0.2146018366025517, kurtosis: 3.3)
    // Moments after truncation to -2...2.
    expectMoments(
      random.truncatedNormal(shape: shape) as Tensor<Double>, mean: 0, variance: 0.7737413035499232)
    let tail: Tensor<Double> = random.truncatedNormal(shape: shape, in: 8...Double.infinity)
    #expect(tail.min().item() >= 8)
    expectMoments(tail, mean: 8.12136811223611, variance: 0.01432, kurtosis: 9)
    let narrow: Tensor<Double> = random.truncatedNormal(shape: shape, in: -5.001 ... -5)
    #expect(narrow.max().item() <= -5 && narrow.min().item() >= -5.001)
  }

  @Test("have their mean and variance: whole numbers")
  func discrete() {
    var random = RandomGenerator(seed: 7)
    let shape = [n]
    for rate in [0, 0.3, 9.9, 10, 100, 1e6] {
      expectMoments(
        random.poisson(shape: shape, rate: rate), mean: rate, variance: rate,
        kurtosis: rate == 0 ? 3 : 3 + 1 / rate)
    }
    for (trials, p) in [(0, 0.5), (10, 0.3), (1000, 0.002), (1000, 0.4), (1000, 0.97), (7, 1)] {
      let q = 1 - p
      expectMoments(
        random.binomial(shape: shape, trials: trials, probability: p), mean: Double(trials) * p,
        variance: Double(trials) * p * q, kurtosis: 4)
    }
    expectMoments(
      random.geometric(shape: shape, probability: 0.2), mean: 5, variance: 20, kurtosis: 9.1)
    expectMoments(
      random.negativeBinomial(shape: shape, successes: 4, probability: 0.25), mean: 12,
      variance: 48, kurtosis: 5)
    expectMoments(
      random.bernoulli(shape: shape, probability: 0.1).cast(to: Int.self), mean: 0.1,
      variance: 0.09, kurtosis: 9)
    expectMoments(
      random.integers(shape: shape, in: -3..<7), mean: 1.5, variance: 8.25, kurtosis: 2)
    let rates = Tensor<Float>([1, 50]).broadcast(to: [n, 2])
    let drawn = random.poisson(rates: rates)
    expectMoments(drawn[0..., 0], mean: 1, variance: 1, kurtosis: 4)
    expectMoments(drawn[0..., 1], mean: 50, variance: 50)
  }

  @Test("choose by weight, and without repeating")
  func choices() {
    var random = RandomGenerator(seed: 3)
    let drawn = random.categorical(
      probabilities: Tensor<Double>([[1, 0, 3], [0, 5, 0]]), count: n)
    #expect(drawn.shape == [2, n])
    expectMoments((drawn[0] .== 2).cast(to: Int.self), mean: 0.75, variance: 0.1875)
    #expect((drawn[0] .!= 1).all().item() && (drawn[1] .== 1).all().item())
    let logits = random.categorical(logits: Tensor<Float>([0, -.infinity, 0]), count: 1000)
    #expect((logits .!= 1).all().item())
    for (total, count) in [(10, 10), (1000, 20), (5, 0), (100, 60)] {
      let chosen = random.choice(total, count: count)
      #expect(Set(chosen).count == count && chosen.allSatisfy { $0 >= 0 && $0 < total })
    }
    // Of three with weights 1, 1, 2 the heavy one is drawn first half of the time.
    var first = 0
    for _ in 0..<2000 {
      let order = random.choice(4, count: 3, weights: [1, 1, 2, 0])
      #expect(Set(order) == [0, 1, 2])
      if order[0] == 2 { first += 1 }
    }
    #expect(Swift.abs(first - 1000) < 120)
    #expect(Set(random.choice(3, count: 50, withReplacement: true)).count == 3)
    let rows = random.choice(Tensor<Int>.arange(12).reshaped(to: [4, 3]), count: 2)
    #expect(rows.shape == [2, 3] && rows[0, 1].item() == rows[0, 0].item() + 1)
    let shuffled = random.shuffled(Tensor<Int>.arange(50))
    #expect(shuffled.scalars.sorted() == Array(0..<50) && shuffled.scalars != Array(0..<50))
  }

  @Test("draw vectors: multivariate normal, Dirichlet, multinomial")
  func vectors() throws {
    var random = RandomGenerator(seed: 5)
    let covariance: Tensor<Double> = [[2, 1.2, 0], [1.2, 1, 0], [0, 0, 0]]
    let x = try random.multivariateNormal(shape: [n], mean: [1, 2, 3], covariance: covariance)
    expectClose(x.mean(axis: 0), [1, 2, 3], relative: 0, absolute: 0.02)
    let centred = x - x.mean(axis: 0)
    expectClose(
      matmul(centred.transposed(), centred) / Double(n), covariance, relative: 0, absolute: 0.03)
    #expect(throws: LinearAlgebraError.self) {
      try random.multivariateNormal(
        shape: [1], mean: Tensor<Double>([0, 0]), covariance: [[1, 2], [2, 1]])
    }
    let shares: Tensor<Float> = random.dirichlet(shape: [n], concentrations: [1, 2, 5])
    expectClose(shares.sum(axis: -1), .ones(shape: [n]), relative: 1e-6)
    expectClose(shares.mean(axis: 0), [0.125, 0.25, 0.625], relative: 0, absolute: 0.005)
    let counts = random.multinomial(shape: [1000], trials: 30, probabilities: [0.2, 0, 0.5, 0.3])
    #expect((counts.sum(axis: -1) .== 30).all().item() && counts[0..., 1].sum().item() == 0)
    expectClose(
      counts.mean(axis: 0), Tensor<Double>([6, 0, 15, 9]), relative: 0, absolute: 0.6)
  }

  @Test("cover every integer type and width")
  func widths() {
    var random = RandomGenerator(seed: 9)
    let all = random.integers(shape: [1000], in: Int.min...Int.max)
    #expect((all .< 0).sum().item() > 400 && (all .> 0).sum().item() > 400)
    let wide = random.integers(shape: [1000], in: Int32.min...Int32.max)
    #expect((wide .< 0).sum().item() > 400 && (wide .> 0).sum().item() > 400)
    #expect((random.integers(shape: [100], in: Int32(5)...5) .== 5).all().item())
    #expect(random.integers(shape: [0], in: 0..<5).isEmpty)
  }

  @Test("give the same numbers for a seed for ever")
  func stable() {
    var random = RandomGenerator(seed: 42)
    let integers = random.integers(shape: [5], in: 0..<1000).scalars
    let poisson = random.poisson(shape: [5], rate: 20).scalars
    let choice = random.choice(100, count: 5)
    var again = RandomGenerator(seed: 42)
    #expect(again.integers(shape: [3], in: 0..<1000).scalars == Array(integers[..<3]))
    #expect(again.poisson(shape: [4], rate: 20).scalars == Array(poisson[..<4]))
    #expect(again.choice(100, count: 5) == choice)
    #expect(integers == [99, 487, 647, 628, 865])
    #expect(poisson == [9, 26, 15, 16, 24])
  }

  @Test("give the same numbers at every level of the processor")
  func levels() async {
    #expect(fingerprint() == 6_277_383_785_836_234_565)
    await #expect(processExitsWith: .success) {
      unsafe setenv("MARTLET_CPU_LEVEL", "0", 1)
      exit(fingerprint() == 6_277_383_785_836_234_565 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
    await #expect(processExitsWith: .success) {
      unsafe setenv("MARTLET_CPU_LEVEL", "1", 1)
      exit(fingerprint() == 6_277_383_785_836_234_565 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test("refuse parameters that make no distribution")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      var random = RandomGenerator(seed: 1)
      _ = random.gamma(shape: [1], concentration: -1) as Tensor<Float>
    }
    await #expect(processExitsWith: .failure) {
      var random = RandomGenerator(seed: 1)
      _ = random.choice(3, count: 4)
    }
    await #expect(processExitsWith: .failure) {
      var random = RandomGenerator(seed: 1)
      _ = random.poisson(rates: Tensor<Float>([1, .nan]))
    }
  }
}
