internal import BLAS
internal import Locks
public import Tensors

/// Trees over samples drawn with replacement, whose answers are averaged.
struct Forest: Codable, Sendable {
  private(set) var trees: [DecisionTree] = []
  private(set) var features = 0

  init() {}

  /// Grows `count` trees, each from its own random numbers, on all threads.
  init(
    _ x: Tensor<Double>, count: Int, drawsSamples: Bool, seed: UInt64,
    grow: @escaping @Sendable (SortedFeatures, [Double]?, RandomGenerator) -> DecisionTree
  ) {
    let data = SortedFeatures(x)
    features = data.width
    var random = RandomGenerator(seed: seed)
    let generators = (0..<count).map { _ in random.split() }
    let grown = Guarded<[DecisionTree?]>(Array(repeating: nil, count: count))
    Parallel.each(count, isLong: true) { number in
      var own = generators[number]
      var weights: [Double]?
      if drawsSamples {
        let drawn: Tensor<Int> = own.integers(shape: [data.rows], in: 0..<data.rows)
        var counts = [Double](repeating: 0, count: data.rows)
        for row in drawn.scalars { counts[row] += 1 }
        weights = counts
      }
      let tree = grow(data, weights, own)
      grown.withLock { $0[number] = tree }
    }
    trees = grown.withLock { $0.compactMap(\.self) }
  }

  /// The mean answer of all trees for each sample, shape `[samples, outputs]`.
  func answers(_ x: Tensor<Double>, outputs: Int) -> Tensor<Double> {
    let samples = x.scalars
    var sums = [Double](repeating: 0, count: x.shape[0] * outputs)
    for tree in trees {
      tree.add(
        to: &sums, samples: samples, width: features, scale: 1 / Double(trees.count),
        stride: outputs)
    }
    return Tensor(shape: [x.shape[0], outputs], values: sums)
  }

  var importances: Tensor<Double> {
    Tensor(meanImportances(trees, features, normalized: true))
  }
}

/// Classifies samples by the mean of many trees, each over other samples and features drawn at random.
///
/// ```swift
/// let model = try RandomForestClassifier(trees: 200, seed: 1).fitted(x, labels)
/// print(model.featureImportances)
/// ```
///
/// - SeeAlso: Breiman 2001, doi:10.1023/A:1010933404324.
public struct RandomForestClassifier: Classifier {
  /// How many features a question is chosen from.
  public enum MaxFeatures: Codable, Equatable, Sendable {
    /// The square root of the number of features.
    case squareRoot
    /// All features.
    case all
    /// This many.
    case count(Int)

    func count(of features: Int) -> Int {
      switch self {
      case .squareRoot: Swift.max(1, Int(Double(features).squareRoot()))
      case .all: features
      case .count(let count): count
      }
    }
  }

  /// The number of trees.
  public var trees: Int
  /// What a good question lowers.
  public var criterion: ClassificationCriterion
  /// The most questions from the root to a leaf; `nil` for no limit.
  public var maxDepth: Int?
  /// No leaf has fewer samples.
  public var minSamplesLeaf: Int
  /// How many features are drawn for each question.
  public var maxFeatures: MaxFeatures
  /// Whether each tree has samples drawn with replacement; otherwise all.
  public var drawsSamples: Bool
  /// Another seed gives other trees.
  public var seed: UInt64

  /// The labels that `fit` saw, ascending; empty before.
  public private(set) var classes: [Int32] = []
  private var forest = Forest()

  /// Makes a model to be fitted.
  public init(
    trees: Int = 100, criterion: ClassificationCriterion = .gini, maxDepth: Int? = nil,
    minSamplesLeaf: Int = 1, maxFeatures: MaxFeatures = .squareRoot, drawsSamples: Bool = true,
    seed: UInt64 = 0
  ) {
    self.trees = trees
    self.criterion = criterion
    self.maxDepth = maxDepth
    self.minSamplesLeaf = minSamplesLeaf
    self.maxFeatures = maxFeatures
    self.drawsSamples = drawsSamples
    self.seed = seed
  }

