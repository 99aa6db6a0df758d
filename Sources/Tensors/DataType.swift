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
  /// `Int` or `Int64`.
  case int64
  /// `Bool`, one byte of 0 or 1.
  case bool
  /// `Int8`.
  case int8
  /// `Int16`.
  case int16
  /// `UInt8`.
  case uint8
  /// `UInt16`.
  case uint16
  /// `UInt32`.
  case uint32
  /// `UInt64` or `UInt`.
  case uint64
  /// `Float16`, 16 bits.
  case float16
  /// `BFloat16`, the upper half of a `Float`.
  case bfloat16
  /// `Complex<Float>`, 64 bits.
  case complex64
  /// `Complex<Double>`, 128 bits.
  case complex128

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
    case .int8: "Int8"
    case .int16: "Int16"
    case .uint8: "UInt8"
    case .uint16: "UInt16"
    case .uint32: "UInt32"
    case .uint64: "UInt64"
    case .float16: "Float16"
    case .bfloat16: "BFloat16"
    case .complex64: "Complex<Float>"
    case .complex128: "Complex<Double>"
    }
  }

  /// NumPy's name of the type, such as `float32`; that of `ml_dtypes` for `bfloat16`.
  public var numPyName: String { "\(elementType)" }

  /// Whether the elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }

  /// Whether gradients flow through such elements.
  var hasGradients: Bool { isFloatingPoint || isComplex }

  /// Whether the elements are 16-bit floating-point numbers, which compute through `Float`.
  package var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// Whether the elements are integers; Booleans are none.
  public var isInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  /// Whether the elements are complex numbers.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// The type's name in a safetensors header, or `nil` if the format has none.
  var safetensorsName: String? {
    switch self {
    case .float32: "F32"
    case .float64: "F64"
    case .int32: "I32"
    case .int64: "I64"
    case .bool: "BOOL"
    case .int8: "I8"
    case .int16: "I16"
    case .uint8: "U8"
    case .uint16: "U16"
    case .uint32: "U32"
    case .uint64: "U64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .complex64: "C64"
    case .complex128: nil
    }
  }

  /// The kernels' name of this type; both enumerations have the C tables' order.
  package var elementType: ElementType {
    guard let type = ElementType(rawValue: rawValue) else { fail("no kernels for \(self)") }
    return type
  }
}
