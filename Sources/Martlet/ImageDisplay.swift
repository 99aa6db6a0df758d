public import Tensors

extension MIMEBundle {
  /// Returns a bundle of a picture as a PNG file.
  ///
  /// - Parameter picture: Shape `[height, width]` or `[height, width, channels]`: grey, grey and alpha, RGB or RGBA.
  /// - Returns: The bundle.
  /// - Throws: `ImageError.wrongShape`.
  public static func image<Scalar: ImageScalar>(
    _ picture: Tensor<Scalar>
  ) throws(ImageError) -> MIMEBundle {
    .png(try Image.encode(picture, as: .png))
  }

  /// Returns a bundle of a picture as a PNG file.
  ///
  /// - Parameter picture: Shape `[height, width]` or `[height, width, channels]`, with 0 for black and 1 for the brightest;
  ///   what lies beyond is cut off, and NaN is black.
  /// - Returns: The bundle.
  /// - Throws: `ImageError.wrongShape`.
  @_disfavoredOverload
  public static func image<Scalar: FloatingTensorScalar>(
    _ picture: Tensor<Scalar>
  ) throws(ImageError) -> MIMEBundle {
    let bytes = clip(round(nanToNum(Tensor<Float>(picture)) * 255), 0...255)
    return try image(Tensor<UInt8>(bytes))
  }
}

/// Shows a tensor as a picture.
///
/// ```swift
/// try display(image: Image.read("photo.jpg"))
/// ```
///
/// - Parameter image: Shape `[height, width]` or `[height, width, channels]`: grey, grey and alpha, RGB or RGBA.
/// - Throws: `ImageError.wrongShape`.
public func display<Scalar: ImageScalar>(image: Tensor<Scalar>) throws(ImageError) {
  DisplayMessage(try .image(image)).send()
}

/// Shows a tensor as a picture, with 0 for black and 1 for the brightest.
///
/// - Parameter image: Shape `[height, width]` or `[height, width, channels]`: grey, grey and alpha, RGB or RGBA.
/// - Throws: `ImageError.wrongShape`.
@_disfavoredOverload
public func display<Scalar: FloatingTensorScalar>(image: Tensor<Scalar>) throws(ImageError) {
  DisplayMessage(try .image(image)).send()
}
