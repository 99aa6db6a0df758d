internal import Glibc

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
      return mantissa == "1" ? "1e\(exponent)" : "\(mantissa)e\(exponent)"
    }
    return trimmed(fixed(value, decimals: max(2 - exponent, 0)))
  }

  /// `value` with all digits that it needs, as a category is called.
  static func plain(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "" : value < 0 ? "−∞" : "∞" }
    let text = abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    return text.replacing("-", with: "−")
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
    var exponent = Int(log10(value).rounded(.down))
    // The logarithm of 0.001 and its like is rounded to the wrong side.
    if exponent < 308, power(10, exponent + 1) <= value { exponent += 1 }
    if power(10, exponent) > value { exponent -= 1 }
    return exponent
  }

  /// `base` to a whole power.
  static func power(_ base: Double, _ exponent: Int) -> Double { pow(base, Double(exponent)) }
}
