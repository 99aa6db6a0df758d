internal import Compression

/// Makes the bytes of a zip file, with sizes of 64 bits where 32 are too few.
struct ZipWriter {
  /// The parts written so far, one after the other.
  private(set) var parts: [[UInt8]] = []
  private var directory: [UInt8] = []
  private var (position, count) = (0, 0)
  /// The first number that is written in 64 bits.
  private let wide: Int

  init(wideFrom wide: Int = ZipDirectory.isElsewhere) { self.wide = wide }

  /// Adds a file; deflated, if asked for.
  mutating func add(_ name: String, _ contents: [[UInt8]], compressed: Bool) {
    var checksum: UInt32 = 0
    for part in contents { checksum = crc32(part, after: checksum) }
    let size = contents.reduce(0) { $0 + $1.count }
    let data = compressed ? [deflated(Array(contents.joined()), .deflate)] : contents
    let packed = data.reduce(0) { $0 + $1.count }
    let (name, offset) = (Array(name.utf8), position)
    let isWide = max(size, packed) >= wide

    // Version 4.5 has sizes of 64 bits; names are UTF-8; the date is the format's first.
    func common(version: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(version, width: 2)
      bytes.append(1 << 11, width: 2)
      bytes.append(compressed ? 8 : 0, width: 2)
      bytes.append(0, width: 2)
      bytes.append(1 << 5 | 1, width: 2)
      bytes.append(Int(checksum), width: 4)
      bytes.append(isWide ? ZipDirectory.isElsewhere : packed, width: 4)
      bytes.append(isWide ? ZipDirectory.isElsewhere : size, width: 4)
      bytes.append(name.count, width: 2)
      return bytes
    }
    func extra(_ numbers: [Int]) -> [UInt8] {
      var bytes: [UInt8] = []
      if numbers.isEmpty { return bytes }
      bytes.append(1, width: 2)
      bytes.append(8 * numbers.count, width: 2)
      for number in numbers { bytes.append(number, width: 8) }
      return bytes
    }

    var header: [UInt8] = []
    let sizes = extra(isWide ? [size, packed] : [])
    header.append(ZipDirectory.localHeader, width: 4)
    header += common(version: isWide ? 45 : 20)
    header.append(sizes.count, width: 2)
    parts += [header + name + sizes] + data
    position += header.count + name.count + sizes.count + packed

    let isFar = offset >= wide
    let places = extra((isWide ? [size, packed] : []) + (isFar ? [offset] : []))
    directory.append(ZipDirectory.entry, width: 4)
    // Made on Unix, where the upper half of the attributes is the file's mode.
    directory.append(3 << 8 | 45, width: 2)
    directory += common(version: isWide || isFar ? 45 : 20)
    directory.append(places.count, width: 2)
    directory.append(0, width: 6)
    directory.append(0o100644 << 16, width: 4)
    directory.append(isFar ? ZipDirectory.isElsewhere : offset, width: 4)
    directory += name + places
    count += 1
  }

  /// The parts of the whole file.
  func finished() -> [[UInt8]] {
    var end: [UInt8] = []
    let isWide = position >= wide || directory.count >= wide || count >= min(0xFFFF, wide)
    if isWide {
      end.append(ZipDirectory.end64, width: 4)
      end.append(44, width: 8)
      end.append(3 << 8 | 45, width: 2)
      end.append(45, width: 2)
      end.append(0, width: 8)
      for number in [count, count, directory.count, position] { end.append(number, width: 8) }
      end.append(ZipDirectory.locator64, width: 4)
      end.append(0, width: 4)
      end.append(position + directory.count, width: 8)
      end.append(1, width: 4)
    }
    end.append(ZipDirectory.end, width: 4)
    end.append(0, width: 4)
    for _ in 0..<2 { end.append(isWide ? 0xFFFF : count, width: 2) }
    end.append(isWide ? ZipDirectory.isElsewhere : directory.count, width: 4)
    end.append(isWide ? ZipDirectory.isElsewhere : position, width: 4)
    end.append(0, width: 2)
    return parts + [directory, end]
  }
}
