internal import BLAS
internal import Tensors

/// The mean loss of logistic regression with its penalty, as a function of all weights in one vector.
struct LogisticLoss {
  private let x: Tensor<Double>
  private let classes: ClassIndex
  /// 1 for samples of the second of two classes.
  private let isSecond: Tensor<Double>
  private let labels: [Int64]
  /// What each sample counts, all together 1.
  private let shares: Tensor<Double>
  /// The penalty on half the squared weights.
  private let penalty: Double
  private let fitsIntercept: Bool

  init(
    x: Tensor<Double>, classes: ClassIndex, weights: [Double]?, inversePenalty: Double,
    fitsIntercept: Bool
  ) {
    (self.x, self.classes, self.fitsIntercept) = (x, classes, fitsIntercept)
    labels = classes.positions.map(Int64.init)
    isSecond = Tensor(classes.positions.map(Double.init))
    let counts = weights ?? [Double](repeating: 1, count: labels.count)
    let total = counts.reduce(0, +)
    shares = Tensor(counts.map { $0 / total })
    penalty = 1 / (inversePenalty * total)
  }

  private var features: Int { x.shape[1] }
  private var outputs: Int { classes.classes.count == 2 ? 1 : classes.classes.count }

  /// How long the vector of weights is.
  var parameterCount: Int { outputs * (features + (fitsIntercept ? 1 : 0)) }

  /// The weights `[outputs, features]` and constants `[outputs]` in a vector.
  func unpacked(_ parameters: Tensor<Double>) -> (
    weights: Tensor<Double>, constants: Tensor<Double>
  ) {
    let weights = parameters[0..<outputs * features].reshaped(to: [outputs, features])
    guard fitsIntercept else { return (weights, .zeros(shape: [outputs])) }
    return (weights, parameters[outputs * features..<parameterCount].contiguous())
  }

  func callAsFunction(_ parameters: Tensor<Double>) -> (value: Double, gradient: Tensor<Double>) {
    let (weights, constants) = unpacked(parameters)
    let scores = matmul(x, weights.transposed()) + constants
    let (loss, slopes) = outputs == 1 ? binary(scores.flattened()) : multinomial(scores)
    let squared = (weights * weights).sum().item()
    var parts = [(matmul(slopes.transposed(), x) + weights * penalty).flattened()]
    if fitsIntercept { parts.append(slopes.sum(axis: 0)) }
    return (loss + 0.5 * penalty * squared, concatenate(parts))
  }

  private func binary(_ scores: Tensor<Double>) -> (Double, Tensor<Double>) {
    let loss = dot(shares, softplus(scores) - isSecond * scores).item()
    let slopes = shares * (sigmoid(scores) - isSecond)
    return (loss, slopes.expandingDims(axis: 1))
  }

  private func multinomial(_ scores: Tensor<Double>) -> (Double, Tensor<Double>) {
    let losses = Tensor<Double>(uninitialized: [labels.count])
    let probabilities = Tensor<Double>(uninitialized: scores.shape)
    NetworkKernels.crossEntropy(
      .float64, columns: outputs, logits: DenseView(scores.storage), labels: labels, ignored: -1,
      smoothing: 0, losses: DenseView(losses.storage),
      probabilities: DenseView(probabilities.storage))
    let slopes = Tensor<Double>(uninitialized: scores.shape)
    NetworkKernels.crossEntropyBackward(
      .float64, columns: outputs, probabilities: DenseView(probabilities.storage), labels: labels,
      ignored: -1, smoothing: 0, losses: DenseView(shares.storage),
      out: DenseView(slopes.storage))
    return (dot(shares, losses).item(), slopes)
  }
}
