extension Image {
  /// The picture with the channels of `color`.
  static func converted<Scalar: ImageScalar>(
    _ picture: Tensor<Scalar>, to color: ImageColor, isCMYK: Bool
  ) -> Tensor<Scalar> {
    let channels = picture.shape[2]
    let wanted: Int
    switch color {
    case .unchanged: return picture
    case .grey: wanted = 1
    case .rgb: wanted = 3
    case .rgba: wanted = 4
    }
    if wanted == channels && !isCMYK { return picture }
    let source = picture.scalars
    let count = picture.shape[0] * picture.shape[1]
    var target: [Scalar] = []
    target.reserveCapacity(count * wanted)
    for pixel in 0..<count {
      let first = pixel * channels
      var (red, green, blue) = (source[first], source[first], source[first])
      if channels >= 3 { (green, blue) = (source[first + 1], source[first + 2]) }
      if isCMYK {
        let light = Scalar.max - source[first + 3]
        red = light - share(red, of: light)
        green = light - share(green, of: light)
        blue = light - share(blue, of: light)
      }
      if wanted == 1 {
        target.append(channels >= 3 ? brightness(red, green, blue) : red)
        continue
      }
      target.append(red)
      target.append(green)
      target.append(blue)
      if wanted == 4 {
        target.append(
          channels == 2 || (channels == 4 && !isCMYK) ? source[first + channels - 1] : .max)
      }
    }
    return Tensor(shape: [picture.shape[0], picture.shape[1], wanted], values: target)
  }

  /// The brightness of a colour: 0.299, 0.587 and 0.114 of its parts, in 65536ths.
  ///
  /// - SeeAlso: ITU-R BT.601-7, section 2.5.1.
  private static func brightness<Scalar: ImageScalar>(
    _ red: Scalar, _ green: Scalar, _ blue: Scalar
  ) -> Scalar {
    var sum: UInt64 = 0x8000
    sum += UInt64(red) * 19595
    sum += UInt64(green) * 38470
    sum += UInt64(blue) * 7471
    return Scalar(truncatingIfNeeded: sum >> 16)
  }

  /// The share `ink` / greatest value of `light`, rounded.
  private static func share<Scalar: ImageScalar>(_ ink: Scalar, of light: Scalar) -> Scalar {
    let most = UInt64(Scalar.max)
    return Scalar((UInt64(ink) * UInt64(light) + most / 2) / most)
  }
}
