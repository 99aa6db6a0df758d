internal import Glibc

/// What lies along an axis.
enum AxisKind: Equatable {
  case numbers(Scale)
  /// Seconds since 1970.
  case times
  /// Names at 0, 1, 2 and so on.
  case categories([String])

  var categories: [String]? {
    if case .categories(let names) = self { return names }
    return nil
  }
}

/// An axis: where numbers lie between 0 and 1, and its ticks.
struct Axis {
  /// How the ends follow from the values.
  enum Fit: Int {
    /// The values' own ends.
    case exact
    /// Ticks at or beyond the values' ends.
    case snapped
    /// Some room beyond the values' ends.
    case padded
  }

  let kind: AxisKind
  /// The ends as numbers.
  private(set) var low: Double
  private(set) var high: Double
  /// The ticks' numbers and texts.
  private(set) var ticks: [(value: Double, label: String)] = []

  /// Makes an axis on which all drawable `values` lie.
  init(
    _ values: [Double], kind: AxisKind = .numbers(.linear), fit: Fit = .snapped,
    includesZero: Bool = false, domain: ClosedRange<Double>? = nil, wantedTicks: Int = 6
  ) {
    self.kind = kind
    (low, high) = (0, 1)
    switch kind {
    case .categories(let names):
      (low, high) = (-0.5, Double(max(names.count, 1)) - 0.5)
      ticks = names.enumerated().map { (Double($0.offset), $0.element) }
    case .numbers(.log): setLog(values.filter { $0.isFinite && $0 > 0 }, fit, domain)
    case .times:
      setEnds(values, .exact, includesZero: false, domain)
      ticks = TimeTicks.ticks(from: low, to: high, wanted: wantedTicks)
    case .numbers(.linear):
      setEnds(values, fit, includesZero: includesZero, domain)
      setLinearTicks(snaps: fit == .snapped && domain == nil, wantedTicks)
    }
  }

  private mutating func setEnds(
    _ values: [Double], _ fit: Fit, includesZero: Bool, _ domain: ClosedRange<Double>?
  ) {
    if let domain {
      (low, high) = (domain.lowerBound, domain.upperBound)
      return
    }
    let finite = values.filter(\.isFinite)
    var ends = (finite.min() ?? 0, finite.max() ?? 1)
    if includesZero { ends = (min(ends.0, 0), max(ends.1, 0)) }
    if ends.0 == ends.1 {
      let room = kind == .times ? 43_200 : max(abs(ends.0) * 0.1, 0.5)
      ends =
        includesZero
        ? (min(ends.0, 0), max(ends.1, 0) + (ends.1 == 0 ? 1 : 0))
        : (ends.0 - room, ends.1 + room)
    }
    let room = fit == .padded ? (ends.1 / 2 - ends.0 / 2) * 0.08 : 0
    (low, high) = (ends.0 - room, ends.1 + room)
  }

  private mutating func setLinearTicks(snaps: Bool, _ wanted: Int) {
    let rough = high / Double(wanted) - low / Double(wanted)
    guard rough.isFinite, rough > 0 else { return }
    let exponent = NumberLabel.floorLog10(rough)
    let unit = NumberLabel.power(10, exponent)
    let factor = [1.0, 2, 5, 10].first { $0 * unit >= rough * 0.9 } ?? 10
    let step = factor * unit
    guard step > 0, abs(low / step) < 1e15, abs(high / step) < 1e15 else {
      ticks = [(low, NumberLabel.short(low)), (high, NumberLabel.short(high))]
      return
    }
    if snaps {
      low = (low / step + 1e-9).rounded(.down) * step
      high = (high / step - 1e-9).rounded(.up) * step
    }
    let decimals = max(-(factor == 10 ? exponent + 1 : exponent), 0)
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    let largest = max(abs(low), abs(high))
    // Short labels round to three digits, so neighbours must differ in them.
    let isWide = (largest >= 1e6 || decimals > 4) && step / largest > 0.002
    for number in first...max(first, last) {
      let value = Double(number) * step
      let label = isWide ? NumberLabel.short(value) : NumberLabel.fixed(value, decimals: decimals)
      ticks.append((value, label))
    }
  }

  private mutating func setLog(
    _ values: [Double], _ fit: Fit, _ domain: ClosedRange<Double>?
  ) {
    var ends = (values.min() ?? 1, values.max() ?? 10)
    if let domain, domain.lowerBound > 0 { ends = (domain.lowerBound, domain.upperBound) }
    if ends.0 == ends.1 { ends = (ends.0 / 3, ends.1 * 3) }
    (low, high) = (max(ends.0, .leastNormalMagnitude), ends.1)
    if fit == .padded, domain == nil {
      let room = pow(high / low, 0.04)
      if room.isFinite { (low, high) = (low / room, high * room) }
    }
    let decades = log10(high) - log10(low)
    if fit == .snapped, domain == nil {
      (low, high) = (Self.snapped(low, decades, up: false), Self.snapped(high, decades, up: true))
    }
    setLogTicks(decades: log10(high) - log10(low))
  }

  /// The next power of ten, or where there are few of them 1, 2 or 5 times one.
  private static func snapped(_ value: Double, _ decades: Double, up: Bool) -> Double {
    let exponent = NumberLabel.floorLog10(value)
    let unit = NumberLabel.power(10, exponent)
    guard unit > 0, exponent < 308 else { return value }
    let places = decades > 2 ? [1.0, 10] : [1.0, 2, 5, 10]
    let found =
      up
      ? places.first { $0 * unit >= value * (1 - 1e-9) }
      : places.last { $0 * unit <= value * (1 + 1e-9) }
    return (found ?? 1) * unit
  }

  private mutating func setLogTicks(decades: Double) {
    let (first, last) = (
      Int((log10(low) - 1e-9).rounded(.down)), Int((log10(high) + 1e-9).rounded(.down))
    )
    let stride = max(1, (last - first + 5) / 7)
    let factors = decades <= 2.2 ? [1.0, 2, 5] : [1.0]
    for exponent in Swift.stride(from: first, through: last, by: stride) {
      for factor in factors {
        let value = factor * NumberLabel.power(10, exponent)
        guard value >= low * (1 - 1e-9), value <= high * (1 + 1e-9) else { continue }
        ticks.append((value, NumberLabel.short(value)))
      }
    }
    // A range between two such numbers: its ends say where it is.
    if ticks.count < 2 {
      ticks = [(low, NumberLabel.short(low)), (high, NumberLabel.short(high))]
    }
  }

  /// Where a number lies, 0 at the low end and 1 at the high one; `nil` if it has no place.
  func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if kind == .numbers(.log) {
      guard value > 0 else { return nil }
      return (log10(value) - log10(low)) / (log10(high) - log10(low))
    }
    return (value / 2 - low / 2) / (high / 2 - low / 2)
  }

  /// Where bars begin: at zero, or where a logarithmic axis does.
  var base: Double { kind == .numbers(.log) ? low : 0 }
}
