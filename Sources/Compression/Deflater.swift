import CZlib

/// Returns `bytes` compressed, with zlib's usual effort.
package func deflated(_ bytes: [UInt8], _ format: CompressedFormat) -> [UInt8] {
  var stream = unsafe z_stream()
  return unsafe withUnsafeMutablePointer(to: &stream) { stream in
    let code = unsafe czlib_deflate_init(stream, Z_DEFAULT_COMPRESSION, format.windowBits)
    precondition(code == Z_OK, "zlib has no memory for a stream")
    defer { unsafe deflateEnd(stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    unsafe bytes.withUnsafeBufferPointer { source in
      var (given, state) = (0, Z_OK)
      unsafe stream.pointee.avail_in = 0
      while state != Z_STREAM_END {
        if unsafe stream.pointee.avail_in == 0 {
          // zlib counts in 32 bits.
          let count = min(bytes.count - given, 1 << 30)
          // zlib does not write to its input, which its type would allow.
          unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: source.baseAddress.map { unsafe $0 + given })
          unsafe stream.pointee.avail_in = UInt32(count)
          given += count
        }
        let size = chunk.count
        let filled = unsafe chunk.withUnsafeMutableBufferPointer { output in
          unsafe stream.pointee.next_out = output.baseAddress
          unsafe stream.pointee.avail_out = UInt32(size)
          state = unsafe deflate(stream, given == bytes.count ? Z_FINISH : Z_NO_FLUSH)
          return unsafe size - Int(stream.pointee.avail_out)
        }
        precondition(state == Z_OK || state == Z_STREAM_END, "zlib's error \(state)")
        result += chunk[..<filled]
      }
    }
    return result
  }
}

/// Returns the CRC-32 of what came before, of which `checksum` is the CRC-32, with `bytes` after it.
package func crc32(_ bytes: [UInt8], after checksum: UInt32 = 0) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer { buffer in
    guard let address = buffer.baseAddress else { return checksum }
    return unsafe UInt32(crc32_z(UInt(checksum), address, bytes.count))
  }
}
