internal import BLAS
internal import ImageFiles

/// A kind of file that holds a picture.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Every sample as it was; 8 or 16 bits, with or without alpha.
  case png = "PNG"
  /// Smaller, and nearly as it was; 8 bits, no alpha.
  case jpeg = "JPEG"

  var codec: ImageCodec { self == .png ? .png : .jpeg }
}

/// The channels with which a picture is read.
public enum ImageColor: Sendable {
  /// Those of the file: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; 4 CMYK in a JPEG file of inks.
  case unchanged
  /// 1: the brightness, by the weights of ITU-R BT.601.
  case grey
  /// 3.
  case rgb
  /// 4: an alpha of the greatest value where the file has none.
  case rgba
}

/// A sample of a picture: `UInt8`, or `UInt16` for PNG files of 16 bits.
public protocol ImageScalar: IntegerTensorScalar, UnsignedInteger {}

extension UInt8: ImageScalar {}
extension UInt16: ImageScalar {}

/// Pictures in PNG and JPEG files, as tensors of shape `[height, width, channels]`.
///
/// ```swift
/// let photo = try Image.read("photo.jpg", color: .rgb)  // Tensor<UInt8>, [height, width, 3]
/// let small = photo.resized(height: 224, width: 224)
/// try Image.write(small, to: "small.png")
/// ```
public enum Image {
  /// What a file says of its picture.
  public struct Description: Sendable, Equatable {
    /// The kind of file.
    public let format: ImageFormat
    /// The number of columns of pixels.
    public let width: Int
    /// The number of rows of pixels.
    public let height: Int
    /// The samples of a pixel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA or CMYK.
    public let channels: Int
    /// The bits of a sample as it is read: 8 or 16.
    public let bits: Int
    /// Whether the channels are cyan, magenta, yellow and black.
    public let isCMYK: Bool
    /// How the picture is to be turned, 1 to 8; 1 is as it is.
    ///
    /// - SeeAlso: EXIF 2.3, section 4.6.4, Orientation.
    public let orientation: Int
  }

  /// The most pixels that are read unless more are asked for.
  public static let usualMaxPixels = 200_000_000

  /// Returns what a file says of its picture, without reading the pixels.
  ///
  /// - Throws: `ImageError`, if the file cannot be read, or is no picture.
  public static func describe(_ path: String) throws(ImageError) -> Description {
    try describe(bytes(path), file: path).0
  }

  /// Reads a picture from a PNG or JPEG file; its first bytes tell which.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - type: `UInt8`, or `UInt16` for PNG files. Samples of 8 bits become such of 16 by the factor 257, and back by rounding.
  ///   - color: The channels.
  ///   - upright: Whether to turn the picture as its EXIF orientation says.
  ///   - maxPixels: The most pixels that are read.
  /// - Returns: Shape `[height, width, channels]`.
  /// - Throws: `ImageError`, if the file cannot be read, is damaged or too large.
  public static func read<Scalar: ImageScalar>(
    _ path: String, as type: Scalar.Type = UInt8.self, color: ImageColor = .unchanged,
    upright: Bool = false, maxPixels: Int = usualMaxPixels
  ) throws(ImageError) -> Tensor<Scalar> {
    try decode(
      bytes(path), file: path, color: color, upright: upright, maxPixels: maxPixels)
  }

  /// Reads a picture from the bytes of a PNG or JPEG file, as `read` does from a file.
  ///
  /// - Throws: `ImageError`, which calls the file "bytes".
  public static func decode<Scalar: ImageScalar>(
    _ bytes: [UInt8], as type: Scalar.Type = UInt8.self, color: ImageColor = .unchanged,
    upright: Bool = false, maxPixels: Int = usualMaxPixels
  ) throws(ImageError) -> Tensor<Scalar> {
    try decode(bytes, file: "bytes", color: color, upright: upright, maxPixels: maxPixels)
  }

  private static func bytes(_ path: String) throws(ImageError) -> [UInt8] {
    do { return try Files.read(path) } catch {
      throw .cannotRead(file: path, reason: error.reason)
    }
  }

  private static func describe(
    _ bytes: [UInt8], file: String
  ) throws(ImageError) -> (Description, ImageHeader) {
    guard let codec = ImageCodec.kind(of: bytes) else { throw .unknownFormat(file: file) }
    let header: ImageHeader
    do { header = try codec.header(bytes) } catch {
      throw .malformed(file: file, reason: error.reason)
    }
    let description = Description(
      format: codec == .png ? .png : .jpeg, width: header.width, height: header.height,
      channels: header.channels, bits: header.bits, isCMYK: header.isCMYK,
      orientation: header.orientation)
    return (description, header)
  }

  private static func decode<Scalar: ImageScalar>(
    _ bytes: [UInt8], file: String, color: ImageColor, upright: Bool, maxPixels: Int
  ) throws(ImageError) -> Tensor<Scalar> {
    let (found, header) = try describe(bytes, file: file)
    let (pixels, overflows) = found.width.multipliedReportingOverflow(by: found.height)
    guard !overflows, pixels <= maxPixels else {
      throw .tooLarge(file: file, width: found.width, height: found.height, maxPixels: maxPixels)
    }
    // What no file of this size can hold need not be made room for.
    guard header.leastByteCount <= bytes.count else {
      throw .malformed(
        file: file,
        reason: "\(found.width) × \(found.height) pixels take at least \(header.leastByteCount) "
          + "bytes, and it has \(bytes.count)")
    }
    let wide = Scalar.self == UInt16.self
    let samples: [UInt8]
    do {
      samples = try found.format.codec.samples(bytes, bits: wide && found.format == .png ? 16 : 8)
    } catch {
      throw .malformed(file: file, reason: error.reason)
    }
    var tensor: Tensor<Scalar>
    let shape = [found.height, found.width, found.channels]
    if wide && found.format == .jpeg {
      tensor = Tensor(Tensor<UInt8>(shape: shape, values: samples)) * 257
    } else {
      tensor = Tensor(storage: Storage(copying: samples), shape: shape)
    }
    tensor = converted(tensor, to: color, isCMYK: found.isCMYK)
    return upright ? turned(tensor, found.orientation) : tensor
  }

  /// The picture as EXIF's orientation wants it seen.
  private static func turned<Scalar: ImageScalar>(
    _ picture: Tensor<Scalar>, _ orientation: Int
  ) -> Tensor<Scalar> {
    let turned = orientation >= 5 ? picture.swappingAxes(0, 1) : picture
    let axes: [Int] =
      switch orientation {
      case 2, 6: [1]
      case 3, 7: [0, 1]
      case 4, 8: [0]
      default: []
      }
    return axes.isEmpty ? turned.contiguous() : turned.flipped(axes: axes).contiguous()
  }
}
