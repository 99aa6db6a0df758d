internal import BLAS

// Elementwise comparisons have a dot, as those of Swift's SIMD vectors; `==` compares whole tensors.

extension Tensor where Scalar: TensorScalar {
  /// Returns where an element of `a` equals that of `b`; shapes broadcast.
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.equal, with: b, ".==", as: Bool.self)
  }

  /// Returns where an element equals `b`.
  public static func .== (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.equal, with: Tensor(b), ".==", as: Bool.self)
  }
}

extension Tensor where Scalar: TensorScalar {
  /// Returns where an element of `a` differs from that of `b`; shapes broadcast.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.notEqual, with: b, ".!=", as: Bool.self)
  }

  /// Returns where an element differs from `b`.
  public static func .!= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.notEqual, with: Tensor(b), ".!=", as: Bool.self)
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns where an element of `a` is less than that of `b`; shapes broadcast.
  public static func .< (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.less, with: b, ".<", as: Bool.self)
  }

  /// Returns where an element is less than `b`.
  public static func .< (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.less, with: Tensor(b), ".<", as: Bool.self)
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns where an element of `a` is at most that of `b`; shapes broadcast.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.lessOrEqual, with: b, ".<=", as: Bool.self)
  }

  /// Returns where an element is at most `b`.
  public static func .<= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.lessOrEqual, with: Tensor(b), ".<=", as: Bool.self)
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns where an element of `a` is greater than that of `b`; shapes broadcast.
  public static func .> (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.greater, with: b, ".>", as: Bool.self)
  }

  /// Returns where an element is greater than `b`.
  public static func .> (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.greater, with: Tensor(b), ".>", as: Bool.self)
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns where an element of `a` is at least that of `b`; shapes broadcast.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    a.combined(.greaterOrEqual, with: b, ".>=", as: Bool.self)
  }

  /// Returns where an element is at least `b`.
  public static func .>= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.combined(.greaterOrEqual, with: Tensor(b), ".>=", as: Bool.self)
  }
}

extension Tensor where Scalar == Bool {
  /// Returns where both are true.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { a.combined(.and, with: b, ".&") }

  /// Returns where at least one is true.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { a.combined(.or, with: b, ".|") }

  /// Returns where exactly one is true.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { a.combined(.xor, with: b, ".^") }

  /// Returns where the mask is false.
  public static prefix func .! (a: Tensor) -> Tensor { a.mapped(.not) }
}
