internal import Tensors

/// Samples by column, and their order by each feature; shared by all trees over the same samples.
struct SortedFeatures: Sendable {
  let rows: Int
  let width: Int
  /// The samples by column: feature `f` of row `r` at `f * rows + r`.
  let columns: [Double]
  /// The rows in ascending order of each feature, one feature after the other.
  let order: [Int32]

  /// - Precondition: `x` is a matrix without NaN.
  init(_ x: Tensor<Double>) {
    (rows, width) = (x.shape[0], x.shape[1])
    let byColumn = x.transposed().contiguous()
    columns = byColumn.scalars
    order = byColumn.argsorted(axis: 1).scalars
  }
}

/// What makes a question good.
enum SplitCriterion {
  /// Class parts and Gini's impurity.
  case gini
  /// Class parts and their entropy in bits.
  case entropy
  /// The mean and the variance.
  case squaredError
}

/// When a node stays a leaf, and which features it may ask for.
struct TreeLimits {
  var maxDepth: Int?
  var minSamplesSplit: Int
  var minSamplesLeaf: Int
  var minImpurityDecrease: Double
  /// How many features are drawn for each node; `nil` for all, in order.
  var maxFeatures: Int?

  func check(_ operation: String) throws(LearnerError) {
    try Learners.check(
      maxDepth.map { $0 > 0 } ?? true, operation, "maxDepth", maxDepth ?? 0,
      "it must be positive, or nil for no limit")
    try Learners.check(
      minSamplesSplit >= 2, operation, "minSamplesSplit", minSamplesSplit, "it must be 2 or more")
    try Learners.check(
      minSamplesLeaf >= 1, operation, "minSamplesLeaf", minSamplesLeaf, "it must be positive")
    try Learners.check(
      minImpurityDecrease >= 0, operation, "minImpurityDecrease", minImpurityDecrease,
      "it must be 0 or more")
    try Learners.check(
      maxFeatures.map { $0 > 0 } ?? true, operation, "maxFeatures", maxFeatures ?? 0,
      "it must be positive, or nil for all")
  }
}
