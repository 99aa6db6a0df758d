internal import BLAS

/// A finite number's text with the fewest digits that read back as it in its own type, or rounded to fewer.
struct ShortestDigits {
  private let number: Double
  /// The significant digits, the first of which is not 0, unless the number is.
  private let digits: [UInt8]
  /// The first digit's power of ten.
  private let exponent: Int

  /// Takes `number`, which was of `type` or a part of it.
  init(_ number: Double, of type: DataType) {
    self.number = number
    let text =
      switch type {
      case .float32, .complex64: "\(Float(number).magnitude)"
      case .float16: Self.shortest(number) { Double(Float16($0)) }
      case .bfloat16: Self.shortest(number) { Double(BFloat16(Float($0)).float) }
      default: "\(number.magnitude)"
      }
    let parts = text.utf8.split(separator: UInt8(ascii: "e"))
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    var digits = mantissa.flatMap { $0 }
    let shift = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    var exponent = mantissa[0].count - 1 + shift
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    self.digits = digits
    self.exponent = digits == [UInt8(ascii: "0")] ? 0 : exponent
  }

  /// The magnitude with the fewest digits that `round`, to 16 bits, makes the number again.
  private static func shortest(_ number: Double, _ round: (Double) -> Double) -> String {
    for places in 0..<8 {
      let text = NumberText.fixed(number.magnitude, digits: places, scientific: true)
      if let read = Double(text), round(read) == number.magnitude { return text }
    }
    return "\(number.magnitude)"
  }

  private var sign: String { number.sign == .minus ? "-" : "" }

  /// Without an exponent, with at most `most` digits after the point.
  func plain(most: Int) -> String {
    let places = digits.count - 1 - exponent
    // Rounding starts from the number itself, not from its shortest digits.
    if places > most { return NumberText.fixed(number, digits: most) }
    return sign + plainDigits
  }

  /// All digits without an exponent; a whole number ends with its point.
  private var plainDigits: String {
    if exponent < 0 {
      return "0." + String(repeating: "0", count: -exponent - 1) + string(digits[...])
    }
    if exponent >= digits.count - 1 {
      return string(digits[...]) + String(repeating: "0", count: exponent + 1 - digits.count) + "."
    }
    return string(digits[...exponent]) + "." + string(digits[(exponent + 1)...])
  }

  /// With an exponent of at least two digits, and at most `most` digits after the point.
  func scientific(most: Int) -> String {
    if digits.count - 1 > most { return NumberText.fixed(number, digits: most, scientific: true) }
    let size = exponent.magnitude
    return sign + string(digits[..<1]) + "." + string(digits[1...]) + (exponent < 0 ? "e-" : "e+")
      + (size < 10 ? "0" : "") + "\(size)"
  }

  /// As a number on its own is written: with an exponent from 10^16 on and below 0.0001.
  var alone: String {
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
    guard number == 0 || (exponent >= -4 && exponent < 16) else {
      let text = scientific(most: .max)
      // Without the point of a single digit.
      return text.firstIndex(of: ".").map { point in
        text[text.index(after: point)] == "e"
          ? text[..<point] + text[text.index(after: point)...] : text[...]
      }.map(String.init) ?? text
    }
    let text = sign + plainDigits
    return text.utf8.last == UInt8(ascii: ".") ? text + "0" : text
  }

  private func string(_ digits: ArraySlice<UInt8>) -> String {
    String(decoding: digits, as: UTF8.self)
  }
}
