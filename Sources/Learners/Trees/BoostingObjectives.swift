internal import Glibc

/// Half the squared error; leaves answer with means, as they are grown.
struct SquaredErrorObjective: BoostingObjective {
  let targets: [Double]

  func residuals(_ sums: [Double]) -> [Double] { zip(targets, sums).map { $0 - $1 } }

  func leafValues(
    _ tree: DecisionTree, leaves: [Int], weights: [Double]?, targets: [Double], output: Int
  ) -> [Double] { tree.values }

  func loss(_ sums: [Double]) -> Double {
    zip(targets, sums).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(targets.count)
  }
}

/// The logistic loss of two classes, by the logarithm of the odds of the second.
struct BinaryObjective: BoostingObjective {
  /// 1 for samples of the second class.
  let isSecond: [Double]

  func residuals(_ sums: [Double]) -> [Double] { zip(isSecond, sums).map { $0 - logistic($1) } }

  func leafValues(
    _ tree: DecisionTree, leaves: [Int], weights: [Double]?, targets: [Double], output: Int
  ) -> [Double] {
    // A Newton step: the slope is y − p, the curvature p (1 − p).
    newtonSteps(tree, leaves: leaves, weights: weights, targets: targets, factor: 1) { row in
      let p = isSecond[row] - targets[row]
      return p * (1 - p)
    }
  }

  func loss(_ sums: [Double]) -> Double {
    zip(isSecond, sums).reduce(0) {
      let (y, score) = $1
      return $0 + Swift.max(score, 0) + log1p(exp(-Swift.abs(score))) - y * score
    } / Double(isSecond.count)
  }
}

/// The multinomial loss, by a score for each class.
struct MultinomialObjective: BoostingObjective {
  let positions: [Int]
  let classCount: Int

  func residuals(_ sums: [Double]) -> [Double] {
    var slopes = [Double](repeating: 0, count: sums.count)
    for (row, position) in positions.enumerated() {
      let start = row * classCount
      let shares = softmaxed(sums[start..<start + classCount])
      for index in 0..<classCount {
        slopes[start + index] = (index == position ? 1 : 0) - shares[index]
      }
    }
    return slopes
  }

  func leafValues(
    _ tree: DecisionTree, leaves: [Int], weights: [Double]?, targets: [Double], output: Int
  ) -> [Double] {
    let factor = Double(classCount - 1) / Double(classCount)
    return newtonSteps(
      tree, leaves: leaves, weights: weights, targets: targets, factor: factor
    ) { row in
      let p = (positions[row] == output ? 1 : 0) - targets[row]
      return p * (1 - p)
    }
  }

  func loss(_ sums: [Double]) -> Double {
    var sum = 0.0
    for (row, position) in positions.enumerated() {
      let start = row * classCount
      sum -= Glibc.log(softmaxed(sums[start..<start + classCount])[position])
    }
    return sum / Double(positions.count)
  }

  private func softmaxed(_ scores: ArraySlice<Double>) -> [Double] {
    let top = scores.max() ?? 0
    let powers = scores.map { Glibc.exp($0 - top) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
}

private func logistic(_ x: Double) -> Double { 1 / (1 + Glibc.exp(-x)) }

/// The sum of slopes over that of curvatures in each leaf, times `factor`; 0 where nothing curves.
private func newtonSteps(
  _ tree: DecisionTree, leaves: [Int], weights: [Double]?, targets: [Double], factor: Double,
  curvature: (Int) -> Double
) -> [Double] {
  var slopes = [Double](repeating: 0, count: tree.nodeCount)
  var curvatures = slopes
  for (row, leaf) in leaves.enumerated() {
    let weight = weights?[row] ?? 1
    slopes[leaf] += weight * targets[row]
    curvatures[leaf] += weight * curvature(row)
  }
  return zip(slopes, curvatures).map { Swift.abs($1) < 1e-150 ? 0 : factor * $0 / $1 }
}
