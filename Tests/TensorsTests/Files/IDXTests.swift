import BLAS
import Compression
import TestSupport
import Tensors
import Testing

@Suite("IDX")
struct IDXTests {
  let folder: TemporaryDirectory
  /// [[1, 2, 3], [4, 5, 255]] as bytes.
  let bytes: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]

  init() throws { folder = try TemporaryDirectory() }

  @Test("reads plain and gzipped files, also of several parts")
  func reading() throws {
    for contents in [
      bytes, deflated(bytes, .gzip),
      deflated(Array(bytes[..<7]), .gzip) + deflated(Array(bytes[7...]), .gzip),
    ] {
      let x = try IDX.read(folder.write(contents, to: "x"), as: UInt8.self)
      #expect(x == [[1, 2, 3], [4, 5, 255]])
    }
  }

  @Test("reads every type, the highest byte first")
  func types() throws {
    func path(_ type: UInt8, _ data: [UInt8]) throws -> String {
      try folder.write([0, 0, type, 1, 0, 0, 0, 1] + data, to: "t")
    }
    #expect(try IDX.read(path(9, [255]), as: Int8.self).scalars == [-1])
    #expect(try IDX.read(path(0x0B, [1, 2]), as: Int16.self).scalars == [258])
    #expect(try IDX.read(path(0x0C, [255, 255, 255, 254]), as: Int32.self).scalars == [-2])
    #expect(try IDX.read(path(0x0D, [0x3F, 0xC0, 0, 0]), as: Float.self).scalars == [1.5])
    #expect(
      try IDX.read(path(0x0E, [0xC0, 4, 0, 0, 0, 0, 0, 0]), as: Double.self).scalars == [-2.5])
  }

  @Test(
    "refuses malformed files",
    arguments: [
      ([], "starts with the bytes"), ([0, 0, 7, 1], "starts with the bytes [0, 0, 7, 1]"),
      ([0, 0, 8, 33], "33 axes"), ([0, 0, 8, 2, 0, 0, 0, 1], "lengths of its 2 axes"),
      ([0, 0, 8, 1, 0, 0, 0, 2, 1], "needs 2 bytes, but at most 1 follow"),
      ([0, 0, 8, 1, 0, 0, 0, 1, 1, 1], "bytes follow its array"),
      ([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255], "memory"),
    ] as [([UInt8], String)])
  func malformed(bytes: [UInt8], part: String) throws {
    let path = try folder.write(bytes, to: "bad")
    #expect { try IDX.read(path, as: UInt8.self) } throws: { error in
      guard case ArrayFileError.malformed(path, let reason) = error else { return false }
      return reason.contains(part)
    }
  }

  @Test("refuses other types and missing files")
  func refusals() throws {
    let path = try folder.write(bytes, to: "x")
    #expect(throws: ArrayFileError.wrongType(file: path, found: .uint8, expected: .float32)) {
      try IDX.read(path, as: Float.self)
    }
    #expect(
      throws: ArrayFileError.cannotRead(file: "/no/file", reason: "No such file or directory")
    ) { try IDX.read("/no/file", as: UInt8.self) }
  }

  @Test("every prefix throws, and no change of bytes stops the program", arguments: [false, true])
  func hostile(gzipped: Bool) throws {
    let path = folder.path("fuzz")
    fuzz(gzipped ? deflated(bytes, .gzip) : bytes, flips: 300, as: ArrayFileError.self) { bytes in
      try Files.write([bytes], to: path)
      #expect(try IDX.read(path, as: UInt8.self).count <= 6)
    }
  }
}
