internal import Tensors

/// Looks along a direction for a place where the loss has gone down enough and is flat enough.
///
/// - SeeAlso: Nocedal and Wright, Numerical optimization, second edition, algorithms 3.5 and 3.6.
struct StrongWolfeSearch {
  /// Where the direction begins, and the slope along it there, which is negative.
  let start: LossPoint
  let slope: Double
  let changeTolerance: Double
  /// The largest element of the direction.
  let directionSize: Double

  /// The part of the slope that the loss has to go down by, and that may be left.
  private let decrease = 1e-4
  private let flatness = 0.9
  private let mostTries = 25

  init(start: LossPoint, slope: Double, changeTolerance: Double, directionSize: Double) {
    (self.start, self.slope) = (start, slope)
    (self.changeTolerance, self.directionSize) = (changeTolerance, directionSize)
  }

  /// A place on the line.
  struct Place {
    var length: Double
    var point: LossPoint
    var slope: Double
  }

  /// Returns the place that was found; the best so far after too many tries.
  func run(
    from first: Double, _ evaluate: (Double) throws -> LossPoint,
    slope slopeOf: (LossPoint) -> Double
  ) rethrows -> (length: Double, point: LossPoint) {
    func place(_ length: Double) throws -> Place {
      let point = try evaluate(length)
      return Place(length: length, point: point, slope: slopeOf(point))
    }
    var before = Place(length: 0, point: start, slope: slope)
    var current = try place(first)
    for tries in 1...mostTries {
      if isTooHigh(current) || (tries > 1 && current.point.loss >= before.point.loss) {
        return try narrow(before, current, tries: tries, place)
      }
      if isFlat(current) { return (current.length, current.point) }
      if current.slope >= 0 { return try narrow(current, before, tries: tries, place) }
      // Still downhill: go on, at most ten times as far.
      let next = minimum(between: before, current).map {
        Swift.min(Swift.max($0, current.length * 1.01), current.length * 10)
      }
      let farther = try place(next ?? current.length * 2)
      (before, current) = (current, farther)
    }
    return (current.length, current.point)
  }

  private func isTooHigh(_ place: Place) -> Bool {
    !(place.point.loss <= start.loss + decrease * place.length * slope)
  }

  private func isFlat(_ place: Place) -> Bool { Swift.abs(place.slope) <= -flatness * slope }

  /// Looks between the better end `low` and the other end.
  private func narrow(
    _ low: Place, _ high: Place, tries: Int, _ place: (Double) throws -> Place
  ) rethrows -> (length: Double, point: LossPoint) {
    var (low, high) = (low, high)
    for _ in tries..<mostTries {
      let width = Swift.abs(high.length - low.length)
      if width * directionSize < changeTolerance { break }
      let (least, most) = (
        Swift.min(low.length, high.length) + width * 0.1,
        Swift.max(low.length, high.length) - width * 0.1
      )
      let guess = minimum(between: low, high) ?? (low.length + high.length) / 2
      let current = try place(Swift.min(Swift.max(guess, least), most))
      if isTooHigh(current) || current.point.loss >= low.point.loss {
        high = current
        continue
      }
      if isFlat(current) { return (current.length, current.point) }
      if current.slope * (high.length - low.length) >= 0 { high = low }
      low = current
    }
    return (low.length, low.point)
  }

  /// Where the cubic curve through two places and their slopes is lowest; `nil` if nowhere.
  private func minimum(between a: Place, _ b: Place) -> Double? {
    let d1 = a.slope + b.slope - 3 * (a.point.loss - b.point.loss) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return nil }
    let d2 = square.squareRoot() * (b.length >= a.length ? 1 : -1)
    let result =
      b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return result.isFinite ? result : nil
  }
}
