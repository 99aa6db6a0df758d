internal import Locks
public import Tensors

/// How far `LBFGS` goes along a direction.
public enum LineSearch: Sendable {
  /// As far as the learning rate says.
  case none
  /// To where the loss is lower and flat enough, by the strong Wolfe conditions.
  case strongWolfe
}

/// L-BFGS: steps along the gradient, corrected by the curvature that the last steps have shown.
///
/// ```swift
/// let optimizer = LBFGS(model, lineSearch: .strongWolfe)
/// for _ in 0..<10 { optimizer.step { mseLoss(model(x), y) } }
/// ```
///
/// It suits small models and losses over all examples at once: a step calls the loss up to `maxEvaluations` times, which must
/// give the same for the same parameters. It computes in `Double`, whatever the parameters are.
///
/// - SeeAlso: Nocedal and Wright, Numerical optimization, second edition, algorithms 7.4 and 7.5 (directions), 3.5 and
///   3.6 (line search).
public final class LBFGS: Sendable {
  private let parameters: TrainedParameters
  private let learningRate: Double
  private let maxIterations: Int
  private let maxEvaluations: Int
  private let gradientTolerance: Double
  private let changeTolerance: Double
  private let historySize: Int
  private let lineSearch: LineSearch
  private let memory = Guarded(LBFGSMemory())

  /// Creates an optimizer for a model.
  ///
  /// - Parameters:
  ///   - model: Its parameters are changed, but for those that are frozen.
  ///   - learningRate: The part of each step that is taken, or where a line search begins.
  ///   - maxIterations: Directions that a step follows.
  ///   - maxEvaluations: Calls of the loss in a step; a quarter more than iterations by default.
  ///   - gradientTolerance: A step ends where no element of the gradient is larger.
  ///   - changeTolerance: A step ends where neither loss nor parameters change by more.
  ///   - historySize: How many steps are remembered.
  ///   - lineSearch: How far each direction is followed.
  /// - Precondition: The counts are positive, and the learning rate too.
  public init(
    _ model: some Module, learningRate: Double = 1, maxIterations: Int = 20,
    maxEvaluations: Int? = nil, gradientTolerance: Double = 1e-7, changeTolerance: Double = 1e-9,
    historySize: Int = 100, lineSearch: LineSearch = .none
  ) {
    let evaluations = maxEvaluations ?? maxIterations * 5 / 4
    require(
      learningRate > 0 && maxIterations > 0 && evaluations > 0 && historySize > 0,
      "LBFGS: learning rate \(learningRate), \(maxIterations) iterations, \(evaluations) evaluations, "
        + "history of \(historySize); give positive numbers")
    parameters = TrainedParameters(model)
    (self.learningRate, self.maxIterations) = (learningRate, maxIterations)
    (self.maxEvaluations, self.historySize) = (evaluations, historySize)
    (self.gradientTolerance, self.changeTolerance) = (gradientTolerance, changeTolerance)
    self.lineSearch = lineSearch
  }

