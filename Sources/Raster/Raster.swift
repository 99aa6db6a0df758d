import CRaster
internal import Glibc

/// Why a drawing did not become pixels.
package enum RasterError: Error, Equatable {
  /// A library is not installed; the reason is the loader's.
  case libraryMissing(reason: String)
  /// The drawing or its size was refused.
  case refused(reason: String)
}

/// Pictures of drawings.
package enum Raster {
  /// The bytes of a PNG file of an SVG drawing, enlarged by `scale`.
  ///
  /// librsvg and cairo are loaded with the first call: nothing else needs them.
  package static func png(svg: String, scale: Double) throws(RasterError) -> [UInt8] {
    let drawing = Array(svg.utf8)
    var message = [CChar](repeating: 0, count: 512)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let result = unsafe craster_png(
      drawing, drawing.count, scale, &bytes, &count, &message, message.count)
    guard result == CRASTER_DONE.rawValue, let found = unsafe bytes else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let reason = String(decoding: text, as: UTF8.self)
      throw result == CRASTER_MISSING.rawValue
        ? .libraryMissing(reason: reason) : .refused(reason: reason)
    }
    defer { unsafe free(found) }
    return unsafe Array(UnsafeBufferPointer(start: found, count: count))
  }
}
