import BLAS
import TestSupport
import Tensors
import Testing

@Suite("NPY")
struct NPYTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A file of version 1.0 with that header and that many bytes of 0.
  private func file(_ header: String, data: Int, version: UInt8 = 1) -> [UInt8] {
    let length = Array(header.utf8).count
    let width = version == 1 ? 2 : 4
    return [0x93] + Array("NUMPY".utf8) + [version, 0]
      + (0..<width).map { UInt8(length >> ($0 * 8) & 255) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  private func header(_ type: String, _ shape: String, fortran: String = "False") -> String {
    "{'descr': \(type), 'fortran_order': \(fortran), 'shape': \(shape), }"
  }

  private func expectRoundTrip<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) throws {
    let path = folder.path("a.npy")
    for fortranOrder in [false, true] {
      for order in [NPY.ByteOrder.littleEndian, .bigEndian] {
        try NPY.write(tensor, to: path, fortranOrder: fortranOrder, byteOrder: order)
        let description = try NPY.describe(path)
        #expect(description.dataType == Scalar.dataType && description.shape == tensor.shape)
        #expect(description.isFortranOrder == fortranOrder)
        for mapped in [false, true] {
          let again = try NPY.read(path, as: Scalar.self, mapped: mapped)
          #expect(again.shape == tensor.shape && again.scalars == tensor.scalars)
        }
      }
    }
  }

  @Test("reads back every type, order and shape")
  func roundTrip() throws {
    let x = Tensor<Float>.arange(24).reshaped(to: [2, 3, 4]) - 5.5
    try expectRoundTrip(x)
    try expectRoundTrip(x.transposed())
    try expectRoundTrip(x[0..., 1])
    try expectRoundTrip(Tensor<Double>(x))
    try expectRoundTrip(Tensor<Float16>(x))
    try expectRoundTrip(Tensor<BFloat16>(x))
    try expectRoundTrip(Tensor<Int8>([-128, 127]))
    try expectRoundTrip(Tensor<Int16>([-300, 300]))
    try expectRoundTrip(Tensor<Int32>([[1 << 20], [-2]]))
    try expectRoundTrip(Tensor<Int>([1 << 40, -3]))
    try expectRoundTrip(Tensor<UInt8>([0, 255]))
    try expectRoundTrip(Tensor<UInt16>([1, 65535]))
    try expectRoundTrip(Tensor<UInt32>([1, 1 << 31]))
    try expectRoundTrip(Tensor<UInt64>([1, 1 << 63]))
    try expectRoundTrip(Tensor<Bool>([[true, false], [false, false]]))
    try expectRoundTrip(Tensor<Complex<Float>>([Complex(1, -2), Complex(0.5, 3)]))
    try expectRoundTrip(Tensor<Complex<Double>>([[Complex(1, -2)], [Complex(0.5, 3)]]))
    try expectRoundTrip(Tensor<Float>.zeros(shape: [0, 4]))
    try expectRoundTrip(Tensor(2.5))
  }

  // The bytes are what numpy.save writes for numpy.array([1.5, -2], "<f4").
  @Test("writes the same bytes as NumPy")
  func golden() throws {
    let path = folder.path("b.npy")
    try NPY.write(Tensor<Float>([1.5, -2]), to: path)
    let text = header("'<f4'", "(2,)")
    let padded = text + String(repeating: " ", count: 117 - text.utf8.count) + "\n"
    let bytes = file(padded, data: 0) + [0, 0, 192, 63, 0, 0, 0, 192]
    #expect(try Files.read(path) == bytes)
  }

  @Test("a write to a mapped tensor leaves the file and other tensors as they are")
  func mapping() throws {
    let path = folder.path("m.npy")
    try NPY.write(Tensor<Int32>.arange(1000), to: path)
    let before = try Files.read(path)
    var x = try NPY.read(path, as: Int32.self, mapped: true)
    let (copy, other) = (x, try NPY.read(path, as: Int32.self, mapped: true))
    x[0] = Tensor(7)
    var y = other[..<10]
    y += 1
    #expect(x[scalar: 0] == 7 && copy[scalar: 0] == 0 && other[scalar: 0] == 0)
    #expect(y.scalars == Array(1...10))
    // The only owner writes to its own pages.
    var alone = try NPY.read(path, as: Int32.self, mapped: true)
    alone *= 2
    #expect(alone[scalar: 999] == 1998 && copy[scalar: 999] == 999)
    #expect(try Files.read(path) == before)
  }

  @Test("reads versions 2.0 and 3.0, headers of older writers, and data at odd places")
  func versions() throws {
    for version: UInt8 in [1, 2, 3] {
      let path = try folder.write(
        file(header("\"<i8\"", "(2L, 1)"), data: 16, version: version), to: "v.npy")
      for mapped in [false, true] {
        #expect(try NPY.read(path, as: Int.self, mapped: mapped).shape == [2, 1])
      }
    }
    let path = try folder.write(
      file("{'shape':(),'descr':'=i4','fortran_order':False}", data: 4), to: "c.npy")
    #expect(try NPY.read(path, as: Int32.self).item() == 0)
  }

  @Test(
    "refuses malformed headers",
    arguments: [
      ("", "not a Python dictionary"), ("[]", "not a Python dictionary"),
      ("{'descr': '<f4'}", "keys [\"descr\"]"),
      ("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "neither True nor False"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "tuple"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "0 or more"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "needs 8 bytes, but 4 follow"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "4 bytes follow its array"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", "memory"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4)}", "memory"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "dictionary"),
      ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "distinct"),
      ("{'descr': 4, 'fortran_order': False, 'shape': (1,)}", "not a text"),
      (String(repeating: "(", count: 5000), "not a Python dictionary"),
    ])
  func malformed(header: String, part: String) throws {
    let path = try folder.write(file(header, data: 4), to: "bad.npy")
    for mapped in [false, true] {
      #expect { try NPY.read(path, as: Float.self, mapped: mapped) } throws: { error in
        guard case ArrayFileError.malformed(path, let reason) = error else { return false }
        return reason.contains(part)
      }
    }
  }

  @Test("refuses what tensors cannot hold, other types, other files and other Booleans")
  func refusals() throws {
    for (type, found) in [
      ("'|O'", "'|O' (Python objects, which can run code)"), ("'<U5'", "'<U5'"),
      ("'<M8[ns]'", "'<M8[ns]'"), ("'<f16'", "'<f16'"), ("'f4'", "'f4'"), ("''", "''"),
      ("[('x', '<f4'), ('y', '<i4', (2,))]", "a structure of fields"),
      ("('<f4', (2,))", "a subarray"),
    ] {
      let path = try folder.write(file(header(type, "(1,)"), data: 4), to: "t.npy")
      #expect(throws: ArrayFileError.unsupportedType(file: path, type: found)) {
        try NPY.read(path, as: Float.self)
      }
    }
    let path = try folder.write(file(header("'<f4'", "(1,)"), data: 4), to: "f.npy")
    for mapped in [false, true] {
      #expect(
        throws: ArrayFileError.wrongType(file: path, found: .float32, expected: .float64)
      ) { try NPY.read(path, as: Double.self, mapped: mapped) }
    }
    try folder.write(file(header("'|b1'", "(1,)"), data: 0) + [2], to: "f.npy")
    #expect(throws: ArrayFileError.self) { try NPY.read(path, as: Bool.self, mapped: true) }
    #expect(
      throws: ArrayFileError.cannotRead(file: "/no/file", reason: "No such file or directory")
    ) { try NPY.describe("/no/file") }
    #expect(throws: ArrayFileError.self) { try NPY.describe(folder.path()) }
    #expect(
      throws: ArrayFileError.cannotWrite(file: "/no/file", reason: "No such file or directory")
    ) { try NPY.write(Tensor(1.0), to: "/no/file") }
  }

  @Test("every prefix throws, and no change of bytes stops the program")
  func hostile() throws {
    let path = folder.path("fuzz.npy")
    let x = Tensor<Float>.arange(6).reshaped(to: [2, 3])
    try NPY.write(x, to: path)
    fuzz(try Files.read(path), flips: 500, as: ArrayFileError.self) { bytes in
      try Files.write([bytes], to: path)
      var outcomes: [[UInt8]?] = []
      for mapped in [false, true] {
        outcomes.append(try? NPY.read(path, as: Float.self, mapped: mapped).rowMajorBytes())
      }
      #expect(outcomes[0] == outcomes[1])
      #expect(try NPY.read(path, as: Float.self).count <= 6)
    }
  }
}
