internal import BLAS

extension Tensor {
  /// Converts every element of `other`, as `astype` does.
  ///
  /// ```swift
  /// let labels = Tensor<Int32>(data[0..., 64])
  /// let pixels = Tensor<UInt8>(image * 255)
  /// ```
  ///
  /// Integers wrap around on the way to narrower ones. Floating-point numbers lose their fraction on the way to
  /// integers, and are rounded to nearest even on the way to narrower floating-point types. Everything but 0 becomes
  /// `true`. Real numbers become complex ones without an imaginary part.
  ///
  /// - Precondition: Floating-point numbers that become integers are finite and fit, where NumPy leaves the result
  ///   undefined; `Tensor(clamping:)` takes all. Complex numbers become complex ones only.
  public init<Other: TensorScalar>(_ other: Tensor<Other>) {
    if Other.dataType == Scalar.dataType {
      self.init(storage: other.storage, layout: other.layout)
      if let node: AnyObject = other.node { self.node = node as? Node<Scalar> }
      return
    }
    other.checkFits(Scalar.dataType)
    self.init(uninitialized: other.shape)
    assignAll(from: other)
    // Nothing flows through whole numbers.
    if other.node != nil && Scalar.dataType.hasGradients {
      self = recorded(fromOther: other, { $0.realParts(as: Other.self) })
    }
  }

  /// Returns the elements converted to another type, as `Tensor<Other>(self)` does.
  public func cast<Other: TensorScalar>(to type: Other.Type) -> Tensor<Other> {
    Tensor<Other>(self)
  }

  /// Stops the program if a number cannot become an element of type `target`.
  private func checkFits(_ target: DataType) {
    require(
      !dataType.isComplex || target.isComplex,
      "cast: \(dataType) does not convert to \(target); take real, imaginary, abs or angle first")
    guard dataType.isFloatingPoint, target.isInteger, !isEmpty else { return }
    let (low, high) = target.integerBounds
    for extreme in [reduced(.min, "cast"), reduced(.max, "cast")] as [Tensor] {
      var number = Tensor<Double>(uninitialized: [])
      number.assignAll(from: extreme)
      let value = number.item()
      require(
        value.rounded(.towardZero) >= low && value < high,
        "cast: \(value) does not fit in \(target); integers must be finite and in range, "
          + "or use Tensor<\(target)>(clamping:)")
    }
  }
}

extension Tensor where Scalar: IntegerTensorScalar {
  /// Converts every element of `other` to the nearest integer of this type toward 0: what is too large becomes the
  /// largest, what is too small the smallest, and NaN 0.
  ///
  /// ```swift
  /// Tensor<UInt8>(clamping: Tensor<Float>([-3, 1.5, 300, .nan]))  // [0, 1, 255, 0]
  /// ```
  public init<Other: RealTensorScalar>(clamping other: Tensor<Other>) {
    other.refuseRecording("Tensor(clamping:)")
    guard Other.dataType.isFloatingPoint else {
      self.init(shape: other.shape, values: other.scalars.map { Scalar(clamping: $0) })
      return
    }
    let (low, high) = Scalar.dataType.integerBounds
    let numbers = Tensor<Double>(other)
    let isTooLarge = numbers .>= high
    let inside = numbers.replacing(with: 0, where: isTooLarge .| isNaN(numbers))
    self.init(maximum(inside, low))
    self = replacing(with: .max, where: isTooLarge)
  }
}

extension FixedWidthInteger {
  /// Creates the nearest integer to a number that is one.
  fileprivate init<Other: RealTensorScalar>(clamping other: Other) {
    guard let integer = other as? any FixedWidthInteger else {
      fail("Tensor(clamping:): \(Other.self) is neither an integer nor a floating-point type")
    }
    self.init(clamping: integer)
  }
}

extension DataType {
  /// The least integer, and the first number above the largest; both are exact as `Double`.
  fileprivate var integerBounds: (low: Double, high: Double) {
    switch self {
    case .int8: (-0x1p7, 0x1p7)
    case .int16: (-0x1p15, 0x1p15)
    case .int32: (-0x1p31, 0x1p31)
    case .int64: (-0x1p63, 0x1p63)
    case .uint8: (0, 0x1p8)
    case .uint16: (0, 0x1p16)
    case .uint32: (0, 0x1p32)
    case .uint64: (0, 0x1p64)
    default: fail("\(self) is no integer type")
    }
  }
}
