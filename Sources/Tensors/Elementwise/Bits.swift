internal import BLAS

// Bits of integers. The operators have a dot, as those of masks.

extension Tensor where Scalar: IntegerTensorScalar {
  /// Returns the bits set in both.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { a.combined(.and, with: b, ".&") }

  /// Returns the bits set in at least one.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { a.combined(.or, with: b, ".|") }

  /// Returns the bits set in exactly one.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { a.combined(.xor, with: b, ".^") }

  /// Returns the bits that are not set.
  public static prefix func ~ (a: Tensor) -> Tensor { a.mapped(.not) }

  /// Returns each integer with its bits moved up `b` places; 0 if that is all of them or more.
  public static func << (a: Tensor, b: Tensor) -> Tensor { a.combined(.leftShift, with: b, "<<") }

  /// Returns each integer with its bits moved up `b` places.
  public static func << (a: Tensor, b: Scalar) -> Tensor { a << Tensor(b) }

  /// Returns each integer with its bits moved down `b` places, the sign kept.
  public static func >> (a: Tensor, b: Tensor) -> Tensor { a.combined(.rightShift, with: b, ">>") }

  /// Returns each integer with its bits moved down `b` places, the sign kept.
  public static func >> (a: Tensor, b: Scalar) -> Tensor { a >> Tensor(b) }
}
