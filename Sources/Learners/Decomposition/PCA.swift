public import Tensors

/// The directions in which samples spread most, and the samples along them.
///
/// ```swift
/// var pca = PCA(components: 2)
/// let plane = try pca.fitTransform(x)  // [samples, 2]
/// print(pca.explainedVarianceRatio)
/// ```
///
/// The largest element of each direction is positive, so that results do not depend on the machine.
///
/// - SeeAlso: Jolliffe, *Principal Component Analysis*, 2nd edition, chapter 3.
public struct PCA: InvertibleTransformer {
  /// How many directions are kept.
  public enum Selection: Equatable, Codable, Sendable {
    /// As many as there are features, or samples if those are fewer.
    case all
    /// This many.
    case count(Int)
    /// As few as explain more than this part of the variance.
    case varianceRatio(Double)
  }

  /// How many directions are kept.
  public var selection: Selection
  /// Whether the samples along each direction are divided by their standard deviation.
  public var whitens: Bool

  /// The directions, unit rows by descending variance, shape `[components, features]`; empty before `fit`.
  public private(set) var components = Tensor<Double>.zeros(shape: [0, 0])
  /// The mean of each feature, shape `[features]`.
  public private(set) var means = Tensor<Double>([])
  /// The variance along each direction, shape `[components]`.
  public private(set) var explainedVariance = Tensor<Double>([])
  /// The part of all variance along each direction, shape `[components]`.
  public private(set) var explainedVarianceRatio = Tensor<Double>([])
  /// The singular values of the centred samples, shape `[components]`.
  public private(set) var singularValues = Tensor<Double>([])

  /// Keeps `selection` directions.
  public init(_ selection: Selection = .all, whitens: Bool = false) {
    self.selection = selection
    self.whitens = whitens
  }

  /// Keeps `components` directions.
  public init(components: Int, whitens: Bool = false) {
    self.init(.count(components), whitens: whitens)
  }

  /// Learns the directions from samples `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if there are fewer than two samples, more components are asked for than there are, `x` is
  ///   no matrix or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let operation = "PCA.fit"
    let rows = try x.samples(operation)
    let (samples, features) = (rows.shape[0], rows.shape[1])
    guard samples > 1 else {
      throw .tooFewSamples(
        operation: operation, needed: 2, found: samples, reason: "one sample has no variance")
    }
    let means = rows.mean(axis: 0)
    let spectrum = try solving(operation) { () throws(LinearAlgebraError) in
      try Spectrum(rows - means)
    }
    let total = spectrum.variances.sum().item()
    let ratios = total > 0 ? spectrum.variances / total : spectrum.variances
    let kept = try count(ratios.scalars, most: Swift.min(samples, features), operation)
    components = spectrum.directions[0..<kept].contiguous()
    explainedVariance = spectrum.variances[0..<kept].contiguous()
    explainedVarianceRatio = ratios[0..<kept].contiguous()
    singularValues = sqrt(explainedVariance * Double(samples - 1))
    self.means = means
  }

  private func count(_ ratios: [Double], most: Int, _ operation: String) throws(LearnerError) -> Int
  {
    switch selection {
    case .all: return most
    case .count(let count):
      try check(
        (1...most).contains(count), operation, "components", count,
        "it must be in 1...\(most), the smaller of samples and features")
      return count
    case .varianceRatio(let part):
      try check(
        part > 0 && part < 1, operation, "varianceRatio", part, "it must be between 0 and 1")
      var sum = 0.0
      for (index, ratio) in ratios.prefix(most).enumerated() {
        sum += ratio
        if sum > part { return index + 1 }
      }
      return most
    }
  }

  /// What the samples along each direction are divided by when they are whitened.
  private var scales: Tensor<Double> {
    let tiny = Double.ulpOfOne
    let deviations = sqrt(explainedVariance)
    return deviations.replacing(with: tiny, where: deviations .< tiny)
  }

  /// Returns the samples along the directions, shape `[samples, components]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("PCA.transform", features: means.count)
    let along = matmul(rows - means, components.transposed())
    return whitens ? along / scales : along
  }

  /// Returns samples in the space of the features, shape `[samples, features]`; what was along other directions is lost.
  ///
  /// - Throws: `LearnerError` before `fit`, or if there are not as many columns as components.
  public func inverseTransform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("PCA.inverseTransform", features: components.shape[0])
    return matmul(whitens ? rows * scales : rows, components) + means
  }
}

/// Directions and variances of centred samples, by descending variance.
private struct Spectrum {
  let directions: Tensor<Double>
  let variances: Tensor<Double>

  init(_ x: Tensor<Double>) throws(LinearAlgebraError) {
    let (samples, features) = (x.shape[0], x.shape[1])
    let found: Tensor<Double>
    if samples >= 10 * features && features <= 1000 {
      // Many samples: the covariance is small, and its eigenvectors are the directions.
      let covariance = matmul(x.transposed(), x) / Double(samples - 1)
      let eigen = try eigenSymmetric(covariance)
      variances = relu(eigen.values.flipped(axes: [0]))
      found = eigen.vectors.transposed().flipped(axes: [0]).contiguous()
    } else {
      let factors = try svd(x)
      variances = factors.s * factors.s / Double(samples - 1)
      found = factors.vt.contiguous()
    }
    let largest = found.takeAlongAxis(abs(found).argmax(axis: 1, keepDims: true), axis: 1)
    directions = found * select(largest .< 0, Tensor(-1), Tensor(1))
  }
}
