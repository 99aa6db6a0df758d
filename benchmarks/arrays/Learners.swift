import Foundation
import Learners
import Tensors

/// Classic learners on the handwritten digits of the notebooks; their peer is scikit-learn.
func learners(_ bench: Bench) {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."
  guard let table = try? Tensor<Float>(csv: root + "/notebooks/data/digits.csv") else {
    fatalError("no notebooks/data/digits.csv")
  }
  let x = Tensor<Double>(table[0..., 0..<64] / 16)
  let labels = Tensor<Int32>(table[0..., 64])
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
