internal import Glibc
public import Tensors

/// Predicts numbers by a sum of small trees, each grown towards the errors of those before.
///
/// ```swift
/// let model = try GradientBoostingRegressor(rounds: 200, learningRate: 0.05).fitted(x, y)
/// print(model.trainLosses.last ?? 0)
/// ```
///
/// - SeeAlso: Friedman 2001, doi:10.1214/aos/1013203451.
public struct GradientBoostingRegressor: Regressor {
  /// The settings of the trees.
  public var options: BoostingOptions
  private var model = BoostedTrees()

  /// Makes a model to be fitted.
  public init(
    rounds: Int = 100, learningRate: Double = 0.1, maxDepth: Int = 3, minSamplesSplit: Int = 2,
    minSamplesLeaf: Int = 1, subsample: Double = 1, maxFeatures: Int? = nil, seed: UInt64 = 0
  ) {
    options = BoostingOptions(
      rounds: rounds, learningRate: learningRate, maxDepth: maxDepth,
      minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf, subsample: subsample,
      maxFeatures: maxFeatures, seed: seed)
  }

  /// The mean squared error of the samples of `fit` after each round.
  public var trainLosses: [Double] { model.losses }

  /// How much each feature's questions lower the squared error, as parts of 1, shape `[features]`; empty before `fit`.
  public var featureImportances: Tensor<Double> { Tensor(model.importances) }

  /// Learns from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "GradientBoostingRegressor.fit"
    try options.check(operation)
    let rows = try x.samples(operation)
    let targets = try y.targets(operation, rows: rows.shape[0])
    model = BoostedTrees()
    model.fit(
      rows, start: [targets.mean().item()], options: options,
      objective: SquaredErrorObjective(targets: targets.scalars))
    tellOfFit(x, y)
  }

  /// Returns the prediction for each sample of `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("GradientBoostingRegressor.predict", features: model.features)
    return model.scores(rows).flattened()
  }
}

/// Classifies samples by sums of small trees, each grown towards the errors of those before.
///
/// ```swift
/// let model = try GradientBoostingClassifier(maxDepth: 2).fitted(x, labels)
/// let probabilities = try model.predictProbabilities(xTest)
/// ```
///
/// Two classes share one tree in each round; more have one each.
///
/// - SeeAlso: Friedman 2001, doi:10.1214/aos/1013203451, algorithms 5 and 6.
public struct GradientBoostingClassifier: Classifier {
  /// The settings of the trees.
  public var options: BoostingOptions
  /// The labels that `fit` saw, ascending; empty before.
  public private(set) var classes: [Int32] = []
  private var model = BoostedTrees()

  /// Makes a model to be fitted.
  public init(
    rounds: Int = 100, learningRate: Double = 0.1, maxDepth: Int = 3, minSamplesSplit: Int = 2,
    minSamplesLeaf: Int = 1, subsample: Double = 1, maxFeatures: Int? = nil, seed: UInt64 = 0
  ) {
    options = BoostingOptions(
      rounds: rounds, learningRate: learningRate, maxDepth: maxDepth,
      minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf, subsample: subsample,
      maxFeatures: maxFeatures, seed: seed)
  }

  /// The mean logarithmic loss of the samples of `fit` after each round.
  public var trainLosses: [Double] { model.losses }

  /// How much each feature's questions lower the errors, as parts of 1, shape `[features]`; empty before `fit`.
  public var featureImportances: Tensor<Double> { Tensor(model.importances) }

  /// Learns from samples `x`, shape `[samples, features]`, and labels `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit, an element is not finite, or there are
  ///   fewer than two classes.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws(LearnerError) {
    let operation = "GradientBoostingClassifier.fit"
    try options.check(operation)
    let rows = try x.samples(operation)
    let found = try ClassIndex(y, rows: rows.shape[0], operation: operation)
    let shares = found.counts.map { Double($0) / Double(found.positions.count) }
    model = BoostedTrees()
    if found.classes.count == 2 {
      model.fit(
        rows, start: [Glibc.log(shares[1] / shares[0])], options: options,
        objective: BinaryObjective(isSecond: found.positions.map(Double.init)))
    } else {
      let logarithms = shares.map { Glibc.log($0) }
      let mean = logarithms.reduce(0, +) / Double(logarithms.count)
      model.fit(
        rows, start: logarithms.map { $0 - mean }, options: options,
        objective: MultinomialObjective(
          positions: found.positions, classCount: found.classes.count))
    }
    classes = found.classes
    tellOfFit(x, y)
  }

  /// Returns each sample's probability of each class, shape `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predictProbabilities(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "GradientBoostingClassifier.predictProbabilities", features: model.features)
    let scores = model.scores(rows)
    guard classes.count == 2 else { return softmax(scores, axis: -1) }
    return concatenate([sigmoid(-1 * scores), sigmoid(scores)], axis: 1)
  }
}
