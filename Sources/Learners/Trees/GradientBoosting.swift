internal import Tensors

/// The settings that boosted trees share.
public struct BoostingOptions: Codable, Equatable, Sendable {
  /// The number of rounds; each adds one tree for each output.
  public var rounds: Int
  /// How much of each tree is added.
  public var learningRate: Double
  /// The most questions from the root to a leaf.
  public var maxDepth: Int
  /// Nodes with fewer samples stay leaves.
  public var minSamplesSplit: Int
  /// No leaf has fewer samples.
  public var minSamplesLeaf: Int
  /// The part of the samples that each round draws, without replacement; 1 for all.
  public var subsample: Double
  /// How many features are drawn for each question; `nil` for all.
  public var maxFeatures: Int?
  /// Another seed draws other samples and features.
  public var seed: UInt64

  /// Makes settings; the defaults are scikit-learn's.
  public init(
    rounds: Int = 100, learningRate: Double = 0.1, maxDepth: Int = 3, minSamplesSplit: Int = 2,
    minSamplesLeaf: Int = 1, subsample: Double = 1, maxFeatures: Int? = nil, seed: UInt64 = 0
  ) {
    self.rounds = rounds
    self.learningRate = learningRate
    self.maxDepth = maxDepth
    self.minSamplesSplit = minSamplesSplit
    self.minSamplesLeaf = minSamplesLeaf
    self.subsample = subsample
    self.maxFeatures = maxFeatures
    self.seed = seed
  }

  var limits: TreeLimits {
    TreeLimits(
      maxDepth: maxDepth, minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf,
      minImpurityDecrease: 0, maxFeatures: maxFeatures)
  }

  func check(_ operation: String) throws(LearnerError) {
    try limits.check(operation)
    try Learners.check(rounds > 0, operation, "rounds", rounds, "it must be positive")
    try Learners.check(
      learningRate > 0 && learningRate.isFinite, operation, "learningRate", learningRate,
      "it must be more than 0")
    try Learners.check(
      subsample > 0 && subsample <= 1, operation, "subsample", subsample,
      "it must be more than 0 and at most 1")
  }
}

/// Sums of trees, each of which was grown towards what the ones before left over.
struct BoostedTrees: Codable, Sendable {
  private(set) var trees: [DecisionTree] = []
  private(set) var start: [Double] = []
  private(set) var learningRate = 0.0
  private(set) var features = 0
  /// The mean loss of the samples after each round.
  private(set) var losses: [Double] = []
  private(set) var importances: [Double] = []

  var outputs: Int { start.count }

  /// Grows the trees of all rounds.
  mutating func fit(
    _ x: Tensor<Double>, start: [Double], options: BoostingOptions,
    objective: some BoostingObjective
  ) {
    self.start = start
    (learningRate, features) = (options.learningRate, x.shape[1])
    let (rows, outputs) = (x.shape[0], start.count)
    let data = SortedFeatures(x)
    var random = RandomGenerator(seed: options.seed)
    var sums = (0..<rows).flatMap { _ in start }
    let samples = x.scalars
    for _ in 0..<options.rounds {
      var weights: [Double]?
      if options.subsample < 1 {
        let count = Swift.max(1, Int(options.subsample * Double(rows)))
        var drawn = [Double](repeating: 0, count: rows)
        for row in random.permutation(rows).prefix(count) { drawn[row] = 1 }
        weights = drawn
      }
      let slopes = objective.residuals(sums)
      for output in 0..<outputs {
        let targets = outputs == 1 ? slopes : (0..<rows).map { slopes[$0 * outputs + output] }
        var builder = TreeBuilder(
          data, targets: targets, weights: weights, limits: options.limits,
          random: random.split())
        builder.grow()
        let leaves = leafRows(builder, samples, rows)
        var tree = builder.tree
        tree.values = objective.leafValues(
          tree, leaves: leaves, weights: weights, targets: targets, output: output)
        for row in 0..<rows {
          sums[row * outputs + output] += learningRate * tree.values[leaves[row]]
        }
        trees.append(tree)
      }
      losses.append(objective.loss(sums))
    }
    importances = meanImportances(trees, features, normalized: false)
  }

  /// The leaf of each row, also of those that were not drawn.
  private func leafRows(_ builder: TreeBuilder, _ samples: [Double], _ rows: Int) -> [Int] {
    (0..<rows).map { row in
      let leaf = builder.leaves[row]
      return leaf >= 0 ? Int(leaf) : builder.tree.leaf(samples, row: row, width: features)
    }
  }

  /// The sums of the trees for each sample, shape `[samples, outputs]`.
  func scores(_ x: Tensor<Double>) -> Tensor<Double> {
    let samples = x.scalars
    var sums = (0..<x.shape[0]).flatMap { _ in start }
    for (number, tree) in trees.enumerated() {
      tree.add(
        to: &sums, samples: samples, width: features, scale: learningRate,
        offset: number % outputs, stride: outputs)
    }
    return Tensor(shape: [x.shape[0], outputs], values: sums)
  }
}

/// A loss that boosted trees make smaller.
protocol BoostingObjective {
  /// The negative slope of the loss at each row's sums.
  func residuals(_ sums: [Double]) -> [Double]
  /// What each node of a new tree adds.
  func leafValues(
    _ tree: DecisionTree, leaves: [Int], weights: [Double]?, targets: [Double], output: Int
  ) -> [Double]
  /// The mean loss.
  func loss(_ sums: [Double]) -> Double
}

/// The mean of the trees' importances, as parts of 1; each tree counts the same if they are `normalized` first.
func meanImportances(_ trees: [DecisionTree], _ features: Int, normalized: Bool) -> [Double] {
  let asking = trees.filter { $0.nodeCount > 1 }
  var sums = [Double](repeating: 0, count: features)
  for tree in asking {
    let parts = tree.importances(features, normalized: normalized)
    for (feature, part) in parts.enumerated() { sums[feature] += part }
  }
  let total = sums.reduce(0, +)
  return total > 0 ? sums.map { $0 / total } : sums
}
