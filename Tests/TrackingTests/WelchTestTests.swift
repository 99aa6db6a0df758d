import Testing
import Tracking

@Suite("Welch's t-test")
struct WelchTestTests {
  /// From `scipy.stats.t.sf(t, df) * 2`, SciPy 1.17.1.
  @Test(
    "has SciPy's p-values, also in the far tails",
    arguments: [
      (0.0, 5.0, 1.0), (1.0, 1.0, 0.5), (2.5, 3.7, 0.07182202291182678),
      (12.0, 4.2, 0.00020842666068435347), (40.0, 200.0, 2.2487396535202197e-97),
      (0.001, 1e6, 0.9992021157716492),
    ])
  func probabilities(t: Double, degreesOfFreedom: Double, expected: Double) {
    let p = WelchTest.twoSided(t, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(p - expected) <= 1e-9 * expected)
    #expect(WelchTest.twoSided(-t, degreesOfFreedom: degreesOfFreedom) == p)
  }

  @Test("needs two values in each sample, and some scatter")
  func tooLittle() {
    #expect(WelchTest(Sample([1]), Sample([1, 2])) == nil)
    #expect(WelchTest(Sample([1, 1]), Sample([2, 2])) == nil)
    #expect(WelchTest(Sample([1, 1]), Sample([2, 3])) != nil)
    #expect(WelchTest(Sample([.nan, 1]), Sample([2, 3])) == nil)
  }

  @Test("does not overflow")
  func extremes() throws {
    let huge = Sample([1e308, 1.5e308, 1.2e308])
    #expect(huge.mean.isFinite && huge.deviation?.isFinite == true)
    let test = try #require(WelchTest(huge, Sample([-1e308, -1.5e308, -1.1e308])))
    let small = try #require(WelchTest(Sample([1, 1.5, 1.2]), Sample([-1, -1.5, -1.1])))
    #expect(abs(test.pValue - small.pValue) < 1e-12)
  }

  @Test("corrects by Holm's method")
  func holm() {
    #expect(WelchTest.holm([0.04, 0.01, 0.03]) == [0.06, 0.03, 0.06])
    #expect(WelchTest.holm([0.9, 0.8]) == [1, 1])
  }

  @Test("labels groups as columns of a sheet are")
  func labels() {
    #expect(
      [0, 25, 26, 51, 52, 701, 702].map(RunGroup.label) == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
      ])
  }
}
