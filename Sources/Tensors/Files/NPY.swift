internal import BLAS

/// An array in a file of NumPy's own format, `.npy`; nothing in it can run.
///
/// ```swift
/// try NPY.write(x, to: "x.npy")
/// let x: Tensor<Float> = try NPY.read("x.npy")
/// ```
///
/// `BFloat16` is written as `ml_dtypes` does, which NumPy reads as elements of two bytes (`V2`).
///
/// - SeeAlso: The format's description, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
public enum NPY {
  /// The order of the bytes in a number.
  public enum ByteOrder: Sendable {
    /// The lowest byte first, as on this machine.
    case littleEndian
    /// The highest byte first.
    case bigEndian
  }

  /// What a file says about its array.
  public struct Description: Sendable, Equatable {
    /// The type of the elements.
    public let dataType: DataType
    /// The length of each axis.
    public let shape: [Int]
    /// Whether the first axis is the one whose elements lie side by side.
    public let isFortranOrder: Bool
    /// The order of the bytes in a number.
    public let byteOrder: ByteOrder
  }

  /// Returns what a file says about its array, without reading the elements.
  ///
  /// - Throws: `ArrayFileError`, if the file cannot be read or its header is malformed.
  public static func describe(_ path: String) throws(ArrayFileError) -> Description {
    var source = try FileSource(path)
    return try NPYHeader(from: &source).description
  }

  /// Reads the array of a file; versions 1.0, 2.0 and 3.0 of the format, either byte order.
  ///
  /// An array in Fortran order comes as a view that is transposed, without a copy.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - type: The element type, which must be the file's.
  ///   - mapped: Whether to map the file instead of reading it: elements are read when they are first used, and may be
  ///     more than memory holds. Writing to the tensor leaves the file as it is. Until the tensor is gone, nobody may
  ///     make the file shorter. Booleans and arrays of the other byte order are read all the same.
  /// - Returns: The array.
  /// - Throws: `ArrayFileError`, if the file cannot be read, is malformed, or holds another type.
  public static func read<Scalar: TensorScalar>(
    _ path: String, as type: Scalar.Type = Scalar.self, mapped: Bool = false
  ) throws(ArrayFileError) -> Tensor<Scalar> {
    var source = try FileSource(path)
    let header = try NPYHeader(from: &source)
    if mapped, let tensor: Tensor<Scalar> = try header.mapped(source) { return tensor }
    return try header.tensor(from: &source)
  }

  /// Writes a tensor to a file, which is replaced only once the new one is complete.
  ///
  /// - Parameters:
  ///   - tensor: The array; a view is written as it looks.
  ///   - path: The file.
  ///   - fortranOrder: Whether the elements of the first axis lie side by side, as in Fortran, instead of the last's.
  ///   - byteOrder: The order of the bytes in a number.
  /// - Throws: `ArrayFileError.cannotWrite`.
  public static func write<Scalar: TensorScalar>(
    _ tensor: Tensor<Scalar>, to path: String, fortranOrder: Bool = false,
    byteOrder: ByteOrder = .littleEndian
  ) throws(ArrayFileError) {
    var bytes = (fortranOrder ? tensor.transposed() : tensor).rowMajorBytes()
    if byteOrder == .bigEndian, Scalar.dataType.partByteCount > 1 {
      let storage = Storage(copying: bytes)
      storage.swapBytes(ofEach: Scalar.dataType.partByteCount)
      bytes = storage.array(from: 0, count: bytes.count, as: UInt8.self)
    }
    let header = NPYHeader.encoded(
      Description(
        dataType: Scalar.dataType, shape: tensor.shape, isFortranOrder: fortranOrder,
        byteOrder: byteOrder))
    do { try Files.write([header, bytes], to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }
}

extension DataType {
  /// The bytes of a number, of which a complex one has two.
  var partByteCount: Int { isComplex ? byteCount / 2 : byteCount }

  /// What follows the byte order in a `.npy` file's name of the type.
  var npyCode: String {
    switch self {
    case .bool: "b1"
    case .bfloat16: "V2"
    case .float16, .float32, .float64: "f\(byteCount)"
    case .int8, .int16, .int32, .int64: "i\(byteCount)"
    case .uint8, .uint16, .uint32, .uint64: "u\(byteCount)"
    case .complex64, .complex128: "c\(byteCount)"
    }
  }
}
