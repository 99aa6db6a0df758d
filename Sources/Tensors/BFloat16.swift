/// The upper half of a `Float`: its range with 8 bits of precision, for weights that shall take half the memory.
///
/// ```swift
/// let w = Tensor<BFloat16>(weights)  // Rounded to nearest even.
/// ```
///
/// Arithmetic is that of `Float`, rounded to nearest even after each operation.
///
/// - SeeAlso: Kalamkar et al. 2019, "A Study of BFLOAT16 for Deep Learning Training", arXiv:1905.12322.
public struct BFloat16: Sendable, BitwiseCopyable {
  /// The sign, 8 bits of exponent and 7 of significand.
  public var bitPattern: UInt16

  /// Creates the number with these bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Creates the number nearest to `value`; halfway cases go to the even one.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(bits >> 16) | 0x40
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
  }

  /// The same number as a `Float`, exactly.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}

extension Float {
  /// Creates the same number.
  public init(_ value: BFloat16) { self = value.float }
}

extension BFloat16: FloatingTensorScalar {
  /// The sum of `BFloat16` elements is a `BFloat16`, added in `Double`.
  public typealias Sum = BFloat16
  /// The mean of `BFloat16` elements is a `BFloat16`.
  public typealias Mean = BFloat16
  /// The element type's run-time name, `.bfloat16`.
  public static var dataType: DataType { .bfloat16 }
}

extension BFloat16: CustomStringConvertible {
  /// The number as a `Float` prints it.
  public var description: String { float.description }
}

// MARK: The standard library's protocols, by way of Float

extension BFloat16: BinaryFloatingPoint {
  /// The type of the significand's bits.
  public typealias RawSignificand = UInt16
  /// The type of the exponent's bits.
  public typealias RawExponent = UInt
  /// The type of the exponent.
  public typealias Exponent = Int
  /// The type of distances.
  public typealias Stride = BFloat16
  /// The type of absolute values.
  public typealias Magnitude = BFloat16
  /// The type of integer literals.
  public typealias IntegerLiteralType = Int64
  /// The type of floating-point literals.
  public typealias FloatLiteralType = Float

  /// The number of exponent bits, 8.
  public static var exponentBitCount: Int { 8 }
  /// The number of stored significand bits, 7.
  public static var significandBitCount: Int { 7 }
  /// Positive infinity.
  public static var infinity: BFloat16 { BFloat16(bitPattern: 0x7F80) }
  /// A quiet NaN.
  public static var nan: BFloat16 { BFloat16(bitPattern: 0x7FC0) }
  /// A signalling NaN.
  public static var signalingNaN: BFloat16 { BFloat16(bitPattern: 0x7FA0) }
  /// The largest finite number, about 3.39e38.
  public static var greatestFiniteMagnitude: BFloat16 { BFloat16(bitPattern: 0x7F7F) }
  /// The number π, rounded toward zero.
  public static var pi: BFloat16 { BFloat16(bitPattern: 0x4048) }
  /// The least positive normal number.
  public static var leastNormalMagnitude: BFloat16 { BFloat16(bitPattern: 0x0080) }
  /// The least positive number.
  public static var leastNonzeroMagnitude: BFloat16 { BFloat16(bitPattern: 0x0001) }

  /// The sign.
  public var sign: FloatingPointSign { bitPattern >> 15 == 0 ? .plus : .minus }
  /// The exponent of the value, without the bias.
  public var exponent: Int { float.exponent }
  /// The significand, from 1 up to 2 for normal numbers.
  public var significand: BFloat16 { BFloat16(float.significand) }
  /// The stored exponent bits.
  public var exponentBitPattern: UInt { UInt(bitPattern >> 7 & 0xFF) }
  /// The stored significand bits.
  public var significandBitPattern: UInt16 { bitPattern & 0x7F }
  /// The distance to the next larger magnitude.
  public var ulp: BFloat16 {
    guard isFinite else { return .nan }
    let positive = magnitude
    return positive == .greatestFiniteMagnitude
      ? positive - BFloat16(bitPattern: positive.bitPattern - 1)
      : BFloat16(bitPattern: positive.bitPattern + 1) - positive
  }
  /// The largest power of two not above the magnitude, with the sign.
  public var binade: BFloat16 { BFloat16(float.binade) }
  /// The bits needed for the significand.
  public var significandWidth: Int { float.significandWidth }
  /// The absolute value.
  public var magnitude: BFloat16 { BFloat16(bitPattern: bitPattern & 0x7FFF) }
  /// The least number that is greater.
  public var nextUp: BFloat16 {
    if isNaN || self == .infinity { return self }
    if isZero { return .leastNonzeroMagnitude }
    return BFloat16(bitPattern: sign == .plus ? bitPattern + 1 : bitPattern - 1)
  }
  /// Whether this is a normal number.
  public var isNormal: Bool { exponentBitPattern > 0 && isFinite }
  /// Whether this is neither infinite nor NaN.
  public var isFinite: Bool { exponentBitPattern < 255 }
  /// Whether this is a zero of either sign.
  public var isZero: Bool { bitPattern & 0x7FFF == 0 }
  /// Whether this is smaller than every normal number.
  public var isSubnormal: Bool { exponentBitPattern == 0 && !isZero }
  /// Whether this is an infinity of either sign.
  public var isInfinite: Bool { bitPattern & 0x7FFF == 0x7F80 }
  /// Whether this is no number.
  public var isNaN: Bool { bitPattern & 0x7FFF > 0x7F80 }
  /// Whether this is a signalling NaN.
  public var isSignalingNaN: Bool { isNaN && bitPattern & 0x40 == 0 }
  /// Whether the number has a single encoding; always true.
  public var isCanonical: Bool { true }

