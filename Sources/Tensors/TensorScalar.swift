package import BLAS

/// The element types a tensor may have.
///
/// Kernels are chosen by this value inside the library, so a cell compiled without optimisation runs them at full
/// speed.
public enum DataType: Int32, Sendable, CaseIterable, CustomStringConvertible {
  /// `Float`, 32 bits.
  case float32
  /// `Double`, 64 bits.
  case float64
  /// `Int32`.
  case int32
  /// `Int`, 64 bits.
  case int64
  /// `Bool`, one byte of 0 or 1.
  case bool

  /// The bytes of one element.
  public var byteCount: Int { elementType.byteCount }

  /// The Swift type's name, such as `Float`.
  public var description: String {
    switch self {
    case .float32: "Float"
    case .float64: "Double"
    case .int32: "Int32"
    case .int64: "Int"
    case .bool: "Bool"
    }
  }

  /// Whether numbers of this type can be differentiated.
  package var isFloatingPoint: Bool { self == .float32 || self == .float64 }

  /// The kernels' name of this type.
  package var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    }
  }
}

/// A type a tensor can hold: `Float`, `Double`, `Int32`, `Int` or `Bool`.
///
/// Only the library's own conformances work: each has its kernels in C. Arithmetic asks for `NumericTensorScalar`,
/// functions such as `exp` for `FloatingTensorScalar`; positions from `argmax` are `Int32` (half the memory of `Int`,
/// and what label columns hold), and comparisons give `Bool`, so both are full tensors with views, selection, counting
/// and means.
public protocol TensorScalar: Sendable, BitwiseCopyable, Hashable {
  /// What a sum of such elements has: the type itself, or `Int` for integers and Booleans.
  associatedtype Sum: NumericTensorScalar
  /// What a mean of such elements has: the type itself, or `Double` for integers and Booleans.
  associatedtype Mean: FloatingTensorScalar

  /// The element type's run-time name.
  static var dataType: DataType { get }
}

/// A number a tensor can hold.
public protocol NumericTensorScalar: TensorScalar, SignedNumeric, Comparable {}

/// An integer a tensor can hold; arithmetic wraps around as in NumPy.
public protocol IntegerTensorScalar: NumericTensorScalar, FixedWidthInteger {}

/// A floating-point number a tensor can hold.
public protocol FloatingTensorScalar: NumericTensorScalar, BinaryFloatingPoint
where Sum == Self, Mean == Self {}

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

extension Int32: IntegerTensorScalar {
  /// The sum of `Int32` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int32` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int32`.
  public static var dataType: DataType { .int32 }
}

extension Int: IntegerTensorScalar {
  /// The sum of `Int` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int64`.
  public static var dataType: DataType { .int64 }
}

extension Bool: TensorScalar {
  /// The sum of `Bool` elements counts the true ones.
  public typealias Sum = Int
  /// The mean of `Bool` elements is the part of true ones.
  public typealias Mean = Double
  /// The element type's run-time name, `.bool`.
  public static var dataType: DataType { .bool }
}
