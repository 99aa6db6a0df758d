import BLAS
import TestSupport
import Tensors
import Testing

@Suite("NPZ")
struct NPZTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Whether reading throws that the file is malformed, for a reason with `part` in it.
  private func expectMalformed(_ part: String, read: () throws -> Void) {
    #expect(throws: ArrayFileError.self, "\(part)") {
      do { try read() } catch ArrayFileError.malformed(let file, let reason) {
        #expect(reason.contains(part), "\(file): \(reason)")
        throw ArrayFileError.malformed(file: file, reason: reason)
      }
    }
  }

  @Test(
    "reads back names, types and shapes, with sizes of 32 and 64 bits",
    arguments: [false, true], [0, 100, 0xFFFF_FFFF])
  func roundTrip(compressed: Bool, wide: Int) throws {
    let path = folder.path("a.npz")
    let x = Tensor<Float>.arange(100_000).reshaped(to: [100, 1000]).transposed()
    try NPZ.write(
      [
        "x": x, "layer/0/é": Tensor<Int>([1, -2]), "flags": Tensor<Bool>([true, false]),
        "none": Tensor<Float16>.zeros(shape: [0, 3]), "one": Tensor(Complex(1.5, -2)),
      ], to: path, compressed: compressed, wideFrom: wide)
    let archive = try NPZ.read(path)
    #expect(archive.names == ["flags", "layer/0/é", "none", "one", "x"])
    #expect(try archive.tensor("x", as: Float.self) == x)
    #expect(try archive.tensor("layer/0/é", as: Int.self).scalars == [1, -2])
    #expect(try archive.tensor("flags", as: Bool.self).scalars == [true, false])
    #expect(try archive.tensor("none", as: Float16.self).shape == [0, 3])
    #expect(try archive.tensor("one", as: Complex<Double>.self).item() == Complex(1.5, -2))
    #expect(try archive.describe("x").shape == [1000, 100])
    #expect(try Files.read(path).count < 400_000 || !compressed)
    #expect(throws: ArrayFileError.noArray(file: path, name: "y", names: archive.names)) {
      try archive.tensor("y", as: Float.self)
    }
    #expect(
      throws: ArrayFileError.wrongType(
        file: "\(path): \"x.npy\"", found: .float32, expected: .float64)
    ) { try archive.tensor("x", as: Double.self) }
  }

  @Test("an archive without arrays is one")
  func empty() throws {
    try NPZ.write([:], to: folder.path("e.npz"))
    #expect(try NPZ.read(folder.path("e.npz")).names == [])
  }

  @Test(
    "refuses names that lead out of a folder",
    arguments: ["", "/a", "../a", "a/../b", "a//b", "a\\b", "a\0", "./a", "a/"])
  func names(name: String) throws {
    let path = folder.path("n.npz")
    #expect { try NPZ.write([name: Tensor(1.0)], to: path) } throws: { error in
      guard case ArrayFileError.unusableName(name, _) = error else { return false }
      return true
    }
    #expect(throws: FileError.self) { try Files.read(path) }
  }

  @Test("refuses duplicates, damaged elements and false sizes")
  func refusals() throws {
    let path = folder.path("d.npz")
    try NPZ.write(["ab": Tensor<Int32>([1, 2]), "ac": Tensor<Int32>([3])], to: path)
    let bytes = try Files.read(path)
    func changed(_ change: (inout [UInt8]) -> Void) throws -> NPZArchive {
      var copy = bytes
      change(&copy)
      try folder.write(copy, to: "d.npz")
      return try NPZ.read(path)
    }
    let places = bytes.indices.dropLast(3).filter {
      bytes[$0...].starts(with: [0x50, 0x4B, 1, 2])
    }
    expectMalformed("two members called \"ab.npy\"") {
      _ = try changed { $0[places[1] + 47] = UInt8(ascii: "b") }
    }
    expectMalformed("CRC-32") {
      _ = try changed { $0[30 + 6 + 128] = 9 }.tensor("ab", as: Int32.self)
    }
    expectMalformed("overlaps") { _ = try changed { $0[places[1] + 42] = 1 } }
    expectMalformed("encrypted") { _ = try changed { $0[places[0] + 8] = 1 } }
    expectMalformed("method 12") { _ = try changed { $0[places[0] + 10] = 12 } }
    expectMalformed("cannot hold") {
      _ = try changed { $0[places[0] + 27] = 0x7F }.tensor("ab", as: Int32.self)
    }
    expectMalformed("cannot list") { _ = try changed { $0[bytes.count - 12] = 200 } }
    #expect(try changed { _ in }.tensor("ac", as: Int32.self).scalars == [3])
    expectMalformed("no zip file") {
      _ = try NPZ.read(folder.write([UInt8](repeating: 7, count: 100), to: "no.npz"))
    }
  }

  @Test("what inflates to more than is promised is not taken into memory")
  func bomb() throws {
    let path = folder.path("b.npz")
    try NPZ.write(["z": Tensor<UInt8>.zeros(shape: [4_000_000])], to: path, compressed: true)
    let bytes = try Files.read(path)
    #expect(bytes.count < 10_000)
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    // 1,000 bytes are promised: fewer than the header says the array takes.
    var small = bytes
    small.replaceSubrange((place + 24)..<(place + 28), with: [0xE8, 3, 0, 0])
    try folder.write(small, to: "b.npz")
    expectMalformed("needs 4000000 bytes, but 872 follow") {
      _ = try NPZ.read(path).tensor("z", as: UInt8.self)
    }
    // 4 GB are promised by a few KB.
    small.replaceSubrange((place + 24)..<(place + 28), with: [0, 0, 0, 0xF0])
    try folder.write(small, to: "b.npz")
    expectMalformed("cannot hold") { _ = try NPZ.read(path).tensor("z", as: UInt8.self) }
  }

  @Test("every prefix throws, and no change of bytes stops the program", arguments: [false, true])
  func hostile(compressed: Bool) throws {
    let path = folder.path("fuzz.npz")
    try NPZ.write(
      ["a": Tensor<Float>.arange(6).reshaped(to: [2, 3]), "b": Tensor<Float>([1])], to: path,
      compressed: compressed, wideFrom: compressed ? 200 : 0)
    fuzz(try Files.read(path), flips: 300, as: ArrayFileError.self) { bytes in
      try Files.write([bytes], to: path)
      let archive = try NPZ.read(path)
      for name in archive.names {
        #expect(try archive.tensor(name, as: Float.self).count <= 6)
      }
    }
  }
}
