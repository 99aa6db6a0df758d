import Learners
import Tensors
import Testing

/// What `body` throws, as a text.
private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}

@Suite("bad input of learners")
struct BadInputTests {
  private let x = Tensor<Double>([[1, 2], [3, 4], [5, 7], [8, 6]])
  private let y = Tensor<Double>([1, 2, 3, 4])
  private let labels = Tensor<Int32>([0, 1, 1, 0])

  /// Every learner with targets, behind one face.
  private func fitEach(
    _ x: Tensor<Double>, _ y: Tensor<Double>, _ body: (String, String) -> Void
  ) {
    func attempt(_ model: some Estimator) {
      body("\(type(of: model))", message { _ = try model.fitted(x, y) })
    }
    let regressors: [any Regressor] = [
      LinearRegression(), Ridge(), Lasso(), ElasticNet(), KNeighborsRegressor(neighbors: 1),
      DecisionTreeRegressor(), RandomForestRegressor(trees: 2),
      GradientBoostingRegressor(rounds: 2),
      Pipeline(StandardScaler(), estimator: Ridge()),
    ]
    let classifiers: [any Classifier] = [
      LogisticRegression(), KNeighborsClassifier(neighbors: 1), DecisionTreeClassifier(),
      RandomForestClassifier(trees: 2), GradientBoostingClassifier(rounds: 2),
      Pipeline(StandardScaler(), estimator: LogisticRegression()),
    ]
    for model in regressors { attempt(model) }
    for model in classifiers { attempt(model) }
  }

