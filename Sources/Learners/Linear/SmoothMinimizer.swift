internal import Tensors

/// Finds the least value of a smooth function with the limited-memory BFGS method.
///
/// - SeeAlso: Liu and Nocedal 1989, doi:10.1007/BF01589116; the line search after Nocedal and Wright, *Numerical
///   Optimization*, 2nd edition, algorithms 3.5 and 3.6.
struct SmoothMinimizer {
  typealias Function = (Tensor<Double>) -> (value: Double, gradient: Tensor<Double>)

  /// The most steps.
  var maxIterations: Int
  /// The largest element of the gradient at which it stops.
  var tolerance: Double
  /// How many past steps shape the next.
  var memory = 10

  struct Result {
    var point: Tensor<Double>
    var value: Double
    var iterationCount: Int
    var hasConverged: Bool
  }

  func minimize(_ function: @escaping Function, from start: Tensor<Double>) -> Result {
    var point = start
    var (value, gradient) = function(point)
    var steps: [(s: Tensor<Double>, y: Tensor<Double>, scale: Double)] = []
    for iteration in 0..<maxIterations {
      if largest(gradient) <= tolerance { return Result(point, value, iteration, true) }
      var direction = descentDirection(gradient, steps)
      var slope = product(gradient, direction)
      if !(slope < 0) {
        // The curvature is worn out by rounding: start again from the steepest descent.
        steps = []
        direction = -1 * gradient
        slope = product(gradient, direction)
      }
      let length = steps.isEmpty ? Swift.min(1, 1 / product(gradient, gradient).squareRoot()) : 1
      guard
        let next = LineSearch(
          function: function, point: point, direction: direction, value: value, slope: slope
        ).run(from: length)
      else {
        // No step makes it smaller: as good as the arithmetic allows.
        if steps.isEmpty { return Result(point, value, iteration, true) }
        steps = []
        continue
      }
      let (s, y) = (next.point - point, next.gradient - gradient)
      let curvature = product(s, y)
      if curvature > 2.2e-16 * product(y, y) {
        steps.append((s, y, 1 / curvature))
        if steps.count > memory { steps.removeFirst() }
      }
      let drop = value - next.value
      (point, value, gradient) = (next.point, next.value, next.gradient)
      if drop <= 64 * Double.ulpOfOne * Swift.max(abs(value), abs(value + drop), 1),
        largest(gradient) <= 10 * tolerance || drop == 0
      {
        return Result(point, value, iteration + 1, true)
      }
    }
    return Result(point, value, maxIterations, largest(gradient) <= tolerance)
  }

  /// The gradient through the inverse Hessian that the past steps describe, downwards (two loops).
  private func descentDirection(
    _ gradient: Tensor<Double>, _ steps: [(s: Tensor<Double>, y: Tensor<Double>, scale: Double)]
  ) -> Tensor<Double> {
    var direction = -1 * gradient
    guard let last = steps.last else { return direction }
    var parts: [Double] = []
    for step in steps.reversed() {
      let part = step.scale * product(step.s, direction)
      direction -= step.y * part
      parts.append(part)
    }
    direction *= 1 / (last.scale * product(last.y, last.y))
    for (step, part) in zip(steps, parts.reversed()) {
      direction += step.s * (part - step.scale * product(step.y, direction))
    }
    return direction
  }
}

extension SmoothMinimizer.Result {
  fileprivate init(
    _ point: Tensor<Double>, _ value: Double, _ iterationCount: Int, _ hasConverged: Bool
  ) {
    self.init(
      point: point, value: value, iterationCount: iterationCount, hasConverged: hasConverged)
  }
}

private func product(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double { dot(a, b).item() }
private func largest(_ x: Tensor<Double>) -> Double { abs(x).max().item() }

/// Finds a step along a direction that meets the strong Wolfe conditions.
private struct LineSearch {
  let function: SmoothMinimizer.Function
  let point: Tensor<Double>
  let direction: Tensor<Double>
  let value: Double
  let slope: Double

  struct Step {
    var length: Double
    var point: Tensor<Double>
    var value: Double
    var gradient: Tensor<Double>
    var slope: Double
  }

  private let decrease = 1e-4
  private let flattening = 0.9

  func run(from first: Double) -> Step? {
    var previous = Step(
      length: 0, point: point, value: value, gradient: direction, slope: slope)
    var length = first
    for attempt in 0..<20 {
      let step = take(length)
      if !step.value.isFinite {
        length = 0.5 * (previous.length + length)
        continue
      }
      if step.value > value + decrease * length * slope
        || (attempt > 0 && step.value >= previous.value)
      {
        return zoom(low: previous, high: step)
      }
      if abs(step.slope) <= -flattening * slope { return step }
      if step.slope >= 0 { return zoom(low: step, high: previous) }
      (previous, length) = (step, 2 * length)
    }
    return previous.length > 0 ? previous : nil
  }

  private func zoom(low: Step, high: Step) -> Step? {
    var (low, high) = (low, high)
    for _ in 0..<30 {
      let step = take(between(low, high))
      if step.value > value + decrease * step.length * slope || step.value >= low.value {
        high = step
      } else {
        if abs(step.slope) <= -flattening * slope { return step }
        if step.slope * (high.length - low.length) >= 0 { high = low }
        low = step
      }
      if abs(high.length - low.length) * abs(low.slope) <= Double.ulpOfOne * abs(value) { break }
    }
    return low.length > 0 && low.value < value ? low : nil
  }

  /// The least point of the cubic through both ends, or the middle if that is too near an end.
  private func between(_ a: Step, _ b: Step) -> Double {
    let width = b.length - a.length
    let first = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length)
    let root = first * first - a.slope * b.slope
    guard root >= 0 else { return a.length + 0.5 * width }
    let second = width > 0 ? root.squareRoot() : -root.squareRoot()
    let part = (b.slope + second - first) / (b.slope - a.slope + 2 * second)
    let length = b.length - width * part
    let edge = 0.1 * abs(width)
    let inside = Swift.min(a.length, b.length) + edge...Swift.max(a.length, b.length) - edge
    return inside.contains(length) ? length : a.length + 0.5 * width
  }

  private func take(_ length: Double) -> Step {
    let next = point + direction * length
    let (value, gradient) = function(next)
    return Step(
      length: length, point: next, value: value, gradient: gradient,
      slope: product(gradient, direction))
  }
}
