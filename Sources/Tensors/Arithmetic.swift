internal import BLAS

// Three overloads for each operator (tensor with tensor, with a scalar, and the scalar first) and two in place. There
// are no others on purpose: each further overload makes long expressions slower to type-check.

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the sum of each pair of elements; shapes broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.combined(.add, with: b, "+") }

  /// Returns the sum of each element and `b`.
  public static func + (a: Tensor, b: Scalar) -> Tensor {
    a.combined(.add, with: Tensor(b), "+")
  }

  /// Returns the sum of `a` and each element.
  public static func + (a: Scalar, b: Tensor) -> Tensor {
    Tensor(a).combined(.add, with: b, "+")
  }

  /// Adds `b` in place; `b` broadcasts to the shape of `a`.
  public static func += (a: inout Tensor, b: Tensor) { a.combine(.add, with: b, "+=") }

  /// Adds the number `b` in place.
  public static func += (a: inout Tensor, b: Scalar) {
    a.combine(.add, with: Tensor(b), "+=")
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the difference of each pair of elements; shapes broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.combined(.subtract, with: b, "-") }

  /// Returns the difference of each element and `b`.
  public static func - (a: Tensor, b: Scalar) -> Tensor {
    a.combined(.subtract, with: Tensor(b), "-")
  }

  /// Returns the difference of `a` and each element.
  public static func - (a: Scalar, b: Tensor) -> Tensor {
    Tensor(a).combined(.subtract, with: b, "-")
  }

  /// Subtracts `b` in place; `b` broadcasts to the shape of `a`.
  public static func -= (a: inout Tensor, b: Tensor) { a.combine(.subtract, with: b, "-=") }

  /// Subtracts the number `b` in place.
  public static func -= (a: inout Tensor, b: Scalar) {
    a.combine(.subtract, with: Tensor(b), "-=")
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns the product of each pair of elements; shapes broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.combined(.multiply, with: b, "*") }

  /// Returns the product of each element and `b`.
  public static func * (a: Tensor, b: Scalar) -> Tensor {
    a.combined(.multiply, with: Tensor(b), "*")
  }

  /// Returns the product of `a` and each element.
  public static func * (a: Scalar, b: Tensor) -> Tensor {
    Tensor(a).combined(.multiply, with: b, "*")
  }

  /// Multiplies by `b` in place; `b` broadcasts to the shape of `a`.
  public static func *= (a: inout Tensor, b: Tensor) { a.combine(.multiply, with: b, "*=") }

  /// Multiplies by the number `b` in place.
  public static func *= (a: inout Tensor, b: Scalar) {
    a.combine(.multiply, with: Tensor(b), "*=")
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Returns the quotient of each pair of elements; shapes broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.combined(.divide, with: b, "/") }

  /// Returns the quotient of each element and `b`.
  public static func / (a: Tensor, b: Scalar) -> Tensor {
    a.combined(.divide, with: Tensor(b), "/")
  }

  /// Returns the quotient of `a` and each element.
  public static func / (a: Scalar, b: Tensor) -> Tensor {
    Tensor(a).combined(.divide, with: b, "/")
  }

  /// Divides by `b` in place; `b` broadcasts to the shape of `a`.
  public static func /= (a: inout Tensor, b: Tensor) { a.combine(.divide, with: b, "/=") }

  /// Divides by the number `b` in place.
  public static func /= (a: inout Tensor, b: Scalar) {
    a.combine(.divide, with: Tensor(b), "/=")
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Returns each element with its sign changed.
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(.negate) }
}
