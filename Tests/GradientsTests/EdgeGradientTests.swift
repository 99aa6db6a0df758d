import Gradients
import Tensors
import Testing

// Gradients where formulas divide by nothing or choices are free, and of functions that were late to get one.

@Suite("Gradients at the edges")
struct EdgeGradientTests {
  static let cases: [GradientCase] = [
    GradientCase("lgamma", [5], positive: true) { lgamma($0[0]) },
    GradientCase("lgamma of negative numbers", at: [Tensor([-0.3, -1.6, 2.5, 30, 0.01])]) {
      lgamma($0[0])
    },
    GradientCase("digamma", at: [Tensor([0.2, 1.5, 12, -0.7])], twice: false) { digamma($0[0]) },
    GradientCase("cummax", [3, 4]) { $0[0].cummax(axis: 1) },
    GradientCase("cummin", [4, 2]) { $0[0].cummin(axis: 0) },
    GradientCase("fmax", [3, 4], [4]) { fmax($0[0], $0[1]) },
    GradientCase("fmin", [3, 4], [3, 1]) { fmin($0[0], $0[1]) },
    GradientCase("cumprod with zeros", at: [Tensor([2, 0, 3, 0, 5])]) { $0[0].cumprod(axis: 0) },
    GradientCase("prod with a zero", at: [Tensor([[2, 0], [3, 4]])]) { $0[0].prod(axis: 1) },
    GradientCase("prod with two zeros", at: [Tensor([0, 2, 0, 3])]) { $0[0].prod() },
    GradientCase("topK", [2, 5]) { $0[0].topK(2).values },
    GradientCase("median", [3, 5]) { $0[0].median(axis: 1) },
    GradientCase("nanMedian", at: [Tensor([3, 1, .nan, 7, 4, 9])], twice: false) {
      $0[0].replacing(with: 2, where: isNaN($0[0])).nanMedian(axis: 0)
    },
  ]

  static let statistics: [GradientCase] = [
    GradientCase("nanSum and nanMean", at: [missing]) { $0[0].nanSum(axis: 1) + $0[0].nanMean() },
    GradientCase("nanProd", at: [missing]) { $0[0].nanProd(axis: 0) },
    GradientCase("nanVariance", at: [missing]) { $0[0].nanVariance(axis: 1) },
    GradientCase("nanStandardDeviation", at: [missing]) { $0[0].nanStandardDeviation() },
    GradientCase("nanMax and nanMin", at: [missing]) { $0[0].nanMax(axis: 1) - $0[0].nanMin() },
    GradientCase("nanQuantile", at: [missing]) { $0[0].nanQuantile(0.3, axis: 1) },
    GradientCase("peakToPeak", [3, 4]) { $0[0].peakToPeak(axis: 0) },
  ]

  static let others: [GradientCase] = [
    GradientCase("radians and degrees", [4]) { radians($0[0]) + degrees($0[0]) },
    GradientCase("cast", [4], twice: false) { $0[0].cast(to: Double.self) * $0[0] },
    GradientCase(
      "interpolate", at: [Tensor([0.3, 1.7, 2.2]), Tensor([0, 1, 2.5]), Tensor([1, 3, 2])]
    ) {
      interpolate($0[0], $0[1], $0[2])
    },
    GradientCase("meshgrid", [3], [2]) { x in
      let grids = meshgrid(x)
      return grids[0] * grids[1]
    },
    GradientCase("vdot", [2, 3], [2, 3]) { vdot($0[0], $0[1]) },
    GradientCase("singularValues", [3, 2], twice: false) { input in
      (try? singularValues(input[0])) ?? input[0]
    },
    GradientCase("conditionNumber", at: [Tensor([[2, 0.3], [0.1, 1]])], twice: false) { input in
      (try? conditionNumber(input[0])) ?? input[0]
    },
    GradientCase("polyFit", at: [Tensor([0, 1, 2, 3]), Tensor([1, 0, 2, 5])], twice: false) {
      input in
      (try? polyFit(input[0], input[1], degree: 2)) ?? input[0]
    },
    GradientCase("averagePool1d", [1, 2, 6]) { averagePool1d($0[0], size: 2) },
    GradientCase("adaptiveMaxPool2d", [1, 1, 4, 4]) { adaptiveMaxPool2d($0[0], outputSize: 2) },
  ]

  /// Numbers of which some are missing; differences leave NaN as it is.
  private static let missing: Tensor<Double> = [[0.5, .nan, 2, -1], [3, 1.5, .nan, .nan]]

  @Test("agree with differences", arguments: cases + others)
  func differences(_ check: GradientCase) { check.check() }

  @Test("of statistics without NaN go to the numbers only", arguments: statistics)
  func missingNumbers(_ check: GradientCase) {
    check.check()
  }

  @Test("are 0 where a norm or a standard deviation is 0")
  func roots() {
    let zeros = Tensor<Double>.zeros(shape: [2, 3])
    expectEqual(grad { vectorNorm($0, axes: [1]).sum() }(zeros), zeros)
    expectEqual(grad { vectorNorm($0, .p(3)) }(zeros), zeros)
    expectEqual(grad { $0.standardDeviation() }(zeros + 4), zeros)
    let mixed: Tensor<Double> = [[0, 0], [3, 4]]
    let slopes = grad { vectorNorm($0, axes: [1]).sum() }(mixed)
    #expect(allClose(slopes, [[0, 0], [0.6, 0.8]]))
  }

  @Test("of the largest so far go to the last of equal ones")
  func ties() {
    expectEqual(grad { $0.cummax(axis: 0).sum() }(Tensor<Double>([1, 1, 0, 2])), [1, 2, 0, 1])
    expectEqual(grad { $0.cummin(axis: 0).sum() }(Tensor<Double>([1, 2, 1, 1])), [2, 0, 1, 1])
  }

  @Test("of fmax go to the number beside a NaN")
  func besideMissing() {
    let slopes = grad { (a: Tensor<Double>, b: Tensor<Double>) in fmax(a, b).sum() }(
      Tensor([.nan, 1, 2]), Tensor([1, .nan, 2]))
    expectEqual(slopes.0, [0, 1, 0.5])
    expectEqual(slopes.1, [1, 0, 0.5])
  }
}
