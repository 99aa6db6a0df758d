internal import CImageFiles

/// Why a picture's file could not be read or written, in the library's words.
package struct ImageCodecError: Error, Equatable {
  package let reason: String

  init(reason: String) { self.reason = reason }

  fileprivate init(_ message: ci_message) {
    reason = unsafe withUnsafeBytes(of: message.text) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// What a file says of its picture; `bits` are those of a sample, 8 or 16.
package struct ImageHeader: Equatable, Sendable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package let bits: Int
  /// Whether the four channels are inks.
  package let isCMYK: Bool
  /// EXIF's orientation, 1 to 8.
  package let orientation: Int
  /// The fewest bytes that a file of such a picture can have.
  package let leastByteCount: Int
}

/// Files of pictures, to and from their samples row by row.
package enum ImageCodec: Sendable {
  case png
  case jpeg

  /// The kind of file that begins with `bytes`; `nil` if it is neither.
  package static func kind(of bytes: [UInt8]) -> ImageCodec? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    return bytes.starts(with: [0xFF, 0xD8]) ? .jpeg : nil
  }

  /// Returns what a file says of its picture.
  package func header(_ bytes: [UInt8]) throws(ImageCodecError) -> ImageHeader {
    let (header, message) = rawHeader(bytes)
    guard let header else { throw ImageCodecError(message) }
    return ImageHeader(
      width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
      bits: Int(header.bits), isCMYK: header.is_cmyk, orientation: Int(header.orientation),
      leastByteCount: Int(clamping: header.least_bytes))
  }

  /// Returns the samples of a file, each of `bits`: 8, or 16 in the machine's order.
  ///
  /// The caller has checked that the picture is not too large; JPEG has 8 bits only.
  package func samples(_ bytes: [UInt8], bits: Int) throws(ImageCodecError) -> [UInt8] {
    let (header, first) = rawHeader(bytes)
    guard var header else { throw ImageCodecError(first) }
    precondition(bits == 8 || (bits == 16 && self == .png), "no samples of \(bits) bits")
    let size =
      Int(header.width) * Int(header.height) * Int(header.channels) * (bits / 8)
    var message = ci_message()
    var isDone = false
    let samples = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, initialized in
      unsafe bytes.withUnsafeBufferPointer { source in
        switch self {
        case .png:
          isDone = unsafe ci_png_read(
            source.baseAddress, source.count, &header, Int32(bits), output.baseAddress, &message)
        case .jpeg:
          isDone = unsafe ci_jpeg_read(
            source.baseAddress, source.count, &header, output.baseAddress, &message)
        }
      }
      initialized = isDone ? size : 0
    }
    guard isDone else { throw ImageCodecError(message) }
    return samples
  }

  /// Returns a file of samples row by row.
  ///
  /// - Parameters:
  ///   - samples: As many as the sides and the channels need; those of 16 bits in the machine's order.
  ///   - width: Samples side by side.
  ///   - height: Rows.
  ///   - channels: 1 to 4 for PNG; 1, 3 or 4 inks for JPEG.
  ///   - bits: 8, or 16 for PNG.
  ///   - effort: zlib's level 0 to 9 for PNG, the quality 1 to 100 for JPEG.
  /// - Returns: The file.
  /// - Throws: The library's words, such as that a side is too long.
  package func encoded(
    _ samples: [UInt8], width: Int, height: Int, channels: Int, bits: Int, effort: Int
  ) throws(ImageCodecError) -> [UInt8] {
    precondition(samples.count == width * height * channels * (bits / 8), "samples do not fit")
    guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
      throw ImageCodecError(reason: "it is too large")
    }
    var (out, count, message) = unsafe (UnsafeMutablePointer<UInt8>?.none, 0, ci_message())
    let isDone = unsafe samples.withUnsafeBufferPointer { source in
      switch self {
      case .png:
        unsafe ci_png_write(
          source.baseAddress, columns, rows, Int32(channels), Int32(bits), Int32(effort), &out,
          &count, &message)
      case .jpeg:
        unsafe ci_jpeg_write(
          source.baseAddress, columns, rows, Int32(channels), Int32(effort), &out, &count,
          &message)
      }
    }
    guard isDone else { throw ImageCodecError(message) }
    defer { unsafe ci_release(out) }
    return unsafe Array(UnsafeBufferPointer(start: out, count: count))
  }

  private func rawHeader(_ bytes: [UInt8]) -> (ci_header?, ci_message) {
    var (header, message) = (ci_header(), ci_message())
    let isDone = unsafe bytes.withUnsafeBufferPointer { source in
      switch self {
      case .png:
        unsafe ci_png_header(source.baseAddress, source.count, &header, &message)
      case .jpeg:
        unsafe ci_jpeg_header(source.baseAddress, source.count, &header, &message)
      }
    }
    return (isDone ? header : nil, message)
  }
}
