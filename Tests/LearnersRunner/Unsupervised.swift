import Learners
import Tensors

func unsupervised(_ request: Request) throws -> Answer? {
  var answer = Answer()
  switch request.task {
  case "KMeans":
    let start: KMeans.Initialization =
      request.data["centers"].map { .centers($0.tensor) } ?? .kMeansPlusPlus
    let model = try reloaded(
      KMeans(
        clusters: request.int("clusters", 8), initialization: start,
        initCount: request.int("initCount", 1), maxIterations: request.int("maxIterations", 300),
        tolerance: request.double("tolerance", 1e-4), seed: UInt64(request.int("seed", 0))
      ).fitted(request.tensor("x")))
    answer.give("centers", model.centers)
    answer.give("labels", model.labels)
    answer.give("inertia", model.inertia)
    answer.give("iterations", Double(model.iterationCount))
    answer.give("predictions", try model.predict(request.tensor("xTest")))
    answer.give("distances", try model.transform(request.tensor("xTest")))
  case "PCA":
    let selection: PCA.Selection =
      request.settings["ratio"].map { .varianceRatio($0) }
      ?? request.optionalInt("components").map { .count($0) } ?? .all
    let model = try reloaded(
      PCA(selection, whitens: request.flag("whitens", false)).fitted(request.tensor("x")))
    let changed = try model.transform(request.tensor("xTest"))
    answer.give("components", model.components)
    answer.give("variance", model.explainedVariance)
    answer.give("ratio", model.explainedVarianceRatio)
    answer.give("singular", model.singularValues)
    answer.give("transformed", changed)
    answer.give("inverse", try model.inverseTransform(changed))
  default: return nil
  }
  return answer
}

func preprocessing(_ request: Request) throws -> Answer? {
  func changed(_ transformer: some Transformer) throws -> Answer {
    let fitted = try reloaded(transformer.fitted(request.tensor("x")))
    var answer = Answer()
    let result = try fitted.transform(request.tensor("xTest"))
    answer.give("transformed", result)
    if let fitted = fitted as? any InvertibleTransformer {
      answer.give("inverse", try fitted.inverseTransform(result))
    }
    return answer
  }
  switch request.task {
  case "StandardScaler": return try changed(StandardScaler())
  case "MinMaxScaler": return try changed(MinMaxScaler(range: -1...2))
  case "OneHotEncoder":
    let drop: OneHotEncoder.Drop = request.words["drop"] == "first" ? .first : .none
    return try changed(OneHotEncoder(unknownCategories: .ignored, drop: drop))
  case "SimpleImputer":
    switch request.words["strategy"] {
    case "median": return try changed(SimpleImputer(.median))
    case "most_frequent": return try changed(SimpleImputer(.mostFrequent))
    case "constant": return try changed(SimpleImputer(.constant(7)))
    default: return try changed(SimpleImputer(.mean))
    }
  case "PolynomialFeatures":
    let features = PolynomialFeatures(
      degree: request.int("degree", 2), interactionsOnly: request.flag("interactionsOnly", false),
      includesBias: request.flag("includesBias", true))
    return try changed(features)
  default: return nil
  }
}
