import Learners
import Tensors

/// Classic learners on the handwritten digits of the notebooks; their peer is scikit-learn.
func learners(_ bench: Bench, digits path: String) throws {
  let digits = try Digits(csv: path)
  let x = Tensor<Double>(concatenate([digits.images, digits.heldOutImages]))
  let labels = concatenate([digits.labels, digits.heldOutLabels])
  let start = x[0..<10].contiguous()
  bench.time("logreg_fit_digits") { try? LogisticRegression(maxIterations: 1000).fitted(x, labels) }
  bench.time("kmeans_lloyd_digits") {
    try? KMeans(clusters: 10, initialization: .centers(start), maxIterations: 100, tolerance: 0)
      .fitted(x)
  }
  bench.time("kmeans_full_digits") { try? KMeans(clusters: 10, initCount: 10).fitted(x) }
  bench.time("pca_fit_digits") { try? PCA(components: 16).fitted(x) }
  bench.time("tree_fit_digits") { try? DecisionTreeClassifier().fitted(x, labels) }
  bench.time("forest_fit_digits") { try? RandomForestClassifier(trees: 20).fitted(x, labels) }
}
