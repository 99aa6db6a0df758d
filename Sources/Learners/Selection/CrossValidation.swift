internal import FitObservation
public import Tensors

/// The scores of an estimator on each fold of the samples.
public struct CrossValidation<Model: Estimator>: Sendable {
  /// The score on the samples of each fold that the model was not fitted to.
  public let testScores: [Double]
  /// The score on the samples that it was fitted to.
  public let trainScores: [Double]
  /// The model of each fold.
  public let models: [Model]

  /// The mean of the test scores.
  public var mean: Double { testScores.reduce(0, +) / Double(testScores.count) }

  /// The standard deviation of the test scores.
  public var standardDeviation: Double {
    let centre = mean
    let squares = testScores.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(testScores.count)).squareRoot()
  }
}

/// Fits an estimator to each choice of all folds but one, and judges it by that one.
///
/// ```swift
/// let result = try crossValidate(Ridge(alpha: 1), x, y, folds: KFold(5, shuffle: true))
/// print("R² \(result.mean) ± \(result.standardDeviation)")
/// ```
///
/// - Parameters:
///   - estimator: What is fitted; it stays as it is.
///   - x: The samples, shape `[samples, features]`.
///   - y: The targets, shape `[samples]`.
///   - folds: How samples are split; by default five folds, stratified for classifiers.
///   - scoring: Judges a fitted model by samples and targets; by default with its `score`.
/// - Returns: The scores and the model of each fold.
/// - Throws: What `fit`, `scoring` or the splitter throws.
public func crossValidate<Model: Estimator>(
  _ estimator: Model, _ x: Tensor<Double>, _ y: Tensor<Model.Target>,
  folds: (any FoldSplitter)? = nil,
  scoring: (Model, Tensor<Double>, Tensor<Model.Target>) throws -> Double = { try $0.score($1, $2) }
) throws -> CrossValidation<Model> {
  let operation = "crossValidate"
  let rows = try x.samples(operation, allowsNaN: true)
  guard y.rank == 1 else {
    throw LearnerError.notVector(operation: operation, name: "the target", shape: y.shape)
  }
  guard y.count == rows.shape[0] else {
    throw LearnerError.lengthMismatch(
      operation: operation, rows: rows.shape[0], targets: y.count)
  }
  let standard: any FoldSplitter = estimator is any Classifier ? StratifiedKFold() : KFold()
  let splitter = folds ?? standard
  let parts = try splitter.folds(count: rows.shape[0], labels: Tensor<Double>(y).scalars)
  var (models, testScores, trainScores) = ([Model](), [Double](), [Double]())
  for part in parts {
    let (xTrain, yTrain) = (rows[rows: part.train], y[rows: part.train])
    let model = try FitObservation.trial { try estimator.fitted(xTrain, yTrain) }
    testScores.append(try scoring(model, rows[rows: part.test], y[rows: part.test]))
    trainScores.append(try scoring(model, xTrain, yTrain))
    models.append(model)
  }
  return CrossValidation(testScores: testScores, trainScores: trainScores, models: models)
}

/// The cross-validated scores of several candidates, and the best one.
public struct GridSearch<Model: Estimator>: Sendable {
  /// The estimators that were tried, not fitted.
  public let candidates: [Model]
  /// The mean score of each on the folds that it was not fitted to.
  public let meanScores: [Double]
  /// The position of the best candidate; the first of equally good ones.
  public let bestIndex: Int
  /// The best candidate, fitted to all samples.
  public let best: Model

  /// The mean score of the best candidate.
  public var bestScore: Double { meanScores[bestIndex] }
}

/// Cross-validates each candidate and fits the best one to all samples.
///
/// ```swift
/// let search = try gridSearch([0.1, 1, 10].map { Ridge(alpha: $0) }, x, y)
/// print(search.best.alpha, search.bestScore)
/// ```
///
/// - Parameters:
///   - candidates: The estimators to try, usually one with different settings.
///   - x: The samples, shape `[samples, features]`.
///   - y: The targets, shape `[samples]`.
///   - folds: How samples are split; by default five folds, stratified for classifiers.
///   - scoring: Judges a fitted model, higher is better; by default with its `score`.
/// - Returns: All scores, and the best candidate fitted to all samples.
/// - Throws: What `fit`, `scoring` or the splitter throws; `LearnerError` if there are no candidates or a score is NaN.
public func gridSearch<Model: Estimator>(
  _ candidates: [Model], _ x: Tensor<Double>, _ y: Tensor<Model.Target>,
  folds: (any FoldSplitter)? = nil,
  scoring: (Model, Tensor<Double>, Tensor<Model.Target>) throws -> Double = { try $0.score($1, $2) }
) throws -> GridSearch<Model> {
  let operation = "gridSearch"
  try check(
    !candidates.isEmpty, operation, "candidates", "empty", "give at least one estimator")
  var (scores, best) = ([Double](), 0)
  for (index, candidate) in candidates.enumerated() {
    let score = try crossValidate(candidate, x, y, folds: folds, scoring: scoring).mean
    try check(
      !score.isNaN, operation, "the score of candidate \(index)", score,
      "check the scoring and the folds")
    scores.append(score)
    if score > scores[best] { best = index }
  }
  return GridSearch(
    candidates: candidates, meanScores: scores, bestIndex: best,
    best: try candidates[best].fitted(x, y))
}
