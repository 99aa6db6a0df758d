public import Tensors

/// Linear regression with a penalty on the squared weights.
///
/// It makes `‖y − Xw‖² + alpha·‖w‖²` least; the intercept is not penalised.
///
/// ```swift
/// let model = try Ridge(alpha: 10).fitted(x, y)
/// ```
///
/// - SeeAlso: Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634.
public struct Ridge: LinearRegressor {
  /// The weight of the penalty, 0 or more; 0 is ordinary least squares.
  public var alpha: Double
  /// Whether a constant is added.
  public var fitsIntercept: Bool

  /// The weight of each feature, shape `[features]`; empty before `fit`.
  public private(set) var coefficients = Tensor<Double>([])
  /// The constant that is added.
  public private(set) var intercept = 0.0

  /// Makes a model to be fitted.
  public init(alpha: Double = 1, fitsIntercept: Bool = true) {
    self.alpha = alpha
    self.fitsIntercept = fitsIntercept
  }

  /// Learns the weights from samples `x`, shape `[samples, features]`, and targets `y`, shape `[samples]`.
  ///
  /// - Throws: `LearnerError` if `alpha` is negative, shapes do not fit or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LearnerError) {
    let operation = "Ridge.fit"
    try check(alpha >= 0 && alpha.isFinite, operation, "alpha", alpha, "it must be 0 or more")
    let problem = try CentredProblem(x, y, fitsIntercept: fitsIntercept, operation: operation)
    coefficients = try solving(operation) { () throws(LinearAlgebraError) in
      try weights(problem.x, problem.y)
    }
    intercept = problem.intercept(coefficients)
    tellOfFit(x, y)
  }

  private func weights(_ x: Tensor<Double>, _ y: Tensor<Double>) throws(LinearAlgebraError)
    -> Tensor<Double>
  {
    guard alpha > 0 else { return try leastSquares(x, y).solution }
    // The smaller of the two equivalent systems, by features or by samples.
    let (transposed, penalty) = (x.transposed(), alpha)
    do throws(LinearAlgebraError) {
      if x.shape[0] >= x.shape[1] {
        let system = matmul(transposed, x) + Tensor.identity(x.shape[1]) * penalty
        return try solve(system, matmul(transposed, y))
      }
      let system = matmul(x, transposed) + Tensor.identity(x.shape[0]) * penalty
      return matmul(transposed, try solve(system, y))
    } catch .singular {
      // The penalty vanished beside the features; the singular values still know it.
      let factors = try svd(x)
      let scale = factors.s / (factors.s * factors.s + penalty)
      return matmul(factors.vt.transposed(), scale * matmul(factors.u.transposed(), y))
    }
  }
}