  /// The mean importance of each feature over the trees, shape `[features]`; empty before `fit`.
  public var featureImportances: Tensor<Double> { forest.importances }

  /// Grows the trees from samples `x`, shape `[samples, features]`, and labels `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws(LearnerError) {
    let operation = "RandomForestClassifier.fit"
    let rows = try x.samples(operation)
    try check(trees > 0, operation, "trees", trees, "it must be positive")
    let limits = TreeLimits(
      maxDepth: maxDepth, minSamplesSplit: 2, minSamplesLeaf: minSamplesLeaf,
      minImpurityDecrease: 0, maxFeatures: maxFeatures.count(of: rows.shape[1]))
    try limits.check(operation)
    let found = try ClassIndex(y, rows: rows.shape[0], operation: operation, least: 1)
    let split = criterion.split
    forest = Forest(rows, count: trees, drawsSamples: drawsSamples, seed: seed) {
      var builder = TreeBuilder(
        $0, classes: found.positions, classCount: found.classes.count, weights: $1,
        criterion: split, limits: limits, random: $2)
      builder.grow()
      return builder.tree
    }
    classes = found.classes
    tellOfFit(x, y)
  }

  /// Returns the mean of the trees' class parts for each sample, shape `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predictProbabilities(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "RandomForestClassifier.predictProbabilities", features: forest.features)
    return forest.answers(rows, outputs: classes.count)
  }
}

/// Predicts numbers by the mean of many trees, each over other samples drawn at random.
///
/// ```swift
/// let model = try RandomForestRegressor(trees: 200, minSamplesLeaf: 3).fitted(x, y)
/// ```
///
/// - SeeAlso: Breiman 2001, doi:10.1023/A:1010933404324.
public struct RandomForestRegressor: Regressor {
  /// The number of trees.
  public var trees: Int
  /// The most questions from the root to a leaf; `nil` for no limit.
  public var maxDepth: Int?
  /// No leaf has fewer samples.
  public var minSamplesLeaf: Int
  /// How many features are drawn for each question; `nil` for all.
  public var maxFeatures: Int?
  /// Whether each tree has samples drawn with replacement; otherwise all.
  public var drawsSamples: Bool
  /// Another seed gives other trees.
  public var seed: UInt64

  private var forest = Forest()

  /// Makes a model to be fitted.
  public init(
    trees: Int = 100, maxDepth: Int? = nil, minSamplesLeaf: Int = 1, maxFeatures: Int? = nil,
    drawsSamples: Bool = true, seed: UInt64 = 0
  ) {
    self.trees = trees
    self.maxDepth = maxDepth
    self.minSamplesLeaf = minSamplesLeaf
    self.maxFeatures = maxFeatures
    self.drawsSamples = drawsSamples
    self.seed = seed
  }

  /// The mean importance of each feature over the trees, shape `[features]`; empty before `fit`.
  public var featureImportances: Tensor<Double> { forest.importances }

  /// Grows the trees from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "RandomForestRegressor.fit"
    let rows = try x.samples(operation)
    try check(trees > 0, operation, "trees", trees, "it must be positive")
    let limits = TreeLimits(
      maxDepth: maxDepth, minSamplesSplit: 2, minSamplesLeaf: minSamplesLeaf,
      minImpurityDecrease: 0, maxFeatures: maxFeatures)
    try limits.check(operation)
    let targets = try y.targets(operation, rows: rows.shape[0]).scalars
    forest = Forest(rows, count: trees, drawsSamples: drawsSamples, seed: seed) {
      var builder = TreeBuilder($0, targets: targets, weights: $1, limits: limits, random: $2)
      builder.grow()
      return builder.tree
    }
    tellOfFit(x, y)
  }

  /// Returns the mean of the trees' answers for each sample of `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("RandomForestRegressor.predict", features: forest.features)
    return forest.answers(rows, outputs: 1).flattened()
  }
}
