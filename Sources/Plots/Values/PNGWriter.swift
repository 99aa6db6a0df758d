internal import Compression
internal import FoundationEssentials

/// Writes pictures as PNG files.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification", third edition.
enum PNGWriter {
  /// The file of a picture, each of its pixels repeated `scale` times in both directions.
  static func png(_ picture: ImageGrid.Picture, scale: Int = 1) -> [UInt8] {
    let (width, channels) = (picture.width, picture.channels)
    var rows: [UInt8] = []
    rows.reserveCapacity(picture.height * scale * (width * scale * channels + 1))
    for row in 0..<picture.height {
      // Each row begins with the number of its filter; 0 is none.
      var line: [UInt8] = [0]
      for column in 0..<width {
        let start = (row * width + column) * channels
        for _ in 0..<scale { line += picture.bytes[start..<(start + channels)] }
      }
      for _ in 0..<scale { rows += line }
    }
    var header = bigEndian(UInt32(width * scale)) + bigEndian(UInt32(picture.height * scale))
    // Eight bits; grey or colour; the standard's only compression and filters; not interlaced.
    header += [8, channels == 3 ? 2 : 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", deflated(rows, .zlib)) + chunk("IEND", [])
  }

  /// The picture as an address that carries its bytes.
  static func dataAddress(_ picture: ImageGrid.Picture, scale: Int = 1) -> String {
    "data:image/png;base64," + Data(png(picture, scale: scale)).base64EncodedString()
  }

  private static func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + bytes
    return bigEndian(UInt32(bytes.count)) + body + bigEndian(crc32(body))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
