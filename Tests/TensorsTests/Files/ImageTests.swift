import BLAS
import TestSupport
import Tensors
import Testing

@Suite("PNG and JPEG files")
struct ImageTests {
  /// A picture of waves, which JPEG keeps well.
  static func picture<Scalar: ImageScalar>(
    _ shape: [Int], of type: Scalar.Type = UInt8.self
  ) -> Tensor<Scalar> {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { place -> Scalar in
      let (x, y) = (place / (shape.count > 2 ? shape[2] : 1) % shape[1], place / (count / shape[0]))
      let part = (x * 7 + y * 5 + place % 3 * 40) % 256
      return Scalar(part) * (Scalar.max / 255)
    }
    return Tensor(shape: shape, values: values)
  }

  @Test(
    "gives back every sample of PNG files",
    arguments: [[5, 7], [5, 7, 1], [5, 7, 2], [1, 1, 3], [40, 33, 3], [5, 7, 4]])
  func lossless(shape: [Int]) throws {
    let folder = try TemporaryDirectory()
    let (narrow, wide) = (Self.picture(shape), Self.picture(shape, of: UInt16.self))
    let full = shape.count == 2 ? shape + [1] : shape
    for compression in [0, 9] {
      try Image.write(narrow, to: folder.path("a.png"), compression: compression)
      #expect(try Image.read(folder.path("a.png")) == narrow.reshaped(to: full))
      try Image.write(wide, to: folder.path("b.png"), compression: compression)
      #expect(try Image.read(folder.path("b.png"), as: UInt16.self) == wide.reshaped(to: full))
      // Each sample was a multiple of 257.
      #expect(try Image.read(folder.path("b.png")) == narrow.reshaped(to: full))
      #expect(try Image.read(folder.path("a.png"), as: UInt16.self) == wide.reshaped(to: full))
    }
    let found = try Image.describe(folder.path("b.png"))
    #expect(found.format == .png && found.bits == 16 && found.channels == full[2])
    #expect(found.height == shape[0] && found.width == shape[1] && found.orientation == 1)
  }

  @Test("writes views as they look")
  func views() throws {
    let picture = Self.picture([6, 8, 3])
    let view = picture[1..<5, stride(from: 6, to: 0, by: -2)].swappingAxes(0, 1)
    #expect(try Image.decode(Image.encode(view, as: .png)) == view.contiguous())
  }

  @Test("keeps pictures nearly as they were in JPEG files, better with more quality")
  func lossy() throws {
    let picture = Tensor<UInt8>(
      Tensor<Float>.arange(64 * 48).reshaped(to: [64, 48, 1]) / 12.1)
    func distance(_ quality: Int) throws -> (Double, Int) {
      let bytes = try Image.encode(picture, as: .jpeg, quality: quality)
      let again: Tensor<UInt8> = try Image.decode(bytes)
      #expect(again.shape == [64, 48, 1])
      let gap = abs(Tensor<Double>(again) - Tensor<Double>(picture)).mean().item()
      return (gap, bytes.count)
    }
    let (good, poor) = (try distance(95), try distance(5))
    #expect(good.0 < 2 && good.0 < poor.0 && good.1 > poor.1)
    let color = Self.picture([16, 16, 3])
    let again: Tensor<UInt8> = try Image.decode(Image.encode(color, as: .jpeg), color: .grey)
    #expect(again.shape == [16, 16, 1])
  }

