import CZlib

/// Why compressed bytes could not be read, in zlib's words, such as "invalid distance too far back".
package struct InflateError: Error, Equatable {
  package let reason: String
}

/// How compressed bytes are wrapped.
package enum CompressedFormat: Sendable {
  /// Bare, as in a zip file (RFC 1951).
  case deflate
  /// With a header and a checksum, as `gzip` writes them (RFC 1952).
  case gzip
  /// With a short header and a checksum, as in PNG files (RFC 1950).
  case zlib

  var windowBits: Int32 {
    switch self {
    case .deflate: -15
    case .gzip: 31
    case .zlib: 15
    }
  }
}

/// The greatest number of bytes that `count` compressed ones can stand for.
///
/// - SeeAlso: zlib's technical details: the factor is at most 1032.
package func mostInflated(_ count: Int) -> Int {
  let (product, overflows) = count.multipliedReportingOverflow(by: 1032)
  return overflows ? .max : product
}

/// Inflates compressed bytes piece by piece, never more than are asked for.
@safe package final class Inflater {
  // On the heap, because zlib keeps the stream's address.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Whether the end of the compressed bytes was found.
  package private(set) var isFinished = false

  package init(_ format: CompressedFormat) {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe czlib_inflate_init(stream, format.windowBits)
    precondition(code == Z_OK, "zlib has no memory for a stream")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Starts again for what follows the end.
  package func reset() {
    unsafe inflateReset(stream)
    isFinished = false
  }

  /// Returns the next bytes, `count` at most, and takes what they stood for from the front of `input`.
  ///
  /// Fewer are returned when `input` was too short or the end was found.
  package func next(
    _ count: Int, from input: inout ArraySlice<UInt8>
  ) throws(InflateError) -> [UInt8] {
    if isFinished || count == 0 { return [] }
    // zlib counts in 32 bits.
    let count = min(count, 1 << 30)
    let given = min(input.count, 1 << 30)
    var code = Z_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      unsafe input.withUnsafeBufferPointer { source in
        // zlib does not write to its input, which its type would allow.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(given)
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(count)
        code = unsafe inflate(stream, Z_NO_FLUSH)
      }
      initialized = unsafe count - Int(stream.pointee.avail_out)
    }
    input = unsafe input.dropFirst(given - Int(stream.pointee.avail_in))
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isFinished = true
    default:
      let words = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
      throw InflateError(reason: words ?? "zlib's error \(code)")
    }
    return bytes
  }
}
