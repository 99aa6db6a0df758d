import Learners
import Tensors

func metrics(_ request: Request) throws -> Answer? {
  var answer = Answer()
  switch request.task {
  case "labels":
    let (actual, predicted) = (request.labels("actual"), request.labels("predicted"))
    answer.give("accuracy", try accuracyScore(actual, predicted))
    answer.give("balanced", try balancedAccuracyScore(actual, predicted))
    answer.give("confusion", try confusionMatrix(actual, predicted))
    var averages: [(String, ScoreAverage)] = [
      ("macro", .macro), ("micro", .micro), ("weighted", .weighted),
    ]
    if request.flag("binary", false) { averages.append(("binary", .binary())) }
    for (name, average) in averages {
      answer.give(
        "precision_\(name)", try precisionScore(actual, predicted, average: average))
      answer.give("recall_\(name)", try recallScore(actual, predicted, average: average))
      answer.give("f1_\(name)", try f1Score(actual, predicted, average: average))
    }
    answer.texts["report"] = "\(try classificationReport(actual, predicted, digits: 3))"
  case "scores":
    let (actual, scores) = (request.labels("actual"), request.tensor("scores"))
    let curve = try rocCurve(actual, scores)
    answer.give("fpr", curve.falsePositiveRate)
    answer.give("tpr", curve.truePositiveRate)
    answer.give("thresholds", curve.thresholds)
    answer.give("auc", try rocAUCScore(actual, scores))
    answer.give("average_precision", try averagePrecisionScore(actual, scores))
    let points = try precisionRecallCurve(actual, scores)
    answer.give("precision", points.precision)
    answer.give("recall", points.recall)
    answer.give("pr_thresholds", points.thresholds)
    answer.give("log_loss", try logLoss(actual, scores))
  case "probabilities":
    let (actual, shares) = (request.labels("actual"), request.tensor("probabilities"))
    answer.give("log_loss", try logLoss(actual, shares))
    answer.give("auc", try rocAUCScore(actual, shares))
  case "numbers":
    let (actual, predicted) = (request.tensor("actual"), request.tensor("predicted"))
    answer.give("r2", try r2Score(actual, predicted))
    answer.give("mse", try meanSquaredError(actual, predicted))
    answer.give("rmse", try rootMeanSquaredError(actual, predicted))
    answer.give("mae", try meanAbsoluteError(actual, predicted))
  case "silhouette":
    answer.give("silhouette", try silhouetteScore(request.tensor("x"), request.labels("labels")))
  default: return nil
  }
  return answer
}

func selection(_ request: Request) throws -> Answer? {
  var answer = Answer()
  func give(_ folds: [TrainTestIndices]) {
    for (number, fold) in folds.enumerated() {
      answer.give("test\(number)", Tensor(fold.test))
      answer.give("train\(number)", Tensor(fold.train))
    }
  }
  let folds = request.int("folds", 5)
  switch request.task {
  case "KFold": give(try KFold(folds).folds(count: request.int("count", 10)))
  case "StratifiedKFold":
    let labels = request.tensor("y").scalars
    give(try StratifiedKFold(folds).folds(count: labels.count, labels: labels))
  case "crossValidate":
    let result = try crossValidate(
      Ridge(alpha: 0.1), request.tensor("x"), request.tensor("y"), folds: KFold(folds))
    answer.give("test", Tensor(result.testScores))
    answer.give("train", Tensor(result.trainScores))
  case "gridSearch":
    let candidates = request.tensor("alphas").scalars.map { Ridge(alpha: $0) }
    let search = try gridSearch(candidates, request.tensor("x"), request.tensor("y"))
    answer.give("scores", Tensor(search.meanScores))
    answer.give("best", search.best.alpha)
    answer.give("coefficients", search.best.coefficients)
  default: return nil
  }
  return answer
}
