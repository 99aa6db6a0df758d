/// The colours of charts.
enum Palette {
  /// Distinct also for colour-blind readers (Okabe and Ito 2008), darkest first.
  static let series = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555", "#8c6d31",
  ]

  /// The blue of a heat map for 0 to 1, and whether writing on it must be white.
  static func heat(_ part: Double) -> (colour: String, isDark: Bool) {
    let stops: [(Double, Double, Double)] = [(247, 251, 255), (107, 174, 214), (8, 48, 107)]
    let position = min(max(part, 0), 1) * 2
    let (from, to) = position < 1 ? (stops[0], stops[1]) : (stops[1], stops[2])
    let share = position < 1 ? position : position - 1
    let mixed = [
      from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share,
      from.2 + (to.2 - from.2) * share,
    ]
    let digits = mixed.map { level in
      let text = String(Int(level.rounded()), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return ("#" + digits.joined(), part > 0.55)
  }
}

/// Numbers as short text.
enum NumberLabel {
  /// `value` with `decimals` digits after the point.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let factor = power(10, decimals)
    let scaled = (abs(value) * factor).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = String(Int(scaled))
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(decimals + 1 - digits.count, 0)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `value` with about three significant digits, without zeros at the end.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let exponent = floorLog10(abs(value))
    if exponent >= 6 || exponent < -3 {
      let mantissa = trimmed(fixed(value / power(10, exponent), decimals: 2))
      return "\(mantissa)e\(exponent)"
    }
    return trimmed(fixed(value, decimals: max(2 - exponent, 0)))
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// The exponent of the power of ten at or below a positive number.
  static func floorLog10(_ value: Double) -> Int {
    var exponent = Int((Double(value.exponent) * 0.301_029_995_663_981_2).rounded(.down)) - 1
    while exponent < 308, power(10, exponent + 1) <= value { exponent += 1 }
    return exponent
  }

  /// `base` to a whole power.
  static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= base }
    return exponent < 0 ? 1 / result : result
  }
}

/// A numeric axis: where numbers lie between 0 and 1, and its ticks.
struct Axis {
  private let scale: Scale
  /// The ends, as exponents of ten on a logarithmic axis.
  private var low: Double
  private var high: Double
  /// The ticks' numbers and texts.
  private(set) var ticks: [(value: Double, label: String)] = []

  /// Makes an axis on which all drawable `values` lie.
  init(_ values: [Double], scale: Scale = .linear, includesZero: Bool = false, padding: Double = 0)
  {
    self.scale = scale
    let drawable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    var ends = (
      drawable.min() ?? (scale == .log ? 1 : 0), drawable.max() ?? (scale == .log ? 10 : 1)
    )
    if includesZero { ends = (min(ends.0, 0), max(ends.1, 0)) }
    (low, high) = (0, 1)
    if scale == .log {
      low = Double(NumberLabel.floorLog10(ends.0))
      high = Double(NumberLabel.floorLog10(ends.1))
      if NumberLabel.power(10, Int(high)) < ends.1 || high == low { high += 1 }
      setLogTicks()
    } else {
      if ends.0 == ends.1 {
        let room = max(abs(ends.0) * 0.1, 0.5)
        ends =
          includesZero
          ? (min(ends.0, 0), max(ends.1, 0) + (ends.1 == 0 ? 1 : 0))
          : (ends.0 - room, ends.1 + room)
      }
      let room = (ends.1 - ends.0) * padding
      (low, high) = (ends.0 - room, ends.1 + room)
      setLinearTicks(snaps: padding == 0)
    }
  }

  private mutating func setLinearTicks(snaps: Bool) {
    let rough = high / 6 - low / 6
    guard rough.isFinite, rough > 0 else { return }
    let exponent = NumberLabel.floorLog10(rough)
    let unit = NumberLabel.power(10, exponent)
    let factor = [1.0, 2, 5, 10].first { $0 * unit >= rough * 0.9 } ?? 10
    let step = factor * unit
    if snaps {
      low = (low / step + 1e-9).rounded(.down) * step
      high = (high / step - 1e-9).rounded(.up) * step
    }
    let decimals = max(-(factor == 10 ? exponent + 1 : exponent), 0)
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    let isWide = max(abs(low), abs(high)) >= 1e6 || decimals > 4
    for number in first...max(first, last) {
      let value = Double(number) * step
      let label = isWide ? NumberLabel.short(value) : NumberLabel.fixed(value, decimals: decimals)
      ticks.append((value, label))
    }
  }

  private mutating func setLogTicks() {
    let decades = Int(high - low)
    let stride = max(1, (decades + 5) / 6)
    for exponent in Swift.stride(from: Int(low), through: Int(high), by: stride) {
      let value = NumberLabel.power(10, exponent)
      ticks.append((value, NumberLabel.short(value)))
      guard decades <= 2, exponent < Int(high) else { continue }
      for factor in [2.0, 5] { ticks.append((factor * value, NumberLabel.short(factor * value))) }
    }
  }

  /// Where a number lies, 0 at the low end and 1 at the high one; `nil` if it has no place.
  func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if scale == .log {
      guard value > 0 else { return nil }
      return (log10(value) - low) / (high - low)
    }
    return (value - low) / (high - low)
  }

  /// The logarithm to base 10 of a positive number, good to a pixel and far beyond.
  private func log10(_ value: Double) -> Double {
    let exponent = NumberLabel.floorLog10(value)
    // ln m = 2 (s + s³/3 + …) with s = (m - 1) / (m + 1); two square roots bring m near 1.
    let root = (value / NumberLabel.power(10, exponent)).squareRoot().squareRoot()
    let s = (root - 1) / (root + 1)
    var (sum, term) = (0.0, s)
    for divisor in Swift.stride(from: 1.0, through: 15, by: 2) {
      sum += term / divisor
      term *= s * s
    }
    return Double(exponent) + 8 * sum * 0.434_294_481_903_251_8
  }
}
