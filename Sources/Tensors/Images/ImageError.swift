/// Why a picture could not be read or written.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(file: String, reason: String)
  /// The file is neither PNG nor JPEG.
  case unknownFormat(file: String)
  /// The file's contents contradict the format, or end too early.
  case malformed(file: String, reason: String)
  /// The picture has more pixels than are allowed.
  case tooLarge(file: String, width: Int, height: Int, maxPixels: Int)
  /// A tensor of that shape is no picture.
  case wrongShape([Int])
  /// The format cannot hold the picture.
  case unsupported(format: ImageFormat, reason: String)
  /// An option is out of its range.
  case badOption(name: String, value: Int, range: ClosedRange<Int>)

  /// What failed and what to do.
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason):
      "cannot read \(file): \(reason). Check the path and its permissions."
    case .cannotWrite(let file, let reason):
      "cannot write \(file): \(reason). Check that the folder exists and has room."
    case .unknownFormat(let file):
      "\(file) is neither a PNG nor a JPEG file. Convert it, or name a file to write .png or .jpg."
    case .malformed(let file, let reason):
      "\(file) is damaged: \(reason). Write or download it again."
    case .tooLarge(let file, let width, let height, let maxPixels):
      "\(file) has \(width) × \(height) pixels, more than \(maxPixels). "
        + "Pass a larger maxPixels if you trust the file."
    case .wrongShape(let shape):
      "a tensor of shape \(shape) is no picture. It has the shape [height, width], or "
        + "[height, width, channels] with 1 to 4 channels, and at least one pixel."
    case .unsupported(let format, let reason):
      "\(format.rawValue) files cannot hold the picture: \(reason)."
    case .badOption(let name, let value, let range):
      "\(name) is \(value); it lies between \(range.lowerBound) and \(range.upperBound)."
    }
  }
}
