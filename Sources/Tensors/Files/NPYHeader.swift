internal import BLAS

/// The header of a `.npy` file: a Python dictionary of three entries.
struct NPYHeader {
  /// The longest header that is read; NumPy's own reader takes 10,000 bytes by default.
  static let longest = 1 << 20
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let description: NPY.Description
  /// The bytes of all elements.
  let byteCount: Int
  /// Where in the file the elements start.
  let start: Int

  /// Reads and checks a header, up to the first element.
  init(from source: inout some ByteSource) throws(ArrayFileError) {
    let file = source.label
    func malformed(_ reason: String) -> ArrayFileError { .malformed(file: file, reason: reason) }
    let front = try source.next(8)
    guard front.count == 8, Array(front[..<6]) == NPYHeader.magic else {
      throw malformed(
        "it starts with the bytes \(front.prefix(6)), not with \(NPYHeader.magic) (\"\\x93NUMPY\") "
          + "and a version")
    }
    guard (1...3).contains(front[6]), front[7] == 0 else {
      throw malformed("its version is \(front[6]).\(front[7]), not 1.0, 2.0 or 3.0")
    }
    let width = front[6] == 1 ? 2 : 4
    let digits = try source.next(width)
    guard digits.count == width else { throw malformed("it ends before its header's length") }
    let length = digits.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= NPYHeader.longest else {
      throw malformed(
        "it says its header has \(length) bytes; \(NPYHeader.longest) is the most that is read")
    }
    let text = try source.next(length)
    guard text.count == length else {
      throw malformed("it says its header has \(length) bytes, but \(text.count) follow")
    }
    guard case .dictionary(let entries)? = PythonLiteral.parse(text) else {
      throw malformed("its header is not a Python dictionary with distinct keys")
    }
    let names = entries.keys.sorted()
    guard names == ["descr", "fortran_order", "shape"] else {
      throw malformed(
        "its header has the keys \(names), not \"descr\", \"fortran_order\" and \"shape\"")
    }
    guard case .boolean(let isFortranOrder)? = entries["fortran_order"] else {
      throw malformed("its fortran_order is neither True nor False")
    }
    guard case .tuple(let lengths)? = entries["shape"] else {
      throw malformed("its shape is not a tuple of lengths")
    }
    var shape: [Int] = []
    for length in lengths {
      guard case .integer(let count) = length, count >= 0 else {
        throw malformed("its shape is not a tuple of lengths of 0 or more")
      }
      shape.append(count)
    }
    let (type, order) = try NPYHeader.elementType(entries["descr"], file: file)
    guard shape.count <= 32 else {
      throw malformed("its shape has \(shape.count) axes; 32 is the most")
    }
    guard let size = Layout.byteCount(ofFile: shape, type) else {
      throw malformed("its shape \(shape) has more elements than memory can hold")
    }
    guard size <= source.remaining else {
      throw malformed(
        "shape \(shape) of \(type) needs \(size) bytes, but \(source.remaining) follow its header")
    }
    description = NPY.Description(
      dataType: type, shape: shape, isFortranOrder: isFortranOrder, byteOrder: order)
    byteCount = size
    start = 8 + width + length
  }

  /// The element type and byte order of a `descr` such as `<f4`.
  private static func elementType(_ value: PythonLiteral?, file: String) throws(ArrayFileError)
    -> (DataType, NPY.ByteOrder)
  {
    guard case .string(let name)? = value else {
      if case .list? = value { throw .unsupportedType(file: file, type: "a structure of fields") }
      if case .tuple? = value { throw .unsupportedType(file: file, type: "a subarray") }
      throw .malformed(file: file, reason: "its descr is not a text such as '<f4'")
    }
    let order: NPY.ByteOrder = name.first == ">" ? .bigEndian : .littleEndian
    guard let first = name.first, "<>|=".contains(first),
      let type = DataType.allCases.first(where: { $0.npyCode == name.dropFirst() }),
      // A number of several bytes has an order; what NumPy knows only as two bytes has none.
      first != "|" || type.byteCount == 1 || type == .bfloat16
    else {
      let objects = name.dropFirst().first == "O" ? " (Python objects, which can run code)" : ""
      throw .unsupportedType(file: file, type: "'\(name.prefix(40))'\(objects)")
    }
    return (type, order)
  }

