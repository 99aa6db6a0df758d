// What the kernels can do, in the order of the C tables.

/// The element types kernels exist for; raw values are the C tables' order.
package enum ElementType: Int32, Sendable, CaseIterable {
  case float32, float64, int32, int64, bool, int8, int16, uint8, uint16, uint32, uint64
  case float16, bfloat16, complex64, complex128

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether the type is an integer without a sign.
  package var isUnsigned: Bool {
    self == .uint8 || self == .uint16 || self == .uint32 || self == .uint64
  }

  /// Whether kernels work on the type itself in floating point; the 16-bit types are converted around them.
  package var isFullFloat: Bool { self == .float32 || self == .float64 }
}

/// Elementwise operations of one operand.
package enum UnaryOperation: Int32, Sendable {
  case negate, abs, sign, square, reciprocal, sqrt, cbrt
  case exp, exp2, expm1, log, log2, log10, log1p
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
  case erf, erfc, sigmoid, silu, gelu, geluTanh, softplus, relu
  case floor, ceil, trunc, round, not, conjugate, lgamma, digamma, trigamma
  case isNaN, isInf, isFinite, signBit

  /// Whether the result is Boolean whatever the operand is.
  package var isPredicate: Bool { rawValue >= UnaryOperation.isNaN.rawValue }

  /// The element type of the result.
  func resultType(_ type: ElementType) -> ElementType {
    if isPredicate { return .bool }
    guard self == .abs else { return type }
    return type == .complex64 ? .float32 : type == .complex128 ? .float64 : type
  }
}

/// Elementwise operations of two operands.
package enum BinaryOperation: Int32, Sendable {
  case add, subtract, multiply, divide, power, maximum, minimum, fmax, fmin
  case floorDivide, remainder, fmod, atan2, hypot, copySign, nextAfter, logAddExp
  case gcd, lcm, and, or, xor, leftShift, rightShift
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  /// Whether the result is Boolean whatever the operands are.
  package var isComparison: Bool { rawValue >= BinaryOperation.equal.rawValue }
}

/// Elementwise operations of three operands.
package enum TernaryOperation: Int32, Sendable {
  case multiplyAdd, clip
}

/// Reductions of one axis.
package enum Reduction: Int32, Sendable {
  case sum, max, min, argmax, argmin, variance, product
}

/// Operations on each row of a matrix.
package enum RowOperation: Int32, Sendable {
  case softmax, logSoftmax, logSumExp
}
