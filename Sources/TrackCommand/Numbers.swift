import Glibc

/// How `value` reads in a table: six significant digits, without needless zeros.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return jsonNumber(value) }
  guard value != 0 else { return "0" }
  let exponent = Int(log10(abs(value)).rounded(.down))
  var text: String
  if abs(exponent) > 300 {
    text = "\(value)"
  } else if exponent >= 6 {
    let scale = pow(10, Double(exponent - 5))
    text = "\((value / scale).rounded() * scale)"
  } else {
    // Dividing by a power of ten rounds correctly; multiplying with a fraction does not.
    let scale = pow(10, Double(5 - exponent))
    text = "\((value * scale).rounded() / scale)"
  }
  if text.hasSuffix(".0") { text.removeLast(2) }
  return text
}

/// Every digit that `value` needs; `NaN`, `Infinity` and `-Infinity` are words.
func jsonNumber(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// A duration as people read it: `850ms`, `12s`, `3m 05s`, `2h 10m`, `4d 03h`.
func shortDuration(milliseconds: Int64) -> String {
  let seconds = milliseconds / 1000
  switch milliseconds {
  case ..<1000: return "\(milliseconds)ms"
  case ..<10_000: return "\(seconds).\(milliseconds % 1000 / 100)s"
  case ..<60_000: return "\(seconds)s"
  case ..<3_600_000: return "\(seconds / 60)m \(twoDigits(seconds % 60))s"
  case ..<86_400_000: return "\(seconds / 3600)h \(twoDigits(seconds / 60 % 60))m"
  default: return "\(seconds / 86_400)d \(twoDigits(seconds / 3600 % 24))h"
  }
}

/// A size as people read it, in powers of 1024: `512 B`, `3.4 KiB`.
func shortSize(bytes: Int64) -> String {
  var value = Double(bytes)
  for unit in ["B", "KiB", "MiB", "GiB"] {
    if value < 1024 {
      return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)"
    }
    value /= 1024
  }
  return "\((value * 10).rounded() / 10) TiB"
}

private func twoDigits(_ number: Int64) -> String {
  number < 10 ? "0\(number)" : "\(number)"
}

/// A difference as it reads in a table, with its sign.
func signedNumber(_ value: Double) -> String {
  value > 0 ? "+\(shortNumber(value))" : shortNumber(value)
}

/// A p-value: three digits, and no more zeros than tell how small it is.
func shortProbability(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  if value < 1e-15 { return "<1e-15" }
  let text = shortNumber(value)
  guard value >= 0.001 else {
    let exponent = Int(log10(value).rounded(.down))
    let digits = (value / pow(10, Double(exponent)) * 10).rounded() / 10
    return digits >= 10 ? "1e\(exponent + 1)" : "\(shortNumber(digits))e\(exponent)"
  }
  return Double(text).map { shortNumber(($0 * 10_000).rounded() / 10_000) } ?? text
}
