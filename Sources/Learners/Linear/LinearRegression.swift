public import Tensors

/// Ordinary least squares: the line, plane or hyperplane with the smallest sum of squared errors.
///
/// ```swift
/// var model = LinearRegression()
/// try model.fit(x, y)
/// print(model.coefficients, model.intercept)
/// ```
///
/// Where features depend on each other, it takes the shortest of the equally good weights.
///
/// - SeeAlso: LAPACK `gelsd`.
public struct LinearRegression: LinearRegressor {
  /// Whether a constant is added; without it the samples and targets should be centred.
  public var fitsIntercept: Bool

  /// The weight of each feature, shape `[features]`; empty before `fit`.
  public private(set) var coefficients = Tensor<Double>([])
  /// The constant that is added.
  public private(set) var intercept = 0.0
  /// The rank of the centred samples; below the number of features, some weights are not determined.
  public private(set) var rank = 0

  /// Makes a model to be fitted.
  public init(fitsIntercept: Bool = true) {
    self.fitsIntercept = fitsIntercept
  }

  /// Learns the weights from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "LinearRegression.fit"
    let problem = try CentredProblem(x, y, fitsIntercept: fitsIntercept, operation: operation)
    let fit = try solving(operation) { () throws(LinearAlgebraError) in
      try leastSquares(problem.x, problem.y)
    }
    coefficients = fit.solution
    intercept = problem.intercept(coefficients)
    rank = fit.rank.item()
    tellOfFit(x, y)
  }
}
