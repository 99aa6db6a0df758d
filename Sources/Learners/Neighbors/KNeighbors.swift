public import Tensors

/// Classifies a sample as most of the nearest remembered samples are.
///
/// ```swift
/// let model = try KNeighborsClassifier(neighbors: 3).fitted(x, labels)
/// ```
///
/// Distances are Euclidean; scale the features first.
///
/// - Complexity: O(samples asked · samples remembered · features).
/// - SeeAlso: Cover and Hart 1967, doi:10.1109/TIT.1967.1053964.
public struct KNeighborsClassifier: Classifier {
  /// How many neighbours vote.
  public var neighbors: Int
  /// How much each vote counts.
  public var weights: NeighborWeights

  /// The labels that `fit` saw, ascending; empty before.
  public private(set) var classes: [Int32] = []
  private var positions: [Int] = []
  private var search = NeighborSearch()

  /// Makes a model to be fitted.
  public init(neighbors: Int = 5, weights: NeighborWeights = .uniform) {
    self.neighbors = neighbors
    self.weights = weights
  }

  /// Remembers samples `x`, shape `[samples, features]`, and labels `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if there are fewer samples than neighbours, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Int32>) throws(LearnerError) {
    let operation = "KNeighborsClassifier.fit"
    let samples = try NeighborSearch.fitted(x, neighbors: neighbors, operation)
    let found = try ClassIndex(y, rows: samples.count, operation: operation, least: 1)
    (search, classes, positions) = (samples, found.classes, found.positions)
    tellOfFit(x, y)
  }

  /// Returns the nearest remembered samples and their distances.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func kNeighbors(_ x: Tensor<Double>) throws(LearnerError) -> Neighbors {
    let rows = try x.samples("KNeighborsClassifier.kNeighbors", features: search.features)
    return search.nearest(Swift.min(neighbors, search.count), to: rows)
  }

  /// Returns each class's part of the votes, shape `[samples, classes]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predictProbabilities(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let nearest = try kNeighbors(x)
    let (votes, indices) = (nearest.weights(weights), nearest.indices.scalars)
    let (rows, width) = (nearest.indices.shape[0], nearest.indices.shape[1])
    var parts = [Double](repeating: 0, count: rows * classes.count)
    for row in 0..<rows {
      let places = row * width..<(row + 1) * width
      let total = places.reduce(0) { $0 + votes[$1] }
      for place in places {
        parts[row * classes.count + positions[Int(indices[place])]] += votes[place] / total
      }
    }
    return Tensor(shape: [rows, classes.count], values: parts)
  }
}

/// Predicts the mean of the nearest remembered samples' targets.
///
/// Distances are Euclidean; scale the features first.
///
/// - Complexity: O(samples asked · samples remembered · features).
public struct KNeighborsRegressor: Regressor {
  /// How many neighbours are averaged.
  public var neighbors: Int
  /// How much each counts.
  public var weights: NeighborWeights

  private var targets: [Double] = []
  private var search = NeighborSearch()

  /// Makes a model to be fitted.
  public init(neighbors: Int = 5, weights: NeighborWeights = .uniform) {
    self.neighbors = neighbors
    self.weights = weights
  }

  /// Remembers samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if there are fewer samples than neighbours, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "KNeighborsRegressor.fit"
    let samples = try NeighborSearch.fitted(x, neighbors: neighbors, operation)
    targets = try y.targets(operation, rows: samples.count).scalars
    search = samples
    tellOfFit(x, y)
  }

  /// Returns the nearest remembered samples and their distances.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func kNeighbors(_ x: Tensor<Double>) throws(LearnerError) -> Neighbors {
    let rows = try x.samples("KNeighborsRegressor.kNeighbors", features: search.features)
    return search.nearest(Swift.min(neighbors, search.count), to: rows)
  }

  /// Returns the prediction for each sample of `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let nearest = try kNeighbors(x)
    let (votes, indices) = (nearest.weights(weights), nearest.indices.scalars)
    let width = nearest.indices.shape[1]
    return Tensor(
      (0..<nearest.indices.shape[0]).map { row in
        var (sum, total) = (0.0, 0.0)
        for place in row * width..<(row + 1) * width {
          sum += votes[place] * targets[Int(indices[place])]
          total += votes[place]
        }
        return sum / total
      })
  }
}
