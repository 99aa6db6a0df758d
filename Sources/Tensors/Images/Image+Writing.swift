internal import BLAS
internal import ImageFiles

extension Image {
  /// Writes a picture to a file, which is replaced only once the new one is complete.
  ///
  /// ```swift
  /// try Image.write(picture, to: "picture.jpg", quality: 80)
  /// ```
  ///
  /// - Parameters:
  ///   - picture: Shape `[height, width]` or `[height, width, channels]`: grey, grey and alpha, RGB or RGBA; JPEG files hold
  ///     grey and RGB of 8 bits.
  ///   - path: The file; its name ends in `.png`, `.jpg` or `.jpeg`.
  ///   - quality: Of JPEG files, from 1 to 100.
  ///   - compression: The effort for PNG files, from 0 to 9.
  /// - Throws: `ImageError.wrongShape`, `unsupported`, `unknownFormat`, `badOption` or `cannotWrite`.
  public static func write<Scalar: ImageScalar>(
    _ picture: Tensor<Scalar>, to path: String, quality: Int = 90, compression: Int = 6
  ) throws(ImageError) {
    let name = path.lowercased()
    let format: ImageFormat
    if name.hasSuffix(".png") {
      format = .png
    } else if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
      format = .jpeg
    } else {
      throw .unknownFormat(file: path)
    }
    let bytes = try encode(picture, as: format, quality: quality, compression: compression)
    do { try Files.write([bytes], to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  /// Returns the bytes of a file of a picture.
  ///
  /// - Throws: `ImageError.wrongShape`, `unsupported` or `badOption`.
  public static func encode<Scalar: ImageScalar>(
    _ picture: Tensor<Scalar>, as format: ImageFormat, quality: Int = 90, compression: Int = 6
  ) throws(ImageError) -> [UInt8] {
    let shape = picture.shape
    let channels = picture.rank == 3 ? shape[2] : 1
    guard picture.rank == 2 || picture.rank == 3, (1...4).contains(channels), picture.count > 0
    else { throw .wrongShape(shape) }
    guard (1...100).contains(quality) else {
      throw .badOption(name: "quality", value: quality, range: 1...100)
    }
    guard (0...9).contains(compression) else {
      throw .badOption(name: "compression", value: compression, range: 0...9)
    }
    let bits = Scalar.dataType.byteCount * 8
    if format == .jpeg {
      guard bits == 8 else {
        throw .unsupported(format: .jpeg, reason: "its samples have 16 bits. Write PNG")
      }
      guard channels == 1 || channels == 3 else {
        throw .unsupported(
          format: .jpeg,
          reason: "it has \(channels) channels. Write PNG, or the first channels: x[..., 0..<3]")
      }
    }
    do {
      return try format.codec.encoded(
        picture.rowMajorBytes(), width: shape[1], height: shape[0], channels: channels, bits: bits,
        effort: format == .png ? compression : quality)
    } catch {
      throw .unsupported(format: format, reason: error.reason)
    }
  }
}