  @Test("changes channels")
  func channels() throws {
    let rgba = Tensor<UInt8>(shape: [1, 2, 4], values: [255, 0, 0, 7, 10, 20, 30, 255])
    let bytes = try Image.encode(rgba, as: .png)
    #expect(
      try Image.decode(bytes, color: .rgb) == [[[255, 0, 0], [10, 20, 30]]] as Tensor<UInt8>)
    #expect(try Image.decode(bytes, color: .grey) == [[[76], [18]]] as Tensor<UInt8>)
    let grey = try Image.encode(Tensor<UInt8>([[9]]), as: .png)
    #expect(try Image.decode(grey, color: .rgba) == [[[9, 9, 9, 255]]] as Tensor<UInt8>)
  }

  @Test("says what cannot be written")
  func refusals() throws {
    let picture = Self.picture([4, 4, 3])
    #expect(throws: ImageError.wrongShape([3])) {
      try Image.encode(Tensor<UInt8>([1, 2, 3]), as: .png)
    }
    #expect(throws: ImageError.wrongShape([0, 4, 3])) {
      try Image.encode(Tensor<UInt8>.zeros(shape: [0, 4, 3]), as: .png)
    }
    #expect(throws: ImageError.wrongShape([4, 4, 5])) {
      try Image.encode(Tensor<UInt8>.zeros(shape: [4, 4, 5]), as: .png)
    }
    #expect(throws: ImageError.unknownFormat(file: "x.gif")) {
      try Image.write(picture, to: "x.gif")
    }
    #expect(throws: ImageError.badOption(name: "quality", value: 0, range: 1...100)) {
      try Image.encode(picture, as: .jpeg, quality: 0)
    }
    #expect(throws: ImageError.self) {
      try Image.encode(Tensor<UInt8>.zeros(shape: [4, 4, 4]), as: .jpeg)
    }
    #expect(throws: ImageError.self) {
      try Image.encode(Tensor<UInt16>.zeros(shape: [4, 4]), as: .jpeg)
    }
    // JPEG's sides have 16 bits.
    #expect(throws: ImageError.self) {
      try Image.encode(Tensor<UInt8>.zeros(shape: [70_000, 1]), as: .jpeg)
    }
    #expect(throws: ImageError.cannotRead(file: "/none.png", reason: "No such file or directory")) {
      try Image.read("/none.png")
    }
    #expect(throws: ImageError.unknownFormat(file: "bytes")) { try Image.decode([1, 2, 3]) }
    #expect(throws: ImageError.tooLarge(file: "bytes", width: 4, height: 4, maxPixels: 15)) {
      try Image.decode(Image.encode(picture, as: .png), maxPixels: 15)
    }
  }

  @Test("takes no memory for what a header says and the file cannot hold")
  func hostileHeaders() throws {
    var png = try Image.encode(Self.picture([8, 8]), as: .png)
    // A side of 14,000 pixels, with a right checksum; its bytes begin after the length and "IHDR".
    for place in [18, 22] { png[place...(place + 1)] = [0x36, 0xB0] }
    let sum = crc(png[12..<29])
    for place in 0..<4 {
      png[29 + place] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(place)))
    }
    let error = #expect(throws: ImageError.self) { try Image.decode(png) }
    #expect(error?.description.contains("14000 × 14000 pixels take at least") == true)
    var jpeg = try Image.encode(Self.picture([8, 8]), as: .jpeg)
    // The frame header: marker, length, precision, then the sides.
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    for place in [frame + 5, frame + 7] { jpeg[place...(place + 1)] = [0x36, 0xB0] }
    let other = #expect(throws: ImageError.self) { try Image.decode(jpeg) }
    #expect(other?.description.contains("14000 × 14000 pixels take at least") == true)
  }

  /// PNG's checksum, bit by bit.
  private func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  @Test("refuses every file that is cut short, and no changed one ends the program")
  func damaged() throws {
    let files = [
      try Image.encode(Self.picture([9, 11, 3]), as: .png),
      try Image.encode(Self.picture([5, 6, 4], of: UInt16.self), as: .png, compression: 0),
      try Image.encode(Self.picture([17, 9, 3]), as: .jpeg, quality: 60),
      try Image.encode(Self.picture([8, 8]), as: .jpeg),
    ]
    for file in files {
      fuzz(file, flips: 3000, as: ImageError.self) { bytes in
        let picture: Tensor<UInt8> = try Image.decode(bytes, upright: true, maxPixels: 1_000_000)
        #expect(picture.rank == 3)
      }
    }
  }

  @Test("changes the sides of pictures")
  func resizing() {
    let picture = Tensor<Float>([[0, 1], [2, 3]])
    #expect(picture.resized(height: 2, width: 2) == picture)
    #expect(picture.resized(height: 1, width: 1).scalars[0] == 1.5)
    let wide = picture.resized(height: 2, width: 4)
    #expect(wide == [[0, 0.25, 0.75, 1], [2, 2.25, 2.75, 3]])
    let flat = Tensor<UInt8>.full(shape: [31, 17, 3], 255)
    #expect(flat.resized(height: 7, width: 40) == .full(shape: [7, 40, 3], 255))
  }
}
