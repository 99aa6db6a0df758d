/// A floating-point type that complex numbers can have as parts: `Float` or `Double`.
public protocol ComplexPart: FloatingTensorScalar {
  /// The run-time name of complex numbers with such parts.
  static var complexDataType: DataType { get }
}

extension Float: ComplexPart {
  /// The run-time name of `Complex<Float>`.
  public static var complexDataType: DataType { .complex64 }
}

extension Double: ComplexPart {
  /// The run-time name of `Complex<Double>`.
  public static var complexDataType: DataType { .complex128 }
}

/// A complex number: a real and an imaginary part, in this order in memory, as in C and NumPy.
///
/// ```swift
/// let z = Complex(3.0, 4)
/// z.magnitude  // 5
/// ```
public struct Complex<Part: ComplexPart>: Sendable, BitwiseCopyable, Hashable {
  /// The real part.
  public var real: Part
  /// The imaginary part.
  public var imaginary: Part

  /// Creates a number from its parts.
  public init(_ real: Part, _ imaginary: Part = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// The imaginary unit.
  public static var i: Complex { Complex(0, 1) }

  /// The number mirrored at the real axis.
  public var conjugate: Complex { Complex(real, -imaginary) }

  /// The distance from 0, without overflow on the way.
  public var magnitude: Part {
    let (a, b) = (abs(real), abs(imaginary))
    if a.isInfinite || b.isInfinite { return .infinity }
    let (large, small) = a > b ? (a, b) : (b, a)
    guard large > 0 else { return large + small }
    let ratio = small / large
    return large * (1 + ratio * ratio).squareRoot()
  }
}

/// A type of complex numbers a tensor can hold.
public protocol ComplexTensorScalar: DivisibleTensorScalar where Sum == Self, Mean == Self {
  /// The type of the parts.
  associatedtype Part: ComplexPart
  /// The real part.
  var real: Part { get }
  /// The imaginary part.
  var imaginary: Part { get }
  /// Creates a number from its parts.
  init(_ real: Part, _ imaginary: Part)
}

extension Complex: ComplexTensorScalar {
  /// The sum of complex elements is of their type.
  public typealias Sum = Complex
  /// The mean of complex elements is of their type.
  public typealias Mean = Complex
  /// The element type's run-time name.
  public static var dataType: DataType { Part.complexDataType }
}

extension Complex: Numeric {
  /// Creates a number with no imaginary part from a literal.
  public init(integerLiteral value: Int) { self.init(Part(value)) }

  /// Creates a number with no imaginary part from an integer that its parts can hold, or `nil`.
  public init?<Source: BinaryInteger>(exactly source: Source) {
    guard let real = Part(exactly: source) else { return nil }
    self.init(real)
  }

  /// Returns the sum.
  public static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }
  /// Returns the difference.
  public static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.real - b.real, a.imaginary - b.imaginary)
  }
  /// Returns the product.
  public static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  /// Returns the quotient, by Smith's method.
  public static func / (a: Complex, b: Complex) -> Complex {
    if abs(b.real) >= abs(b.imaginary) {
      let ratio = b.imaginary / b.real
      let scale = b.real + b.imaginary * ratio
      return Complex(
        (a.real + a.imaginary * ratio) / scale, (a.imaginary - a.real * ratio) / scale)
    }
    let ratio = b.real / b.imaginary
    let scale = b.real * ratio + b.imaginary
    return Complex(
      (a.real * ratio + a.imaginary) / scale, (a.imaginary * ratio - a.real) / scale)
  }
  /// Returns the number with both signs changed.
  public static prefix func - (a: Complex) -> Complex { Complex(-a.real, -a.imaginary) }
  /// Adds in place.
  public static func += (a: inout Complex, b: Complex) { a = a + b }
  /// Subtracts in place.
  public static func -= (a: inout Complex, b: Complex) { a = a - b }
  /// Multiplies in place.
  public static func *= (a: inout Complex, b: Complex) { a = a * b }
}

extension Complex: CustomStringConvertible, ExpressibleByFloatLiteral {
  /// Creates a number with no imaginary part from a literal.
  public init(floatLiteral value: Double) { self.init(Part(value)) }

  /// The parts as in `1.0-2.0j`.
  public var description: String {
    "\(real)\(imaginary.sign == .minus && !imaginary.isNaN ? "-" : "+")\(imaginary.isNaN ? imaginary : imaginary.magnitude)j"
  }
}