  /// Creates a number from its parts.
  public init(
    sign: FloatingPointSign, exponentBitPattern: UInt, significandBitPattern: UInt16
  ) {
    bitPattern =
      (sign == .minus ? 0x8000 : 0) | UInt16(exponentBitPattern & 0xFF) << 7
      | significandBitPattern & 0x7F
  }

  /// Creates `significand` times two to the power `exponent`.
  public init(sign: FloatingPointSign, exponent: Int, significand: BFloat16) {
    self.init(Float(sign: sign, exponent: exponent, significand: significand.float))
  }

  /// Creates the magnitude of one number with the sign of another.
  public init(signOf sign: BFloat16, magnitudeOf magnitude: BFloat16) {
    bitPattern = sign.bitPattern & 0x8000 | magnitude.bitPattern & 0x7FFF
  }

  /// Creates the number nearest to a literal.
  public init(floatLiteral value: Float) { self.init(value) }
  /// Creates the number nearest to a literal.
  public init(integerLiteral value: Int64) { self.init(Float(value)) }
  /// Creates the number nearest to an integer.
  public init<Source: BinaryInteger>(_ value: Source) { self.init(Float(value)) }
  /// Creates the number nearest to another, by way of `Float`.
  public init<Source: BinaryFloatingPoint>(_ value: Source) { self.init(Float(value)) }

  /// Creates the number equal to an integer, or `nil` if there is none.
  public init?<Source: BinaryInteger>(exactly source: Source) {
    guard let exact = Float(exactly: source) else { return nil }
    self.init(exact)
    guard float == exact else { return nil }
  }

  /// Returns the sum.
  public static func + (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(a.float + b.float) }
  /// Returns the difference.
  public static func - (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(a.float - b.float) }
  /// Returns the product.
  public static func * (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(a.float * b.float) }
  /// Returns the quotient.
  public static func / (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(a.float / b.float) }
  /// Adds in place.
  public static func += (a: inout BFloat16, b: BFloat16) { a = a + b }
  /// Subtracts in place.
  public static func -= (a: inout BFloat16, b: BFloat16) { a = a - b }
  /// Multiplies in place.
  public static func *= (a: inout BFloat16, b: BFloat16) { a = a * b }
  /// Divides in place.
  public static func /= (a: inout BFloat16, b: BFloat16) { a = a / b }

  /// Changes the sign.
  public mutating func negate() { bitPattern ^= 0x8000 }

  /// Replaces the number by its IEEE remainder.
  public mutating func formRemainder(dividingBy other: BFloat16) {
    self = BFloat16(float.remainder(dividingBy: other.float))
  }
  /// Replaces the number by its truncating remainder.
  public mutating func formTruncatingRemainder(dividingBy other: BFloat16) {
    self = BFloat16(float.truncatingRemainder(dividingBy: other.float))
  }
  /// Replaces the number by its square root.
  public mutating func formSquareRoot() { self = BFloat16(float.squareRoot()) }
  /// Adds a product, rounding as `Float` does and then to 8 bits.
  public mutating func addProduct(_ a: BFloat16, _ b: BFloat16) {
    self = BFloat16(float.addingProduct(a.float, b.float))
  }
  /// Rounds to a whole number.
  public mutating func round(_ rule: FloatingPointRoundingRule) {
    self = BFloat16(float.rounded(rule))
  }

  /// Returns whether both are the same number.
  public func isEqual(to other: BFloat16) -> Bool { float == other.float }
  /// Returns whether this is the smaller one.
  public func isLess(than other: BFloat16) -> Bool { float < other.float }
  /// Returns whether this is not the larger one.
  public func isLessThanOrEqualTo(_ other: BFloat16) -> Bool { float <= other.float }
  /// Returns the distance to `other`.
  public func distance(to other: BFloat16) -> BFloat16 { other - self }
  /// Returns the number `n` further.
  public func advanced(by n: BFloat16) -> BFloat16 { self + n }
  /// Feeds the value to `hasher`; zeros of both signs are the same.
  public func hash(into hasher: inout Hasher) { hasher.combine(float) }
}
