internal import BLAS

/// One format for floating-point numbers: plain or scientific, aligned at the point.
///
/// Numbers are written with the fewest digits that identify them, and at most eight after the point.
///
/// - SeeAlso: The rules of NumPy's `array2string`, version 2.4.
struct NumberFormat {
  private let type: DataType
  private let showsPlus: Bool
  private var isScientific = false
  /// Characters before the point.
  private var left = 0
  /// Digits after the point of the longest number.
  private var digits = 0
  /// Characters after the point, with the exponent.
  private var right = 0
  /// Digits of the longest exponent.
  private var exponentDigits = 2

  /// Chooses the format for `numbers`, which were of `type`, or parts of complex numbers of `type`.
  init(_ numbers: [Double], of type: DataType, showsPlus: Bool = false) {
    self.type = type
    self.showsPlus = showsPlus
    let finite = numbers.filter(\.isFinite)
    let sizes = finite.filter { $0 != 0 }.map { abs($0) }
    if let largest = sizes.max(), let smallest = sizes.min() {
      isScientific =
        largest >= Self.cutoff(type) || smallest < Self.leastPlain(type)
        || Self.ratio(largest, smallest, type) > 1000
    }
    let texts = finite.map { parts(of: $0) }
    left = texts.map { $0.whole.utf8.count }.max() ?? 0
    digits = texts.map { $0.fraction.utf8.count }.max() ?? 0
    exponentDigits = Swift.max(texts.map { $0.exponent.utf8.count - 2 }.max() ?? 0, 0)
    right = digits + (isScientific && !texts.isEmpty ? exponentDigits + 2 : 0)
    if finite.count < numbers.count {
      let offset = right + 1
      let hasMinus = showsPlus || numbers.contains(-.infinity)
      left = Swift.max(left, 3 - offset, (hasMinus ? 4 : 3) - offset)
    }
  }

  /// The text of a number, filled up with spaces to the common width.
  func text(_ number: Double) -> String {
    guard number.isFinite else {
      let sign = number.isNaN ? (showsPlus ? "+" : "") : number < 0 ? "-" : showsPlus ? "+" : ""
      let text = sign + (number.isNaN ? "nan" : "inf")
      return Self.spaces(left + right + 1 - text.utf8.count) + text
    }
    var (whole, fraction, exponent) = parts(of: number)
    let missing = digits - fraction.utf8.count
    if isScientific && missing > 0 {
      // The number's own further digits, not zeros, if there are any.
      (whole, fraction, exponent) = split(
        NumberText.fixed(number, digits: digits, scientific: true))
    }
    let start = Self.spaces(left - whole.utf8.count) + whole + "." + fraction
    guard isScientific else { return start + Self.spaces(missing) }
    let exponentZeros = String(
      repeating: "0", count: Swift.max(exponentDigits + 2 - exponent.utf8.count, 0))
    return start + exponent.prefix(2) + exponentZeros + exponent.dropFirst(2)
  }

  /// The parts of a number's text: the whole part with its sign, the digits after the point without closing zeros,
  /// and the exponent such as `e-05`.
  private func parts(of number: Double) -> (whole: String, fraction: String, exponent: String) {
    let digits = ShortestDigits(number, of: type)
    let (whole, digitsAfter, exponent) = split(
      isScientific ? digits.scientific(most: 8) : digits.plain(most: 8))
    var fraction = digitsAfter
    while fraction.last == "0" { fraction.removeLast() }
    return (whole, fraction, exponent)
  }

  private func split(_ text: String) -> (whole: String, fraction: String, exponent: String) {
    let plus = showsPlus && text.first != "-" ? "+" : ""
    let exponent = text.firstIndex(of: "e") ?? text.endIndex
    let point = text[..<exponent].firstIndex(of: ".") ?? exponent
    return (
      plus + text[..<point], String(text[point..<exponent].dropFirst()), String(text[exponent...])
    )
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: Swift.max(count, 0))
  }

  /// From this size on numbers are written with exponents.
  private static func cutoff(_ type: DataType) -> Double {
    switch type {
    case .float16, .bfloat16: 1e3
    case .float32, .complex64: 1e6
    default: 1e8
    }
  }

  /// Below this size numbers are written with exponents; compared in the elements' type.
  private static func leastPlain(_ type: DataType) -> Double {
    switch type {
    case .float16: Double(Float16(0.0001))
    case .float32, .complex64: Double(Float(0.0001))
    default: 0.0001
    }
  }

  /// The quotient as the elements' type has it.
  private static func ratio(_ a: Double, _ b: Double, _ type: DataType) -> Double {
    switch type {
    case .float16: Double(Float16(a) / Float16(b))
    case .float32, .complex64: Double(Float(a) / Float(b))
    default: a / b
    }
  }
}
