internal import BLAS

// Three overloads for each operator (tensor with tensor, with a scalar, and the scalar first) and two in place. There
// are no others on purpose: each further overload makes long expressions slower to type-check.

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the sum of each pair of elements; shapes broadcast.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func + (a: __owned Tensor, b: __owned Tensor) -> Tensor {
    guard a.node != nil || b.node != nil else { return .combining(.add, a, b, "+") }
    return a.combined(.add, with: b, "+").recorded(from: a, b, { $0 }, { $0 })
  }

  /// Returns the sum of each element and `b`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func + (a: __owned Tensor, b: Scalar) -> Tensor { a + Tensor(b) }

  /// Returns the sum of `a` and each element.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func + (a: Scalar, b: __owned Tensor) -> Tensor { Tensor(a) + b }

  /// Adds `b` in place; `b` broadcasts to the shape of `a`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func += (a: inout Tensor, b: Tensor) {
    a.combine(.add, with: b, "+=", recording: { $0 + $1 })
  }

  /// Adds the number `b` in place.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func += (a: inout Tensor, b: Scalar) { a += Tensor(b) }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the difference of each pair of elements; shapes broadcast.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func - (a: __owned Tensor, b: __owned Tensor) -> Tensor {
    guard a.node != nil || b.node != nil else { return .combining(.subtract, a, b, "-") }
    return a.combined(.subtract, with: b, "-").recorded(from: a, b, { $0 }, { -$0 })
  }

  /// Returns the difference of each element and `b`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func - (a: __owned Tensor, b: Scalar) -> Tensor { a - Tensor(b) }

  /// Returns the difference of `a` and each element.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func - (a: Scalar, b: __owned Tensor) -> Tensor { Tensor(a) - b }

  /// Subtracts `b` in place; `b` broadcasts to the shape of `a`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func -= (a: inout Tensor, b: Tensor) {
    a.combine(.subtract, with: b, "-=", recording: { $0 - $1 })
  }

  /// Subtracts the number `b` in place.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func -= (a: inout Tensor, b: Scalar) { a -= Tensor(b) }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the product of each pair of elements; shapes broadcast.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func * (a: __owned Tensor, b: __owned Tensor) -> Tensor {
    guard a.node != nil || b.node != nil else { return .combining(.multiply, a, b, "*") }
    return a.combined(.multiply, with: b, "*").recorded(
      from: a, b, { $0 * b.adjoint }, { $0 * a.adjoint })
  }

  /// Returns the product of each element and `b`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func * (a: __owned Tensor, b: Scalar) -> Tensor { a * Tensor(b) }

  /// Returns the product of `a` and each element.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func * (a: Scalar, b: __owned Tensor) -> Tensor { Tensor(a) * b }

  /// Multiplies by `b` in place; `b` broadcasts to the shape of `a`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func *= (a: inout Tensor, b: Tensor) {
    a.combine(.multiply, with: b, "*=", recording: { $0 * $1 })
  }

  /// Multiplies by the number `b` in place.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func *= (a: inout Tensor, b: Scalar) { a *= Tensor(b) }
}

extension Tensor where Scalar: DivisibleTensorScalar {
  /// Returns the quotient of each pair of elements; shapes broadcast.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func / (a: __owned Tensor, b: __owned Tensor) -> Tensor {
    guard a.node != nil || b.node != nil else { return .combining(.divide, a, b, "/") }
    return a.combined(.divide, with: b, "/").recorded(
      from: a, b, { $0 / b.adjoint }, { -$0 * a.adjoint / square(b.adjoint) })
  }

  /// Returns the quotient of each element and `b`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func / (a: __owned Tensor, b: Scalar) -> Tensor { a / Tensor(b) }

  /// Returns the quotient of `a` and each element.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func / (a: Scalar, b: __owned Tensor) -> Tensor { Tensor(a) / b }

  /// Divides by `b` in place; `b` broadcasts to the shape of `a`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func /= (a: inout Tensor, b: Tensor) {
    a.combine(.divide, with: b, "/=", recording: { $0 / $1 })
  }

  /// Divides by the number `b` in place.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func /= (a: inout Tensor, b: Scalar) { a /= Tensor(b) }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns each element with its sign changed.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static prefix func - (a: __owned Tensor) -> Tensor {
    guard a.node != nil else { return .mapping(.negate, a) }
    return a.mapped(.negate).recorded(from: a, { -$0 })
  }
}
