import Foundation
import Learners
import Tensors
import Testing

@Suite("Pipeline")
struct PipelineTests {
  private let x = Tensor<Double>.random(shape: [60, 3], seed: 5)
  private var labels: Tensor<Int32> { Tensor<Int32>(x[0..., 0] .> x[0..., 1]) }

  @Test("gives what its parts give one after the other")
  func parts() throws {
    let model = try Pipeline(
      StandardScaler(), PolynomialFeatures(degree: 2), estimator: LogisticRegression()
    ).fitted(x, labels)
    let scaled = try StandardScaler().fitted(x).transform(x)
    let features = try PolynomialFeatures(degree: 2).fitted(scaled).transform(scaled)
    let alone = try LogisticRegression().fitted(features, labels)
    #expect(try model.predictProbabilities(x) == alone.predictProbabilities(features))
    #expect(model.classes == [0, 1])
    #expect(try model.score(x, labels) > 0.9)
  }

  @Test("a copy is independent")
  func copies() throws {
    let model = Pipeline(StandardScaler(), estimator: Ridge(alpha: 0.1))
    var copy = model
    try copy.fit(x, x[0..., 0])
    #expect(model.estimator.coefficients.isEmpty && copy.estimator.coefficients.count == 3)
  }

  @Test("is saved and loaded with all of its parts")
  func saving() throws {
    let model = try Pipeline(
      SimpleImputer(.median), StandardScaler(), PCA(components: 2),
      estimator: KNeighborsClassifier(neighbors: 3)
    ).fitted(x, labels)
    let data = try JSONEncoder().encode(model)
    let loaded = try JSONDecoder().decode(type(of: model), from: data)
    #expect(try loaded.predictProbabilities(x) == model.predictProbabilities(x))
  }

  @Test("stays as it was if a step fails")
  func failure() throws {
    var model = try Pipeline(StandardScaler(), estimator: Ridge()).fitted(x, x[0..., 0])
    let before = model.steps.means
    var broken = x + 1
    broken[0, 0] = Tensor(.nan)
    #expect(throws: LearnerError.self) { try model.fit(broken, x[0..., 0]) }
    #expect(model.steps.means == before)
  }
}
