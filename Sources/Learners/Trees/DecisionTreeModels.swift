public import Tensors

/// How a classifier's tree measures the mixture of classes.
public enum ClassificationCriterion: String, Codable, Sendable {
  /// Gini's impurity: how often two samples drawn from a node differ in class.
  case gini
  /// The entropy of the classes, in bits.
  case entropy

  var split: SplitCriterion { self == .gini ? .gini : .entropy }
}

/// Classifies samples by a tree of questions about single features.
///
/// ```swift
/// let model = try DecisionTreeClassifier(maxDepth: 3).fitted(x, labels)
/// print(model.text(featureNames: ["length", "width"]))
/// ```
///
/// - SeeAlso: Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*, 1984.
public struct DecisionTreeClassifier: Classifier {
  /// What a good question lowers.
  public var criterion: ClassificationCriterion
  /// The most questions from the root to a leaf; `nil` for no limit.
  public var maxDepth: Int?
  /// Nodes with fewer samples stay leaves.
  public var minSamplesSplit: Int
  /// No leaf has fewer samples.
  public var minSamplesLeaf: Int
  /// Questions that lower the impurity by less, as a part of all samples, are not asked.
  public var minImpurityDecrease: Double
  /// How many features are drawn for each question; `nil` for all, of which the first of equally good ones is taken.
  public var maxFeatures: Int?
  /// How much each class counts.
  public var classWeight: ClassWeight
  /// Another seed draws other features.
  public var seed: UInt64

  /// The labels that `fit` saw, ascending; empty before.
  public private(set) var classes: [Int32] = []
  /// The tree, whose answers are the parts of the classes.
  public private(set) var tree = DecisionTree()
  /// How much each feature's questions lower the impurity, as parts of 1, shape `[features]`; empty before `fit`.
  public private(set) var featureImportances = Tensor<Double>([])

  /// Makes a model to be fitted.
  public init(
    criterion: ClassificationCriterion = .gini, maxDepth: Int? = nil, minSamplesSplit: Int = 2,
    minSamplesLeaf: Int = 1, minImpurityDecrease: Double = 0, maxFeatures: Int? = nil,
    classWeight: ClassWeight = .uniform, seed: UInt64 = 0
  ) {
    self.criterion = criterion
    self.maxDepth = maxDepth
    self.minSamplesSplit = minSamplesSplit
    self.minSamplesLeaf = minSamplesLeaf
    self.minImpurityDecrease = minImpurityDecrease
    self.maxFeatures = maxFeatures
    self.classWeight = classWeight
    self.seed = seed
  }

  private var limits: TreeLimits {
    TreeLimits(
      maxDepth: maxDepth, minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf,
      minImpurityDecrease: minImpurityDecrease, maxFeatures: maxFeatures)
  }

  /// Grows the tree from samples `x`, shape `[samples, features]`, and labels `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws(LearnerError) {
    let operation = "DecisionTreeClassifier.fit"
    try limits.check(operation)
    let rows = try x.samples(operation)
    let found = try ClassIndex(y, rows: rows.shape[0], operation: operation, least: 1)
    var builder = TreeBuilder(
      SortedFeatures(rows), classes: found.positions, classCount: found.classes.count,
      weights: classWeight.sampleWeights(found), criterion: criterion.split, limits: limits,
      random: RandomGenerator(seed: seed))
    builder.grow()
    (tree, classes) = (builder.tree, found.classes)
    featureImportances = Tensor(tree.importances(rows.shape[1]))
    tellOfFit(x, y)
  }

  /// Returns the parts of the classes in the leaf of each sample, shape `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predictProbabilities(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "DecisionTreeClassifier.predictProbabilities", features: featureImportances.count)
    var sums = [Double](repeating: 0, count: rows.shape[0] * classes.count)
    tree.add(
      to: &sums, samples: rows.scalars, width: rows.shape[1], scale: 1, stride: classes.count)
    return Tensor(shape: [rows.shape[0], classes.count], values: sums)
  }

  /// The tree as an indented text, one line for each question and answer.
  ///
  /// - Parameters:
  ///   - featureNames: The names of the features; `feature_0` and so on by default.
  ///   - digits: Digits of thresholds after the point.
  /// - Returns: The text, without a line break at its end.
  /// - Throws: `LearnerError` if there are not as many names as features.
  public func text(featureNames: [String]? = nil, digits: Int = 2) throws(LearnerError) -> String {
    try checkNames(featureNames, featureImportances.count, "DecisionTreeClassifier.text")
    return tree.text(names: featureNames, digits: digits) { node in
      let start = node * tree.outputCount
      let parts = tree.values[start..<start + tree.outputCount]
      let best = parts.indices.max { (parts[$0], $1) < (parts[$1], $0) } ?? start
      return "class: \(classes[best - start])"
    }
  }
}