  /// Follows up to `maxIterations` directions.
  ///
  /// - Parameter loss: Gives a tensor with one element.
  /// - Returns: The loss before the step.
  /// - Throws: What `loss` throws.
  @discardableResult
  public func step<Scalar: FloatingTensorScalar>(_ loss: () throws -> Tensor<Scalar>) rethrows
    -> Tensor<Scalar>
  {
    var evaluations = 0
    var first: Tensor<Scalar>?
    func evaluate() throws -> LossPoint {
      let (value, gradients) = try parameters.valueAndGradients(loss)
      if first == nil { first = value }
      evaluations += 1
      return LossPoint(loss: Double(value.item()), gradient: gradients.flattened)
    }
    func evaluate(at place: Tensor<Double>) throws -> LossPoint {
      parameters.flattened = place
      return try evaluate()
    }
    var point = try evaluate()
    var memory = memory.withLock { $0 }
    for iteration in 0..<maxIterations where point.largestSlope > gradientTolerance {
      let direction = memory.direction(from: point.gradient, historySize: historySize)
      let slope = dot(point.gradient, direction).item()
      // A direction that does not lead down, or a loss that is no number, ends the step.
      guard slope < -changeTolerance else { break }
      let isFirst = memory.isFirst
      var length =
        isFirst
        ? Swift.min(1, 1 / abs(point.gradient).sum().item()) * learningRate : learningRate
      let (start, before) = (parameters.flattened, point)
      switch lineSearch {
      case .none:
        parameters.flattened = start + direction * length
        if iteration < maxIterations - 1 { point = try evaluate() }
      case .strongWolfe:
        let search = StrongWolfeSearch(
          start: before, slope: slope, changeTolerance: changeTolerance,
          directionSize: abs(direction).max().item())
        let found = try search.run(from: length) {
          try evaluate(at: start + direction * $0)
        } slope: {
          dot($0.gradient, direction).item()
        }
        (length, point) = (found.length, found.point)
        parameters.flattened = start + direction * length
      }
      memory.remember(direction: direction, length: length, gradient: before.gradient)
      if evaluations >= maxEvaluations
        || abs(direction).max().item() * length <= changeTolerance
        || Swift.abs(point.loss - before.loss) < changeTolerance && iteration < maxIterations - 1
      {
        break
      }
    }
    self.memory.withLock { $0 = memory }
    return first ?? Tensor(0)
  }
}

/// A loss and its gradient.
struct LossPoint {
  var loss: Double
  var gradient: Tensor<Double>

  var largestSlope: Double { gradient.isEmpty ? 0 : abs(gradient).max().item() }
}

/// What the last steps have shown of the curvature.
private struct LBFGSMemory: Sendable {
  /// Changes of the parameters and of the gradient, oldest first.
  private var pairs: [(step: Tensor<Double>, change: Tensor<Double>)] = []
  private var last: (step: Tensor<Double>, gradient: Tensor<Double>)?
  private var scale = 1.0
  private(set) var isFirst = true

  mutating func remember(direction: Tensor<Double>, length: Double, gradient: Tensor<Double>) {
    last = (direction * length, gradient)
    isFirst = false
  }

  /// The direction from a point of this gradient.
  mutating func direction(from gradient: Tensor<Double>, historySize: Int) -> Tensor<Double> {
    guard let last else { return -gradient }
    let change = gradient - last.gradient
    let curvature = dot(change, last.step).item()
    // Where the loss is not convex, the step says nothing.
    if curvature > 1e-10 {
      pairs.append((last.step, change))
      if pairs.count > historySize { pairs.removeFirst() }
      scale = curvature / dot(change, change).item()
    }
    var q = -gradient
    var weights: [Double] = []
    for (step, change) in pairs.reversed() {
      let weight = dot(step, q).item() / dot(change, step).item()
      q -= change * weight
      weights.append(weight)
    }
    q *= scale
    for ((step, change), weight) in zip(pairs, weights.reversed()) {
      q += step * (weight - dot(change, q).item() / dot(change, step).item())
    }
    return q
  }
}

extension TrainedParameters {
  /// All elements that are trained, one after the other.
  var flattened: Tensor<Double> {
    get {
      let parts = all.filter { !$0.parameter.isFrozen }.map(\.parameter.elements)
      return parts.isEmpty ? Tensor([Double]()) : concatenate(parts)
    }
    nonmutating set {
      var start = 0
      for (_, parameter) in all where !parameter.isFrozen {
        let count = parameter.shape.reduce(1, *)
        parameter.elements = newValue[start..<(start + count)]
        start += count
      }
    }
  }
}

extension ModuleGradients {
  /// The gradients of all elements that are trained, one after the other; 0 where there is none.
  fileprivate var flattened: Tensor<Double> {
    let parts = entries.filter { !$0.parameter.isFrozen }.map { entry in
      entry.gradient?.elements ?? .zeros(shape: [entry.parameter.shape.reduce(1, *)])
    }
    return parts.isEmpty ? Tensor([Double]()) : concatenate(parts)
  }
}
