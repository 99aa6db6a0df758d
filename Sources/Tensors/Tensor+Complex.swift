internal import BLAS

extension Tensor where Scalar: ComplexTensorScalar {
  /// The real parts, as a view of the same memory.
  public var real: Tensor<Scalar.Part> { part(0) }

  /// The imaginary parts, as a view of the same memory.
  public var imaginary: Tensor<Scalar.Part> { part(1) }

  private func part(_ position: Int) -> Tensor<Scalar.Part> {
    let parts = Tensor<Scalar.Part>(
      storage: storage,
      layout: Layout(
        shape: shape, strides: strides.map { $0 * 2 }, offset: layout.offset * 2 + position))
    let zero = Tensor<Scalar.Part>.cleared(shape: [])
    return parts.recorded(
      fromOther: self,
      {
        position == 0
          ? Tensor(real: $0, imaginary: zero) : Tensor(real: zero, imaginary: $0)
      })
  }

  /// Creates complex numbers from their parts, whose shapes broadcast.
  ///
  /// ```swift
  /// let z = Tensor<Complex<Float>>(real: x, imaginary: y)
  /// ```
  public init(real: Tensor<Scalar.Part>, imaginary: Tensor<Scalar.Part>) {
    guard let shape = Layout.broadcast(real.shape, imaginary.shape) else {
      fail(
        "Tensor(real:imaginary:): shapes \(real.shape) and \(imaginary.shape) do not broadcast; "
          + "each axis, counted from the last, must be equal or 1")
    }
    self.init(uninitialized: shape)
    var parts = (self.real, self.imaginary)
    parts.0.assignAll(from: real)
    parts.1.assignAll(from: imaginary)
    if real.node != nil || imaginary.node != nil {
      self = recorded(from: [real.recordedOperand, imaginary.recordedOperand]) { gradient in
        [gradient.real, gradient.imaginary]
      }
    }
  }

  /// Returns the numbers mirrored at the real axis.
  public func conjugate() -> Tensor { adjoint }
}

// The gradient of a real result by a complex number is the one by its real part plus i times the one by its imaginary
// part, as PyTorch has it. So what is multiplied by a number on the way forward is multiplied by its conjugate on the
// way back.

extension Tensor {
  /// The conjugates of complex numbers; other numbers as they are.
  var adjoint: Tensor {
    guard Scalar.dataType.isComplex else { return self }
    return mapped(.conjugate).recorded(from: self, { $0.adjoint })
  }

  /// The real parts of complex numbers, converted; complex numbers if `Real` is complex after all.
  func realParts<Real: TensorScalar>(as type: Real.Type) -> Tensor<Real> {
    if Real.dataType.isComplex { return Tensor<Real>(self) }
    if let numbers = self as? Tensor<Complex<Float>> { return Tensor<Real>(numbers.real) }
    if let numbers = self as? Tensor<Complex<Double>> { return Tensor<Real>(numbers.real) }
    return Tensor<Real>(self)
  }
}

/// Returns the distance of each number from 0; the gradient at 0 is 0.
public func abs<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Part> {
  let result = Tensor<Scalar.Part>(uninitialized: x.shape)
  Kernels.unary(.abs, shape: x.shape, out: result.view, a: x.view)
  return result.recorded(
    fromOther: x,
    { gradient in
      let size = abs(x)
      let scale = gradient / size.replacing(with: 1, where: size .== 0)
      return Tensor(real: scale * x.real, imaginary: scale * x.imaginary)
    })
}

/// Returns the angle of each number to the positive real axis, in radians from -π to π.
public func angle<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar.Part> {
  atan2(x.imaginary, x.real)
}

/// Returns e raised to each complex number.
public func exp<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.exp).recorded(from: x, savingResult: { $0 * $1.adjoint })
}

/// Returns the principal natural logarithm of each complex number.
public func log<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.log).recorded(from: x, { $0 / x.adjoint })
}

/// Returns the principal square root of each complex number.
public func sqrt<Scalar: ComplexTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.mapped(.sqrt).recorded(from: x, savingResult: { $0 / ($1 * 2).adjoint })
}