/// Predicts numbers by a tree of questions about single features.
///
/// ```swift
/// let model = try DecisionTreeRegressor(maxDepth: 4, minSamplesLeaf: 5).fitted(x, y)
/// ```
///
/// - SeeAlso: Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*, 1984.
public struct DecisionTreeRegressor: Regressor {
  /// The most questions from the root to a leaf; `nil` for no limit.
  public var maxDepth: Int?
  /// Nodes with fewer samples stay leaves.
  public var minSamplesSplit: Int
  /// No leaf has fewer samples.
  public var minSamplesLeaf: Int
  /// Questions that lower the variance by less, as a part of all samples, are not asked.
  public var minImpurityDecrease: Double
  /// How many features are drawn for each question; `nil` for all, of which the first of equally good ones is taken.
  public var maxFeatures: Int?
  /// Another seed draws other features.
  public var seed: UInt64

  /// The tree, whose answers are means.
  public private(set) var tree = DecisionTree()
  /// How much each feature's questions lower the variance, as parts of 1, shape `[features]`; empty before `fit`.
  public private(set) var featureImportances = Tensor<Double>([])

  /// Makes a model to be fitted; questions lower the squared error.
  public init(
    maxDepth: Int? = nil, minSamplesSplit: Int = 2, minSamplesLeaf: Int = 1,
    minImpurityDecrease: Double = 0, maxFeatures: Int? = nil, seed: UInt64 = 0
  ) {
    self.maxDepth = maxDepth
    self.minSamplesSplit = minSamplesSplit
    self.minSamplesLeaf = minSamplesLeaf
    self.minImpurityDecrease = minImpurityDecrease
    self.maxFeatures = maxFeatures
    self.seed = seed
  }

  private var limits: TreeLimits {
    TreeLimits(
      maxDepth: maxDepth, minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf,
      minImpurityDecrease: minImpurityDecrease, maxFeatures: maxFeatures)
  }

  /// Grows the tree from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "DecisionTreeRegressor.fit"
    try limits.check(operation)
    let rows = try x.samples(operation)
    let targets = try y.targets(operation, rows: rows.shape[0])
    var builder = TreeBuilder(
      SortedFeatures(rows), targets: targets.scalars, limits: limits,
      random: RandomGenerator(seed: seed))
    builder.grow()
    tree = builder.tree
    featureImportances = Tensor(tree.importances(rows.shape[1]))
    tellOfFit(x, y)
  }

  /// Returns the mean in the leaf of each sample of `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "DecisionTreeRegressor.predict", features: featureImportances.count)
    var sums = [Double](repeating: 0, count: rows.shape[0])
    tree.add(to: &sums, samples: rows.scalars, width: rows.shape[1], scale: 1, stride: 1)
    return Tensor(sums)
  }

  /// The tree as an indented text, one line for each question and answer.
  ///
  /// - Parameters:
  ///   - featureNames: The names of the features; `feature_0` and so on by default.
  ///   - digits: Digits of thresholds and answers after the point.
  /// - Returns: The text, without a line break at its end.
  /// - Throws: `LearnerError` if there are not as many names as features.
  public func text(featureNames: [String]? = nil, digits: Int = 2) throws(LearnerError) -> String {
    try checkNames(featureNames, featureImportances.count, "DecisionTreeRegressor.text")
    return tree.text(names: featureNames, digits: digits) { node in
      "value: [\(fixed(tree.values[node], digits))]"
    }
  }
}

func checkNames(_ names: [String]?, _ count: Int, _ operation: String) throws(LearnerError) {
  try check(
    names.map { $0.count == count } ?? true, operation, "featureNames",
    "\(names?.count ?? 0) names", "name each of the \(count) features")
}
