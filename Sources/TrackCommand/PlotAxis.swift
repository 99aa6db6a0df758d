import Glibc

/// An axis of a plot in the terminal: what its ends mean, and where its labels stand.
struct PlotAxis {
  let isLogarithmic: Bool
  /// The ends, of logarithms if it is logarithmic.
  private let low: Double
  private let high: Double

  /// An axis for `values`, all finite, and positive if it is logarithmic; `nil` without any.
  init?(_ values: [Double], isLogarithmic: Bool) {
    self.isLogarithmic = isLogarithmic
    guard let least = values.min(), let most = values.max() else { return nil }
    var low = isLogarithmic ? log10(least) : least
    var high = isLogarithmic ? log10(most) : most
    if low == high {
      // One value stands in the middle.
      let room = isLogarithmic ? 0.5 : max(abs(low) * 0.5, .leastNormalMagnitude)
      low = max(low - room, -.greatestFiniteMagnitude)
      high = min(high + room, .greatestFiniteMagnitude)
      if !isLogarithmic, least == 0 { (low, high) = (-1, 1) }
    }
    (self.low, self.high) = (low, high)
  }

  /// Where `value` stands, from 0 at the low end to 1 at the high one.
  func place(of value: Double) -> Double {
    let position = isLogarithmic ? log10(value) : value
    // Halves, as the difference of two huge numbers overflows.
    return (position / 2 - low / 2) / (high / 2 - low / 2)
  }

  /// The values to label, at most about `count`.
  func ticks(_ count: Int) -> [Double] {
    guard isLogarithmic else { return Self.linearTicks(low, high, count) }
    let decades = Int(low.rounded(.up))...max(Int(low.rounded(.up)), Int(high.rounded(.down)))
    let whole = decades.filter { Double($0) >= low - 1e-9 && Double($0) <= high + 1e-9 }
    if whole.count > 1 {
      let stride = max(1, (whole.count + count - 1) / count)
      return whole.filter { $0 % stride == 0 }.map { pow(10, Double($0)) }
    }
    return Self.linearTicks(pow(10, low), pow(10, high), count)
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private static func linearTicks(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    let rough = (high / Double(max(count, 2)) - low / Double(max(count, 2)))
    guard rough > 0, rough.isFinite else { return [low] }
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
    guard step > 0, (low / step).magnitude < 1e15 else { return [low, high] }
    var ticks: [Double] = []
    var multiple = (low / step - 1e-9).rounded(.up)
    while multiple * step <= high + step * 1e-9, ticks.count < 100 {
      // Dividing by a power of ten below 1 gives fewer stray digits than multiplying with it.
      let value = step < 1 ? multiple / (1 / step).rounded() : multiple * step
      ticks.append(abs(value - multiple * step) < step * 1e-6 ? value + 0 : multiple * step)
      multiple += 1
    }
    return ticks
  }
}
