internal import Tensors

/// Makes `‖y − Xw‖²/2 + l1·‖w‖₁ + l2/2·‖w‖²` least, one weight at a time.
struct CoordinateDescent {
  private(set) var weights: [Double]
  private let columns: [[Double]]
  private let squares: [Double]
  private var residual: [Double]
  private let l1: Double
  private let l2: Double
  private let target: [Double]

  init(columns x: Tensor<Double>, y: Tensor<Double>, l1: Double, l2: Double) {
    columns = x.transposed().unstacked().map(\.scalars)
    squares = columns.map { sumOfProducts($0, $0) }
    weights = [Double](repeating: 0, count: columns.count)
    target = y.scalars
    residual = target
    (self.l1, self.l2) = (l1, l2)
  }

  /// Passes over the weights until the duality gap is below `tolerance` of `‖y‖²`.
  mutating func run(maxIterations: Int, tolerance: Double) -> (passes: Int, hasConverged: Bool) {
    let limit = tolerance * sumOfProducts(target, target)
    for pass in 1...maxIterations {
      let (largest, change) = sweep()
      // The gap costs as much as a pass, so it is asked for only when the weights hardly move.
      if largest == 0 || change <= tolerance * largest || pass == maxIterations {
        if gap() <= limit { return (pass, true) }
      }
    }
    return (maxIterations, false)
  }

  /// Sets each weight to its best value beside the others; gives the largest weight and change.
  private mutating func sweep() -> (largest: Double, change: Double) {
    var (largest, change) = (0.0, 0.0)
    for index in columns.indices where squares[index] > 0 {
      let old = weights[index]
      let pull = sumOfProducts(columns[index], residual) + squares[index] * old
      let shrunk: Double = Swift.max(Swift.abs(pull) - l1, 0) / (squares[index] + l2)
      let new = pull < 0 ? -shrunk : shrunk
      if new != old {
        let step = old - new
        for row in residual.indices { residual[row] += step * columns[index][row] }
        weights[index] = new
      }
      change = Swift.max(change, Swift.abs(new - old))
      largest = Swift.max(largest, Swift.abs(new))
    }
    return (largest, change)
  }

  /// The distance between the objective and its dual at the scaled residual.
  private func gap() -> Double {
    var steepest = 0.0
    for index in columns.indices {
      steepest = Swift.max(
        steepest, Swift.abs(sumOfProducts(columns[index], residual) - l2 * weights[index]))
    }
    let squaredResidual = sumOfProducts(residual, residual)
    let squaredWeights = sumOfProducts(weights, weights)
    let sizes = weights.reduce(0) { $0 + Swift.abs($1) }
    let scale = steepest > l1 ? l1 / steepest : 1
    let factor: Double = 0.5 * (1 + scale * scale)
    let squares: Double = factor * (squaredResidual + l2 * squaredWeights)
    let pull: Double = scale * sumOfProducts(residual, target)
    return squares + l1 * sizes - pull
  }
}

/// The sum of products, in four parts so that they can be added side by side.
func sumOfProducts(_ a: [Double], _ b: [Double]) -> Double {
  let count = Swift.min(a.count, b.count)
  var (p, q, r, s): (Double, Double, Double, Double) = (0, 0, 0, 0)
  var index = 0
  while index + 4 <= count {
    p.addProduct(a[index], b[index])
    q.addProduct(a[index + 1], b[index + 1])
    r.addProduct(a[index + 2], b[index + 2])
    s.addProduct(a[index + 3], b[index + 3])
    index += 4
  }
  while index < count {
    p.addProduct(a[index], b[index])
    index += 1
  }
  return (p + q) + (r + s)
}
