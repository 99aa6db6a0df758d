public import Tensors

/// Linear regression with a penalty on the weights' sizes and squares, which sets weak weights to exactly 0.
///
/// It makes `‖y − Xw‖²/(2n) + alpha·(l1Ratio·‖w‖₁ + (1 − l1Ratio)/2·‖w‖²)` least.
///
/// ```swift
/// let model = try ElasticNet(alpha: 0.1, l1Ratio: 0.7).fitted(x, y)
/// ```
///
/// - SeeAlso: Zou and Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x; coordinate descent as in Friedman et al.
///   2010, doi:10.18637/jss.v033.i01.
public struct ElasticNet: LinearRegressor {
  /// The weight of the penalty, 0 or more.
  public var alpha: Double
  /// The part of the penalty on sizes, from 0 (as `Ridge`) to 1 (as `Lasso`).
  public var l1Ratio: Double
  /// Whether a constant is added.
  public var fitsIntercept: Bool
  /// The most passes over all features.
  public var maxIterations: Int
  /// The duality gap, as a part of `‖y‖²`, at which it stops.
  public var tolerance: Double

  /// The weight of each feature, shape `[features]`; empty before `fit`.
  public private(set) var coefficients = Tensor<Double>([])
  /// The constant that is added.
  public private(set) var intercept = 0.0
  /// The passes that `fit` took.
  public private(set) var iterationCount = 0
  /// Whether the gap was reached; otherwise raise `maxIterations` or scale the features.
  public private(set) var hasConverged = false

  /// Makes a model to be fitted.
  public init(
    alpha: Double = 1, l1Ratio: Double = 0.5, fitsIntercept: Bool = true,
    maxIterations: Int = 1000, tolerance: Double = 1e-4
  ) {
    self.alpha = alpha
    self.l1Ratio = l1Ratio
    self.fitsIntercept = fitsIntercept
    self.maxIterations = maxIterations
    self.tolerance = tolerance
  }

  /// Learns the weights from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    try fit(x, y, operation: "ElasticNet.fit")
    tellOfFit(x, y)
  }

  mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>, operation: String)
    throws(LearnerError)
  {
    try check(alpha >= 0 && alpha.isFinite, operation, "alpha", alpha, "it must be 0 or more")
    try check((0...1).contains(l1Ratio), operation, "l1Ratio", l1Ratio, "it must be in 0...1")
    try check(maxIterations > 0, operation, "maxIterations", maxIterations, "it must be positive")
    let problem = try CentredProblem(x, y, fitsIntercept: fitsIntercept, operation: operation)
    let samples = Double(problem.x.shape[0])
    var descent = CoordinateDescent(
      columns: problem.x, y: problem.y, l1: alpha * l1Ratio * samples,
      l2: alpha * (1 - l1Ratio) * samples)
    (iterationCount, hasConverged) = descent.run(
      maxIterations: maxIterations, tolerance: tolerance)
    coefficients = Tensor(descent.weights)
    intercept = problem.intercept(coefficients)
  }
}

/// Linear regression with a penalty on the weights' sizes, which keeps few of them.
///
/// ```swift
/// let model = try Lasso(alpha: 0.1).fitted(x, y)
/// let kept = model.coefficients.countNonzero()
/// ```
///
/// - SeeAlso: Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x.
public struct Lasso: LinearRegressor {
  private var net: ElasticNet

  /// Makes a model to be fitted; `alpha` is the weight of the penalty.
  public init(
    alpha: Double = 1, fitsIntercept: Bool = true, maxIterations: Int = 1000,
    tolerance: Double = 1e-4
  ) {
    net = ElasticNet(
      alpha: alpha, l1Ratio: 1, fitsIntercept: fitsIntercept, maxIterations: maxIterations,
      tolerance: tolerance)
  }

  /// The weight of the penalty, 0 or more.
  public var alpha: Double {
    get { net.alpha }
    set { net.alpha = newValue }
  }

  /// The weight of each feature, shape `[features]`; empty before `fit`.
  public var coefficients: Tensor<Double> { net.coefficients }
  /// The constant that is added.
  public var intercept: Double { net.intercept }
  /// Whether the descent came to its end; otherwise raise `maxIterations` or scale the features.
  public var hasConverged: Bool { net.hasConverged }

  /// Learns the weights from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    try net.fit(x, y, operation: "Lasso.fit")
    tellOfFit(x, y)
  }
}
