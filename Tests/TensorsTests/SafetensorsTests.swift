import BLAS
import Tensors
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
  let path = "/tmp/martlet-\(UInt64.random(in: 0...UInt64.max)).safetensors"

  /// A file with a header and that many bytes of data.
  private func file(_ header: String, data: Int) throws {
    let bytes = Array(header.utf8)
    try Files.write(
      [
        [UInt8(bytes.count & 255), UInt8(bytes.count >> 8), 0, 0, 0, 0, 0, 0], bytes,
        [UInt8](repeating: 2, count: data),
      ], to: path)
  }

  @Test("reads back every type, shape and text")
  func roundTrip() throws {
    defer { Files.remove(path) }
    let w = Tensor<Float>.arange(6).reshaped(to: [2, 3]).transposed()
    let flags: Tensor<Bool> = [true, false, true]
    try Safetensors.write(
      [
        "w": w, "d \"é\"\n": Tensor(1.5), "i": Tensor<Int32>([-1, 2]), "n": Tensor<Int>([1 << 40]),
        "flags": flags, "none": Tensor<Float>.zeros(shape: [0, 4]),
      ], to: path, metadata: ["by": "step \\ 1"])
    let archive = try Safetensors.read(path)
    #expect(archive.names == ["d \"é\"\n", "flags", "i", "n", "none", "w"])
    #expect(archive.metadata == ["by": "step \\ 1"])
    let again: Tensor<Float> = try archive.tensor("w")
    #expect(again == w)
    #expect(try archive.tensor("d \"é\"\n", as: Double.self).item() == 1.5)
    #expect(try archive.tensor("i", as: Int32.self) == [-1, 2])
    #expect(try archive.tensor("n", as: Int.self).item() == 1 << 40)
    #expect(try archive.tensor("flags", as: Bool.self) == flags)
    #expect(try archive.tensor("none", as: Float.self).shape == [0, 4])
    #expect(archive.dataType(of: "w") == .float32 && archive.shape(of: "w") == [3, 2])
    #expect(throws: SafetensorsError.noTensor(file: path, name: "v", names: archive.names)) {
      try archive.tensor("v", as: Float.self)
    }
    #expect(
      throws: SafetensorsError.wrongType(file: path, name: "w", found: .float32, expected: .float64)
    ) { try archive.tensor("w", as: Double.self) }
  }

  // The bytes are what the Python package safetensors writes for {"b": float32 [1.5, -2]}.
  @Test("writes the same bytes as the Python package")
  func golden() throws {
    defer { Files.remove(path) }
    try Safetensors.write(["b": Tensor<Float>([1.5, -2])], to: path)
    let header = "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  "
    #expect(
      try Files.read(path) == [56, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
        + [0, 0, 192, 63, 0, 0, 0, 192])
  }

  @Test(
    "refuses malformed files",
    arguments: [
      ("[]", 0), ("{", 0), ("{\"a\":1}", 0), ("{\"a\":{\"dtype\":\"F32\"}}", 0),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 12),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}}", 0),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,6]}}", 6),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]}}", 0),
      ("{\"__metadata__\":{\"a\":1}}", 0),
      ("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
    ])
  func malformed(header: String, data: Int) throws {
    defer { Files.remove(path) }
    try file(header, data: data)
    #expect { try Safetensors.read(path) } throws: { error in
      guard case SafetensorsError.malformed(let file, let reason) = error else { return false }
      return file == path && !reason.isEmpty
    }
  }

  @Test("refuses Booleans that are neither 0 nor 1 when they are asked for")
  func notBooleans() throws {
    defer { Files.remove(path) }
    try file("{\"a\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", data: 2)
    for mapped in [false, true] {
      #expect(throws: SafetensorsError.self) {
        try Safetensors.read(path, mapped: mapped).tensor("a", as: Bool.self)
      }
    }
  }

  @Test("maps files: the same tensors, and writing to them leaves the file as it is")
  func mapped() throws {
    defer { Files.remove(path) }
    let w = Tensor<Float>.arange(6).reshaped(to: [2, 3])
    try Safetensors.write(
      ["w": w, "i": Tensor<Int8>([1, 2, 3]), "f": Tensor([true]), "z": Tensor<Int>([7, 8])],
      to: path)
    let before = try Files.read(path)
    var again: Tensor<Float>
    do {
      let archive = try Safetensors.read(path, mapped: true)
      again = try archive.tensor("w")
      #expect(again.storage.isMapped)
      #expect(try archive.tensor("i", as: Int8.self) == [1, 2, 3])
      #expect(try archive.tensor("f", as: Bool.self) == [true])
      #expect(try archive.tensor("z", as: Int.self) == [7, 8])
    }
    again[0, 0] = 9
    #expect(again == [[9, 1, 2], [3, 4, 5]])
    #expect(try Files.read(path) == before)
    #expect(try Safetensors.read(path).tensor("w", as: Float.self) == w)
  }

  @Test("refuses every file that is cut short, and no changed one ends the program")
  func damaged() throws {
    defer { Files.remove(path) }
    try Safetensors.write(
      [
        "w": Tensor<Float>.arange(6).reshaped(to: [2, 3]), "f": Tensor([true]), "é\"": Tensor(1.5),
      ],
      to: path, metadata: ["a": "b"])
    fuzz(try Files.read(path), flips: 10_000, as: SafetensorsError.self) { bytes in
      try Files.write([bytes], to: path)
      for mapped in [false, true] {
        let archive = try Safetensors.read(path, mapped: mapped)
        for name in archive.names {
          switch archive.dataType(of: name) {
          case .float32: _ = try archive.tensor(name, as: Float.self).sum()
          case .bool: _ = try archive.tensor(name, as: Bool.self).any()
          default: break
          }
        }
      }
    }
  }

  @Test("refuses overlaps, unknown types, lengths beyond the file and reserved names")
  func refusals() throws {
    defer { Files.remove(path) }
    let a = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"
    try file("{\"a\":{\(a)},\"b\":{\(a)}}", data: 4)
    #expect(throws: SafetensorsError.self) { try Safetensors.read(path) }
    try file("{\"a\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,1]}}", data: 1)
    #expect(throws: SafetensorsError.unknownType(file: path, name: "a", type: "F8")) {
      try Safetensors.read(path)
    }
    for bytes: [UInt8] in [
      [], [1, 2, 3], [9, 0, 0, 0, 0, 0, 0, 0, 123], [255, 255, 255, 255, 255, 255, 255, 255],
    ] {
      try Files.write([bytes], to: path)
      #expect(throws: SafetensorsError.self) { try Safetensors.read(path) }
    }
    #expect(throws: SafetensorsError.reservedName("__metadata__")) {
      try Safetensors.write(["__metadata__": Tensor(1.0)], to: path)
    }
    #expect(
      throws: SafetensorsError.cannotRead(file: "/no/file", reason: "No such file or directory")
    ) { try Safetensors.read("/no/file") }
  }
}
