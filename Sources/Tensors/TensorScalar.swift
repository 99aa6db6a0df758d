/// A type a tensor can hold: `Float`, `Double`, `Float16`, `BFloat16`, `Bool`, every integer of 8 to 64 bits, and
/// `Complex<Float>` and `Complex<Double>`.
///
/// Only the library's own conformances work: each has its kernels in C. Arithmetic asks for `NumericTensorScalar`, order
/// for `RealTensorScalar`, functions such as `exp` for `FloatingTensorScalar`; positions from `argmax` are `Int32` (half
/// the memory of `Int`, and what label columns hold), and comparisons give `Bool`, so both are full tensors with views,
/// selection, counting and means.
public protocol TensorScalar: Sendable, BitwiseCopyable, Hashable {
  /// What a sum of such elements has: the type itself, or `Int` or `UInt64` for narrower integers and Booleans.
  associatedtype Sum: NumericTensorScalar
  /// What a mean of such elements has: the type itself, or `Double` for integers and Booleans.
  associatedtype Mean: DivisibleTensorScalar

  /// The element type's run-time name.
  static var dataType: DataType { get }
}

/// A number a tensor can hold.
public protocol NumericTensorScalar: TensorScalar, Numeric {}

/// A number with an order: every one that is not complex.
public protocol RealTensorScalar: NumericTensorScalar, Comparable {}

/// A number with quotients: floating-point and complex numbers.
public protocol DivisibleTensorScalar: NumericTensorScalar {
  /// The quotient of two numbers.
  static func / (a: Self, b: Self) -> Self
}

/// An integer a tensor can hold; arithmetic wraps around as in NumPy.
public protocol IntegerTensorScalar: RealTensorScalar, FixedWidthInteger {}

/// A floating-point number a tensor can hold.
public protocol FloatingTensorScalar: RealTensorScalar, DivisibleTensorScalar, BinaryFloatingPoint
where Sum == Self, Mean == Self {}

// MARK: Floating point

extension Float: FloatingTensorScalar {
  /// The sum of `Float` elements is a `Float`, added in `Double`.
  public typealias Sum = Float
  /// The mean of `Float` elements is a `Float`.
  public typealias Mean = Float
  /// The element type's run-time name, `.float32`.
  public static var dataType: DataType { .float32 }
}

extension Double: FloatingTensorScalar {
  /// The sum of `Double` elements is a `Double`.
  public typealias Sum = Double
  /// The mean of `Double` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.float64`.
  public static var dataType: DataType { .float64 }
}

extension Float16: FloatingTensorScalar {
  /// The sum of `Float16` elements is a `Float16`, added in `Double`.
  public typealias Sum = Float16
  /// The mean of `Float16` elements is a `Float16`.
  public typealias Mean = Float16
  /// The element type's run-time name, `.float16`.
  public static var dataType: DataType { .float16 }
}

// MARK: Booleans

extension Bool: TensorScalar {
  /// The sum of `Bool` elements counts the true ones.
  public typealias Sum = Int
  /// The mean of `Bool` elements is the part of true ones.
  public typealias Mean = Double
  /// The element type's run-time name, `.bool`.
  public static var dataType: DataType { .bool }
}
