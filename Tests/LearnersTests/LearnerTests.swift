import Foundation
import Learners
import Tensors
import Testing

@Suite("learners")
struct LearnerTests {
  @Test("a line is found exactly, from Float samples too")
  func line() throws {
    let x = Tensor<Float>([[0], [1], [2], [4]])
    let model = try LinearRegression().fitted(x, x.flattened() * 3 - 1)
    #expect(abs(model.coefficients[0].item() - 3) < 1e-9 && abs(model.intercept + 1) < 1e-9)
    let score = try model.score(x, x.flattened() * 3 - 1)
    #expect(score > 1 - 1e-9)
  }

  @Test("logistic regression tells how it ended")
  func convergence() throws {
    let x = Tensor<Double>.randomNormal(shape: [200, 4], seed: 1)
    let labels = Tensor<Int32>(x.sum(axis: 1) .> 0)
    let model = try LogisticRegression().fitted(x, labels)
    #expect(model.hasConverged && model.iterationCount > 1)
    let cut = try LogisticRegression(maxIterations: 1).fitted(x, labels)
    #expect(!cut.hasConverged)
  }

  @Test("classes without a penalty that a line parts come to an end")
  func separable() throws {
    let x = Tensor<Double>([[-2], [-1], [1], [2]])
    let labels = Tensor<Int32>([-5, -5, 9, 9])
    let model = try LogisticRegression(c: .infinity).fitted(x, labels)
    #expect(try model.predict(x) == labels)
    #expect(model.coefficients.scalars.allSatisfy { $0.isFinite })
  }

  @Test("k-means is the same in every run of a seed")
  func kMeans() throws {
    let x = Tensor<Double>.random(shape: [3000, 5], seed: 2)
    let model = try KMeans(clusters: 20, seed: 4).fitted(x)
    let again = try KMeans(clusters: 20, seed: 4).fitted(x)
    #expect(model.centers == again.centers && model.inertia == again.inertia)
    #expect(try model.predict(x) == model.labels)
    let distances = try model.transform(x)
    #expect(abs((distances * distances).min(axis: 1).sum().item() - model.inertia) < 1e-8)
  }

  @Test("k-means of equal samples ends")
  func equalSamples() throws {
    let model = try KMeans(clusters: 3).fitted(Tensor<Double>.ones(shape: [10, 2]))
    #expect(model.inertia == 0)
  }

  @Test("a tree of constant features is one leaf")
  func constant() throws {
    let x = Tensor<Double>.ones(shape: [6, 2])
    let tree = try DecisionTreeRegressor().fitted(x, Tensor<Double>([1, 2, 3, 4, 5, 6]))
    #expect(tree.tree.nodeCount == 1)
    #expect(try tree.predict(x[0..<2]) == [3.5, 3.5])
    #expect(tree.featureImportances == [0, 0])
    #expect(try tree.text() == "|--- value: [3.50]")
  }

  @Test("a tree is printed with names")
  func text() throws {
    let x = Tensor<Double>([[0, 1], [0, 3], [2, 1], [2, 3]])
    let model = try DecisionTreeClassifier().fitted(x, Tensor<Int32>([7, 7, 8, 8]))
    #expect(
      try model.text(featureNames: ["width", "height"]) == """
        |--- width <= 1.00
        |   |--- class: 7
        |--- width >  1.00
        |   |--- class: 8
        """)
    #expect(throws: LearnerError.self) { try model.text(featureNames: ["width"]) }
  }

  @Test("forests are the same in every run of a seed, and others with another")
  func forests() throws {
    let x = Tensor<Double>.random(shape: [80, 4], seed: 3)
    let y = x[0..., 0] * x[0..., 1]
    let model = try RandomForestRegressor(trees: 10, seed: 1).fitted(x, y)
    #expect(
      try model.predict(x) == RandomForestRegressor(trees: 10, seed: 1).fitted(x, y).predict(x))
    #expect(
      try model.predict(x) != RandomForestRegressor(trees: 10, seed: 2).fitted(x, y).predict(x))
  }

  @Test("no samples have no answers")
  func noQuestions() throws {
    let x = Tensor<Double>.random(shape: [20, 2], seed: 3)
    let labels = Tensor<Int32>(x[0..., 0] .> 0.5)
    let none = Tensor<Double>.zeros(shape: [0, 2])
    #expect(try Ridge().fitted(x, x[0..., 0]).predict(none).shape == [0])
    #expect(
      try DecisionTreeClassifier().fitted(x, labels).predictProbabilities(none).shape == [0, 2])
    #expect(
      try KNeighborsClassifier().fitted(x, labels).predictProbabilities(none).shape == [0, 2])
    #expect(try PCA(components: 1).fitted(x).transform(none).shape == [0, 1])
  }

  @Test("labels of texts come back")
  func labels() throws {
    var encoder = LabelEncoder<String>()
    let numbers = try encoder.fitTransform(["dog", "cat", "dog", "owl"])
    #expect(numbers == [1, 0, 1, 2] && encoder.classes == ["cat", "dog", "owl"])
    #expect(try encoder.inverseTransform(numbers) == ["dog", "cat", "dog", "owl"])
    #expect(throws: LearnerError.self) { try encoder.transform(["fox"]) }
  }
}

@Suite("saved trees")
struct SavedTreeTests {
  @Test("a file in which nodes lead in a circle, or nowhere, is refused", arguments: [0, 9])
  func circle(child: Int) throws {
    let x = Tensor<Double>([[0], [1], [2], [3]])
    let model = try DecisionTreeRegressor().fitted(x, x.flattened())
    let text = String(decoding: try JSONEncoder().encode(model.tree), as: UTF8.self)
    let tree = try JSONDecoder().decode(DecisionTree.self, from: Data(text.utf8))
    #expect(tree == model.tree)
    let broken = text.replacingOccurrences(of: "\"left\":[1", with: "\"left\":[\(child)")
    #expect(broken != text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(DecisionTree.self, from: Data(broken.utf8))
    }
  }
}
