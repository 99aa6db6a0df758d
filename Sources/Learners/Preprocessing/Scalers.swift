public import Tensors

/// Takes the mean off each feature and divides it by its standard deviation.
///
/// ```swift
/// var scaler = StandardScaler()
/// let scaled = try scaler.fitTransform(x)
/// let scaledTest = try scaler.transform(xTest)
/// ```
///
/// Missing values (NaN) are left out of the statistics and stay missing. A constant feature is only shifted.
public struct StandardScaler: InvertibleTransformer {
  /// Whether the mean is taken off.
  public var centres: Bool
  /// Whether it is divided by the standard deviation.
  public var scales: Bool

  /// The mean of each feature, shape `[features]`; empty before `fit`.
  public private(set) var means = Tensor<Double>([])
  /// What each feature is divided by, shape `[features]`: its standard deviation, or 1 where that is 0.
  public private(set) var deviations = Tensor<Double>([])

  /// Makes a scaler to be fitted.
  public init(centres: Bool = true, scales: Bool = true) {
    self.centres = centres
    self.scales = scales
  }

  /// Learns means and deviations from samples `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if `x` is no matrix, empty or holds an infinity.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let rows = try x.samples("StandardScaler.fit", allowsNaN: true)
    try rows.checkNotInfinite("StandardScaler.fit")
    means = rows.nanMean(axis: 0)
    let variances = rows.nanVariance(axis: 0)
    // A spread that rounding alone makes is none.
    let noise = means * Double.ulpOfOne * Double(rows.shape[0])
    let isConstant = variances .<= noise * noise
    deviations = sqrt(variances).replacing(with: 1, where: isConstant)
  }

  /// Returns the scaled samples, of the same shape.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    var rows = try x.samples(
      "StandardScaler.transform", features: means.count, allowsNaN: true)
    if centres { rows = rows - means }
    return scales ? rows / deviations : rows
  }

  /// Returns samples as they were before scaling.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func inverseTransform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    var rows = try x.samples(
      "StandardScaler.inverseTransform", features: means.count, allowsNaN: true)
    if scales { rows = rows * deviations }
    return centres ? rows + means : rows
  }
}

/// Maps each feature's least value to the lower end of a range and its largest to the upper.
///
/// ```swift
/// let scaled = try MinMaxScaler().fitted(x).transform(x)  // In 0...1.
/// ```
///
/// Missing values (NaN) stay missing. Values outside those of `fit` go beyond the range. A constant feature goes to the
/// lower end.
public struct MinMaxScaler: InvertibleTransformer {
  /// The range that features are mapped to.
  public var range: ClosedRange<Double>

  /// The least value of each feature, shape `[features]`; empty before `fit`.
  public private(set) var minima = Tensor<Double>([])
  /// The largest value of each feature, shape `[features]`.
  public private(set) var maxima = Tensor<Double>([])

  /// Makes a scaler to be fitted.
  public init(range: ClosedRange<Double> = 0...1) {
    self.range = range
  }

  /// Learns the extremes from samples `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if `x` is no matrix, empty or holds an infinity, or the range is one number.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let operation = "MinMaxScaler.fit"
    try check(
      range.lowerBound < range.upperBound, operation, "range", range,
      "its lower end must be less than its upper")
    let rows = try x.samples(operation, allowsNaN: true)
    try rows.checkNotInfinite(operation)
    minima = rows.nanMin(axis: 0)
    maxima = rows.nanMax(axis: 0)
  }

  /// What a feature's values are multiplied by.
  private var factors: Tensor<Double> {
    let spans = maxima - minima
    return (range.upperBound - range.lowerBound) / spans.replacing(with: 1, where: spans .== 0)
  }

  /// Returns the scaled samples, of the same shape.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("MinMaxScaler.transform", features: minima.count, allowsNaN: true)
    return (rows - minima) * factors + range.lowerBound
  }

  /// Returns samples as they were before scaling.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func inverseTransform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples(
      "MinMaxScaler.inverseTransform", features: minima.count, allowsNaN: true)
    return (rows - range.lowerBound) / factors + minima
  }
}

extension Tensor where Scalar == Double {
  /// Refuses infinities; NaN stands for missing values.
  func checkNotInfinite(_ operation: String) throws(LearnerError) {
    guard isInf(self).any().item() else { return }
    try nanToNum(self, nan: 0, positiveInfinity: .infinity, negativeInfinity: -.infinity)
      .checkFinite(operation)
  }
}
