public import Tensors

/// Groups samples around `clusters` centres, each the mean of the samples nearest to it.
///
/// ```swift
/// var model = KMeans(clusters: 3, seed: 1)
/// try model.fit(x)
/// print(model.centers, model.inertia)
/// let labels = try model.predict(xNew)
/// ```
///
/// As a `Transformer` it gives the distance of each sample to each centre.
///
/// - SeeAlso: Lloyd 1982, doi:10.1109/TIT.1982.1056489; k-means++ by Arthur and Vassilvitskii 2007, *SODA '07*.
public struct KMeans: Transformer {
  /// Where the first centres come from.
  public enum Initialization: Codable, Sendable {
    /// Samples far from each other, drawn with k-means++.
    case kMeansPlusPlus
    /// Samples drawn with equal chances.
    case random
    /// Given centres, shape `[clusters, features]`.
    case centers(Tensor<Double>)
  }

  /// The number of clusters.
  public var clusters: Int
  /// Where the first centres come from.
  public var initialization: Initialization
  /// How often it starts anew with other centres; the best result stays.
  public var initCount: Int
  /// The most steps from each start.
  public var maxIterations: Int
  /// Stops when the centres' squared movement falls below this part of the mean variance of the features.
  public var tolerance: Double
  /// Another seed gives other first centres.
  public var seed: UInt64

  /// The centres, shape `[clusters, features]`; empty before `fit`.
  public private(set) var centers = Tensor<Double>.zeros(shape: [0, 0])
  /// The cluster of each sample of `fit`, shape `[samples]`.
  public private(set) var labels = Tensor<Int32>([])
  /// The sum of the samples' squared distances to their centres.
  public private(set) var inertia = 0.0
  /// The steps of the best start.
  public private(set) var iterationCount = 0

  /// Makes a model to be fitted.
  public init(
    clusters: Int = 8, initialization: Initialization = .kMeansPlusPlus, initCount: Int = 1,
    maxIterations: Int = 300, tolerance: Double = 1e-4, seed: UInt64 = 0
  ) {
    self.clusters = clusters
    self.initialization = initialization
    self.initCount = initCount
    self.maxIterations = maxIterations
    self.tolerance = tolerance
    self.seed = seed
  }

  /// Learns the centres from samples `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, there are more clusters than samples, `x` is no matrix or
  ///   an element is not finite.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let operation = "KMeans.fit"
    let rows = try x.samples(operation)
    try checkSettings(rows, operation)
    // Distances between centred samples lose fewer digits.
    let means = rows.mean(axis: 0)
    let centred = rows - means
    let limit = tolerance * centred.variance(axis: 0).mean().item()
    var random = RandomGenerator(seed: seed)
    var best: LloydIteration?
    for _ in 0..<initCount {
      var start: Tensor<Double>
      switch initialization {
      case .kMeansPlusPlus:
        start = CenterSeeding(centred).kMeansPlusPlus(clusters, random: &random)
      case .random:
        start = centred[rows: random.permutation(rows.shape[0]).prefix(clusters)]
      case .centers(let given): start = given - means
      }
      start = start.contiguous()
      var iteration = LloydIteration(centred, centers: start)
      iteration.run(maxIterations: maxIterations, limit: limit)
      if best.map({ iteration.inertia < $0.inertia }) ?? true { best = iteration }
      if case .centers = initialization { break }
    }
    guard let best else { return }
    centers = best.centers + means
    labels = best.labels
    (inertia, iterationCount) = (best.inertia, best.iterationCount)
    tellOfFit()
  }

  private func checkSettings(_ x: Tensor<Double>, _ operation: String) throws(LearnerError) {
    try check(clusters > 0, operation, "clusters", clusters, "it must be positive")
    try check(initCount > 0, operation, "initCount", initCount, "it must be positive")
    try check(maxIterations > 0, operation, "maxIterations", maxIterations, "it must be positive")
    try check(tolerance >= 0, operation, "tolerance", tolerance, "it must be 0 or more")
    guard x.shape[0] >= clusters else {
      throw .tooFewSamples(
        operation: operation, needed: clusters, found: x.shape[0],
        reason: "each of \(clusters) clusters needs one")
    }
    guard case .centers(let given) = initialization else { return }
    try check(
      given.shape == [clusters, x.shape[1]], operation, "the centres' shape", given.shape,
      "it must be [clusters, features], here [\(clusters), \(x.shape[1])]")
    try given.checkFinite(operation)
  }

  /// Returns the nearest centre of each sample of `x`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Int32> {
    let rows = try x.samples("KMeans.predict", features: centers.shape[1])
    let means = centers.mean(axis: 0)
    var iteration = LloydIteration(rows - means, centers: (centers - means).contiguous())
    iteration.assign()
    return iteration.labels
  }

  /// Returns the nearest centre of each sample of another element type.
  public func predict<X: RealTensorScalar>(_ x: Tensor<X>) throws(LearnerError) -> Tensor<Int32> {
    try predict(Tensor<Double>(x))
  }

  /// Returns the distance of each sample to each centre, shape `[samples, clusters]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("KMeans.transform", features: centers.shape[1])
    let means = centers.mean(axis: 0)
    return sqrt(squaredDistances(rows - means, centers - means))
  }
}
