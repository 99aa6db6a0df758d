public import Tensors

/// A regressor whose prediction is a weighted sum of the features and a constant.
public protocol LinearRegressor: Regressor {
  /// The weight of each feature, shape `[features]`; empty before `fit`.
  var coefficients: Tensor<Double> { get }
  /// The constant that is added.
  var intercept: Double { get }
}

extension LinearRegressor {
  /// Returns the prediction for each sample of `x`, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func predict(_ x: Tensor<Double>) throws -> Tensor<Double> {
    let rows = try x.samples("\(Self.self).predict", features: coefficients.count)
    return matmul(rows, coefficients) + intercept
  }
}

/// Samples and targets with their means taken off, as the intercept asks for.
struct CentredProblem {
  let x: Tensor<Double>
  let y: Tensor<Double>
  let xMeans: Tensor<Double>
  let yMean: Double

  init(
    _ x: Tensor<Double>, _ y: Tensor<Double>, fitsIntercept: Bool, operation: String
  ) throws(LearnerError) {
    let rows = try x.samples(operation)
    let targets = try y.targets(operation, rows: rows.shape[0])
    guard fitsIntercept else {
      (self.x, self.y) = (rows, targets)
      (xMeans, yMean) = (.zeros(shape: [rows.shape[1]]), 0)
      return
    }
    xMeans = rows.mean(axis: 0)
    yMean = targets.mean().item()
    self.x = rows - xMeans
    self.y = targets - yMean
  }

  /// The constant that belongs to the weights of centred samples.
  func intercept(_ coefficients: Tensor<Double>) -> Double {
    yMean - dot(xMeans, coefficients).item()
  }
}
