internal import BLAS

extension Tensor where Scalar: ComplexTensorScalar {
  /// The real parts, as a view of the same memory.
  public var real: Tensor<Scalar.Part> { part(0) }

  /// The imaginary parts, as a view of the same memory.
  public var imaginary: Tensor<Scalar.Part> { part(1) }

  private func part(_ position: Int) -> Tensor<Scalar.Part> {
    refuseRecording(position == 0 ? "real" : "imaginary")
    return Tensor<Scalar.Part>(
      storage: storage,
      layout: Layout(
        shape: shape, strides: strides.map { $0 * 2 }, offset: layout.offset * 2 + position))
  }

  /// Creates complex numbers from their parts, whose shapes broadcast.
  ///
  /// ```swift
  /// let z = Tensor<Complex<Float>>(real: x, imaginary: y)
  /// ```
  public init(real: Tensor<Scalar.Part>, imaginary: Tensor<Scalar.Part>) {
    real.refuseRecording("Tensor(real:imaginary:)")
    imaginary.refuseRecording("Tensor(real:imaginary:)")
    guard let shape = Layout.broadcast(real.shape, imaginary.shape) else {
      fail(
        "Tensor(real:imaginary:): shapes \(real.shape) and \(imaginary.shape) do not broadcast; "
          + "each axis, counted from the last, must be equal or 1")
    }
    self.init(uninitialized: shape)
    var parts = (self.real, self.imaginary)
    parts.0.assignAll(from: real)
    parts.1.assignAll(from: imaginary)
  }

  /// Returns the numbers mirrored at the real axis.
  public func conjugate() -> Tensor { mapped(.conjugate) }
}

/// Returns the distance of each number from 0.
public func abs<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Part> {
  x.refuseRecording("abs")
  let result = Tensor<Scalar.Part>(uninitialized: x.shape)
  Kernels.unary(.abs, shape: x.shape, out: result.view, a: x.view)
  return result
}

/// Returns the angle of each number to the positive real axis, in radians from -π to π.
public func angle<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Part> {
  x.imaginary.combined(.atan2, with: x.real, "angle")
}

/// Returns e raised to each complex number.
public func exp<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.exp)
}

/// Returns the principal natural logarithm of each complex number.
public func log<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.log)
}

/// Returns the principal square root of each complex number.
public func sqrt<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.sqrt)
}