  private func check<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ source: some ByteSource
  ) throws(ArrayFileError) {
    guard description.dataType == Scalar.dataType else {
      throw .wrongType(
        file: source.label, found: description.dataType, expected: Scalar.dataType)
    }
  }

  private func rest(_ count: Int) -> String {
    "\(count) bytes follow its array of shape \(description.shape), to which they do not belong"
  }

  /// The layout of the elements in a storage, from element `offset`.
  private func layout(offset: Int) -> Layout {
    let shape = description.shape
    guard description.isFortranOrder else {
      return Layout(shape: shape, strides: Layout.rowMajorStrides(shape), offset: offset)
    }
    let strides = Array(Layout.rowMajorStrides(shape.reversed()).reversed())
    return Layout(shape: shape, strides: strides, offset: offset)
  }

  /// Reads the elements, after which nothing may come.
  func tensor<Scalar: TensorScalar>(
    from source: inout some ByteSource
  ) throws(ArrayFileError) -> Tensor<Scalar> {
    try check(Scalar.self, source)
    let storage = Storage(byteCount: byteCount)
    try source.fill(storage)
    let rest = try source.next(1)
    guard rest.isEmpty else {
      throw .malformed(file: source.label, reason: self.rest(rest.count + source.remaining))
    }
    try source.finish()
    if description.byteOrder == .bigEndian, Scalar.dataType.partByteCount > 1 {
      storage.swapBytes(ofEach: Scalar.dataType.partByteCount)
    }
    guard Scalar.dataType != .bool || storage.holdsBooleans() else {
      throw .malformed(
        file: source.label, reason: "it has bytes that are neither 0 nor 1 as Booleans")
    }
    return Tensor(storage: storage, layout: layout(offset: 0))
  }

  /// Maps the elements; `nil` where they have to be read.
  func mapped<Scalar: TensorScalar>(_ source: FileSource) throws(ArrayFileError) -> Tensor<Scalar>?
  {
    try check(Scalar.self, source)
    let rest = source.remaining - byteCount
    guard rest == 0 else { throw .malformed(file: source.label, reason: self.rest(rest)) }
    let isForeign = description.byteOrder == .bigEndian && Scalar.dataType.partByteCount > 1
    guard !isForeign, Scalar.dataType != .bool, byteCount > 0,
      start % Scalar.dataType.byteCount == 0, let storage = source.file.mapped()
    else { return nil }
    return Tensor(
      storage: storage, layout: layout(offset: start / Scalar.dataType.byteCount))
  }

  /// The bytes of a header, padded so that the elements start at a multiple of 64.
  static func encoded(_ description: NPY.Description) -> [UInt8] {
    let type = description.dataType
    let order = type.byteCount == 1 ? "|" : description.byteOrder == .bigEndian ? ">" : "<"
    let lengths = description.shape.map { "\($0)" }.joined(separator: ", ")
    let shape = description.shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    let text =
      "{'descr': '\(order)\(type.npyCode)', "
      + "'fortran_order': \(description.isFortranOrder ? "True" : "False"), 'shape': \(shape), }"
    // Of 32 axes at most, it is always short enough for version 1.0.
    let front = magic.count + 4
    let padding = (64 - (front + text.utf8.count + 1) % 64) % 64
    let length = text.utf8.count + padding + 1
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
      + [UInt8](repeating: 0x20, count: padding) + [0x0A]
  }
}

extension Layout {
  /// The bytes of elements that a file promises, or `nil` if no memory could hold them.
  ///
  /// Lengths of 0 count as 1, since the strides of an empty array must not overflow either.
  static func byteCount(ofFile shape: [Int], _ type: DataType) -> Int? {
    var size = type.byteCount
    for length in shape where length != 0 {
      let (product, overflows) = size.multipliedReportingOverflow(by: length)
      guard length > 0, !overflows, product < 1 << 48 else { return nil }
      size = product
    }
    return shape.contains(0) ? 0 : size
  }
}