  @Test("samples that are no matrix are refused with their shape")
  func noMatrix() {
    fitEach(Tensor([1, 2, 3, 4]), y) { name, text in
      #expect(
        text.contains("shape [4]") && text.contains("[samples, features]"), "\(name): \(text)")
    }
  }

  @Test("a NaN is refused with its place")
  func notFinite() {
    var broken = x
    broken[2, 1] = Tensor(.nan)
    fitEach(broken, y) { name, text in
      // Scaling passes missing values on to the estimator.
      #expect(text.contains("[2, 1] is nan"), "\(name): \(text)")
    }
  }

  @Test("too few targets are refused with both numbers")
  func lengths() {
    fitEach(x, Tensor([1, 0])) { name, text in
      #expect(text.contains("4 samples but 2 targets"), "\(name): \(text)")
    }
  }

  @Test("no samples are refused")
  func empty() {
    fitEach(.zeros(shape: [0, 2]), Tensor([])) { name, text in
      #expect(text.contains("shape [0, 2] holds nothing"), "\(name): \(text)")
    }
  }

  @Test("asking before fit, and with other features, is refused")
  func notFitted() throws {
    func ask(_ model: some Estimator, _ x: Tensor<Double>) -> String {
      message { _ = try model.predict(x) }
    }
    let models: [any Estimator] = [
      LinearRegression(), Ridge(), Lasso(), LogisticRegression(), KNeighborsClassifier(),
      KNeighborsRegressor(), DecisionTreeClassifier(), DecisionTreeRegressor(),
      RandomForestClassifier(), RandomForestRegressor(), GradientBoostingClassifier(),
      GradientBoostingRegressor(),
    ]
    for model in models {
      #expect(ask(model, x).contains("not fitted yet; call fit"), "\(type(of: model))")
    }
    let wide = Tensor<Double>.ones(shape: [3, 5])
    let fitted: [any Estimator] = [
      try Ridge().fitted(x, y), try LogisticRegression().fitted(x, labels),
      try KNeighborsClassifier(neighbors: 1).fitted(x, labels),
      try DecisionTreeRegressor().fitted(x, y),
      try GradientBoostingClassifier(rounds: 1).fitted(x, labels),
    ]
    for model in fitted {
      #expect(
        ask(model, wide).contains("have 5 features but it was fitted to 2"),
        "\(type(of: model)): \(ask(model, wide))")
    }
    #expect(message { _ = try PCA().transform(x) }.contains("not fitted"))
    #expect(message { _ = try KMeans().predict(x) }.contains("not fitted"))
    #expect(message { _ = try OneHotEncoder().transform(x) }.contains("not fitted"))
    #expect(message { _ = try LabelEncoder<String>().transform(["a"]) }.contains("not fitted"))
  }

  @Test("one class alone is refused where classes are told apart")
  func oneClass() {
    let same = Tensor<Int32>([3, 3, 3, 3])
    #expect(throws: LearnerError.tooFewClasses(operation: "LogisticRegression.fit", classes: [3])) {
      try LogisticRegression().fitted(x, same)
    }
    #expect(throws: LearnerError.self) { try GradientBoostingClassifier().fitted(x, same) }
  }

  @Test("labels that are no whole numbers are refused")
  func fractions() {
    let text = message { _ = try LogisticRegression().fitted(x, Tensor<Double>([0, 1, 0.5, 1])) }
    #expect(text.contains("a label is 0.5") && text.contains("LabelEncoder"))
  }

  @Test("settings out of range are refused by name and value")
  func settings() {
    let cases: [(String, () throws -> Void)] = [
      ("alpha is -1.0", { _ = try Ridge(alpha: -1).fitted(x, y) }),
      ("l1Ratio is 2.0", { _ = try ElasticNet(l1Ratio: 2).fitted(x, y) }),
      ("c is 0.0", { _ = try LogisticRegression(c: 0).fitted(x, labels) }),
      ("clusters is 0", { _ = try KMeans(clusters: 0).fitted(x) }),
      ("4 samples but 9 are needed", { _ = try KMeans(clusters: 9).fitted(x) }),
      ("4 samples but 5 are needed", { _ = try KNeighborsClassifier().fitted(x, labels) }),
      ("components is 3", { _ = try PCA(components: 3).fitted(x) }),
      ("maxDepth is 0", { _ = try DecisionTreeRegressor(maxDepth: 0).fitted(x, y) }),
      ("subsample is 1.5", { _ = try GradientBoostingRegressor(subsample: 1.5).fitted(x, y) }),
      ("testSize is 1.0", { _ = try trainTestSplit(x, y, testSize: 1) }),
      ("foldCount is 1", { _ = try KFold(1).folds(count: 4) }),
      ("4 samples but 9 are needed", { _ = try KFold(9).folds(count: 4) }),
      ("degree is 40", { _ = try PolynomialFeatures(degree: 40).fitted(.ones(shape: [2, 20])) }),
      (
        "the centres' shape is [1, 2]",
        { _ = try KMeans(clusters: 2, initialization: .centers([[1, 2]])).fitted(x) }
      ),
    ]
    for (expected, body) in cases {
      let text = message(body)
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test("metrics refuse labels that do not fit")
  func metrics() {
    let three = Tensor<Int32>([0, 1, 2])
    let cases: [(String, () throws -> Void)] = [
      ("3 samples but 4 targets", { _ = try accuracyScore(three, labels) }),
      ("the labels have 3 classes", { _ = try f1Score(three, three) }),
      (
        "the positive label 7",
        { _ = try precisionScore(labels, labels, average: .binary(positive: 7)) }
      ),
      ("label 2 is none of the known", { _ = try confusionMatrix(three, three, labels: [0, 1]) }),
      ("have 1 classes", { _ = try rocAUCScore(Tensor<Int32>([1, 1]), Tensor<Double>([0, 1])) }),
      (
        "a probability is 2.0", { _ = try logLoss(Tensor<Int32>([0, 1]), Tensor<Double>([0, 2])) }
      ),
      ("1 samples but 2 are needed", { _ = try r2Score(Tensor<Double>([1]), Tensor<Double>([1])) }),
      (
        "[1] is nan",
        { _ = try meanSquaredError(Tensor<Double>([1, .nan]), Tensor<Double>([1, 2])) }
      ),
      ("has shape [4, 1]", { _ = try accuracyScore(labels.reshaped(to: [4, 1]), labels) }),
    ]
    for (expected, body) in cases {
      let text = message(body)
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test("new categories are refused or ignored, as asked")
  func categories() throws {
    let encoder = try OneHotEncoder().fitted([[0], [2]])
    let text = message { _ = try encoder.transform([[1]]) }
    #expect(text.contains("category 1.0 of feature 0") && text.contains("[0.0, 2.0]"))
    let lenient = try OneHotEncoder(unknownCategories: .ignored).fitted([[0], [2]])
    #expect(try lenient.transform([[1], [2]]) == [[0, 0], [0, 1]])
  }
}
