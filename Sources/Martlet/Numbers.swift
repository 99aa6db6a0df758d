internal import Glibc

/// Numbers as people read them.
enum Numbers {
  /// `value` with `digits` significant digits, without needless zeros.
  static func short(_ value: Double, digits: Int = 6) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
    guard value != 0 else { return "0" }
    let exponent = Int(Glibc.log10(abs(value)).rounded(.down))
    guard abs(exponent) < 300 else { return "\(value)" }
    // Dividing by a power of ten rounds correctly; multiplying with a fraction does not.
    let scale = Glibc.pow(10, Double(abs(digits - 1 - exponent)))
    let rounded =
      exponent < digits ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
    let text = "\(rounded)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A parameter's text; of a fraction, without digits that only rounding made.
  static func shortParam(_ text: String) -> String {
    guard text.utf8.count > 8, text.contains("."), let number = Double(text) else { return text }
    return short(number)
  }

  /// A duration such as `850 ms`, `12 s`, `3 m 05 s` or `2 h 10 m`.
  static func duration(milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return switch milliseconds {
    case ..<1000: "\(milliseconds) ms"
    case ..<10_000: "\(seconds).\(milliseconds % 1000 / 100) s"
    case ..<60_000: "\(seconds) s"
    case ..<3_600_000: "\(seconds / 60) m \(two(seconds % 60)) s"
    default: "\(seconds / 3600) h \(two(seconds / 60 % 60)) m"
    }
  }
}
