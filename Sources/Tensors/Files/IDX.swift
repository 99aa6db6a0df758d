internal import BLAS

/// An array in the format of MNIST's files, gzipped or not.
///
/// ```swift
/// let images: Tensor<UInt8> = try IDX.read("train-images-idx3-ubyte.gz")  // [60000, 28, 28]
/// let x = Tensor<Float>(images) / 255
/// ```
///
/// - SeeAlso: The format's description in Y. LeCun, C. Cortes and C. Burges, The MNIST Database of Handwritten Digits.
public enum IDX {
  /// Reads the array of a file; whether it is gzipped is seen from its first bytes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - type: The element type, which must be the file's: `UInt8`, `Int8`, `Int16`, `Int32`, `Float` or `Double`.
  /// - Returns: The array.
  /// - Throws: `ArrayFileError`, if the file cannot be read, is malformed, or holds another type.
  public static func read<Scalar: TensorScalar>(
    _ path: String, as type: Scalar.Type = Scalar.self
  ) throws(ArrayFileError) -> Tensor<Scalar> {
    let source = try FileSource(path)
    if try source.isGzipped() {
      var inflated = GzipSource(source)
      return try tensor(from: &inflated)
    }
    var plain = source
    return try tensor(from: &plain)
  }

  private static let types: [UInt8: DataType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  private static func tensor<Scalar: TensorScalar>(
    from source: inout some ByteSource
  ) throws(ArrayFileError) -> Tensor<Scalar> {
    let file = source.label
    func malformed(_ reason: String) -> ArrayFileError { .malformed(file: file, reason: reason) }
    let front = try source.next(4)
    guard front.count == 4, front[0] == 0, front[1] == 0, let type = types[front[2]] else {
      throw malformed(
        "it starts with the bytes \(front), not with two zeros, a type among "
          + "\(types.keys.sorted()) and the number of axes, as IDX files do")
    }
    guard front[3] <= 32 else { throw malformed("it has \(front[3]) axes; 32 is the most") }
    let lengths = try source.next(4 * Int(front[3]))
    guard lengths.count == 4 * Int(front[3]) else {
      throw malformed("it ends before the lengths of its \(front[3]) axes")
    }
    let shape = stride(from: 0, to: lengths.count, by: 4).map { start in
      lengths[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard type == Scalar.dataType else {
      throw .wrongType(file: file, found: type, expected: Scalar.dataType)
    }
    guard let size = Layout.byteCount(ofFile: shape, type) else {
      throw malformed("its shape \(shape) has more elements than memory can hold")
    }
    guard size <= source.remaining else {
      throw malformed(
        "shape \(shape) of \(type) needs \(size) bytes, but at most \(source.remaining) follow")
    }
    let storage = Storage(byteCount: size)
    try source.fill(storage)
    guard try source.next(1).isEmpty else {
      throw malformed("bytes follow its array of shape \(shape), to which they do not belong")
    }
    try source.finish()
    if type.byteCount > 1 { storage.swapBytes(ofEach: type.byteCount) }
    return Tensor(storage: storage, shape: shape)
  }
}
