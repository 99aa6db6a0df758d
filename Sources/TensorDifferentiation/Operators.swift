public import Tensors
internal import _Differentiation

// Derivatives of operators and methods.

extension Tensor where Scalar: FloatingTensorScalar {
  /// The derivative of `+`.
  @derivative(of: +)
  public static func derivativeOfSum(_ a: __owned Tensor, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) { derivative(a, b) { $0 + $1 } }

  /// The derivative of `+` with a number.
  @derivative(of: +, wrt: a)
  public static func derivativeOfSum(_ a: __owned Tensor, _ b: Scalar) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(a) { $0 + b } }

  /// The derivative of `+` with a number on the left.
  @derivative(of: +, wrt: b)
  public static func derivativeOfSum(_ a: Scalar, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(b) { a + $0 } }

  /// The derivative of `+=`.
  @derivative(of: +=)
  public static func derivativeOfSumInPlace(_ a: inout Tensor, _ b: Tensor) -> (
    value: Void, pullback: (inout Tensor) -> Tensor
  ) {
    let (value, pullback) = derivative(a, b) { $0 + $1 }
    a = value
    return (
      (),
      { gradient in
        let (first, second) = pullback(gradient)
        gradient = first
        return second
      }
    )
  }

  /// The derivative of `-`.
  @derivative(of: -)
  public static func derivativeOfDifference(_ a: __owned Tensor, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) { derivative(a, b) { $0 - $1 } }

  /// The derivative of `-` with a number.
  @derivative(of: -, wrt: a)
  public static func derivativeOfDifference(_ a: __owned Tensor, _ b: Scalar) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(a) { $0 - b } }

  /// The derivative of `-` with a number on the left.
  @derivative(of: -, wrt: b)
  public static func derivativeOfDifference(_ a: Scalar, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(b) { a - $0 } }

  /// The derivative of `-=`.
  @derivative(of: -=)
  public static func derivativeOfDifferenceInPlace(_ a: inout Tensor, _ b: Tensor) -> (
    value: Void, pullback: (inout Tensor) -> Tensor
  ) {
    let (value, pullback) = derivative(a, b) { $0 - $1 }
    a = value
    return (
      (),
      { gradient in
        let (first, second) = pullback(gradient)
        gradient = first
        return second
      }
    )
  }

  /// The derivative of `*`.
  @derivative(of: *)
  public static func derivativeOfProduct(_ a: __owned Tensor, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) { derivative(a, b) { $0 * $1 } }

  /// The derivative of `*` with a number.
  @derivative(of: *, wrt: a)
  public static func derivativeOfProduct(_ a: __owned Tensor, _ b: Scalar) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(a) { $0 * b } }

  /// The derivative of `*` with a number on the left.
  @derivative(of: *, wrt: b)
  public static func derivativeOfProduct(_ a: Scalar, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(b) { a * $0 } }

  /// The derivative of `*=`.
  @derivative(of: *=)
  public static func derivativeOfProductInPlace(_ a: inout Tensor, _ b: Tensor) -> (
    value: Void, pullback: (inout Tensor) -> Tensor
  ) {
    let (value, pullback) = derivative(a, b) { $0 * $1 }
    a = value
    return (
      (),
      { gradient in
        let (first, second) = pullback(gradient)
        gradient = first
        return second
      }
    )
  }

  /// The derivative of `/`.
  @derivative(of: /)
  public static func derivativeOfQuotient(_ a: __owned Tensor, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) { derivative(a, b) { $0 / $1 } }

  /// The derivative of `/` with a number.
  @derivative(of: /, wrt: a)
  public static func derivativeOfQuotient(_ a: __owned Tensor, _ b: Scalar) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(a) { $0 / b } }

  /// The derivative of `/` with a number on the left.
  @derivative(of: /, wrt: b)
  public static func derivativeOfQuotient(_ a: Scalar, _ b: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(b) { a / $0 } }

  /// The derivative of `/=`.
  @derivative(of: /=)
  public static func derivativeOfQuotientInPlace(_ a: inout Tensor, _ b: Tensor) -> (
    value: Void, pullback: (inout Tensor) -> Tensor
  ) {
    let (value, pullback) = derivative(a, b) { $0 / $1 }
    a = value
    return (
      (),
      { gradient in
        let (first, second) = pullback(gradient)
        gradient = first
        return second
      }
    )
  }

  /// The derivative of the sign's change.
  @derivative(of: -)
  public static func derivativeOfNegative(_ a: __owned Tensor) -> (
    value: Tensor, pullback: (Tensor) -> Tensor
  ) { derivative(a) { -$0 } }
}
