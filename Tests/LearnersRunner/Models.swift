import Learners
import Tensors

func regressed(_ model: some Regressor, _ request: Request) throws -> Answer {
  let fitted = try reloaded(model.fitted(request.tensor("x"), request.tensor("y")))
  var answer = Answer()
  answer.give("predictions", try fitted.predict(request.tensor("xTest")))
  if let linear = fitted as? any LinearRegressor {
    answer.give("coefficients", linear.coefficients)
    answer.give("intercept", linear.intercept)
  }
  return answer
}

func classified(_ model: some Classifier, _ request: Request) throws -> Answer {
  let fitted = try reloaded(model.fitted(request.tensor("x"), request.labels("y")))
  var answer = Answer()
  answer.give("predictions", try fitted.predict(request.tensor("xTest")))
  answer.give("probabilities", try fitted.predictProbabilities(request.tensor("xTest")))
  if let model = fitted as? LogisticRegression {
    answer.give("coefficients", model.coefficients)
    answer.give("intercepts", model.intercepts)
    answer.give("decision", try model.decisionFunction(request.tensor("xTest")))
  }
  return answer
}

func linear(_ request: Request) throws -> Answer? {
  let alpha = request.double("alpha", 1)
  let fitsIntercept = request.flag("fitsIntercept", true)
  switch request.task {
  case "LinearRegression":
    return try regressed(LinearRegression(fitsIntercept: fitsIntercept), request)
  case "Ridge":
    return try regressed(Ridge(alpha: alpha, fitsIntercept: fitsIntercept), request)
  case "Lasso":
    return try regressed(
      Lasso(alpha: alpha, fitsIntercept: fitsIntercept, maxIterations: 100_000, tolerance: 1e-12),
      request)
  case "ElasticNet":
    let model = ElasticNet(
      alpha: alpha, l1Ratio: request.double("l1Ratio", 0.5), fitsIntercept: fitsIntercept,
      maxIterations: 100_000, tolerance: 1e-12)
    return try regressed(model, request)
  case "KNeighborsRegressor":
    let model = KNeighborsRegressor(
      neighbors: request.int("neighbors", 5),
      weights: request.words["weights"] == "distance" ? .distance : .uniform)
    return try regressed(model, request)
  default: return nil
  }
}

func classifiers(_ request: Request) throws -> Answer? {
  switch request.task {
  case "LogisticRegression":
    let model = LogisticRegression(
      c: request.double("c", 1), fitsIntercept: request.flag("fitsIntercept", true),
      classWeight: request.words["classWeight"] == "balanced" ? .balanced : .uniform,
      maxIterations: request.int("maxIterations", 10_000),
      tolerance: request.double("tolerance", 1e-9))
    return try classified(model, request)
  case "KNeighborsClassifier":
    let model = KNeighborsClassifier(
      neighbors: request.int("neighbors", 5),
      weights: request.words["weights"] == "distance" ? .distance : .uniform)
    return try classified(model, request)
  case "Pipeline":
    let model = Pipeline(
      SimpleImputer(.median), StandardScaler(), PCA(components: request.int("components", 3)),
      estimator: LogisticRegression(maxIterations: 10_000, tolerance: 1e-9))
    return try classified(model, request)
  default: return nil
  }
}

func trees(_ request: Request) throws -> Answer? {
  let criterion: ClassificationCriterion =
    request.words["criterion"] == "entropy" ? .entropy : .gini
  switch request.task {
  case "DecisionTreeClassifier":
    let model = try DecisionTreeClassifier(
      criterion: criterion, maxDepth: request.optionalInt("maxDepth"),
      minSamplesLeaf: request.int("minSamplesLeaf", 1),
      minImpurityDecrease: request.double("minImpurityDecrease", 0)
    ).fitted(request.tensor("x"), request.labels("y"))
    var answer = try classified(model, request)
    answer.give("importances", model.featureImportances)
    answer.give("leaves", Double(model.tree.leafCount))
    answer.give("depth", Double(model.tree.depth))
    answer.texts["text"] = try model.text(digits: 2)
    return answer
  case "DecisionTreeRegressor":
    let model = try DecisionTreeRegressor(
      maxDepth: request.optionalInt("maxDepth"), minSamplesLeaf: request.int("minSamplesLeaf", 1),
      minImpurityDecrease: request.double("minImpurityDecrease", 0)
    ).fitted(request.tensor("x"), request.tensor("y"))
    var answer = try regressed(model, request)
    answer.give("importances", model.featureImportances)
    answer.give("leaves", Double(model.tree.leafCount))
    answer.texts["text"] = try model.text(digits: 2)
    return answer
  case "GradientBoostingRegressor":
    let model = try GradientBoostingRegressor(
      rounds: request.int("rounds", 100), learningRate: request.double("learningRate", 0.1),
      maxDepth: request.int("maxDepth", 3), subsample: request.double("subsample", 1)
    ).fitted(request.tensor("x"), request.tensor("y"))
    var answer = try regressed(model, request)
    answer.give("importances", model.featureImportances)
    answer.give("losses", Tensor(model.trainLosses))
    return answer
  case "GradientBoostingClassifier":
    let model = try GradientBoostingClassifier(
      rounds: request.int("rounds", 100), learningRate: request.double("learningRate", 0.1),
      maxDepth: request.int("maxDepth", 3), subsample: request.double("subsample", 1)
    ).fitted(request.tensor("x"), request.labels("y"))
    var answer = try classified(model, request)
    answer.give("losses", Tensor(model.trainLosses))
    return answer
  case "RandomForestClassifier":
    let model = RandomForestClassifier(trees: request.int("trees", 100), criterion: criterion)
    return try classified(model, request)
  case "RandomForestRegressor":
    return try regressed(RandomForestRegressor(trees: request.int("trees", 100)), request)
  default: return nil
  }
}
